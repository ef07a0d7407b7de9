package frame

import (
	"go/token"
	"unsafe"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/sched"
)

// A Thread is what the engine keeps for one goroutine.
type Thread struct {
	World *World
	G     *sched.G
	Cur   *Frame // the innermost interpreted call
	depth int32  // of interpreted calls

	share share // of the processor, see turn_js.go

	deferring int32 // deferred calls that are running
	late      bool  // G.EnterDeferred was called within one of them

	returned bool // what the goroutine was to run has returned

	repanic *sched.Panicking // being passed on to an outer frame

	free [freeLists]freeList

	// handover is the panic for which package reflect is about to call a
	// deferred function of ours.
	Handover *sched.Panicking

	Record uintptr // program counter of the slog.Record that is being handled

	Site *sched.Site // operand of the intrinsic that is called, or nil

	Appended unsafe.Pointer // what an observed append appends to
}

// begin makes the thread of g for all that it runs of interpreted code; the
// caller defers end and, at last, calls done. The thread hangs on this
// goroutine's stack only: if g led to its frames, the garbage collector would
// find what a leaked goroutine waits for reachable.
func (w *World) begin(g *sched.G) *Thread {
	t, _ := g.TakeKept().(*Thread)
	if t == nil {
		t = new(Thread)
	}
	t.World, t.G = w, g
	g.Local = uintptr(unsafe.Pointer(t))
	return t
}

// done says that what t was to run has returned.
func (t *Thread) done() {
	t.giveBack()
	t.returned = true
}

// WithThread runs f, which is all that g runs of interpreted code, with a
// thread of its own.
func (w *World) WithThread(g *sched.G, f func(t *Thread)) {
	t := w.begin(g)
	defer t.end()
	f(t)
	t.done()
}

// end is deferred while interpreted code runs, and keeps t alive until then. What has
// returned leaves it to another goroutine: to start 100,000 takes a twentieth less
// processor time by that.
func (t *Thread) end() {
	if !t.returned {
		if r := recover(); r != nil {
			t.G.CarryPanic(t.caught(r))
			defer panic(r) // for the scheduler, which asks for the trace
		}
	}
	t.G.Local = 0
	if t.returned {
		g := t.G
		*t = Thread{}
		g.Keep(t)
	}
}

// ThreadOf returns g's thread, or nil. It must be called on g.
func ThreadOf(g *sched.G) *Thread {
	return *(**Thread)(unsafe.Pointer(&g.Local)) // hidden on purpose, see begin
}

// Attend does what is due: it lets others run, ends the process where that is
// what the goroutine was asked to stop for, or unwinds it. A deferred call during
// which the goroutine is asked to stop goes on for the time that deferred calls
// have.
func (t *Thread) Attend() {
	if t.yielded() || t.G.Yield() {
		return
	}
	if text := t.G.Scheduler().Ending(); text != "" {
		t.Fatal("", text)
	}
	if !t.G.ShouldStop() {
		return
	}
	if t.deferring > 0 && !t.late && t.G.EnterDeferred() {
		t.late = true
		return
	}
	t.G.Unwind()
}

// deferredEnd ends a deferred call; so many are still open.
func (t *Thread) deferredEnd(open int32) {
	t.deferring = open
	if open == 0 && t.late {
		t.late = false
		t.G.LeaveDeferred()
	}
}

// Spawn starts a goroutine for a go statement.
func (t *Thread) Spawn(at sched.Place, name string, f func(t *Thread)) {
	m := t.World
	sched.Go(t.G, at, name, func(g *sched.G) { m.WithThread(g, f) })
}

// Body returns the body of a goroutine that makes the call.
func (fr *Frame) Body() sched.Body { return (*body)(fr) }

// A body is a call that a goroutine makes.
type body Frame

// Run does what WithThread and exec do in one function, to spare the goroutine's
// stack: what does not fit into its first 2 kB costs as much again.
func (b *body) Run(g *sched.G) {
	fr := (*Frame)(b)
	t := fr.Fn.World.begin(g)
	defer t.end()
	fr.Thread, fr.Caller, t.Cur, t.depth = t, nil, fr, 1
	if fr.Fn.Defers {
		fr.execDeferring()
	} else {
		fr.run(fr.code().Entry)
	}
	fr.Leave()
	t.done()
}

