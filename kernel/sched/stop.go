package sched

import (
	"reflect"
	"time"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Stopped returns the channel that is closed when g is to stop. It is for
// waits that are not worth a Block; only g itself may call it.
func (g *G) Stopped() <-chan struct{} { return g.stopChan(g.private()) }

func (g *G) stopChan(p *private) <-chan struct{} {
	if p.stop == nil {
		g.makeStop(p)
	}
	return p.stop
}

func (g *G) makeStop(p *private) {
	g.mu.Lock() // for those who ask g to stop
	defer g.mu.Unlock()
	p.stop = make(chan struct{})
	if g.ShouldStop() {
		close(p.stop)
	}
}

// OnStop arranges that f is called when g is asked to stop while it is in a
// native call that can be interrupted, such as a read from a connection that f
// closes. f runs on another goroutine. The returned function takes the request
// back; the caller must call it when the native call has returned. The program may
// keep it for longer than g lives, in the body of a response, so it must not lead to
// what g waits for, nor to who has g's record by then, see private.
func (g *G) OnStop(f func()) (cancel func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ShouldStop() {
		go f()
		return func() {}
	}
	p := g.private()
	if p.onStop == nil {
		p.onStop = make(map[*func()]struct{})
	}
	p.onStop[&f] = struct{}{}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.own != 0 {
			delete(g.private().onStop, &f)
		}
	}
}

// grace is how long the deferred calls of a goroutine that is being stopped
// may run in all.
const grace = 50 * time.Millisecond

// doom announces that g is going to be stopped. Whoever stops several goroutines
// announces it to all of them first: none then gets a lock that another one gives
// up because it has been stopped.
func (g *G) doom() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.stopping && !g.dead {
		g.doomed.Store(true)
	}
}

// requestStop asks g to stop. With cut, its deferred calls are skipped.
func (g *G) requestStop(cut bool) {
	leakCheck.RLock()
	defer leakCheck.RUnlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead {
		return
	}
	if cut {
		g.cut = true
	}
	if g.stopping && !cut {
		return
	}
	g.stopping = true
	g.raise()
}

// raise sets the flag and wakes g from whatever it waits for. g.mu is held.
func (g *G) raise() {
	if g.flag.Swap(flagStop) == flagStop || g.own == 0 {
		return
	}
	goruntime.AskToStop(g.self.Load())
	p := g.private()
	if p.stop != nil {
		g.exec.s.fromOutside(p.stop)
		close(p.stop)
	}
	for f := range p.onStop {
		go (*f)()
	}
	p.onStop = nil
	g.recall()
}

// endGrace cuts the deferred calls of g, which have had their time by the clock. On a
// machine that is busy with other processes that may have been no time at all: then
// they have some more, for so many looks at most, until the process has had a fifth
// as much on processors since began.
func (g *G) endGrace(began time.Duration, looks int) {
	if looks > 0 && !g.isBlocked() && processorTime()-began < grace/5 && others() > 0 {
		time.AfterFunc(grace/5, func() { g.endGrace(began, looks-1) })
		return
	}
	g.requestStop(true)
}

// EnterDeferred is called by the engine before each deferred call that it runs
// because the goroutine is unwinding, and reports whether to run it. Until
// [G.LeaveDeferred], the call runs and blocks like any other code, for 50 ms
// in all; then it is stopped too, and later deferred calls are skipped. See endGrace.
func (g *G) EnterDeferred() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cut {
		return false
	}
	if !g.stopping {
		return true // runtime.Goexit by the program
	}
	if !g.graced {
		g.graced = true
		began := processorTime()
		// In two halves: where a busy machine has let this process wait for all of the
		// first, who was to be woken in it has a turn in the second.
		time.AfterFunc(grace/2, func() {
			time.AfterFunc(grace/2, func() { g.endGrace(began, 20) })
		})
	}
	g.depth++
	g.doomed.Store(false)
	g.flag.Store(g.rest())
	g.private().stop = nil // the next Block makes a fresh one
	return true
}

// LeaveDeferred ends what EnterDeferred began, if that returned true. It must
// be called also when the deferred call panicked or ended the goroutine.
func (g *G) LeaveDeferred() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.depth == 0 {
		return
	}
	g.depth--
	if g.stopping {
		g.raise()
	}
}

// recall has g, which is to stop, woken if it waits in a plain send. g.mu is held.
func (g *G) recall() {
	if !g.inspect() {
		return // it looks at its flag before it waits
	}
	w := &g.private().wait
	ch, seq := w.Object, g.seq
	var elem reflect.Type
	if w.Kind == wait.Send && w.Site != nil {
		elem = w.Site.elem
	}
	g.inspectionEnds()
	if elem == nil || chanCap(ch) > 0 {
		return
	}
	if g.exec.s.known.bubbles && goruntime.InBubble(ch) {
		return // to receive from outside of a bubble would end the process
	}
	g.exec.s.sends.Recall(ch, elem, func() bool { return g.isIn(seq) })
}

// isIn reports whether g is still in its wait with that number.
func (g *G) isIn(seq uint32) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.inspect() {
		return false
	}
	defer g.inspectionEnds()
	return g.seq == seq
}
