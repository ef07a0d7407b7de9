package sched

import (
	"time"

	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// await waits until no goroutine is left that comes to its end in time.
func (e *Execution) await() {
	e.mu.Lock()
	if e.live == 0 {
		e.mu.Unlock()
		return
	}
	idle := make(chan struct{})
	e.idle = idle
	e.mu.Unlock()
	e.awaitEnd(idle, true)
}

// abandon gives up the goroutines that are still alive, or only the main one.
func (e *Execution) abandon(all bool) []report.Info {
	var left []*G
	e.each(func(g *G) bool {
		if all || g.kind == kindMain {
			left = append(left, g)
		}
		return true
	})
	var infos []report.Info
	for _, g := range left {
		if in, alive := g.info(); alive {
			g.silent.Store(true)
			g.requestStop(false)
			infos = append(infos, in)
		}
	}
	return infos
}

// settle decides the outcome, once, and stops the main goroutine, or with all
// every goroutine of the execution; with cut their deferred calls are skipped.
// It reports whether the cell was not over and undecided; a cell that has not
// begun yet counts too.
func (e *Execution) settle(out Outcome, all, cut bool) bool {
	e.mu.Lock()
	if e.over || e.settled {
		e.mu.Unlock()
		return false
	}
	e.settled = true
	e.outcome = out
	var doomed []*G
	if all {
		e.stopped, e.cut = true, cut
		for g := e.first; g != nil; g = g.next {
			doomed = append(doomed, g)
		}
	} else if e.main != nil {
		doomed = append(doomed, e.main)
	}
	e.mu.Unlock()
	if out.Kind == Deadlocked {
		e.Stuck(out.Deadlock.Blocked, true)
	}
	stopAll(doomed, cut)
	time.AfterFunc(patience, func() { close(e.giveUp) })
	return true
}

func stopAll(doomed []*G, cut bool) {
	for _, g := range doomed {
		g.doom()
	}
	for _, g := range doomed {
		g.requestStop(cut)
	}
}

// EndProgram ends the execution's goroutines other than the main one, as the end
// of a process does: no deferred call runs, and whatever starts from now on ends
// at once. It returns how many it has ended, when they are gone or have had their
// time: who was about to return anyway does not count.
func (e *Execution) EndProgram() (left int) {
	e.mu.Lock()
	e.stopped, e.cut = true, true
	var doomed []*G
	for g := e.first; g != nil; g = g.next {
		if g.kind != kindMain {
			doomed = append(doomed, g)
		}
	}
	gone := make(chan struct{})
	if e.running {
		e.alone = gone
	} else {
		e.idle = gone
	}
	e.mu.Unlock()
	if len(doomed) == 0 {
		return 0
	}
	stopAll(doomed, true)
	select {
	case <-gone:
	case <-time.After(patience):
		turn(gone, time.Now().Add(patience)) // or it may have had no time at all
	}
	alive := e.alive()
	for _, g := range doomed {
		if alive[g] {
			g.silent.Store(true) // those in compiled code
		}
		if alive[g] || !g.returned {
			left++
		}
	}
	return left
}

// alive is the set of e's goroutines.
func (e *Execution) alive() map[*G]bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make(map[*G]bool)
	for g := e.first; g != nil; g = g.next {
		all[g] = true
	}
	return all
}

// Interrupt stops the cell's main goroutine and every goroutine that the
// execution started. Goroutines of other executions go on. It has no effect
// when the cell has ended, and does not wait; Run returns within 100 ms.
func (e *Execution) Interrupt() { e.settle(Outcome{Kind: Interrupted}, true, false) }

// Exit ends g's cell and the goroutines that it started, as os.Exit would end
// a process: no deferred call runs. It must be called by g and does not
// return. If the cell has already ended, its goroutines end and the failure,
// which may be nil, is sent to its sink.
func (g *G) Exit(code int, late *session.Failure) {
	e := g.exec
	if !e.settle(Outcome{Kind: Exited, G: g, Code: code}, true, true) && !e.Running() {
		e.mu.Lock()
		e.stopped, e.cut = true, true
		var doomed []*G
		for o := e.first; o != nil; o = o.next {
			doomed = append(doomed, o)
		}
		e.mu.Unlock()
		if late != nil {
			e.Emit(late)
		}
		stopAll(doomed, true)
	}
	g.requestStop(true)
	g.Unwind()
}
