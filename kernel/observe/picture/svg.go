package picture

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/observe"
)

// SVG draws the record as a static picture that stands on its own: without
// scripts, fonts or anything else from elsewhere, legible on light and dark
// pages.
func SVG(r *observe.Record) string { return newFigure(newModel(r)).svg() }

// Heights of what stands around the plot.
const (
	headHeight = 32.0
	topHeight  = 12.0 // above the first lane
	axisHeight = 42.0
	lineHeight = 17.0 // of the legend and the notes
)

// A pen writes SVG.
type pen struct{ strings.Builder }

func (p *pen) f(format string, args ...any) {
	for i, a := range args {
		switch v := a.(type) {
		case float64:
			args[i] = num(v)
		case string:
			args[i] = esc(v)
		case raw:
			args[i] = string(v)
		}
	}
	fmt.Fprintf(p, format, args...)
}

// raw is text that is SVG already.
type raw string

// num writes a coordinate with a digit after the point at most.
func num(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// esc makes text safe in SVG and HTML, as content and in quoted attributes.
// XML 1.0 has no way to write most control characters: they become spaces.
func esc(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	return html.EscapeString(s)
}

func (f *figure) svg() string {
	p := &pen{}
	legend := f.legend()
	wide := max(f.left+f.plotW+margin, legend.width+2*margin, 420)
	plot := topHeight + f.height()
	foot := headHeight + plot + axisHeight
	high := foot + legend.height + lineHeight*float64(len(f.notes)) + 4
	title := f.m.summary()
	p.f(`<svg xmlns="http://www.w3.org/2000/svg" class="gosched-svg" role="img" aria-label="%v" width="%v" height="%v" viewBox="0 0 %v %v">`,
		"What goroutines did. "+title, wide, high, wide, high)
	p.f(`<title>%v</title><desc>%v</desc>`, "What goroutines did. "+title, f.describe())
	p.f(`<style>%v%v@media(prefers-color-scheme:dark){%v}</style>`,
		raw(shapes(".gosched-svg ")), raw(light.css(".gosched-svg ")), raw(dark.css(".gosched-svg ")))
	p.f(`<rect class="bg" width="%v" height="%v" rx="6"/>`, wide, high)
	p.f(`<text class="hd1" x="%v" y="22">%v</text>`, margin, title)
	f.names(p, wide)
	p.f(`<svg class="plot" x="%v" y="%v" width="%v" height="%v" viewBox="0 %v %v %v">`,
		f.left, headHeight, wide-f.left, plot+axisHeight, -topHeight, wide-f.left, plot+axisHeight)
	f.plot(p)
	f.axis(p)
	p.f(`</svg>`)
	p.f(`<text class="sb mu cap" x="%v" y="%v">%v<tspan class="scale">, not to scale</tspan></text>`, margin, headHeight+plot+21, f.caption())
	p.f(`<g class="legend" transform="translate(%v %v)">%v</g>`, margin, foot, raw(legend.svg))
	for i, n := range f.notes {
		p.f(`<text class="sb mu note" x="%v" y="%v">%v</text>`, margin, foot+legend.height+lineHeight*float64(i)+10, n)
	}
	p.f("</svg>\n")
	return p.String()
}

// names writes the lanes' names and stripes.
func (f *figure) names(p *pen, wide float64) {
	p.f(`<g class="names">`)
	for r := range f.rows {
		w := &f.rows[r]
		y := headHeight + topHeight + f.y(r)
		if r%2 == 0 {
			p.f(`<rect class="st" x="1" y="%v" width="%v" height="%v"/>`, y-f.rowH/2, wide-2, f.rowH)
		}
		x := margin + 12*float64(w.indent)
		if w.indent > 0 {
			p.f(`<path class="ln" d="M%v %vv%vh6"/>`, x-8, y-f.rowH/2, f.rowH/2-1)
		}
		if w.sub == "" || f.rowH < 40 {
			p.f(`<text class="nm" x="%v" y="%v">%v</text>`, x, y+4, w.title)
			continue
		}
		p.f(`<text class="nm" x="%v" y="%v">%v</text>`, x, y-1, w.title)
		p.f(`<text class="sb mu" x="%v" y="%v">%v</text>`, x, y+13, w.sub)
	}
	p.f(`</g>`)
}

// plot draws everything between the names and the axis.
func (f *figure) plot(p *pen) {
	for _, c := range f.clouds {
		c.svg(p, f)
	}
	p.f(`<g class="spans">`)
	for i := range f.bars {
		f.bar(p, &f.bars[i])
	}
	p.f(`</g><g class="locks">`)
	for _, h := range f.held {
		p.f(`<rect class="x held"%v x="%v" y="%v" width="%v" height="3"/>`, h.times(), h.x1, f.y(h.row)+barHeight/2+1, h.x2-h.x1)
	}
	p.f(`</g><g class="links">`)
	for i := range f.links {
		f.link(p, &f.links[i])
	}
	p.f(`</g><g class="values">`) // over all arrows
	for i := range f.links {
		if l := &f.links[i].label; l.text != "" {
			p.f(`<g data-i="%v">%v</g>`, i, raw(l.svg("")))
		}
	}
	p.f(`</g><g class="ends">`)
	for r := range f.rows {
		f.ending(p, r)
	}
	if f.cutX >= 0 {
		f.gap(p)
	}
	p.f(`</g><g class="marks">`)
	for i := range f.marks {
		f.mark(p, &f.marks[i])
	}
	p.f(`</g><g class="waits">`)
	for i := range f.waits {
		p.f(`<g class="m" data-t="%v" transform="translate(%v)">`, f.waits[i].time, f.waits[i].at)
		l := f.waits[i]
		l.x -= l.at
		p.f(`%v</g>`, raw(l.svg("")))
	}
	p.f(`</g>`)
}

// times are when a bar begins and ends, for a picture to scale.
func (b *bar) times() raw { return raw(fmt.Sprintf(` data-t="%d %d"`, b.t1, b.t2)) }

func (f *figure) bar(p *pen, b *bar) {
	y, c := f.y(b.row), stateClasses[b.state]
	h := barHeight / 2
	switch b.state {
	case running:
		p.f(`<rect class="x %v"%v x="%v" y="%v" width="%v" height="%v" rx="1"/>`, c, b.times(), b.x1, y-h, b.x2-b.x1, 2*h)
	case ready:
		p.f(`<rect class="x %v"%v x="%v" y="%v" width="%v" height="%v"/>`, c, b.times(), b.x1, y-h+1, b.x2-b.x1, 2*h-2)
	default:
		if b.event < 0 {
			p.f(`<path class="x %v"%v d="M%v %vH%v"/>`, c, b.times(), b.x1, y, b.x2)
			return
		}
		p.f(`<g class="e"%v><title>%v</title><path class="x %v"%v d="M%v %vH%v"/></g>`,
			raw(f.data(b.row, b.event)), f.m.sentence(b.event), c, b.times(), b.x1, y, b.x2)
	}
}

// ending shows how a goroutine ended, or that it did not.
func (f *figure) ending(p *pen, r int) {
	w := &f.rows[r]
	if w.g < 0 || w.members > 1 {
		if w.g < 0 {
			p.f(`<path class="x goes" data-t="0 %v" d="M0 %vH%v"/>`, f.m.end, f.y(r), f.plotW)
		}
		return
	}
	y, x := f.y(r), w.stop
	switch {
	case hopeless(w.fate):
		word := "leaked"
		switch {
		case w.fate == observe.Deadlocked:
			word = "deadlock"
		case w.main:
			word = "stuck"
		}
		p.f(`<g class="m" data-t="%v" transform="translate(%v %v)"><title>%v never ends: nothing can wake it (%v)</title><circle class="bad" cx="-8" r="6"/><path class="halo" style="stroke-width:2" d="M-11 0h6"/><text class="badt" x="-2" y="-10" text-anchor="end">%v</text></g>`, w.end, x, y, f.m.who(w.g), word, word)
	case !w.ended:
		p.f(`<g class="m" data-t="%v" transform="translate(%v %v)"><title>%v goes on after the record</title><path class="gl" d="M-2 -5L4 0L-2 5Z"/></g>`, w.end, x, y, f.m.who(w.g))
	case w.fate == observe.Panicked:
		p.f(`<g class="m" data-t="%v" transform="translate(%v %v)"><title>%v ended with a panic</title><path class="bad" style="stroke-width:3" d="M-5 -5L5 5M-5 5L5 -5"/></g>`, w.end, x, y, f.m.who(w.g))
	case w.fate == observe.Stopped:
		p.f(`<g class="m" data-t="%v" transform="translate(%v %v)"><title>%v was stopped</title><rect class="bad" x="-4" y="-4" width="8" height="8"/><text class="badt" x="7" y="-9" text-anchor="end">stopped</text></g>`, w.end, x, y, f.m.who(w.g))
	default:
		p.f(`<g class="m" data-t="%v" transform="translate(%v %v)"><path class="gl" style="stroke-width:2.5" d="M0 -8V8"/></g>`, w.end, x, y)
	}
}

// gap marks the place where events were left out.
func (f *figure) gap(p *pen) {
	h := f.height()
	var d strings.Builder
	for _, dx := range []float64{-4, 4} {
		fmt.Fprintf(&d, "M%s 0", num(dx))
		for y, s := 0.0, 1.0; y < h; y, s = y+10, -s {
			fmt.Fprintf(&d, "l%s 10", num(4*s))
		}
	}
	p.f(`<g class="m" transform="translate(%v 0)"><title>%v</title><rect class="bg" x="-6" width="12" height="%v"/><path class="sig" style="stroke-dasharray:none" d="%v"/></g>`,
		f.cutX, strings.Join(f.notes, "; "), h, d.String())
}

var linkClasses = [...]string{message: "msg", closing: "sig", handed: "lok", woken: "sig", started: "goes"}

// link draws an arrow.
func (f *figure) link(p *pen, l *link) {
	y1, y2 := f.y(l.from), f.y(l.to)
	c := linkClasses[l.kind]
	open := ""
	if l.kind != message {
		open = " op"
	}
	t2 := f.m.events[l.event].Time
	t1 := t2
	if q := f.m.events[l.event].Peer; q >= 0 {
		t1 = min(t1, f.m.events[q].Time)
	}
	p.f(`<g class="e %v%v"%v data-t="%v %v"><title>%v</title>`, c, open, raw(f.data(l.to, l.event)), t1, t2, f.linkTitle(l))
	width := ""
	if l.count > 1 {
		width = fmt.Sprintf(` style="stroke-width:%s"`, num(min(1.5+math.Log10(float64(l.count)), 5)))
	}
	if l.from == l.to {
		y := y1 - barHeight/2
		d := fmt.Sprintf("M%s %sC%s %s %s %s %s %s", num(l.x1), num(y), num(l.x1), num(y-18), num(l.x2), num(y-18), num(l.x2), num(y-2))
		p.f(`<path class="halo" d="%v"/><path class="k" d="%v" fill="none"/><path class="hd" transform="translate(%v %v)rotate(90)" d="%v"/>`, d, d, l.x2, y, arrowHead)
	} else {
		h := barHeight / 2
		if y2 < y1 {
			h = -h
		}
		// The line leaves the middle of the one bar and ends at the edge of the other.
		t := (y2 - h - y1) / (y2 - y1)
		x2, y2 := l.x1+(l.x2-l.x1)*t, y2-h
		if l.kind == started {
			d := fmt.Sprintf("M%s %sV%sH%s", num(l.x1), num(y1+h), num(f.y(l.to)), num(l.x2))
			p.f(`<path class="k go" d="%v"/></g>`, d)
			return
		}
		angle := math.Atan2(y2-y1, x2-l.x1) * 180 / math.Pi
		p.f(`<path class="halo" d="M%v %vL%v %v"/><path class="k" d="M%v %vL%v %v"%v/><path class="hd" transform="translate(%v %v)rotate(%v)" d="%v"/>`,
			l.x1, y1, x2, y2, l.x1, y1, x2, y2, raw(width), x2, y2, angle, arrowHead)
	}
	p.f(`</g>`)
}

const arrowHead = "M0 0L-9 -3.6L-9 3.6Z"

// linkTitle tells what an arrow stands for.
func (f *figure) linkTitle(l *link) string {
	s := f.m.sentence(l.event)
	if l.count > 1 {
		s = fmt.Sprintf("%s, the first: %s", count(l.count, "message"), s)
	}
	return s
}

// data are the attributes by which the interactive picture finds a lane and
// the source of an event.
func (f *figure) data(row int, event int32) string {
	e := &f.m.events[event]
	s := place(e.Place)
	if p := e.Peer; p >= 0 {
		if q := place(f.m.events[p].Place); q != "" && q != s {
			s += "|" + q
		}
	}
	return fmt.Sprintf(` data-l="%d" data-p="%s"`, row, esc(s))
}

// svg writes a label. Hidden ones are written too: there is room for them in a
// picture that is made wider.
func (l *label) svg(class string) string {
	class += l.class
	if !l.shown {
		class += " hide"
	}
	if class = strings.TrimSpace(class); class != "" {
		class = fmt.Sprintf(` class="%s"`, class)
	}
	return fmt.Sprintf(`<text%s x="%s" y="%s">%s</text>`, class, num(l.x), num(l.y), esc(l.text))
}
