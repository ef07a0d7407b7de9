package yaegi

import (
	"os"
	"reflect"
	"regexp"

	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/stacks"
)

// A thread is what the engine keeps for one goroutine.
type thread struct {
	m    *Machine
	g    *sched.G
	cur  *Frame // the call that was begun last; see top
	stop bool   // the goroutine is to stop: loops look here

	repanic  *sched.Panicking // being passed on to an outer frame
	handover *sched.Panicking // for which a deferred call is about to begin
}

// A Frame is one call of a function of the cells. Core Go passes it on to what it
// calls, and looks at Stop.
type Frame struct {
	Stop *bool // the thread's

	t     *thread
	up    *Frame
	fn    *function // nil for the outermost
	pos   *int      // where it is: an index into fn.positions, or hasReturned
	depth int

	defers   []func(at *Frame) // the calls that are left to be done
	deferred *sched.Panicking  // the panic for which it was called, as a deferred call
}

// hasReturned is the position of a call that is over.
const hasReturned = -1

// maxDepth is how many nested calls overflow the stack. Each takes some 2 kB of
// it, and Go's limit is 1 GB.
const maxDepth = 200_000

// enter begins a call; core Go calls it first in every function.
func enter(up *Frame, fn *function, pos *int) *Frame {
	t := up.t
	f := &Frame{Stop: up.Stop, t: t, up: up, fn: fn, pos: pos, depth: up.depth + 1}
	if !fn.wrapper {
		f.deferred, t.handover = t.handover, nil
	}
	t.cur = f
	if f.depth > maxDepth {
		t.fatal("runtime: goroutine stack exceeds 1000000000-byte limit\n", "stack overflow")
	}
	if t.g.ShouldStop() {
		t.unwind()
	}
	return f
}

// top is the innermost call.
func (t *thread) top() *Frame {
	f := t.cur
	for f != nil && f.pos != nil && *f.pos == hasReturned {
		f = f.up
	}
	return f
}

// Places lists where the call and its callers are, innermost first. It is what
// makes a frame a [sched.Stack].
func (f *Frame) Places(max int) []sched.Place {
	var out []sched.Place
	for ; f != nil && len(out) < max; f = f.up {
		if f.fn == nil || f.fn.wrapper {
			continue
		}
		p := f.fn.place(*f.pos)
		if p.Line > 0 || f.up != nil && f.up.fn != nil || len(out) == 0 {
			out = append(out, p)
		}
	}
	return out
}

// Goroutine, At, SiteOr and Source make a frame an instead.Caller.
func (f *Frame) Goroutine() *sched.G { return f.t.g }

// At is the frame.
func (f *Frame) At() sched.Stack { return f }

// SiteOr is other: what the source calls it is not known here.
func (f *Frame) SiteOr(other *sched.Site) *sched.Site { return other }

// Source is the file and line where the call is, or with skip the one that many
// further out.
func (f *Frame) Source(skip int) (file string, line int, ok bool) {
	ps := f.Places(skip + 1)
	if skip < 0 || len(ps) <= skip {
		return "", 0, false
	}
	return ps[skip].FileName(), ps[skip].Line, true
}

func (f *Frame) here() sched.Place { return append(f.Places(1), sched.Place{})[0] }

// poll is called by a loop that has seen that the goroutine is to stop.
func poll(f *Frame) {
	if f.t.g.ShouldStop() {
		f.t.unwind()
	}
	f.t.stop = false
}

// unwind ends the goroutine, or the process where that is what it was asked to stop for.
func (t *thread) unwind() {
	if text := t.g.Scheduler().Ending(); text != "" {
		t.fatal("", text)
	}
	t.g.Unwind()
}

// fatal ends the process with a report like the Go runtime's.
func (t *thread) fatal(before, text string) { t.g.Fatal(os.Stderr, before, text, t.top()) }

// withThread runs f, which is all that g runs of the cells' code, with the outermost
// frame of a thread of its own.
func (m *Machine) withThread(g *sched.G, f func(root *Frame)) {
	t := &thread{m: m, g: g}
	t.cur = &Frame{Stop: &t.stop, t: t}
	m.threads.Store(g, t)
	g.OnStop(func() { t.stop = true })
	defer m.threads.Delete(g)
	t.guarded(func() { f(t.cur) }, func(p *sched.Panicking) {
		if p != nil {
			g.CarryPanic(p)
			panic(p.Value) // for the scheduler, which asks for the trace
		}
	})
}

