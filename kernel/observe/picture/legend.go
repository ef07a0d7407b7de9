package picture

import (
	"fmt"
	"strings"

	"github.com/gosched/gosched/kernel/observe"
)

// A legend explains the signs that a picture uses, and no others.
type legend struct {
	svg           string
	width, height float64
}

// legend lays out the explanations in lines as wide as the plot.
func (f *figure) legend() legend {
	var items [][2]string // a sample 22 wide around the origin's right, and its name
	var states [numStates]bool
	for _, b := range f.bars {
		states[b.state] = true
	}
	for _, c := range f.clouds {
		states[c.state] = true
	}
	for s := running; s < numStates; s++ {
		if !states[s] {
			continue
		}
		sample := fmt.Sprintf(`<path class="%s" d="M0 0H22"/>`, stateClasses[s])
		if s <= ready {
			sample = fmt.Sprintf(`<rect class="%s" y="-4" width="22" height="8"/>`, stateClasses[s])
		}
		items = append(items, [2]string{sample, stateNames[s]})
	}
	var kinds [started + 1]bool
	for _, l := range f.links {
		kinds[l.kind] = true
	}
	kinds[closing], kinds[woken] = false, kinds[closing] || kinds[woken]
	for k, text := range [...]string{message: "message", handed: "lock handed over", woken: "wakes", started: ""} {
		if kinds[k] && text != "" {
			open := " op"
			if linkKind(k) == message {
				open = ""
			}
			items = append(items, [2]string{fmt.Sprintf(`<g class="%s%s"><path d="M0 0H20"/><path class="hd" transform="translate(22 0)" d="%s"/></g>`, linkClasses[k], open, arrowHead), text})
		}
	}
	if len(f.held) > 0 {
		items = append(items, [2]string{`<rect class="held" y="-2" width="22" height="3"/>`, "holds a lock"})
	}
	used := map[observe.EventKind]bool{}
	for _, k := range f.marks {
		used[f.m.events[k.event].Kind] = true
	}
	named := map[string]bool{}
	for k := observe.Go; k <= observe.Yield; k++ {
		if s := signs[k]; used[k] && s.name != "" && !named[s.name] {
			named[s.name] = true
			items = append(items, [2]string{`<g transform="translate(11 0)">` + s.svg + `</g>`, s.name})
		}
	}
	return layLegend(items, max(f.left+f.plotW-margin, 400))
}

func layLegend(items [][2]string, room float64) legend {
	var b strings.Builder
	var l legend
	x, y := 0.0, 0.0
	for _, it := range items {
		w := 28 + float64(width(it[1]))*6.1 + 16
		if x > 0 && x+w > room {
			x = 0
			y += lineHeight + 2
		}
		fmt.Fprintf(&b, `<g transform="translate(%s %s)">%s<text class="sb" x="28" y="4">%s</text></g>`, num(x), num(y), it[0], esc(it[1]))
		x += w
		l.width = max(l.width, x-16)
	}
	l.svg = b.String()
	l.height = y + lineHeight + 6
	return l
}
