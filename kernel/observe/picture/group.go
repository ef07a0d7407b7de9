package picture

import (
	"fmt"
	"slices"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/sched"
)

// Sizes of a picture of groups.
const (
	groupRowH  = 56.0
	cloudH     = 30.0
	cloudBins  = 180
	mostSpans  = 60  // of a goroutine that is drawn by itself
	mostLinks  = 140 // arrows, each of which may stand for many messages
	mostMarks  = 160
	linkBins   = 24
	groupParts = maxRows - 2
)

// group lays out a record of more goroutines than have room: those of one
// function, started at one place, share a lane. The place of an event is its
// rank, so that busy times get more room than idle ones.
func (f *figure) group(order []int) {
	f.rows, f.rowOf = f.m.groups(order)
	if f.m.outside {
		f.addOutside()
	}
	f.measure()
	f.rowH = groupRowH
	f.plotW = f.room()
	n := len(f.m.events)
	f.x = make([]float64, n)
	step := (f.plotW - 2*margin) / float64(max(n, 1))
	for i := range f.x {
		f.x[i] = margin + float64(i)*step
	}
	every := max(n/240, 1)
	for i := 0; i < n; i += every {
		f.clock = append(f.clock, tick{f.x[i], f.m.events[i].Time})
	}
	f.clock = append([]tick{{0, 0}}, append(f.clock, tick{f.plotW, f.m.end})...)
	f.begun = make([]float64, len(f.rows))
	for i := range f.begun {
		f.begun[i] = -1
	}
	f.cut = -1
	f.lanes()
	f.gatherLinks()
	f.gatherMarks()
	f.labels()
	shared, members := 0, 0
	for i := range f.rows {
		if f.rows[i].members > 1 {
			shared++
			members += f.rows[i].members
		}
	}
	f.notes = append(f.notes,
		fmt.Sprintf("%s share %s: the height of a colour is how many are in that state", count(members, "goroutine"), count(shared, "lane")),
		fmt.Sprintf("%s, of which %s and %s are drawn; an arrow stands for all like it in its stretch of time", count(n, "event"), count(len(f.links), "arrow"), count(len(f.marks), "mark")))
	f.dropped()
}

// groups sorts goroutines into lanes: by function and place where that is few
// enough, else by function, and the rarest functions together.
func (m *model) groups(order []int) ([]row, []int) {
	type key struct {
		name  string
		start sched.Place
		alone int
	}
	keyOf := func(g int, coarse bool) key {
		info := &m.r.Goroutines[g]
		if info.Main {
			return key{alone: g + 1}
		}
		k := key{name: info.Name}
		if !coarse {
			k.start = info.Start
		}
		return k
	}
	sizes := map[key]int{}
	coarse := false
	for _, g := range order {
		sizes[keyOf(g, false)]++
	}
	if len(sizes) > groupParts {
		coarse = true
		clear(sizes)
		for _, g := range order {
			sizes[keyOf(g, true)]++
		}
	}
	least := 0 // groups smaller than this are put together
	if len(sizes) > groupParts {
		all := make([]int, 0, len(sizes))
		for _, n := range sizes {
			all = append(all, n)
		}
		slices.SortFunc(all, func(a, b int) int { return b - a })
		least = all[groupParts-1] + 1
	}
	var rows []row
	rowOf := make([]int, len(m.r.Goroutines))
	index := map[key]int{}
	fate := [][fates]int{}
	for _, g := range order {
		k := keyOf(g, coarse)
		if sizes[k] < least {
			k = key{name: "other functions"}
		}
		i, ok := index[k]
		if !ok {
			i = len(rows)
			index[k] = i
			w := (&figure{m: m}).lane(g, 0)
			w.title = isolate(shorten(function(m.r.Goroutines[g].Name), 22))
			if k.name == "other functions" {
				w.title, w.sub = k.name, ""
			}
			w.members = 0
			rows = append(rows, w)
			fate = append(fate, [fates]int{})
		}
		rows[i].members++
		rowOf[g] = i
		fate[i][min(m.r.Goroutines[g].Fate, fates-1)]++
	}
	for i := range rows {
		w := &rows[i]
		if w.members == 1 {
			info := &m.r.Goroutines[w.g]
			w.title = isolate(shorten(fmt.Sprintf("G%d %s", info.Number, function(info.Name)), 28))
			continue
		}
		w.title += " ×" + thousands(w.members)
		w.ended, w.fate = true, observe.Returned
		if n := fate[i][observe.Deadlocked]; n > 0 {
			w.sub += ", " + thousands(n) + " deadlocked"
		} else if n := fate[i][observe.Leaked]; n > 0 {
			w.sub += ", " + thousands(n) + " leaked"
		} else if n := fate[i][observe.Panicked]; n > 0 {
			w.sub += ", " + thousands(n) + " panicked"
		} else if n := fate[i][observe.Alive]; n > 0 {
			w.sub += ", " + thousands(n) + " alive"
		}
	}
	return rows, rowOf
}

// lanes draws goroutines that have a lane for themselves and few states as
// bars, all others as clouds.
func (f *figure) lanes() {
	m := f.m
	cloudy := make([]bool, len(f.rows))
	for g := range m.r.Goroutines {
		r := f.rowOf[g]
		cloudy[r] = cloudy[r] || f.rows[r].members > 1 || len(m.spans[g]) > mostSpans
	}
	for r := range f.rows {
		switch {
		case f.rows[r].g < 0 || cloudy[r]:
			f.rows[r].stop = f.plotW
		default:
			f.drawSpans(r)
		}
	}
	f.measureClouds(cloudy)
}