// Run finds the thread for interpreted code that compiled code calls, and
// makes one on goroutines that the engine does not know yet.
func (w *World) Run(fn *Function, f func(t *Thread)) {
	g, own := sched.Here()
	if own {
		if t := ThreadOf(g); t != nil {
			f(t)
		} else {
			w.WithThread(g, f)
		}
		return
	}
	stray, answered := g == nil, w.AnswersPanics()
	at, name := sched.Place{}, "callback"
	if fn != nil {
		at, name = w.Place(fn.SSA, fn.SSA.Pos()), fn.Name()
	}
	body := func(g *sched.G) {
		if stray {
			g.Other(sched.Stray, nil, nil)
		} else {
			g.Other(sched.Called, nil, nil)
		}
		if answered {
			w.passing(g, func() { w.WithThread(g, f) })
		} else {
			w.WithThread(g, f)
		}
	}
	sched.CallBack(g, w.LastMain.Load(), answered, at, name, body)
}

// Fatal ends the process with a report like the Go runtime's for errors that
// no program can recover from, but with the places of the user's code.
func (t *Thread) Fatal(before, text string) {
	t.G.Fatal(t.World.err, before, text, t.Cur)
}

// Places lists where the call and its callers are, innermost first. It is
// what makes a frame a [sched.Stack].
func (fr *Frame) Places(max int) []sched.Place {
	var out []sched.Place
	for f := range fr.calls {
		if len(out) >= max {
			break
		}
		if f == nil {
			at := panicFrame()
			out = append(out, sched.Place{Func: "panic", File: at.File, Line: at.Line})
			continue
		}
		out = append(out, f.Fn.World.Place(f.Fn.SSA, f.position()))
	}
	return out
}

// position is where in the source the frame is.
func (fr *Frame) position() token.Pos {
	b := fr.block
	if b == nil || int(fr.pc) >= len(b.Pos) {
		return fr.Fn.SSA.Pos()
	}
	for i := fr.pc; i >= 0; i-- {
		if p := b.Pos[i]; p.IsValid() {
			return p
		}
	}
	return fr.Fn.SSA.Pos()
}

// hidden reports whether a function is none of the user's: a wrapper that the
// SSA builder made.
func (fn *Function) hidden() bool {
	return funcname.Wrapper(fn.SSA)
}

// Name is the function's name for people.
func (fn *Function) Name() string {
	if p := fn.display.Load(); p != nil {
		return *p
	}
	name := funcname.Of(fn.SSA)
	fn.display.Store(&name)
	return name
}

// ReachedVariable is the name of the variable in which code that is looked at for
// what it reaches notes that. The notes are no business of the program's: nobody who
// observes its goroutines is told of them.
const ReachedVariable = "reached·"

// Goroutine, At, SiteOr, Source and Stack make a thread an instead.Caller.
func (t *Thread) Goroutine() *sched.G { return t.G }

// Source is the file and line where the thread is, or with skip the call that many
// further out.
func (t *Thread) Source(skip int) (file string, line int, ok bool) {
	s := t.Sites(skip, 1)
	if len(s) == 0 {
		return "", 0, false
	}
	_, file, line = t.World.Source(s[0])
	return file, line, true
}

// At returns where the thread is, for reports.
func (t *Thread) At() sched.Stack {
	if t.Cur == nil {
		return nil
	}
	return t.Cur
}

// Here is the place in the source where the thread is.
func (t *Thread) Here() sched.Place {
	if t.Cur != nil {
		if ps := t.Cur.Places(1); len(ps) > 0 {
			return ps[0]
		}
	}
	return sched.Place{}
}

// SiteOr is what the call that runs works on, as the source names it.
func (t *Thread) SiteOr(other *sched.Site) *sched.Site {
	if t.Site != nil {
		return t.Site
	}
	return other
}
