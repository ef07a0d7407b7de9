package snippet

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A Machine is what runs functions, as of either engine.
type Machine interface {
	// Call runs a function without parameters and results on g.
	Call(g *sched.G, fn *ssa.Function)
}

// A Snippet is a package of Go source in SSA form, and goroutines to run it on.
type Snippet struct {
	Fset    *token.FileSet
	Program *lower.Program
	Pkg     *ssa.Package
	Sched   *sched.Scheduler

	t       testing.TB
	sources []*ssa.Package // to be initialised before it
	machine Machine
	sink    *sink

	// Input are the lines that the front end has for the program.
	Input []string
}

// Build type-checks source and builds its SSA form. Source may be without its
// package clause.
func Build(t testing.TB, src string) *Snippet {
	t.Helper()
	s := &Snippet{t: t, Fset: token.NewFileSet(), sink: &sink{}}
	if !strings.HasPrefix(src, "package ") && !strings.Contains(src, "\npackage ") {
		src = "package main\n//line snippet.go:1\n" + src
	}
	file, err := parser.ParseFile(s.Fset, "snippet.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
		Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		FileVersions: map[*ast.File]string{},
	}
	importer := stdlib.NewImporter(s.Fset)
	pkg, err := (&types.Config{Importer: importer}).Check("main", s.Fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	s.Program = lower.New(s.Fset, importer, nil)
	if s.sources, err = s.Program.Provide(pkg.Imports()); err != nil {
		t.Fatal(err)
	}
	s.Pkg = s.Program.SSA.CreatePackage(pkg, []*ast.File{file}, info, false)
	s.Pkg.Build()
	s.Sched = sched.New(sched.Config{Failure: func(_ *sched.G, v any) *session.Failure {
		return &session.Failure{Name: session.Panic, Value: fmt.Sprint(v)}
	}})
	t.Cleanup(s.Sched.Close)
	return s
}

// Config is the configuration of a direct engine that runs the snippet, with a mode
// of link.Config.JIT.
func (s *Snippet) Config(jit string) link.Config {
	return link.Config{
		JIT:         jit,
		MethodValue: s.Program.MethodValue,
		Method:      s.Program.Method,
		Body:        s.Program.Body,
		Late:        s.Program.Late,
		Instance:    stdlib.Instance,
		Symbol:      Symbol,
		NamedType:   NamedType,
		Source:      func(path string) bool { return stdlib.Sources(path) != nil },
		Place:       s.Place,
	}
}

// Symbol finds a compiled function or variable.
func Symbol(path, name string) (reflect.Value, bool) {
	known, ok := stdlib.Lookup(path, name)
	return known.Value, ok && known.Value.IsValid()
}

// NamedType finds a compiled type, or returns nil.
func NamedType(path, name string) reflect.Type {
	known, _ := stdlib.Lookup(path, name)
	return known.Type
}

// Place says where a function is: in cell 1, whose lines are the source's.
func (s *Snippet) Place(fn *ssa.Function, pos token.Pos) sched.Place {
	return sched.Place{Func: fn.Name(), Cell: 1, Line: s.Fset.Position(pos).Line}
}

// On has m run the snippet. It takes what the making of a machine gives.
func (s *Snippet) On(m Machine, err error) *Snippet {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	s.machine = m
	return s
}

// Dump is what a direct engine compiles a function to.
func (s *Snippet) Dump(name string) string {
	s.t.Helper()
	var b strings.Builder
	err := s.machine.(interface {
		Dump(w io.Writer, fn *ssa.Function) error
	}).Dump(&b, s.Pkg.Func(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// A Result is what came of running a function.
type Result struct {
	Stdout, Stderr string
	// Printed is both, in the order in which it came.
	Printed string
	Outcome sched.Outcome
}

// Failed is the text of the panic that it ended with, or "".
func (r Result) Failed() string {
	if r.Outcome.Failure == nil {
		return ""
	}
	return r.Outcome.Failure.Value
}

// Golden is what was printed and then the end, in the form that the command conform
// keeps what programs print.
func (r Result) Golden() string {
	text := r.Stdout + r.Stderr
	switch o := r.Outcome; {
	case o.Kind == sched.Panicked:
		text += "panic " + strings.TrimPrefix(r.Failed(), "panic: ") + "\n"
	case o.Kind == sched.Exited && o.Code != 0:
		text += fmt.Sprintf("exit %d\n", o.Code)
	case o.Kind == sched.Deadlocked:
		text += "fatal error all goroutines are asleep - deadlock!\n"
	case o.Kind == sched.Interrupted:
		text += "interrupted\n"
	}
	return text
}

// Run initialises the package and calls a function without parameters and results.
// It interrupts what takes longer than a minute.
func (s *Snippet) Run(name string) Result {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	return s.RunContext(ctx, name)
}

// Call is Run without initialising the package again.
func (s *Snippet) Call(name string) Result {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	return s.begin(ctx, func(g *sched.G) { s.machine.Call(g, s.Pkg.Func(name)) }, nil)
}

// Do runs a function on a goroutine of a cell.
func (s *Snippet) Do(f func(g *sched.G)) Result {
	s.t.Helper()
	return s.begin(s.t.Context(), f, nil)
}

// RunContext is Run until ctx ends.
func (s *Snippet) RunContext(ctx context.Context, name string) Result {
	s.t.Helper()
	return s.run(ctx, name, nil, nil)
}

// RunStopped is Run until a goroutine waits for what is described so (in Go's words:
// "chan receive", "sync.Mutex.Lock", "IO wait"), and then interrupts it.
func (s *Snippet) RunStopped(name, state string) Result {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	// While somebody sleeps, nothing is a deadlock.
	asleep, wake := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() {
		s.Sched.Begin(session.Cell{Number: 2}, new(sink)).Run(asleep, func(g *sched.G) { g.Sleep(time.Hour, nil) })
		done <- struct{}{}
	}()
	waits := false
	seen := map[string]bool{}
	go func() {
		for ctx.Err() == nil && !waits {
			for _, in := range s.Sched.List() {
				if in.Cell == 1 {
					seen[in.State] = true
					waits = waits || in.Blocked && in.State == state
				}
			}
			time.Sleep(time.Millisecond)
		}
		cancel()
		done <- struct{}{}
	}()
	r := s.RunContext(ctx, name)
	cancel()
	wake()
	<-done
	<-done
	if !waits {
		s.t.Errorf("nothing has waited for %s, but for %v; printed %q, ended with %s %s", state, slices.Sorted(maps.Keys(seen)), r.Printed, r.Outcome.Kind, r.Failed())
	}
	return r
}

// RunObserved is Run while o is told what goroutines do.
func (s *Snippet) RunObserved(name string, o *sched.Observation) Result {
	s.t.Helper()
	defer o.End()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	return s.run(ctx, name, func(e *sched.Execution) { e.Observe(o) }, nil)
}

// RunControlled is Run with goroutines one at a time, in an order that strategy
// chooses, and a clock of their own. It is told to d, which may be nil. Nothing goes on
// when it returns.
func (s *Snippet) RunControlled(name string, strategy control.Strategy, d sched.Detector) Result {
	s.t.Helper()
	c := control.New(control.Config{Strategy: strategy})
	o := &sched.Observation{Controller: c, Clock: c, Detector: d, Random: rand.NewPCG(1, 0).Uint64}
	defer o.End()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	var exec *sched.Execution
	r := s.run(ctx, name, func(e *sched.Execution) {
		exec = e
		e.Observe(o)
		c.Begin(e)
	}, c.Rest)
	c.Finish()
	exec.EndProgram()
	return r
}

// run runs a function between two others, which may be nil: what readies the
// execution, and what is last in it.
func (s *Snippet) run(ctx context.Context, name string, ready func(*sched.Execution), last func(*sched.G)) Result {
	s.t.Helper()
	fn := s.Pkg.Func(name)
	if fn == nil {
		s.t.Fatalf("there is no function %s", name)
	}
	return s.begin(ctx, func(g *sched.G) {
		for _, p := range s.sources {
			s.machine.Call(g, p.Func("init"))
		}
		s.machine.Call(g, s.Pkg.Func("init"))
		s.machine.Call(g, fn)
		if last != nil {
			last(g)
		}
	}, ready)
}

// begin runs main as a cell does.
func (s *Snippet) begin(ctx context.Context, main func(g *sched.G), ready func(*sched.Execution)) Result {
	s.sink.lines = s.Input
	exec := s.Sched.Begin(session.Cell{Number: 1, AllowStdin: s.Input != nil}, s.sink)
	if ready != nil {
		ready(exec)
	}
	out := exec.Run(ctx, main)
	exec.Flush()
	r := s.sink.taken()
	r.Outcome = out
	return r
}

// sink keeps what a snippet prints.
type sink struct {
	mu       sync.Mutex
	out, err strings.Builder
	all      strings.Builder
	lines    []string
}

func (s *sink) Emit(ev session.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stream, ok := ev.(session.Stream)
	if !ok {
		return
	}
	s.all.WriteString(stream.Text)
	if stream.Name == session.Stderr {
		s.err.WriteString(stream.Text)
	} else {
		s.out.WriteString(stream.Text)
	}
}

// Input is the next line that there is for the program. When there is none, the
// question stays open.
func (s *sink) Input(ctx context.Context, _ string, _ bool) (string, error) {
	s.mu.Lock()
	lines := s.lines
	if len(lines) > 0 {
		s.lines = lines[1:]
	}
	s.mu.Unlock()
	if len(lines) > 0 {
		return lines[0], nil
	}
	<-ctx.Done()
	return "", io.EOF
}

func (s *sink) taken() Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Result{Stdout: s.out.String(), Stderr: s.err.String(), Printed: s.all.String()}
	s.out.Reset()
	s.err.Reset()
	s.all.Reset()
	return r
}
