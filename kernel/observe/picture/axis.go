package picture

import (
	"sort"
)

// axis draws the times below the plot. The places are those of events, so that
// time runs at another speed everywhere: stretches in which nothing happens are
// marked with their length.
func (f *figure) axis(p *pen) {
	y := f.height() + 6
	p.f(`<g class="axis"><path class="ln" d="M0 %vH%v"/><g class="ticks">`, y, f.plotW)
	free, said := 0.0, ""
	tick := func(x float64, text string) {
		w := float64(width(text)) * 6
		left := min(max(x-w/2, 0), f.plotW-w)
		if left < free || text == said {
			return
		}
		p.f(`<path class="ln" d="M%v %vv4"/><text class="sb mu" x="%v" y="%v">%v</text>`, x, y, left, y+15, text)
		free, said = left+w+14, text
	}
	idle := f.idle()
	for _, t := range f.clock {
		tick(t.x, duration(t.time))
	}
	p.f(`</g>`)
	for _, i := range idle {
		a, b := f.clock[i-1], f.clock[i]
		x := (a.x + b.x) / 2
		p.f(`<g class="m idle" transform="translate(%v %v)"><title>%v passed here without any event</title><rect class="bg" x="-3.5" y="-2" width="7" height="4"/><path class="sig" style="stroke-dasharray:none" d="M-4 4l4 -8M1 4l4 -8"/></g>`,
			x, y, duration(b.time-a.time))
	}
	p.f(`</g>`)
}

// caption says what the axis shows.
func (f *figure) caption() string {
	if f.m.r.Virtual {
		return "virtual time"
	}
	return "time"
}

// idle finds the steps of the clock that are much longer than most.
func (f *figure) idle() []int {
	n := len(f.clock)
	if n < 4 {
		return nil
	}
	steps := make([]int64, 0, n-1)
	for i := 1; i < n; i++ {
		steps = append(steps, f.clock[i].time-f.clock[i-1].time)
	}
	sorted := append([]int64(nil), steps...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	typical := sorted[n/2]
	var list []int
	for i, d := range steps {
		if d > 10*typical && d > f.m.end/12 && f.clock[i+1].x-f.clock[i].x > 8 {
			list = append(list, i+1)
		}
	}
	return list
}
