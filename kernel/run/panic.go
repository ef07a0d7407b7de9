package run

import (
	"slices"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// A panicking is a panic in flight.
type panicking struct {
	value     any
	trace     []sched.Place
	recovered bool
	link      *panicking // the one for which the deferred call ran that panicked
}

// cameUpon records that p ended a deferred call that ran because of other.
func (p *panicking) cameUpon(other *panicking) {
	for p != other {
		if p.link == nil {
			p.link = other
			return
		}
		p = p.link
	}
}

// noPanic marks a deferred call that runs without a panic: recover in it
// gives nil, as in any function that was not called because of one.
var noPanic = &panicking{recovered: true}

// maxTrace is how many places of a panic's traceback are kept.
const maxTrace = 100

// A deferredCall is what a defer statement leaves to be done in the frame at,
// because of a panic or, where why is nil, because the function returns.
type deferredCall func(at *frame, why *panicking)

// A deferList holds the deferred calls of one activation.
type deferList struct {
	calls []deferredCall
	first [2]deferredCall // most functions defer no more
}

// deferring returns the list of the frame's deferred calls, which it makes.
func (fr *frame) deferring() *deferList {
	if fr.defers == nil {
		fr.defers = new(deferList)
		fr.defers.calls = fr.defers.first[:0]
	}
	return fr.defers
}

func (l *deferList) push(f deferredCall) { l.calls = append(l.calls, f) }

func (l *deferList) pop() deferredCall {
	if l == nil || len(l.calls) == 0 {
		return nil
	}
	f := l.calls[len(l.calls)-1]
	l.calls = l.calls[:len(l.calls)-1]
	return f
}

// hasReturned is the depth of a call that has returned.
const hasReturned = -1

// execDeferring runs a function that defers.
func (fr *frame) execDeferring() {
	fr.depth = fr.t.depth
	defer fr.leaving()
	fr.run(fr.fn.entry)
	fr.depth = hasReturned
}

// leaving is deferred by execDeferring.
func (fr *frame) leaving() {
	if fr.depth == hasReturned {
		return
	}
	r := recover()
	t := fr.t
	p := t.caught(r)
	t.cur, t.depth = fr, fr.depth
	fr.unwind(p)
}

// caught identifies what a deferred Go function recovered: nothing (the
// goroutine is ending), a panic that an inner frame passed on, or a new one,
// whose traceback is taken while the frames it left still hang together.
func (t *thread) caught(r any) *panicking {
	if r == nil {
		return nil
	}
	if p := t.repanic; p != nil && sameValue(p.value, r) {
		t.repanic = nil
		return p
	}
	t.repanic = nil
	p := &panicking{value: r}
	t.g.PanicBegins()
	if t.cur != nil {
		p.trace = t.cur.Places(maxTrace)
	}
	return p
}

// sameValue compares two interfaces bit by bit.
func sameValue(a, b any) bool {
	return *(*ifaceWords)(unsafe.Pointer(&a)) == *(*ifaceWords)(unsafe.Pointer(&b))
}

// unwind runs the deferred calls of a frame that a panic, or the end of the
// goroutine (p == nil), goes through. It returns when the function is to
// return to its caller.
func (fr *frame) unwind(p *panicking) {
	if p == nil {
		fr.runDefers(nil, true)
		return // runtime.Goexit goes on by itself
	}
	if q := fr.runDefers(p, false); q != nil {
		fr.t.repanic = q
		panic(q.value)
	}
	if b := fr.fn.recover; b != nil {
		fr.run(b)
		return
	}
	for i := range fr.fn.results {
		r := &fr.fn.results[i]
		r.mem.clear(unsafe.Add(fr.mem, r.off))
	}
}

// runDefers runs deferred calls, last first. p is the panic in flight, if
// any; exiting says that the goroutine ends. The result is the panic that is
// left at the end.
func (fr *frame) runDefers(p *panicking, exiting bool) *panicking {
	for {
		f := fr.defers.pop()
		if f == nil {
			return p
		}
		q := fr.runDeferred(f, p, exiting)
		if q == nil && (p == nil || !p.recovered) {
			continue // p goes on
		}
		if p != nil && p != q {
			fr.t.g.PanicRecovered()
		}
		p = q
	}
}

// runDeferred runs one deferred call and returns the panic that it ended
// with.
func (fr *frame) runDeferred(f deferredCall, p *panicking, exiting bool) (q *panicking) {
	t := fr.t
	depth := t.depth
	finished := false
	if exiting {
		if !t.g.EnterDeferred() {
			return p // no time is left for it
		}
		defer t.g.LeaveDeferred()
	}
	defer func() {
		if finished {
			return
		}
		r := recover()
		q = t.caught(r)
		if q != nil && p != noPanic {
			q.cameUpon(p)
		}
		t.cur, t.depth = fr, depth
		if q == nil {
			// The goroutine is ending: this was called by runtime.Goexit, and
			// so must the other deferred calls be.
			fr.runDefers(nil, true)
		}
	}()
	f(fr, p)
	finished = true
	return nil
}

// normalDefers runs the deferred calls of a function that returns.
func (fr *frame) normalDefers() {
	if q := fr.runDefers(nil, false); q != nil {
		fr.t.repanic = q
		panic(q.value)
	}
}

// recoverCall is the builtin recover in fr.
func (fr *frame) recoverCall() any {
	p := fr.deferred
	if p == nil || p.recovered {
		return nil
	}
	p.recovered = true
	return p.value
}

// A Panic is one that has left the interpreted code, or one for which a deferred
// call ran that ended with another.
type Panic struct {
	Value      any
	Recovered  bool
	Repanicked bool          // with the same value, which is not listed again
	Trace      []sched.Place // where it happened last, innermost call first
}

// Panics returns the panic that g ended with, after those that it came upon, once:
// it is for the report.
func (m *Machine) Panics(g *sched.G) []Panic {
	v, ok := m.traces.LoadAndDelete(g)
	if !ok {
		return nil
	}
	var chain []Panic
	for p := v.(*panicking); p != nil; p = p.link {
		if n := len(chain); n > 0 && sameValue(chain[n-1].Value, p.value) {
			chain[n-1].Recovered, chain[n-1].Repanicked = p.recovered, true
			continue
		}
		chain = append(chain, Panic{Value: p.value, Recovered: p.recovered, Trace: p.trace})
	}
	slices.Reverse(chain)
	return chain
}