// value is f as a Go function, which calls it by do with the frame of whoever calls on
// this goroutine.
func (f *function) value(t reflect.Type, do action) reflect.Value {
	return reflect.MakeFunc(t, func(args values) (out values) {
		f.called(func(caller *Frame) { out = do(caller, args) })
		return out
	})
}

// called runs what f does when compiled code calls it.
func (f *function) called(body func(caller *Frame)) {
	m := f.m
	g, own := sched.Here()
	run := func(g *sched.G) { m.withThread(g, body) }
	if t, ok := m.threads.Load(g); own && ok {
		body(t.(*thread).top())
	} else if own {
		run(g)
	} else {
		sched.CallBack(g, m.lastMain.Load(), stacks.AnswersPanics(""), f.place(0), f.name, run)
	}
}

// caught identifies what a deferred Go function recovered: nothing (the goroutine
// is ending), a panic that an inner frame passed on, or a new one.
func (t *thread) caught(r any) *sched.Panicking {
	p := t.repanic
	t.repanic = nil
	switch {
	case r == nil:
		return nil
	case p.Is(r):
		return p
	}
	return t.g.Panics(inGoWords(r), t.top())
}

// nilUse is what package reflect says of the use of nil.
var nilUse = regexp.MustCompile(`^reflect: call of reflect\.Value\..* on zero Value$|^reflect: reflect\.Value\..*zero Value|^reflect(\.Value\.Call)?: call of nil function`)

// inGoWords turns what yaegi and package reflect panic with where Go has an
// error of its own into that.
func inGoWords(r any) any {
	_, ofNil := r.(*reflect.ValueError)
	if text, ok := r.(string); ofNil || ok && nilUse.MatchString(text) {
		return runtimeerror.NilDereference()
	}
	return r
}

// guarded calls f, and ended if it panics or, with nil, if the goroutine ends in it.
func (t *thread) guarded(f func(), ended func(p *sched.Panicking)) {
	finished := false
	defer func() {
		if !finished {
			ended(t.caught(recover()))
		}
	}()
	f()
	finished = true
}

// protect runs the body of a function that defers, and its recovery block when a
// panic has been recovered.
func (f *Frame) protect(body, recovery func()) {
	t := f.t
	t.guarded(func() {
		body()
		normalDefers(f) // of the body of a range over a function, which SSA form does not run
	}, func(p *sched.Panicking) {
		t.cur = f
		if p == nil {
			f.runDefers(nil, true)
			return // runtime.Goexit goes on by itself
		}
		t.passOn(f.runDefers(p, false))
		recovery()
	})
}

// passOn goes on with a panic, if there is one, in the outer frame.
func (t *thread) passOn(p *sched.Panicking) {
	if p != nil {
		t.repanic = p
		panic(p.Value)
	}
}

// runDefers runs deferred calls, last first. p is the panic in flight, if any;
// exiting says that the goroutine ends. The result is the panic that is left.
func (f *Frame) runDefers(p *sched.Panicking, exiting bool) *sched.Panicking {
	for len(f.defers) > 0 {
		last := len(f.defers) - 1
		call := f.defers[last]
		f.defers = f.defers[:last]
		q := f.runDeferred(call, p, exiting)
		if q == nil && (p == nil || !p.Recovered) {
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
func (f *Frame) runDeferred(call func(at *Frame), p *sched.Panicking, exiting bool) (q *sched.Panicking) {
	t := f.t
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
	t.guarded(func() {
		t.handover = p
		if p == nil {
			t.handover = sched.NoPanic
		}
		t.cur = f
		call(f)
		t.handover = nil
		t.cur = f
	}, func(ended *sched.Panicking) {
		q = ended
		if q != nil && p != nil {
			q.CameUpon(p)
		}
		t.cur = f
		if q == nil {
			// The goroutine is ending: this was called by runtime.Goexit, and so
			// must the other deferred calls be.
			f.runDefers(nil, true)
		}
	})
	return q
}

// normalDefers runs the deferred calls of a function that returns.
func normalDefers(f *Frame) {
	f.t.passOn(f.runDefers(nil, false))
}
