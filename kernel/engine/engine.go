package engine

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"log"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/lower"
	"github.com/gosched/gosched/kernel/run"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/vet"
)

// An Engine is a session in this process. It implements [session.Session].
type Engine struct {
	fset     *token.FileSet
	importer *importer
	sched    *sched.Scheduler
	program  *lower.Program
	machine  *run.Machine
	display  map[string]reflect.Value

	mu      sync.Mutex // the stages up to lower; never held while code runs
	session *check.Session
	vetter  *vet.Vetter
	globals map[*types.Var]*ssa.Global
	sources map[string]*cell.Cell // by file name in fset, for error messages
}

var _ session.Session = (*Engine)(nil)

// New returns a session in which nothing is declared. It directs the standard
// logger, like whatever else is printed through it, to the cells that print.
func New() (*Engine, error) {
	e := &Engine{
		fset:    token.NewFileSet(),
		globals: map[*types.Var]*ssa.Global{},
		sources: map[string]*cell.Cell{},
		vetter:  vet.New(),
	}
	e.importer = &importer{Importer: stdlib.NewImporter(e.fset), fset: e.fset}
	e.display = display.Bind(e.emit)
	e.sched = sched.New(sched.Config{Failure: e.panicked})
	e.program = lower.New(e.fset, e.importer.Importer)
	e.session = check.New(check.Config{
		Fset:      e.fset,
		Importer:  e.importer,
		Resolve:   stdlib.Resolve,
		Packages:  packageNames,
		GoVersion: stdlib.GoVersion,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
	})
	m, err := run.New(run.Config{
		Program:     e.program.SSA,
		MethodValue: e.program.MethodValue,
		Symbol:      e.symbol,
		NamedType:   e.namedType,
		Source:      func(path string) bool { return stdlib.Sources(path) != nil },
		Body:        e.program.Body,
		Instance:    stdlib.Instance,
		Place:       e.place,
	})
	if err != nil {
		return nil, fmt.Errorf("starting the engine: %w", err)
	}
	e.machine = m
	log.SetOutput(run.StackCleaner{Machine: m, Writer: &sched.Writer{Err: true, Fallback: os.Stderr}})
	return e, nil
}

// Fatal ends the process with a fatal error, reported as that of whichever
// goroutine of the session next does something.
func (e *Engine) Fatal(text string) { e.sched.Fatal(text) }

// Close stops every goroutine of the session.
func (e *Engine) Close() error {
	e.sched.Close()
	return nil
}

// settleTime is how long goroutines may go on that have something to do when the
// session is about to end.
const settleTime = 100 * time.Millisecond

// Flush lets goroutines finish what the last cell has made them do, such as
// printing what it has sent them, and hands over what they have printed and what
// waits for more to go with it.
func (e *Engine) Flush() {
	e.sched.Settle(settleTime)
	e.sched.Flush()
}

// SetSubshells implements session.Session.
func (e *Engine) SetSubshells(n int) { e.sched.SetOpenSubshells(n) }

// emit sends an event of package display to the cell that called it.
func (e *Engine) emit(ev session.Event) {
	if g := sched.Current(); g != nil {
		g.Execution().Emit(ev)
	}
}

func (e *Engine) symbol(pkgPath, name string) (reflect.Value, bool) {
	if pkgPath == display.Path {
		v, ok := e.display[name]
		return v, ok
	}
	s, ok := stdlib.Lookup(pkgPath, name)
	if !ok || !s.Value.IsValid() {
		return reflect.Value{}, false
	}
	return s.Value, true
}

func (e *Engine) namedType(pkgPath, name string) reflect.Type {
	if pkgPath == display.Path {
		return display.Types()[name]
	}
	if strings.Contains(name, "[") {
		t, _ := stdlib.InstanceType(pkgPath + "." + name)
		return t
	}
	s, _ := stdlib.Lookup(pkgPath, name)
	return s.Type
}

