package picture

import (
	"cmp"
	"math"
	"slices"
)

// A cloud is how many goroutines of a lane are in a state, over the plot.
type cloud struct {
	row   int
	state state
	base  []float64 // for each bin, the height at which it begins
	tall  []float64 // and its own height
	mean  float64   // how many goroutines, on average
}

// measureClouds counts, for each bin of the plot, how many goroutines of each
// lane are in each state, averaged over the bin.
func (f *figure) measureClouds(cloudy []bool) {
	type change struct {
		at    float64
		row   int32
		state state
		by    int32
	}
	var changes []change
	for g, spans := range f.m.spans {
		r := f.rowOf[g]
		if !cloudy[r] {
			continue
		}
		for _, s := range spans {
			x1, x2 := f.at(s.from, s.start), f.at(s.to, s.stop)
			if s.to < 0 && lives(&f.m.r.Goroutines[g]) {
				x2 = f.plotW
			}
			if x2 > x1 {
				changes = append(changes, change{x1, int32(r), s.state, 1}, change{x2, int32(r), s.state, -1})
			}
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	w := f.plotW / cloudBins
	type level struct {
		n    int32
		bin  int
		last float64
		area [cloudBins]float64
	}
	levels := make([][numStates]*level, len(f.rows))
	flow := func(l *level, to float64) {
		for l.last < to {
			next := to
			if l.bin < cloudBins-1 {
				next = min(to, float64(l.bin+1)*w)
			}
			l.area[l.bin] += float64(l.n) * max(next-l.last, 0) / w
			l.last = next
			if next < to {
				l.bin++
			}
		}
	}
	for _, c := range changes {
		l := levels[c.row][c.state]
		if l == nil {
			l = &level{}
			levels[c.row][c.state] = l
		}
		flow(l, c.at)
		l.n += c.by
	}
	for r := range levels {
		base := make([]float64, cloudBins)
		for s, l := range levels[r] {
			if l == nil {
				continue
			}
			flow(l, f.plotW)
			c := cloud{row: r, state: state(s), base: slices.Clone(base), tall: make([]float64, cloudBins)}
			for i, a := range l.area {
				if a <= 1e-6 {
					continue
				}
				c.mean += a / cloudBins
				h := max(a/float64(f.rows[r].members)*cloudH, 1.2)
				h = min(h, cloudH-base[i])
				c.tall[i] = math.Round(h*10) / 10
				base[i] += c.tall[i]
			}
			f.clouds = append(f.clouds, c)
		}
	}
}

// svg draws a cloud as strokes, one for each bin, in the pattern of the state.
func (c *cloud) svg(p *pen, f *figure) {
	w := f.plotW / cloudBins
	bottom := f.y(c.row) + cloudH/2
	p.f(`<g><title>%v %v, on average</title><path class="cl %v" style="stroke-width:%v" d="`,
		count(int(math.Ceil(c.mean)), "goroutine"), stateNames[c.state], stateClasses[c.state], w-0.4)
	for i, h := range c.tall {
		if h > 0 {
			p.f("M%v %vv%v", (float64(i)+0.5)*w, bottom-c.base[i], -h)
		}
	}
	p.f(`"/></g>`)
}
