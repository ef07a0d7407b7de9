package yaegi

import (
	"reflect"
	"regexp"

	"github.com/gosched/gosched/kernel/sched"
)

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
		return nilDereference()
	}
	return r
}

// nilDereference is the run-time error of a nil pointer.
func nilDereference() (err any) {
	defer func() { err = recover() }()
	var p *int
	return *p
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
