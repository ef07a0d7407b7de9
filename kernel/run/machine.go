package run

import (
	"fmt"
	"go/types"
	"io"
	"reflect"
	"testing"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/pace"
	"github.com/gosched/gosched/kernel/run/compile"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/standin"
	"github.com/gosched/gosched/kernel/sched"
)

// Config is what a Machine asks of its surroundings.
type Config = link.Config

// A Machine executes the functions of one session.
type Machine struct {
	world   *frame.World
	library *standin.Library
	links   *link.Table
	code    *compile.Translation
}

// New returns a machine with no variables. It fails where too little of the
// runtime is as expected.
func New(cfg Config) (*Machine, error) {
	if err := cfg.Facts.Direct(); err != nil {
		return nil, err
	}
	w := frame.NewWorld(cfg.Facts, cfg.Place)
	lib := standin.New(w)
	l, err := link.New(cfg, lib)
	if err != nil {
		return nil, err
	}
	code := compile.New(l)
	w.Translator = code
	return &Machine{world: w, library: lib, links: l, code: code}, nil
}

// TypeOf returns the run-time type of a type.
func (m *Machine) TypeOf(t types.Type) (reflect.Type, error) { return m.links.TypeOf(t) }

// Compile prepares a function and the function literals in it, and reports
// what in them cannot be run.
func (m *Machine) Compile(fn *ssa.Function) error {
	if err := m.links.Function(fn).Ready(); err != nil {
		return err
	}
	for _, lit := range fn.AnonFuncs {
		if err := m.Compile(lit); err != nil {
			return err
		}
	}
	return nil
}

// Memory returns where a variable lives.
func (m *Machine) Memory(g *ssa.Global) unsafe.Pointer { return m.links.Global(g) }

// Fill has a variable set before anybody sees it.
func (m *Machine) Fill(g *ssa.Global, set func(reflect.Value) error) error {
	return m.links.Fill(g, set)
}

// Variable returns a variable as an addressable value.
func (m *Machine) Variable(g *ssa.Global) (reflect.Value, error) {
	rt, err := m.links.TypeOf(link.ElemOf(g.Type()))
	if err != nil {
		return reflect.Value{}, err
	}
	return reflect.NewAt(rt, m.links.Global(g)).Elem(), nil
}

// Call runs a function without parameters or results on g, the main goroutine
// of a cell.
func (m *Machine) Call(g *sched.G, fn *ssa.Function) {
	m.world.LastMain.Store(g)
	defer m.library.NoteRedirected(g)
	if fn.Pkg != nil && fn == fn.Pkg.Func("init") {
		m.code.Initialising(true)
		defer m.code.Initialising(false)
	}
	m.world.WithThread(g, func(t *frame.Thread) {
		f := m.links.Function(fn)
		f.Over.Store(false)
		defer f.Over.Store(true)
		fr := f.Enter(t, nil)
		fr.Exec()
		fr.Leave()
	})
}

// Pace is how often garbage is collected.
func (m *Machine) Pace() *pace.Pace { return &m.world.Pace }

// Here says where g is in the program, and what the call works on that it makes
// there. It is called on g.
func (m *Machine) Here(g *sched.G) (sched.Stack, *sched.Site) {
	t := frame.ThreadOf(g)
	if t == nil {
		return nil, nil
	}
	return t.At(), t.Site
}

// Bind makes a variable live in the memory at p, which must have its type's
// layout: that of an earlier variable whose place it takes.
func (m *Machine) Bind(g *ssa.Global, p unsafe.Pointer) { m.links.Bind(g, p) }

// Function returns a function of the program as a value that compiled code can
// call.
func (m *Machine) Function(fn *ssa.Function) (reflect.Value, error) { return m.links.Callable(fn) }

// Same has a type that was declared again be the same one at run time. It reports
// false if nothing is known of the type as it was.
func (m *Machine) Same(was, now *types.Named) bool { return m.links.Same(was, now) }

// Redirect has function values of was, a function that is declared again just as it
// was, call now.
func (m *Machine) Redirect(was, now *ssa.Function) { m.links.Redirect(was, now) }

// Forget lets go of a function that is not called afresh any more.
func (m *Machine) Forget(fn *ssa.Function) { m.links.Forget(fn) }

// LetGo lets go of all that is known of packages that no cell to come refers to.
func (m *Machine) LetGo(gone mention.Packages) { m.links.LetGo(gone) }

// Release lets go of a variable that later cells do not see.
func (m *Machine) Release(g *ssa.Global) { m.links.Release(g) }

// HandsLocksOver reports whether the session has code that may release a lock
// which somebody else has taken, and which could still run.
func (m *Machine) HandsLocksOver() bool { return m.links.HandsLocksOver() }

// Log returns what to write to for the standard logger to print to w: stacks in it
// are the user's.
func (m *Machine) Log(w io.Writer) io.Writer { return frame.StackCleaner{Writer: w, World: m.world} }

// GuardTest returns a test that fails where f panics.
func (m *Machine) GuardTest(f func(*testing.T)) func(*testing.T) { return m.library.GuardTest(f) }

// GuardVirtual is [Machine.GuardTest] for a test that is run in a bubble of
// testing/synctest anyway.
func (m *Machine) GuardVirtual(f func(*testing.T)) func(*testing.T) { return m.library.GuardVirtual(f) }

// GuardBenchmark is [Machine.GuardTest] for a benchmark.
func (m *Machine) GuardBenchmark(f func(*testing.B)) func(*testing.B) {
	return m.library.GuardBenchmark(f)
}

// GuardFuzz is [Machine.GuardTest] for a fuzz target.
func (m *Machine) GuardFuzz(f func(*testing.F)) func(*testing.F) { return m.library.GuardFuzz(f) }

// GuardExample returns an example that prints the panic of f, which is not what
// it is to print.
func (m *Machine) GuardExample(f func()) func() { return m.library.GuardExample(f) }

// Dump writes what a function is compiled to: for each instruction the closure
// that carries it out.
func (m *Machine) Dump(w io.Writer, fn *ssa.Function) error {
	f := m.links.Interpreted(fn)
	if f == nil {
		return fmt.Errorf("%s is compiled into the kernel", fn)
	}
	if err := f.Ready(); err != nil {
		return err
	}
	return m.code.Dump(w, f)
}
