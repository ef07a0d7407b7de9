package sched

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// awaitEnd waits for done, which all goroutines are to cause or only the main
// one. Time being up, it waits on, except for goroutines that stay in compiled code:
// the others come to their end as soon as there is a processor for them. So does one
// that compiled code is about to call back on, where it polls; unless it waits, it is
// therefore found in compiled code twice, and has had a turn in between.
func (e *Execution) awaitEnd(done <-chan struct{}, all bool) {
	select {
	case <-done:
		return
	case <-e.giveUp:
	}
	const look, most = 20 * time.Millisecond, 5 * time.Second
	end := time.Now().Add(most)
	var before map[*G]bool // what inCompiledCode has found last, if it was all of them
	for time.Now().Before(end) {
		inside, coming := e.inCompiledCode(all)
		if !coming && allWaitOrAre(inside, before) {
			return
		}
		if !coming {
			before = inside
			if turn(done, end) {
				return
			}
			continue
		}
		before = nil
		select {
		case <-done:
			return
		case <-time.After(look):
		}
	}
}

// inCompiledCode returns those of the goroutines, or only the main one, that are in
// compiled code, each with whether it waits there, and whether there are others.
func (e *Execution) inCompiledCode(all bool) (inside map[*G]bool, others bool) {
	left := make(map[*G]bool)
	e.each(func(g *G) bool {
		if all || g.kind == kindMain {
			left[g] = true
		}
		return true
	})
	inside = make(map[*G]bool)
	for _, x := range e.s.natives() {
		if x.own && !x.ours && left[x.g] {
			inside[x.g] = x.reason != ""
		}
	}
	return inside, len(inside) < len(left)
}

// allWaitOrAre reports whether each of the goroutines waits or is among others.
func allWaitOrAre(gs, others map[*G]bool) bool {
	for g, waits := range gs {
		if _, is := others[g]; !waits && !is {
			return false
		}
	}
	return true
}

// slice is how long the runtime has a goroutine run while others want to.
const slice = 10 * time.Millisecond

// turn lets every goroutine run that can, and reports whether done came. Where the
// machine is busy with other processes a time by the clock says nothing of that:
// what counts is the time on processors that this one has had, and it asks for some.
func turn(done <-chan struct{}, end time.Time) bool {
	enough := processorTime() + time.Duration(others())*slice + slice/10
	for processorTime() < enough && time.Now().Before(end) {
		select {
		case <-done:
			return true
		default:
			runtime.Gosched()
		}
	}
	return false
}

// others is how many goroutines of the process run or could, beside this one.
func others() (n uint64) {
	samples := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}, {Name: "/sched/goroutines/running:goroutines"}}
	metrics.Read(samples)
	for _, s := range samples {
		if s.Value.Kind() == metrics.KindUint64 {
			n += s.Value.Uint64()
		}
	}
	return max(n, 1) - 1
}
