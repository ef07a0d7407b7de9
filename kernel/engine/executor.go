package engine

import (
	"fmt"
	"go/types"
	"io"
	"os"
	"reflect"
	"runtime"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/mention"
	"github.com/gosched/gosched/kernel/pace"
	"github.com/gosched/gosched/kernel/run"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/stdlib"
)

// An Executor runs functions in SSA form, and has the variables of a session.
type Executor interface {
	// Compile prepares a function and the function literals in it. Its error
	// says what in them cannot be run, and where if it is an unsupported.Error.
	Compile(fns []*ssa.Function) error
	// Call runs a function without parameters or results on g.
	Call(g *sched.G, fn *ssa.Function)
	// Value is what a variable holds now, to be shown.
	Value(g *ssa.Global) (any, error)
	// Fill sets a variable before the package that it belongs to is initialised, or
	// when it is first needed after that. Set is given the variable, which can be set.
	Fill(g *ssa.Global, set func(reflect.Value) error) error
	// Continue makes a variable that was declared again live where it did.
	Continue(old, again *ssa.Global)
	// Same says that a type that was declared again is the one it was. It reports
	// false where there may be values of the old one only.
	Same(old, again *types.Named) bool
	// Release says that nothing can name a variable any more but what was compiled
	// with it.
	Release(g *ssa.Global)
}

// An observer is an Executor that can tell what goroutines do.
type observer interface {
	// Here says where g is in the program, and what the call works on that it makes
	// there. It is called on g.
	Here(g *sched.G) (sched.Stack, *sched.Site)
}

func (e *Engine) here(g *sched.G) (sched.Stack, *sched.Site) {
	if x, ok := e.executor.(observer); ok {
		return x.Here(g)
	}
	return nil, nil
}

// A typer is an Executor with real run-time types. One that is none need not know more
// than those of literals.
type typer interface {
	TypeOf(t types.Type) (reflect.Type, error)
}

// A watcher is an Executor that can tell whether there is code that may release a lock for
// the goroutine that has taken it.
type watcher interface{ HandsLocksOver() bool }

func (e *Engine) handsLocksOver() bool {
	x, ok := e.executor.(watcher)
	return !ok || x.HandsLocksOver()
}

// A logger is an Executor whose workings would show in what the standard logger prints to
// w: it is to print to what Log returns.
type logger interface{ Log(w io.Writer) io.Writer }

// A forgetter is an Executor that can let go of functions, and of whole cells.
type forgetter interface {
	// Forget says of a function what Release says of a variable.
	Forget(fn *ssa.Function)
	// LetGo says that no cell to come refers to anything in these packages.
	LetGo(gone mention.Packages)
}

func (e *Engine) forget(fn *ssa.Function) {
	if x, ok := e.executor.(forgetter); ok {
		x.Forget(fn)
	}
}

// A pacer is an Executor that shows its programs nothing of how its session has garbage
// collected.
type pacer interface{ Pace() *pace.Pace }

// JITVariable names the environment variable that says when functions of cells
// are compiled to machine code.
const JITVariable = "GOSCHED_JIT"

// JITMode is the mode of [run.Config] that a value of the variable asks for: "on", or
// "always", and anything else turns it off. Where nothing is said it is on, on processors
// where it has been used for long.
func JITMode(value string) string {
	if value != "" {
		return value
	}
	if runtime.GOARCH == "amd64" {
		return "on"
	}
	return "off"
}

// direct is the direct engine as an Executor.
type direct struct{ *run.Machine }

func newDirect(e *Engine, facts *goruntime.Facts) (Executor, error) {
	m, err := run.New(run.Config{
		Facts:       facts,
		MethodValue: e.program.MethodValue,
		Method:      e.program.Method,
		Symbol:      e.symbol,
		NamedType:   e.namedType,
		Source:      func(path string) bool { return e.modules.loaded(path) || stdlib.Sources(path) != nil },
		Own:         e.modules.loaded,
		Body:        e.program.Body,
		Late:        e.program.Late,
		Instance:    stdlib.Instance,
		Place:       e.place,
		JIT:         JITMode(os.Getenv(JITVariable)),
	})
	if err != nil {
		return nil, fmt.Errorf("starting the engine: %w", err)
	}
	return direct{m}, nil
}

func (d direct) Compile(fns []*ssa.Function) error {
	for _, fn := range fns {
		if err := d.Machine.Compile(fn); err != nil {
			return err
		}
	}
	return nil
}

func (d direct) Value(g *ssa.Global) (any, error) {
	v, err := d.Variable(g)
	if err != nil {
		return nil, err
	}
	return v.Interface(), nil
}

func (d direct) Continue(old, again *ssa.Global) { d.Bind(again, d.Memory(old)) }
