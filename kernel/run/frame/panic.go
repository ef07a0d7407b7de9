package frame

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// A deferredCall is what a defer statement leaves to be done in the frame at,
// because of a panic or, where why is nil, because the function returns: call, or where
// that is nil, on with an object.
type deferredCall struct {
	call   func(at *Frame, why *sched.Panicking)
	on     func(t *Thread, object unsafe.Pointer)
	object unsafe.Pointer
}

func (c *deferredCall) make(at *Frame, why *sched.Panicking) {
	if c.call != nil {
		c.call(at, why)
		return
	}
	c.on(at.Thread, c.object)
}

// A DeferList holds the deferred calls of one activation.
type DeferList struct {
	calls []deferredCall
	first [2]deferredCall // most functions defer no more
}

// Deferring returns the list of the frame's deferred calls, which it makes.
func (fr *Frame) Deferring() *DeferList {
	if fr.defers == nil {
		fr.defers = new(DeferList)
		fr.defers.calls = fr.defers.first[:0]
	}
	return fr.defers
}

// Push adds a call, which is made before those that are there.
func (l *DeferList) Push(call func(at *Frame, why *sched.Panicking)) {
	l.calls = append(l.calls, deferredCall{call: call})
}

// PushOn adds a call with an object, such as an Unlock. It allocates nothing.
func (l *DeferList) PushOn(on func(*Thread, unsafe.Pointer), object unsafe.Pointer) {
	l.calls = append(l.calls, deferredCall{on: on, object: object})
}

func (l *DeferList) pop() (c deferredCall, ok bool) {
	if l == nil || len(l.calls) == 0 {
		return c, false
	}
	last := len(l.calls) - 1
	c = l.calls[last]
	l.calls[last], l.calls = deferredCall{}, l.calls[:last]
	return c, true
}

// again is the list for the next call of the function, or nil where there is none yet
// or calls are left.
func (l *DeferList) again() *DeferList {
	if l == nil || len(l.calls) > 0 {
		return nil
	}
	l.calls = l.first[:0]
	return l
}

// hasReturned is the depth of a call that has returned.
const hasReturned = -1

// execDeferring runs a function that defers.
func (fr *Frame) execDeferring() {
	fr.depth = fr.Thread.depth
	defer fr.leaving()
	fr.run(fr.code().Entry)
	fr.depth = hasReturned
}

// leaving is deferred by execDeferring.
func (fr *Frame) leaving() {
	if fr.depth == hasReturned {
		return
	}
	r := recover()
	t := fr.Thread
	p := t.caught(r)
	t.Cur, t.depth = fr, fr.depth
	fr.unwind(p)
}

// caught identifies what a deferred Go function recovered: nothing (the
// goroutine is ending), a panic that an inner frame passed on, or a new one,
// whose traceback is taken while the frames it left still hang together.
func (t *Thread) caught(r any) *sched.Panicking {
	if r == nil {
		return nil
	}
	if p := t.repanic; p.Is(r) {
		t.repanic = nil
		return p
	}
	t.repanic = nil
	return t.G.Panics(r, t.At())
}

// unwind runs the deferred calls of a frame that a panic, or the end of the
// goroutine (p == nil), goes through. It returns when the function is to
// return to its caller.
func (fr *Frame) unwind(p *sched.Panicking) {
	if p == nil {
		fr.runDefers(nil, true)
		return // runtime.Goexit goes on by itself
	}
	if q := fr.runDefers(p, false); q != nil {
		fr.Thread.repanic = q
		panic(q.Value)
	}
	if b := fr.code().Recover; b != nil {
		fr.run(b)
		return
	}
	for i := range fr.Fn.Results {
		r := &fr.Fn.Results[i]
		r.Layout.Clear(unsafe.Add(fr.Mem, r.Off))
	}
}

// runDefers runs deferred calls, last first. p is the panic in flight, if
// any; exiting says that the goroutine ends. The result is the panic that is
// left at the end.
func (fr *Frame) runDefers(p *sched.Panicking, exiting bool) *sched.Panicking {
	for {
		c, ok := fr.defers.pop()
		if !ok {
			return p
		}
		q := fr.runDeferred(&c, p, exiting)
		if q == nil && (p == nil || !p.Recovered) {
			continue // p goes on
		}
		if p != nil && p != q {
			fr.Thread.G.PanicRecovered()
		}
		p = q
	}
}

// runDeferred runs one deferred call and returns the panic that it ended
// with.
func (fr *Frame) runDeferred(c *deferredCall, p *sched.Panicking, exiting bool) (q *sched.Panicking) {
	t := fr.Thread
	depth, deferring := t.depth, t.deferring
	finished := false
	if exiting {
		if !t.G.EnterDeferred() {
			return p // no time is left for it
		}
		defer t.G.LeaveDeferred()
	}
	defer func() {
		t.deferredEnd(deferring)
		if finished {
			return
		}
		r := recover()
		q = t.caught(r)
		if q != nil && p != sched.NoPanic {
			q.CameUpon(p)
		}
		t.Cur, t.depth = fr, depth
		if q == nil {
			// The goroutine is ending: this was called by runtime.Goexit, and
			// so must the other deferred calls be.
			fr.runDefers(nil, true)
		}
	}()
	t.deferring++
	c.make(fr, p)
	finished = true
	return nil
}

// NormalDefers runs the deferred calls of a function that returns.
func (fr *Frame) NormalDefers() {
	if q := fr.runDefers(nil, false); q != nil {
		fr.Thread.repanic = q
		panic(q.Value)
	}
}
