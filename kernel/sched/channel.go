package sched

import (
	"runtime"
	"time"

	"github.com/gosched/gosched/kernel/sched/stopping"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Send is ch <- v for g. With a site of [ElemSite] it takes less time.
func Send[T any](g *G, ch chan<- T, v T, at Stack, site *Site) {
	select {
	case ch <- v:
		return
	default:
	}
	if ch != nil && cap(ch) == 0 && site != nil && site.elem != nil {
		sendPlain(g, ch, v, at, site)
		return
	}
	kind := wait.Send
	if ch == nil {
		kind = wait.SendNil
	}
	stop := g.Stopped()
	g.blockOn(kind, ChanPointer(ch), at, site)
	select {
	case ch <- v: // where it panics, PanicBegins unblocks g
		g.Unblock()
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
}

// sendPlain is Send on an unbuffered channel, see stopping.Sends.
func sendPlain[T any](g *G, ch chan<- T, v T, at Stack, site *Site) {
	r := &g.exec.s.sends
	for {
		g.blockOn(wait.Send, ChanPointer(ch), at, site)
		if g.ShouldStop() { // whoever asks for that later finds g waiting
			g.Unblock()
			g.Unwind()
		}
		ch <- v // where it panics, PanicBegins unblocks g
		g.Unblock()
		if !r.Active() || !stopping.Recalled(r, ChanPointer(ch), &v) {
			return
		}
	}
}

// Recv is v, ok := <-ch for g.
func Recv[T any](g *G, ch <-chan T, at Stack, site *Site) (v T, ok bool) {
	select {
	case v, ok = <-ch:
		return v, ok
	default:
	}
	if cap(ch) == 0 && g.yields.due() {
		var came bool
		if v, ok, came = yieldFor(g, ch); came {
			return v, ok
		}
	}
	kind := wait.Receive
	if ch == nil {
		kind = wait.ReceiveNil
	}
	stop := g.Stopped()
	g.blockOn(kind, ChanPointer(ch), at, site)
	select {
	case v, ok = <-ch:
		g.Unblock()
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
	return v, ok
}

// Sleep is time.Sleep for g.
func (g *G) Sleep(d time.Duration, at Stack) {
	if g.watch != nil {
		g.sleeps(d, at)
		return
	}
	g.sleep(d, at)
}

func (g *G) sleep(d time.Duration, at Stack) {
	if d <= 0 {
		runtime.Gosched()
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	stop := g.Block(&Wait{Kind: wait.Sleep, At: at})
	select {
	case <-t.C:
		g.Unblock()
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
}
