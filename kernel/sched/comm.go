package sched

import "unsafe"

// A Comm is a communication: a case of a select statement, or all that a send
// or a receive statement does.
type Comm struct {
	Send bool
	Chan unsafe.Pointer // may be nil
	// Val points at the value to send, or at where to put the one received. It
	// must be on the heap, and may be nil where nobody wants the value.
	Val  unsafe.Pointer
	Size uintptr // of the value to send, in bytes
	Site *Site   // may be nil
}

//go:linkname chansend reflect.chansend0
func chansend(ch, val unsafe.Pointer, nb bool) (sent bool)

//go:linkname chanrecv reflect.chanrecv
func chanrecv(ch unsafe.Pointer, nb bool, val unsafe.Pointer) (selected, received bool)

// Communicate is c for g, outside a select; ok says of a receive that the value
// was sent. It is for elements of all layouts; for some, [Send] and [Recv] take
// less time.
func Communicate(g *G, c Comm, at Stack) (ok bool) {
	if done, ok := c.try(); done {
		return ok
	}
	kind := KindReceive
	switch {
	case c.Send && c.Chan == nil:
		kind = KindSendNil
	case c.Send && c.Site != nil && c.Site.elem != nil && chanCap(c.Chan) == 0:
		c.sendPlain(g, at)
		return false
	case c.Send:
		kind = KindSend
	case c.Chan == nil:
		kind = KindReceiveNil
	case chanCap(c.Chan) == 0 && g.yields.due():
		took := yield()
		done, ok := c.try()
		if g.yields.tried(took, done); done {
			return ok
		}
	}
	return c.wait(g, kind, at)
}

// try is c if that does not wait.
func (c *Comm) try() (done, ok bool) {
	if c.Send {
		return chansend(c.Chan, c.Val, true), false
	}
	return chanrecv(c.Chan, true, c.Val)
}

// sendPlain is Communicate for a send on an unbuffered channel, see recaller.
func (c *Comm) sendPlain(g *G, at Stack) {
	for {
		g.blockOn(KindSend, c.Chan, at, c.Site)
		if g.ShouldStop() { // whoever asks for that later finds g waiting
			g.Unblock()
			g.Unwind()
		}
		chansend(c.Chan, c.Val, false) // where it panics, PanicBegins unblocks g
		g.Unblock()
		if !g.exec.s.recaller.has(c) {
			return
		}
	}
}

// wait is Communicate for what has to wait and watches whether g is to stop.
func (c *Comm) wait(g *G, kind Kind, at Stack) (ok bool) {
	cases := []runtimeSelect{c.asCase(), {dir: dirReceive}}
	for {
		stop := g.Stopped()
		cases[1].ch = ChanPointer(stop)
		g.blockOn(kind, c.Chan, at, c.Site)
		chosen, ok := rselect(cases) // where a send panics, PanicBegins unblocks g
		g.Unblock()
		if chosen == 1 {
			g.Unwind()
		}
		if !c.Send || !g.exec.s.recaller.has(c) {
			return ok
		}
	}
}

func (c *Comm) asCase() runtimeSelect {
	if c.Send {
		return runtimeSelect{dir: dirSend, ch: c.Chan, val: c.Val}
	}
	return runtimeSelect{dir: dirReceive, ch: c.Chan, val: c.Val}
}
