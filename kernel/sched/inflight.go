package sched

import "time"

// PanicBegins records that a panic is on its way through g's calls. Deferred
// calls run before it is reported, and one of them may wake the cell's main
// goroutine: a cell that ends meanwhile waits a moment to learn whether the
// panic fails it. Only g itself may call it.
func (g *G) PanicBegins() {
	if g.isBlocked() {
		g.Unblock() // the channel of a send was closed
	}
	e := g.exec
	e.mu.Lock()
	defer e.mu.Unlock()
	if g.panics++; g.panics == 1 {
		e.panicking++
	}
}

// PanicRecovered records that a panic of [G.PanicBegins] was recovered, or
// replaced by another.
func (g *G) PanicRecovered() {
	e := g.exec
	e.mu.Lock()
	defer e.mu.Unlock()
	if g.panics == 0 {
		return
	}
	if g.panics--; g.panics == 0 {
		e.panicEnds()
	}
}

// panicTime is how long a cell waits at most for panics that are in flight. It
// is only taken where a deferred call blocks.
const panicTime = 250 * time.Millisecond

// panicEnds is called with e.mu held when a goroutine has no panic any more,
// because it was recovered or because the goroutine is gone.
func (e *Execution) panicEnds() {
	e.panicking--
	if e.panicking == 0 && e.calm != nil {
		close(e.calm)
		e.calm = nil
	}
}

// awaitPanics gives panics that are in flight the time to fail the cell, whose
// main goroutine has returned, and then settles that it did not fail.
func (e *Execution) awaitPanics() {
	e.mu.Lock()
	if e.panicking > 0 && !e.settled {
		calm := make(chan struct{})
		e.calm = calm
		e.mu.Unlock()
		timeout := time.NewTimer(panicTime)
		select {
		case <-calm:
		case <-e.giveUp:
		case <-timeout.C:
		}
		timeout.Stop()
		e.mu.Lock()
		e.calm = nil
	}
	e.settled = true
	e.mu.Unlock()
}
