package yaegi

import (
	"reflect"
	"runtime"
	"slices"
	"strings"

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

// noPanic marks a deferred call that runs without a panic: recover in it gives
// nil.
var noPanic = &panicking{recovered: true}

// maxTrace is how many places of a panic's traceback are kept.
const maxTrace = 100

// A deferredCall is what a defer statement leaves to be done.
type deferredCall func(at *Frame)

// caught identifies what a deferred Go function recovered: nothing (the goroutine
// is ending), a panic that an inner frame passed on, or a new one.
func (t *thread) caught(r any) *panicking {
	if r == nil {
		return nil
	}
	if p := t.repanic; p != nil && same(p.value, r) {
		t.repanic = nil
		return p
	}
	t.repanic = nil
	p := &panicking{value: inGoWords(r)}
	t.g.PanicBegins()
	if f := t.top(); f != nil {
		p.trace = f.Places(maxTrace)
	}
	return p
}

// same compares panics' values, which need not be comparable.
func same(a, b any) (equal bool) {
	defer func() { _ = recover() }()
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		return false
	}
	equal = reflect.TypeOf(a).Kind() == reflect.Slice || reflect.TypeOf(a).Kind() == reflect.Map || reflect.TypeOf(a).Kind() == reflect.Func
	return a == b
}

// inGoWords turns what yaegi and package reflect panic with where Go has an
// error of its own into that.
func inGoWords(r any) any {
	switch v := r.(type) {
	case *reflect.ValueError:
		return nilDereference()
	case string:
		switch {
		case strings.HasPrefix(v, "reflect: call of reflect.Value.") && strings.HasSuffix(v, "on zero Value"),
			strings.HasPrefix(v, "reflect: reflect.Value.") && strings.Contains(v, "zero Value"):
			return nilDereference()
		case strings.HasPrefix(v, "reflect: call of nil function"), strings.HasPrefix(v, "reflect.Value.Call: call of nil function"):
			return nilDereference()
		}
	}
	return r
}

// nilDereference is the run-time error of a nil pointer.
func nilDereference() (err any) {
	defer func() { err = recover() }()
	var p *int
	return *p
}

// A goError is a run-time error in Go's words.
type goError string

func (e goError) Error() string { return "runtime error: " + string(e) }

// RuntimeError implements runtime.Error.
func (goError) RuntimeError() {}

// An assertionError is that of a type assertion.
type assertionError string

func (e assertionError) Error() string { return "interface conversion: " + string(e) }

// RuntimeError implements runtime.Error.
func (assertionError) RuntimeError() {}

var _, _ runtime.Error = goError(""), assertionError("")

// protect runs the body of a function that defers, and its recovery block when a
// panic has been recovered.
func (f *Frame) protect(body, recovery func()) {
	f.live = true
	finished := false
	defer func() {
		if finished {
			return
		}
		r := recover()
		t := f.t
		p := t.caught(r)
		t.cur = f
		if p == nil {
			f.runDefers(nil, true)
			return // runtime.Goexit goes on by itself
		}
		if q := f.runDefers(p, false); q != nil {
			t.repanic = q
			panic(q.value)
		}
		recovery()
	}()
	body()
	if len(f.defers) > 0 { // of the body of a range over a function, which SSA form does not run
		if q := f.runDefers(nil, false); q != nil {
			f.t.repanic = q
			panic(q.value)
		}
	}
	finished = true
}

// runDefers runs deferred calls, last first. p is the panic in flight, if any;
// exiting says that the goroutine ends. The result is the panic that is left.
func (f *Frame) runDefers(p *panicking, exiting bool) *panicking {
	for len(f.defers) > 0 {
		last := len(f.defers) - 1
		call := f.defers[last]
		f.defers = f.defers[:last]
		q := f.runDeferred(call, p, exiting)
		if q == nil && (p == nil || !p.recovered) {
			continue // p goes on
		}
		if p != nil && p != q {
			f.t.g.PanicRecovered()
		}
		p = q
	}
	return p
}

// runDeferred runs one deferred call and returns the panic that it ended with.
func (f *Frame) runDeferred(call deferredCall, p *panicking, exiting bool) (q *panicking) {
	t := f.t
	finished := false
	if exiting {
		if !t.g.EnterDeferred() {
			return p // no time is left for it
		}
		stopped := t.stop
		t.stop = false
		forget := t.g.OnStop(func() { t.stop = true })
		defer func() {
			forget()
			t.g.LeaveDeferred()
			t.stop = stopped
		}()
	}
	defer func() {
		if finished {
			return
		}
		r := recover()
		q = t.caught(r)
		if q != nil && p != nil {
			q.cameUpon(p)
		}
		t.cur = f
		if q == nil {
			// The goroutine is ending: this was called by runtime.Goexit, and so
			// must the other deferred calls be.
			f.runDefers(nil, true)
		}
	}()
	t.handover = p
	if p == nil {
		t.handover = noPanic
	}
	t.cur = f
	call(f)
	t.handover = nil
	t.cur = f
	finished = true
	return nil
}

// normalDefers runs the deferred calls of a function that returns.
func normalDefers(f *Frame) {
	if q := f.runDefers(nil, false); q != nil {
		f.t.repanic = q
		panic(q.value)
	}
}

// recoverCall is the builtin recover in a function.
func recoverCall(f *Frame) any {
	p := f.deferred
	if p == nil || p.recovered {
		return nil
	}
	p.recovered = true
	return asAny(p.value)
}

// Panics implements engine.Executor.
func (m *Machine) Panics(g *sched.G) []sched.Panic {
	p, _ := g.CarriedPanic().(*panicking)
	var chain []sched.Panic
	for ; p != nil; p = p.link {
		if n := len(chain); n > 0 && same(chain[n-1].Value, p.value) {
			chain[n-1].Recovered, chain[n-1].Repanicked = p.recovered, true
			continue
		}
		chain = append(chain, sched.Panic{Value: p.value, Recovered: p.recovered, Trace: p.trace})
	}
	slices.Reverse(chain)
	return chain
}

// answersPanics reports whether compiled code further up on this goroutine's
// stack answers the panics of the functions that it calls.
func answersPanics() bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "net/http.(*conn).serve") {
			return true
		}
		if !more {
			return false
		}
	}
}
