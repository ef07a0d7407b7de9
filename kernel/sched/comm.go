package sched

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

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
	// Park, if not nil, is ParkSend or ParkReceive for the layout of the elements:
	// with it, waiting takes less time. It is for [Transact] only.
	Park Parker
}

// A Parker sends the value at val, or receives into val, unless stop is closed
// first, in which case came is false.
type Parker func(ch, val unsafe.Pointer, stop <-chan struct{}) (came, ok bool)

// ParkSend is a [Parker] that sends.
func ParkSend[T any](ch, val unsafe.Pointer, stop <-chan struct{}) (came, ok bool) {
	select {
	case *(*chan<- T)(unsafe.Pointer(&ch)) <- *(*T)(val):
		return true, false
	case <-stop:
		return false, false
	}
}

// ParkReceive is a [Parker] that receives.
func ParkReceive[T any](ch, val unsafe.Pointer, stop <-chan struct{}) (came, ok bool) {
	select {
	case v, ok := <-*(*<-chan T)(unsafe.Pointer(&ch)):
		*(*T)(val) = v
		return true, ok
	case <-stop:
		return false, false
	}
}

// park is wait with c.Park.
func (c *Comm) park(g *G, kind wait.Kind, at Stack) (ok bool) {
	for {
		stop := g.Stopped()
		g.blockOn(kind, c.Chan, at, c.Site)
		came, ok := c.Park(c.Chan, c.Val, stop) // where a send panics, PanicBegins unblocks g
		g.Unblock()
		if !came {
			g.Unwind()
		}
		if !c.Send || !g.exec.s.sends.Has(c.Chan, c.Val, c.Size) {
			return ok
		}
	}
}

// Communicate is c for g, outside a select; ok says of a receive that the value
// was sent. It is for elements of all layouts; for some, [Send] and [Recv] take
// less time.
func Communicate(g *G, c Comm, at Stack) (ok bool) {
	if done, ok := c.try(); done {
		return ok
	}
	kind := wait.Receive
	switch {
	case c.Send && c.Chan == nil:
		kind = wait.SendNil
	case c.Send && c.Site != nil && c.Site.elem != nil && chanCap(c.Chan) == 0:
		c.sendPlain(g, at)
		return false
	case c.Send:
		kind = wait.Send
	case c.Chan == nil:
		kind = wait.ReceiveNil
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
		return goruntime.ChanSend(c.Chan, c.Val, true), false
	}
	return goruntime.ChanRecv(c.Chan, true, c.Val)
}

// sendPlain is Communicate for a send on an unbuffered channel, see stopping.Sends.
func (c *Comm) sendPlain(g *G, at Stack) {
	x := c.aside(g)
	for {
		g.blockOn(wait.Send, c.Chan, at, c.Site)
		if g.ShouldStop() { // whoever asks for that later finds g waiting
			g.Unblock()
			g.Unwind()
		}
		goruntime.ChanSend(c.Chan, x.Val, false) // where it panics, PanicBegins unblocks g
		g.Unblock()
		if !g.exec.s.sends.Has(c.Chan, c.Val, c.Size) {
			x.back(g, c)
			return
		}
	}
}

// wait is Communicate for what has to wait and watches whether g is to stop.
func (c *Comm) wait(g *G, kind wait.Kind, at Stack) (ok bool) {
	x := c.aside(g)
	cases := []goruntime.SelectCase{x.asCase(), {Dir: goruntime.SelectRecv}}
	for {
		stop := g.Stopped()
		cases[1].Chan = ChanPointer(stop)
		g.blockOn(kind, c.Chan, at, c.Site)
		chosen, ok := goruntime.Select(cases) // where a send panics, PanicBegins unblocks g
		g.Unblock()
		if chosen == 1 {
			g.Unwind()
		}
		if !c.Send || !g.exec.s.sends.Has(c.Chan, c.Val, c.Size) {
			x.back(g, c)
			return ok
		}
	}
}

// aside returns c with its value in memory of its own, for as long as it waits:
// the runtime's record of who waits at a channel leads the collector there, and
// from the frame that the value is in it would come to the channel, so that
// nobody would ever look leaked.
func (c *Comm) aside(g *G) Comm {
	x := *c
	if c.Val == nil || c.Site == nil || c.Site.elem == nil {
		return x
	}
	typ := goruntime.TypeWord(c.Site.elem)
	p := g.private()
	x.Val, p.aside = p.aside, nil // one at a time
	if x.Val == nil || p.asideType != typ {
		x.Val = goruntime.New(typ)
	}
	if c.Send {
		goruntime.Move(typ, x.Val, c.Val)
	}
	return x
}

// back gives c what x, which c.aside has returned, has received.
func (x *Comm) back(g *G, c *Comm) {
	if x.Val == c.Val {
		return
	}
	typ := goruntime.TypeWord(c.Site.elem)
	if !c.Send {
		goruntime.Move(typ, c.Val, x.Val)
	}
	goruntime.Clear(typ, x.Val)
	p := g.private()
	p.aside, p.asideType = x.Val, typ // a select has several, of different types
}

func (c *Comm) asCase() goruntime.SelectCase {
	if c.Send {
		return goruntime.SelectCase{Dir: goruntime.SelectSend, Chan: c.Chan, Val: c.Val}
	}
	return goruntime.SelectCase{Dir: goruntime.SelectRecv, Chan: c.Chan, Val: c.Val}
}
