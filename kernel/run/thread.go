package run

import (
	"fmt"
	"go/token"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
)

// A thread is what the engine keeps for one goroutine.
type thread struct {
	m     *Machine
	g     *sched.G
	cur   *frame // the innermost interpreted call
	depth int32  // of interpreted calls

	returned bool // what the goroutine was to run has returned

	repanic *panicking // being passed on to an outer frame

	free [freeLists]freeList

	// handover is the panic for which package reflect is about to call a
	// deferred function of ours.
	handover *panicking

	record uintptr // program counter of the slog.Record that is being handled

	site *sched.Site // operand of the intrinsic that is called, or nil
}

// maxDepth is how many nested interpreted calls overflow the stack. Compiled
// Go's limit is 1 GB of stack; a call of ours takes more of it.
const maxDepth = 500_000

// begin makes the thread of g for all that it runs of interpreted code; the
// caller defers end and, at last, calls done. The thread hangs on this
// goroutine's stack only: if g led to its frames, the garbage collector would
// find what a leaked goroutine waits for reachable.
func (m *Machine) begin(g *sched.G) *thread {
	t := &thread{m: m, g: g}
	g.Local = uintptr(unsafe.Pointer(t))
	return t
}

// done says that what t was to run has returned.
func (t *thread) done() {
	t.giveBack()
	t.returned = true
}

// withThread runs f, which is all that g runs of interpreted code, with a
// thread of its own.
func (m *Machine) withThread(g *sched.G, f func(t *thread)) {
	t := m.begin(g)
	defer t.end()
	f(t)
	t.done()
}

// end is deferred while interpreted code runs, and keeps t alive until then.
func (t *thread) end() {
	if !t.returned {
		if r := recover(); r != nil {
			t.m.traces.Store(t.g, t.caught(r))
			defer panic(r) // for the scheduler, which asks for the trace
		}
	}
	t.g.Local = 0
}

// threadOf returns g's thread, or nil. It must be called on g.
func threadOf(g *sched.G) *thread {
	return *(**thread)(unsafe.Pointer(&g.Local)) // hidden on purpose, see begin
}

// mustStop reports whether the goroutine is to end: asked at loops and calls.
func (t *thread) mustStop() bool { return t.g.ShouldStop() }

// stop unwinds the goroutine, or ends the process where that is what it was
// asked to stop for.
func (t *thread) stop() {
	if text := t.g.Scheduler().Ending(); text != "" {
		t.fatal("", text)
	}
	t.g.Unwind()
}

// spawn starts a goroutine for a go statement.
func (t *thread) spawn(at sched.Place, name string, f func(t *thread)) {
	m := t.m
	sched.Go(t.g, at, name, func(g *sched.G) { m.withThread(g, f) })
}

// running returns the body of a goroutine that makes a call. It does what
// withThread and exec do in one function, to spare the goroutine's stack: what
// does not fit into its first 2 kB costs as much again.
func (m *Machine) running(fr *frame) func(g *sched.G) {
	return func(g *sched.G) {
		t := m.begin(g)
		defer t.end()
		fr.t, fr.caller, t.cur, t.depth = t, nil, fr, 1
		if fr.fn.defers {
			fr.execDeferring()
		} else {
			fr.run(fr.fn.entry)
		}
		fr.leave()
		t.done()
	}
}

// run finds the thread for interpreted code that compiled code calls, and
// makes one on goroutines that the engine does not know yet.
func (m *Machine) run(fn *function, f func(t *thread)) {
	g, own := sched.Here()
	if own {
		if t := threadOf(g); t != nil {
			f(t)
		} else {
			m.withThread(g, f)
		}
		return
	}
	if g == nil {
		if g = m.fallback(); g == nil {
			panic("gosched: a callback came after its session had ended")
		}
	}
	at, name := sched.Place{}, "callback"
	if fn != nil {
		at, name = m.place(fn.ssa, fn.ssa.Pos()), fn.name()
	}
	body := func(g *sched.G) { m.withThread(g, f) }
	if answersPanics() {
		g.Adopt(at, name, func(a *sched.G) { m.passing(a, func() { body(a) }) })
	} else {
		g.Contain(at, name, body)
	}
}