// place translates a position to a cell's number and line, or to a line of the
// source of a package.
func (e *Engine) place(_ *ssa.Function, pos token.Pos) sched.Place {
	p := e.fset.Position(pos)
	if strings.HasSuffix(p.Filename, ".go") {
		return sched.Place{File: p.Filename, Line: p.Line}
	}
	return sched.Place{Cell: cellNumber(p.Filename), Line: p.Line}
}

const cellPrefix = "cell "

func cellNumber(file string) int {
	n, ok := strings.CutPrefix(file, cellPrefix)
	if !ok {
		return 0
	}
	i, _ := strconv.Atoi(n)
	return i
}

// importer adds to the compiled packages those of the kernel's own.
type importer struct {
	*stdlib.Importer
	fset *token.FileSet
	once sync.Once
	pkg  *types.Package
	err  error
}

func (i *importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return nil, errors.New(check.NoUnsafe)
	}
	if path == display.Path {
		i.once.Do(func() { i.pkg, i.err = display.Declare(i.fset, i.Importer) })
		return i.pkg, i.err
	}
	return i.Importer.Import(path)
}

// ImportFrom implements types.ImporterFrom.
func (i *importer) ImportFrom(path, _ string, _ types.ImportMode) (*types.Package, error) {
	return i.Import(path)
}

// Execute implements session.Session.
func (e *Engine) Execute(ctx context.Context, c session.Cell, sink session.Sink) session.Result {
	name := cellPrefix + strconv.Itoa(c.Number)
	parsed, err := cell.Parse(e.fset, name, []byte(c.Source))
	if err != nil {
		return session.Result{Failure: e.syntaxFailure(parsed, err)}
	}
	if ctx.Err() != nil {
		return session.Result{Failure: interrupted(nil)}
	}
	exec := e.sched.Begin(c, sink)
	value, failure := e.runCell(ctx, exec, parsed)
	if failure != nil {
		return session.Result{Failure: failure}
	}
	var r session.Result
	if !c.Silent {
		r.Value = value
	}
	r.UserExpressions = e.userExpressions(ctx, c, sink)
	return r
}

// runCell takes a parsed cell all the way. It returns how to show the value of
// its final expression, nil if it has none.
func (e *Engine) runCell(ctx context.Context, exec *sched.Execution, c *cell.Cell) (*session.Bundle, *session.Failure) {
	// Commands run where they stand: before the Go code or after it.
	before, after := splitMagics(c)
	for _, m := range before {
		if f := e.magic(exec, m); f != nil {
			return nil, f
		}
	}
	p, failure := e.prepare(exec, c)
	if failure != nil {
		return nil, failure
	}
	var value *session.Bundle
	out := exec.Run(ctx, func(g *sched.G) {
		for _, pkg := range p.cell.Sources {
			e.machine.Call(g, pkg.Func("init"))
		}
		e.machine.Call(g, p.cell.Body)
		value = e.show(p)
	})
	e.machine.Forget(p.cell.Body)
	for _, r := range p.unit.Results {
		e.machine.Release(p.cell.Global(r))
	}
	if f := e.outcome(out); f != nil {
		return nil, f
	}
	for _, m := range after {
		if f := e.magic(exec, m); f != nil {
			return nil, f
		}
	}
	return value, nil
}

// show makes the bundle of a cell's value. The value's own methods may run, so
// it is called on the cell's goroutine.
func (e *Engine) show(p *prepared) *session.Bundle {
	var values []any
	for _, r := range p.unit.Results {
		v, err := e.machine.Variable(p.cell.Global(r))
		if err != nil {
			continue
		}
		values = append(values, v.Interface())
	}
	if len(values) == 0 {
		return nil
	}
	b := display.Of(values...)
	return &b
}

