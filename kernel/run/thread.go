package run

import (
	"fmt"
	"go/token"
	"os"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
)

// A thread is what the engine keeps for one goroutine.
type thread struct {
	m     *Machine
	g     *sched.G
	cur   *frame // the innermost interpreted call
	depth int

	repanic *panicking // being passed on to an outer frame
}

// maxDepth is how many nested interpreted calls overflow the stack. Compiled
// Go's limit is 1 GB of stack; a call of ours takes more of it.
const maxDepth = 1_000_000

func (m *Machine) newThread(g *sched.G) *thread {
	t := &thread{m: m, g: g}
	g.Local = t
	return t
}

// mustStop reports whether the goroutine is to end: asked at loops and calls.
func (t *thread) mustStop() bool { return t.g.ShouldStop() }

// stop unwinds the goroutine.
func (t *thread) stop() { t.g.Unwind() }

// spawn starts a goroutine for a go statement.
func (t *thread) spawn(fr *frame, pos token.Pos, name string, f func(t *thread)) {
	m := t.m
	sched.Go(t.g, m.place(fr.fn.ssa, pos), name, func(g *sched.G) { f(m.newThread(g)) })
}

// run finds the thread for interpreted code that compiled code calls, and
// makes one on goroutines that the engine does not know yet.
func (m *Machine) run(fn *function, f func(t *thread)) {
	g, own := sched.Here()
	if own {
		t, ok := g.Local.(*thread)
		if !ok {
			t = m.newThread(g)
		}
		f(t)
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
	body := func(g *sched.G) { f(m.newThread(g)) }
	if answersPanics() {
		g.Adopt(at, name, body)
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
	var b strings.Builder
	b.WriteString("runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\n")
	fmt.Fprintf(&b, "goroutine %d [running]:\n", t.g.Number())
	for _, p := range t.cur.Places(20) {
		fmt.Fprintf(&b, "%s(...)\n\tcell %d:%d\n", p.Func, p.Cell, p.Line)
	}
	b.WriteString("...additional frames elided...\n")
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
		out = append(out, f.fn.m.place(f.fn.ssa, f.position()))
	}
	return out
}

// position is where in the source the frame is.
func (fr *frame) position() token.Pos {
	b := fr.block
	if b == nil || fr.pc >= len(b.pos) {
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

func (fn *function) name() string { return displayName(fn.ssa) }

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
