package run

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A snippet is a package of Go source on a machine of its own, with goroutines
// of its own: the engine without cells.
type snippet struct {
	t     testing.TB
	fset  *token.FileSet
	pkg   *ssa.Package
	m     *Machine
	sched *sched.Scheduler
	sink  *sink
}

// compiled compiles a source, without its package clause.
func compiled(t testing.TB, src string) *snippet {
	t.Helper()
	return compiledWith(t, src, "")
}

// compiledWith is compiled with a mode of Config.JIT.
func compiledWith(t testing.TB, src, mode string) *snippet {
	t.Helper()
	s := &snippet{t: t, fset: token.NewFileSet(), sink: &sink{}}
	file, err := parser.ParseFile(s.fset, "snippet.go", "package main\n"+src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
		Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		FileVersions: map[*ast.File]string{},
	}
	importer := stdlib.NewImporter(s.fset)
	pkg, err := (&types.Config{Importer: importer}).Check("main", s.fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	program := lower.New(s.fset, importer, nil)
	for _, p := range pkg.Imports() {
		program.SSA.CreatePackage(p, nil, nil, true)
	}
	s.pkg = program.SSA.CreatePackage(pkg, []*ast.File{file}, info, false)
	s.pkg.Build()
	s.m, err = New(link.Config{
		JIT:         mode,
		MethodValue: program.MethodValue,
		Method:      program.Method,
		Body:        program.Body,
		Instance:    stdlib.Instance,
		Symbol: func(path, name string) (reflect.Value, bool) {
			known, ok := stdlib.Lookup(path, name)
			return known.Value, ok && known.Value.IsValid()
		},
		NamedType: func(path, name string) reflect.Type {
			known, _ := stdlib.Lookup(path, name)
			return known.Type
		},
		Place: func(fn *ssa.Function, pos token.Pos) sched.Place {
			return sched.Place{Func: fn.Name(), Cell: 1, Line: s.fset.Position(pos).Line - 1}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.sched = sched.New(sched.Config{Failure: func(g *sched.G, v any) *session.Failure {
		return &session.Failure{Name: "panic", Value: fmt.Sprint(v)}
	}})
	t.Cleanup(s.sched.Close)
	return s
}

// run calls a function without parameters and results and returns what it
// printed with print and println, and the panic that it ended with.
func (s *snippet) run(name string) (printed, failed string) {
	s.t.Helper()
	exec := s.sched.Begin(session.Cell{Number: 1}, s.sink)
	out := exec.Run(context.Background(), func(g *sched.G) {
		s.m.Call(g, s.pkg.Func("init"))
		s.m.Call(g, s.pkg.Func(name))
	})
	exec.Flush()
	if out.Failure != nil {
		failed = out.Failure.Value
	}
	return s.sink.taken(), failed
}

// dump is what a function is compiled to.
func (s *snippet) dump(name string) string {
	s.t.Helper()
	var b strings.Builder
	if err := s.m.Dump(&b, s.pkg.Func(name)); err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// sink keeps what a snippet prints.
type sink struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *sink) Emit(ev session.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stream, ok := ev.(session.Stream); ok {
		s.text.WriteString(stream.Text)
	}
}

func (s *sink) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

func (s *sink) taken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text.String()
	s.text.Reset()
	return text
}