// splitMagics divides a cell's commands into those that stand before its
// statements and those that stand after the first of them.
func splitMagics(c *cell.Cell) (before, after []cell.Magic) {
	for _, m := range c.Magics {
		if len(c.Stmts) > 0 && m.Pos > c.Stmts[0].Pos() {
			after = append(after, m)
		} else {
			before = append(before, m)
		}
	}
	return before, after
}

// prepared is a cell that is ready to run, with its declarations in force.
type prepared struct {
	unit *check.Unit
	cell *lower.Cell
}

// prepare checks and compiles a cell and puts its declarations into force.
func (e *Engine) prepare(exec *sched.Execution, c *cell.Cell) (p *prepared, failure *session.Failure) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			p, failure = nil, internalFailure(r)
		}
	}()
	u, err := e.session.Check(c)
	if err != nil {
		var list check.ErrorList
		if errors.As(err, &list) {
			return nil, e.compileFailure(c, list)
		}
		return nil, e.syntaxFailure(c, err)
	}
	lc, err := e.program.Lower(u)
	if err != nil {
		return nil, &session.Failure{Name: "compile error", Value: err.Error(), Traceback: []string{err.Error()}}
	}
	for _, v := range u.Vars {
		g := lc.Global(v.Obj)
		if v.Old != nil {
			e.machine.Bind(g, e.machine.Memory(e.globals[v.Old]))
		}
		e.globals[v.Obj] = g
	}
	same := e.session.Redeclared(u)
	for _, t := range same {
		e.machine.Same(t.Old, t.New)
	}
	for _, fn := range lc.Functions() {
		if err := e.machine.Compile(fn); err != nil {
			var u *run.UnsupportedError
			if errors.As(err, &u) {
				return nil, e.compileFailure(c, check.ErrorList{{Position: e.fset.Position(u.Pos), Msg: u.What}})
			}
			return nil, &session.Failure{Name: "compile error", Value: err.Error(), Traceback: []string{err.Error()}}
		}
	}
	for _, pkg := range u.Imported {
		stdlib.Imported(pkg.Path())
	}
	superseded := e.session.Superseded(u, same)
	e.session.Commit(u)
	e.letGo(superseded)
	e.sources[c.Name] = c
	for _, n := range u.Notes {
		exec.Emit(session.Stream{Name: "stderr", Text: fmt.Sprintf("note: %s still works as it did before this cell, because with the new declarations it does not compile: %s\n", n.Name, n.Err)})
	}
	if warnings, _ := e.vet(c, u); warnings != "" {
		exec.Emit(session.Stream{Name: "stderr", Text: warnings})
	}
	return &prepared{u, lc}, nil
}

// letGo lets go of what no later cell can name any more.
func (e *Engine) letGo(superseded []types.Object) {
	for _, o := range superseded {
		switch o := o.(type) {
		case *types.Var:
			if g := e.globals[o]; g != nil {
				e.machine.Release(g)
				delete(e.globals, o)
			}
		case *types.Func:
			e.machine.Forget(e.program.SSA.FuncValue(o))
		}
	}
}

// userExpressions evaluates the expressions that a front end asks for.
func (e *Engine) userExpressions(ctx context.Context, c session.Cell, sink session.Sink) map[string]session.Expression {
	if len(c.UserExpressions) == 0 {
		return nil
	}
	out := map[string]session.Expression{}
	for key, src := range c.UserExpressions {
		parsed, err := cell.Parse(e.fset, "expression", []byte(src))
		if err != nil {
			out[key] = session.Expression{Failure: e.syntaxFailure(parsed, err)}
			continue
		}
		inner := c
		inner.UserExpressions = nil
		value, failure := e.runCell(ctx, e.sched.Begin(inner, sink), parsed)
		if failure == nil && value == nil {
			failure = &session.Failure{Name: "compile error", Value: src + " has no value", Traceback: []string{src + " has no value"}}
		}
		out[key] = session.Expression{Value: value, Failure: failure}
	}
	return out
}
