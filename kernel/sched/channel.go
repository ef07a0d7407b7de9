package sched

import (
	"reflect"
	"runtime"
	"time"
)

// Send is ch <- v for g. With a site of [SendSite] it takes the least time.
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
	kind := KindSend
	if ch == nil {
		kind = KindSendNil
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

// sendPlain is Send on an unbuffered channel, see recaller.
func sendPlain[T any](g *G, ch chan<- T, v T, at Stack, site *Site) {
	r := &g.exec.s.recaller
	for {
		g.blockOn(KindSend, ChanPointer(ch), at, site)
		if g.ShouldStop() { // whoever asks for that later finds g waiting
			g.Unblock()
			g.Unwind()
		}
		ch <- v // where it panics, PanicBegins unblocks g
		g.Unblock()
		if !r.active.Load() || !recalled(r, ChanPointer(ch), &v) {
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
	kind := KindReceive
	if ch == nil {
		kind = KindReceiveNil
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

// SendValue is ch <- v for g, for element types that have no faster way.
func SendValue(g *G, ch, v reflect.Value, at Stack, site *Site) {
	if !ch.IsNil() && ch.TrySend(v) {
		return
	}
	w := Wait{Kind: KindSend, Object: ch.UnsafePointer(), Site: site, At: at}
	if ch.IsNil() {
		w.Kind = KindSendNil
	}
	for again := true; again; {
		_, _, _, again = selectStoppable(g, &w, []reflect.SelectCase{{Dir: reflect.SelectSend, Chan: ch, Send: v}})
	}
}

// RecvValue is v, ok := <-ch for g, see SendValue. Of a closed channel, v is
// the element type's zero value.
func RecvValue(g *G, ch reflect.Value, at Stack, site *Site) (v reflect.Value, ok bool) {
	w := Wait{Kind: KindReceive, Object: ch.UnsafePointer(), Site: site, At: at}
	if ch.IsNil() {
		w.Kind = KindReceiveNil
	} else if v, ok := ch.TryRecv(); v.IsValid() {
		return v, ok
	}
	_, v, ok, _ = selectStoppable(g, &w, []reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}})
	return v, ok
}

// Select is a select statement for g; a default case never blocks. It returns
// what [reflect.Select] returns. sites may be nil or name each case's channel.
// Spare capacity of cases is used.
func Select(g *G, cases []reflect.SelectCase, at Stack, sites []*Site) (chosen int, v reflect.Value, ok bool) {
	for _, c := range cases {
		if c.Dir == reflect.SelectDefault {
			return reflect.Select(cases)
		}
	}
	for again := true; again; {
		w := Wait{Kind: KindSelect, At: at}
		if len(cases) == 0 {
			w.Kind = KindSelectEmpty
		} else {
			w.Cases = g.cases(len(cases))
		}
		for i, c := range cases {
			w.Cases[i].Send = c.Dir == reflect.SelectSend
			if c.Chan.IsValid() {
				w.Cases[i].Object = c.Chan.UnsafePointer()
			}
			if i < len(sites) {
				w.Cases[i].Site = sites[i]
			}
		}
		chosen, v, ok, again = selectStoppable(g, &w, cases)
	}
	return chosen, v, ok
}

// selectStoppable waits as w says; again says that the value sent was taken
// back, see recaller.
func selectStoppable(g *G, w *Wait, cases []reflect.SelectCase) (chosen int, v reflect.Value, ok, again bool) {
	stop := g.Block(w)
	all := append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop)})
	unblocked := false
	defer func() {
		if !unblocked { // a send on a closed channel panics
			g.Unblock()
		}
	}()
	chosen, v, ok = reflect.Select(all)
	g.Unblock()
	unblocked = true
	if chosen == len(cases) {
		g.Unwind()
	}
	if r := &g.exec.s.recaller; cases[chosen].Dir == reflect.SelectSend && r.active.Load() {
		again = recalledValue(r, cases[chosen])
	}
	return chosen, v, ok, again
}

// Sleep is time.Sleep for g.
func (g *G) Sleep(d time.Duration, at Stack) {
	if d <= 0 {
		runtime.Gosched()
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	stop := g.Block(&Wait{Kind: KindSleep, At: at})
	select {
	case <-t.C:
		g.Unblock()
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
}
