package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unique"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/display/gophernotes"
	"github.com/gosched/gosched/kernel/lower"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

// Execute implements session.Session.
func (e *Engine) Execute(ctx context.Context, c session.Cell, sink session.Sink) (r session.Result) {
	defer func() { r.Others = e.sched.Count() - r.Goroutines }()
	name := cellPrefix + strconv.Itoa(c.Number)
	parsed, failure := e.parse(name, c.Source)
	if failure != nil {
		e.inputs.add(c, "", true)
		return session.Result{Failure: failure}
	}
	if ctx.Err() != nil {
		return session.Result{Failure: interrupted(nil)}
	}
	e.tellChoice(sink)
	end := e.runCell(ctx, c, sink, parsed)
	e.inputs.add(c, parsed.Code(), end.failure != nil)
	if end.failure != nil {
		return session.Result{Failure: end.failure, Goroutines: end.left}
	}
	r = session.Result{Goroutines: end.left}
	if !c.Silent {
		r.Value, r.Rewrite = end.value, end.rewrite
		if r.Rewrite == "" && e.formats.Load() && len(parsed.Body) == 0 {
			r.Rewrite = formatted([]byte(c.Source), false)
		}
	}
	r.UserExpressions = e.userExpressions(ctx, c, sink)
	return r
}

// parse parses a cell. A command that does not exist is told before anything
// about the rest, which is perhaps no Go.
func (e *Engine) parse(name, src string) (*cell.Cell, *session.Failure) {
	c, err := e.parseText(name, []byte(src))
	if f := e.checkCommands(c); f != nil {
		return nil, f
	}
	if err != nil {
		return nil, e.syntaxFailure(c, err)
	}
	if f := e.refuseDirectives(c); f != nil {
		return nil, f
	}
	return c, nil
}

// parseText parses a cell with what the session knows about its text.
func (e *Engine) parseText(name string, src []byte) (*cell.Cell, error) {
	o := cell.Options{Known: e.known, TakesText: e.takesText}
	c, err := cell.ParseWith(e.fset, name, src, o)
	if src := e.parseFlags(c); src != nil && err == nil {
		c, err = cell.ParseWith(e.fset, name, src, o)
	}
	if err == nil {
		if src := gophernotes.Rewrite(c, e.known); src != nil {
			return cell.ParseWith(e.fset, name, src, o)
		}
	}
	return c, err
}

// takesText reports whether what comes behind a %% command is no Go.
func (e *Engine) takesText(name string) bool {
	c := e.command(name)
	return c != nil && c.text != nil
}

// lastSteps is how long the end of a cell waits for goroutines that are about to end.
const lastSteps = 5 * time.Millisecond

// runCell takes a parsed cell all the way.
func (e *Engine) runCell(ctx context.Context, request session.Cell, sink session.Sink, c *cell.Cell) ending {
	e.widen(c)
	defer e.pacing()()
	run := &cellRun{request: request, sink: sink, exec: e.sched.Begin(request, sink), cell: c}
	inside := func(ctx context.Context) ending { return e.runInside(ctx, run) }
	end := e.around(run, func(ctx context.Context) ending { return e.traced(ctx, run, inside) })(ctx)
	e.widgets.Flush()
	run.exec.LetEnd(lastSteps)
	end.left, end.rewrite = run.live(), run.rewrite
	return end
}

// runInside runs what is inside of a cell's %% commands. Other commands run
// where they stand: before the Go code or after it.
func (e *Engine) runInside(ctx context.Context, run *cellRun) ending {
	before, after := e.splitMagics(run.cell)
	for _, m := range before {
		if f := e.runLine(ctx, run, m); f != nil {
			return ending{failure: f}
		}
	}
	end := e.runCode(ctx, run)
	if end.failure != nil {
		return end
	}
	for _, m := range after {
		if f := e.runLine(ctx, run, m); f != nil {
			return ending{failure: f}
		}
	}
	return end
}

// runCode runs the Go code of a cell. The ending has a nil value if it has no
// final expression with one.
func (e *Engine) runCode(ctx context.Context, run *cellRun) ending {
	if run.ran { // a cell command runs it once more
		run.exec = e.sched.Begin(run.request, run.sink)
	}
	run.ran = true
	p, failure := e.prepare(ctx, run)
	if failure != nil {
		return ending{failure: failure}
	}
	switch {
	case run.explore != nil:
		defer e.end(p)
		return e.runExplored(ctx, run, p)
	case run.under != nil:
		defer e.end(p)
		return e.runControlled(ctx, run, p)
	}
	defer e.observed(run)()
	run.exec.Confine(e.confined(p))
	defer run.exec.Confine(nil)
	var value *session.Bundle
	out := run.exec.Run(ctx, func(g *sched.G) {
		e.initialise(g)
		e.executor.Call(g, p.cell.Body)
		if run.cell.IsProgram() {
			// Like a process, it ends when main returns.
			if left := run.exec.EndProgram(); left > 0 {
				run.exec.Emit(session.Stream{Name: session.Stderr, Text: leftOver(left)})
			}
		}
		value = e.show(p)
	})
	if run.cell.IsProgram() && out.Kind == sched.Panicked {
		run.exec.EndProgram()
	}
	e.end(p)
	if f := e.outcome(out); f != nil {
		e.explainConsoles(f, run)
		return ending{failure: f}
	}
	return ending{value: value}
}

