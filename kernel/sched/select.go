package sched

import (
	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/stopping"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Select is a select statement for g. It returns which case was chosen and, for
// a receive, whether the value was sent; chosen is -1 if no case is ready and g
// is not to wait.
func Select(g *G, comms []Comm, wait bool, at Stack) (chosen int, ok bool) {
	cases := make([]goruntime.SelectCase, len(comms)+1)
	for i := range comms {
		cases[i] = comms[i].asCase()
	}
	cases[len(comms)].Dir = goruntime.SelectDefault
	if chosen, ok = goruntime.Select(cases); chosen < len(comms) {
		return chosen, ok
	}
	if !wait {
		return -1, false
	}
	asides := make([]Comm, len(comms))
	for i := range comms {
		asides[i] = comms[i].aside(g)
	}
	for {
		for i := range asides {
			cases[i] = asides[i].asCase()
		}
		stop := g.blockOnAll(comms, at)
		cases[len(comms)] = goruntime.SelectCase{Dir: goruntime.SelectRecv, Chan: ChanPointer(stop)}
		chosen, ok = goruntime.Select(cases) // where a send panics, PanicBegins unblocks g
		g.Unblock()
		if chosen == len(comms) {
			g.Unwind()
		}
		if c := &comms[chosen]; !c.Send || !g.exec.s.sends.Has(c.Chan, c.Val, c.Size) {
			asides[chosen].back(g, c)
			return chosen, ok
		}
	}
}

// blockOnAll is Block for a select.
func (g *G) blockOnAll(comms []Comm, at Stack) <-chan struct{} {
	w := Wait{Kind: wait.Select, At: at}
	if len(comms) == 0 {
		w.Kind = wait.SelectEmpty
	} else {
		w.Cases = g.cases(len(comms))
	}
	for i := range comms {
		w.Cases[i] = Case{Send: comms[i].Send, Object: comms[i].Chan, Site: comms[i].Site}
	}
	return g.Block(&w)
}

// Select statements with two cases on channels whose types are known are the
// commonest: a value, or the end of a context.

// SelectRecvRecv is a select with two receives for g. It returns which one was
// chosen, its value, and whether that was sent; n is -1 if neither is ready and
// g is not to wait. sites name the channels.
func SelectRecvRecv[A, B any](g *G, a <-chan A, b <-chan B, wait bool, at Stack, sites *[2]*Site) (n int, v A, w B, ok bool) {
	select {
	case v, ok = <-a:
		return 0, v, w, ok
	case w, ok = <-b:
		return 1, v, w, ok
	default:
	}
	if !wait {
		return -1, v, w, false
	}
	stop := g.blockPair(at, Case{Object: ChanPointer(a), Site: sites[0]}, Case{Object: ChanPointer(b), Site: sites[1]})
	select {
	case v, ok = <-a:
	case w, ok = <-b:
		n = 1
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
	g.Unblock()
	return n, v, w, ok
}

// SelectSendRecv is a select that sends v on a or receives from b, see
// SelectRecvRecv.
func SelectSendRecv[A, B any](g *G, a chan<- A, v A, b <-chan B, wait bool, at Stack, sites *[2]*Site) (n int, w B, ok bool) {
	select {
	case a <- v:
		return 0, w, false
	case w, ok = <-b:
		return 1, w, ok
	default:
	}
	if !wait {
		return -1, w, false
	}
	r := &g.exec.s.sends
	for {
		stop := g.blockPair(at, Case{Send: true, Object: ChanPointer(a), Site: sites[0]}, Case{Object: ChanPointer(b), Site: sites[1]})
		select {
		case a <- v: // where it panics, PanicBegins unblocks g
		case w, ok = <-b:
			n = 1
		case <-stop:
			g.Unblock()
			g.Unwind()
		}
		g.Unblock()
		if n == 1 || !r.Active() || !stopping.Recalled(r, ChanPointer(a), &v) {
			return n, w, ok
		}
	}
}

// blockPair is Block for a select with two cases.
func (g *G) blockPair(at Stack, a, b Case) <-chan struct{} {
	cases := g.cases(2)
	cases[0], cases[1] = a, b
	return g.Block(&Wait{Kind: wait.Select, At: at, Cases: cases})
}

// cases returns room for the n cases of a wait, until Unblock.
func (g *G) cases(n int) []Case {
	if p := g.private(); n <= len(p.few) {
		return p.few[:n:n]
	}
	return make([]Case, n)
}