// fallback is the goroutine that callbacks belong to which nothing else
// claims: the main goroutine of a running cell.
func (m *Machine) fallback() *sched.G {
	return m.lastMain.Load()
}

// stackOverflow ends the process as the Go runtime would.
func (t *thread) stackOverflow() {
	t.fatal("runtime: goroutine stack exceeds 1000000000-byte limit\n", "stack overflow")
}

// fatal ends the process with a report like the Go runtime's for errors that
// no program can recover from, but with the places of the user's code.
func (t *thread) fatal(before, text string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%sfatal error: %s\n\n", before, text)
	const most = 50
	writeStack(&b, t.g.Number(), "running", t.cur.Places(most+1), most)
	t.g.Execution().Flush()
	os.Stderr.WriteString(b.String())
	os.Exit(2)
}

// Places lists where the call and its callers are, innermost first. It is
// what makes a frame a [sched.Stack].
func (fr *frame) Places(max int) []sched.Place {
	var out []sched.Place
	for f := fr; f != nil && len(out) < max; f = f.caller {
		if f.fn.hidden() {
			continue
		}
		if p := f.fn.m.place(f.fn.ssa, f.position()); p.Line > 0 || f.caller != nil || len(out) == 0 {
			out = append(out, p) // the call of a program's main is nowhere in a cell
		}
	}
	return out
}

// position is where in the source the frame is.
func (fr *frame) position() token.Pos {
	b := fr.block
	if b == nil || int(fr.pc) >= len(b.pos) {
		return fr.fn.ssa.Pos()
	}
	for i := fr.pc; i >= 0; i-- {
		if p := b.pos[i]; p.IsValid() {
			return p
		}
	}
	return fr.fn.ssa.Pos()
}

// hidden reports whether a function is none of the user's: a wrapper that the
// SSA builder made.
func (fn *function) hidden() bool {
	return fn.ssa.Synthetic != "" && fn.ssa.Syntax() == nil
}

func (fn *function) name() string {
	if p := fn.display.Load(); p != nil {
		return *p
	}
	name := displayName(fn.ssa)
	fn.display.Store(&name)
	return name
}

// displayName is the function's name as Go's tracebacks print it.
func displayName(fn *ssa.Function) string {
	if fn.Parent() != nil {
		// f$1 is Go's f.func1
		name := fn.Name()
		if i := strings.LastIndexByte(name, '$'); i >= 0 {
			return displayName(fn.Parent()) + ".func" + name[i+1:]
		}
		return displayName(fn.Parent()) + "." + name
	}
	pkg := ""
	if fn.Pkg != nil {
		pkg = fn.Pkg.Pkg.Name() + "."
	} else if o := fn.Origin(); o != nil && o.Pkg != nil {
		pkg = o.Pkg.Pkg.Name() + "."
	}
	name := fn.Name()
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i] + "[...]"
	}
	if recv := fn.Signature.Recv(); recv != nil {
		r := recv.Type().String()
		ptr := strings.HasPrefix(r, "*")
		r = strings.TrimPrefix(r, "*")
		if i := strings.IndexByte(r, '['); i >= 0 {
			r = r[:i] + "[...]"
		}
		if i := strings.LastIndexByte(r, '.'); i >= 0 {
			r = r[i+1:]
		}
		if ptr {
			r = "(*" + r + ")"
		}
		name = r + "." + name
	}
	if pkg == "main." && strings.HasPrefix(fn.Name(), CellFunction) {
		return "main"
	}
	return pkg + name
}

// CellFunction is what the names of functions begin with that hold a cell's
// statements; to people they are called main.
const CellFunction = "cell·"