// leftOver says how many goroutines were left when main returned.
func leftOver(n int) string {
	if n == 1 {
		return "note: main returned while another goroutine was alive; a program ends then, so it was stopped\n"
	}
	return fmt.Sprintf("note: main returned while %d other goroutines were alive; a program ends then, so they were stopped\n", n)
}

// show makes the bundle of a cell's value. The value's own methods may run, so
// it is called on the cell's goroutine.
func (e *Engine) show(p *prepared) *session.Bundle {
	var values []any
	for _, r := range p.unit.Results {
		v, err := e.executor.Value(p.cell.Global(r))
		if err != nil {
			continue
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return nil
	}
	b := display.Of(values...)
	return &b
}

// prepared is a cell that is ready to run, with its declarations in force.
type prepared struct {
	unit *check.Unit
	cell *lower.Cell
}

// prepare checks and compiles a cell and puts its declarations into force.
func (e *Engine) prepare(ctx context.Context, cr *cellRun) (p *prepared, failure *session.Failure) {
	exec, c := cr.exec, cr.cell
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			p, failure = nil, session.Internal(r)
		}
	}()
	e.refreshModules(ctx, exec)
	u, err := cr.cover.check(e, c)
	if err != nil {
		var list check.ErrorList
		if errors.As(err, &list) {
			return nil, e.compileFailure(c, list)
		}
		return nil, e.syntaxFailure(c, err)
	}
	lc, err := e.program.Lower(u)
	if lc != nil {
		e.uninitialised = append(e.uninitialised, lc.Sources...)
	}
	if err != nil {
		return nil, &session.Failure{Name: session.CompileError, Value: err.Error(), Traceback: []string{err.Error()}}
	}
	for _, v := range u.Vars {
		g := lc.Global(v.Obj)
		if v.Old != nil {
			e.executor.Continue(e.globals[v.Old], g)
		}
		e.globals[v.Obj] = g
	}
	same := e.session.Redeclared(u)
	committed := false
	defer func() {
		if !committed && len(same) == 0 {
			e.lost[u.Pkg] = true
		}
	}()
	var one []check.Redeclared // of which the old is no more
	for _, t := range same {
		if e.executor.Same(t.Old, t.New) {
			one = append(one, t)
		}
	}
	if err := e.executor.Compile(lc.Functions()); err != nil {
		var un *unsupported.Error
		if errors.As(err, &un) {
			return nil, e.compileFailure(c, check.ErrorList{{Position: e.fset.Position(un.Pos), Msg: un.What}})
		}
		return nil, &session.Failure{Name: session.CompileError, Value: err.Error(), Traceback: []string{err.Error()}}
	}
	for _, pkg := range u.Imported {
		stdlib.Imported(pkg.Path())
	}
	superseded := e.session.Superseded(u, same)
	cr.cover.redirect(e, u)
	e.session.Commit(u, one)
	committed = true
	e.letGo(superseded)
	e.remember(lc.Package, u)
	e.sources[c.Name] = unique.Make(string(c.Source)).Value() // many cells are run again as they are
	for _, n := range cr.cover.notes(u) {
		exec.Emit(session.Stream{Name: session.Stderr, Text: fmt.Sprintf("note: %s still works as it did before this cell, because with the new declarations it does not compile: %s\n", n.Name, n.Err)})
	}
	if text := vetText(e.vet(c, u)); text != "" {
		exec.Emit(session.Stream{Name: session.Stderr, Text: text})
	}
	e.warnMethods(exec)
	e.begin(u.Pkg)
	return &prepared{u, lc}, nil
}

// userExpressions evaluates the expressions that a front end asks for.
func (e *Engine) userExpressions(ctx context.Context, c session.Cell, sink session.Sink) map[string]session.Expression {
	if len(c.UserExpressions) == 0 {
		return nil
	}
	out := map[string]session.Expression{}
	for key, src := range c.UserExpressions {
		parsed, failure := e.parse("expression", src)
		if failure != nil {
			out[key] = session.Expression{Failure: failure}
			continue
		}
		inner := c
		inner.UserExpressions = nil
		end := e.runCell(ctx, inner, sink, parsed)
		if end.failure == nil && end.value == nil {
			end.failure = &session.Failure{Name: session.CompileError, Value: src + " has no value", Traceback: []string{src + " has no value"}}
		}
		out[key] = session.Expression{Value: end.value, Failure: end.failure}
	}
	return out
}
