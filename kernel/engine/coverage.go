package engine

import (
	"cmp"
	"context"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/cover"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/session"
)

// What tests reach is counted by code of its own: the functions of the session are
// built again with statements that note which blocks are reached, as if the cells
// that declare them had been run again, and after the tests once more without. Outside
// of that nothing is different.

// A coverage is one such counting. The methods of a nil one do what a cell does that
// has none.
type coverage struct {
	what    check.Again
	counts  bool // else it puts back what was
	ran     bool // the profile is there
	profile cover.Profile
	reached *types.Var // an array of booleans, one for each block
}

// A redirecter is an Executor that can have values of a function call another.
type redirecter interface {
	Redirect(was, now *ssa.Function)
}

// check checks a cell, and with it what is built again.
func (c *coverage) check(e *Engine, parsed *cell.Cell) (*check.Unit, error) {
	if c == nil {
		return e.session.Check(parsed)
	}
	if c.counts {
		c.what = check.AgainAll
		u, err := e.session.CheckAgain(parsed, c.what)
		if err == nil && e.session.Unharmed(u) {
			c.instrument(e, u)
			return u, nil
		}
		// Values that there are would not be of their types any more: those stay.
		c.what = check.AgainFunctions
		c.profile.Notes = append(c.profile.Notes, "methods are not counted, since a declaration does not compile any more with what was declared after it: run the cells in order in a new session")
	}
	u, err := e.session.CheckAgain(parsed, c.what)
	if err == nil && c.counts {
		c.instrument(e, u)
	}
	return u, err
}

// redirect has values of functions that are built again call what they are now.
func (c *coverage) redirect(e *Engine, u *check.Unit) {
	x, ok := e.executor.(redirecter)
	if c == nil || !ok {
		return
	}
	for _, r := range e.session.Rebuilt(u) {
		if r.Old == nil || r.New == nil || r.New.Signature().TypeParams().Len() > 0 {
			continue
		}
		if was, now := e.program.Function(r.Old), e.program.Function(r.New); was != nil && now != nil {
			x.Redirect(was, now)
		}
	}
}

// notes are those of a unit that the user is to hear of.
func (c *coverage) notes(u *check.Unit) []check.Note {
	if c != nil {
		return nil // what does not compile stays as it was, and so it was before
	}
	return u.Notes
}

// instrument has the functions that a unit builds again note what they reach.
func (c *coverage) instrument(e *Engine, u *check.Unit) {
	var uses []*ast.Ident
	hit := func(int) ast.Stmt {
		st, use := reaches(u.Info, len(uses))
		uses = append(uses, use)
		return st
	}
	list := e.session.Rebuilt(u)
	slices.SortFunc(list, func(a, b check.Rebuilt) int { return cmp.Compare(a.Decl.Pos(), b.Decl.Pos()) })
	for _, r := range list {
		if belongsToTests(u.Info, r.Decl) {
			continue
		}
		f := &cover.Function{Name: functionTitle(r.Decl), Where: r.Cell.Name, Line: e.fset.Position(r.Decl.Pos()).Line}
		f.Source, f.From = linesOf(r.Cell, r.Decl)
		if f.Blocks = cover.Instrument(r.Decl, hit); f.Blocks != nil {
			c.profile.Functions = append(c.profile.Functions, f)
		}
	}
	c.reached = types.NewVar(token.NoPos, u.Pkg, frame.ReachedVariable, types.NewArray(types.Typ[types.Bool], int64(len(uses))))
	for _, id := range uses {
		u.Info.Uses[id] = c.reached
	}
	id := &ast.Ident{Name: c.reached.Name()}
	u.Info.Defs[id] = c.reached
	u.File.Decls = append(u.File.Decls, &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}}}})
}

// reaches is the statement reached[n] = true, and the use of the variable in it. It
// has no position: nobody wrote it.
func reaches(info *types.Info, n int) (ast.Stmt, *ast.Ident) {
	array, index, yes := &ast.Ident{Name: frame.ReachedVariable}, &ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(n)}, &ast.Ident{Name: "true"}
	info.Types[index] = types.TypeAndValue{Type: types.Typ[types.Int], Value: constant.MakeInt64(int64(n))}
	info.Types[yes] = types.TypeAndValue{Type: types.Typ[types.Bool], Value: constant.MakeBool(true)}
	element := &ast.IndexExpr{X: array, Index: index}
	info.Types[element] = types.TypeAndValue{Type: types.Typ[types.Bool]}
	return &ast.AssignStmt{Lhs: []ast.Expr{element}, Tok: token.ASSIGN, Rhs: []ast.Expr{yes}}, array
}

// read takes what was reached from where the code has noted it.
func (c *coverage) read(e *Engine, p *prepared) error {
	v, err := e.executor.Value(p.cell.Global(c.reached))
	if err != nil {
		return err
	}
	noted, n := reflect.ValueOf(v), 0
	for _, f := range c.profile.Functions {
		for i := range f.Blocks {
			f.Blocks[i].Reached = noted.Index(n).Bool()
			n++
		}
	}
	return nil
}

// belongsToTests reports whether go test would have a function in a _test.go file:
// it is a test, or takes one, and is not counted.
func belongsToTests(info *types.Info, decl *ast.FuncDecl) bool {
	fn, ok := info.Defs[decl.Name].(*types.Func)
	if !ok {
		return false
	}
	if decl.Recv == nil && isTest(decl.Name.Name, "Example") && hasTestType(fn.Signature(), "Example") {
		return true
	}
	for p := range fn.Signature().Params().Variables() {
		if name := strings.TrimPrefix(types.TypeString(p.Type(), nil), "*"); slices.Contains([]string{"testing.T", "testing.B", "testing.F", "testing.M", "testing.TB"}, name) {
			return true
		}
	}
	return false
}

// functionTitle is a function's name as Go writes it, such as (*Stack).Push.
func functionTitle(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return decl.Name.Name
	}
	t, star := ast.Unparen(decl.Recv.List[0].Type), false
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t, star = ast.Unparen(x.X), true
			continue
		case *ast.IndexExpr:
			t = x.X
			continue
		case *ast.IndexListExpr:
			t = x.X
			continue
		}
		break
	}
	name := ""
	if id, ok := t.(*ast.Ident); ok {
		name = id.Name
	}
	if star {
		name = "(*" + name + ")"
	}
	return name + "." + decl.Name.Name
}

// linesOf is the source of a declaration, from where its first line begins, and that
// place.
func linesOf(c *cell.Cell, decl *ast.FuncDecl) (string, token.Pos) {
	from, to := c.File.Offset(decl.Pos()), c.File.Offset(decl.End())
	from -= len(c.Source[:from]) - 1 - strings.LastIndexByte(string(c.Source[:from]), '\n')
	return string(c.Source[from:to]), c.File.Pos(from)
}

// finish reads what the tests have reached and builds the session's functions as they
// were.
func (c *coverage) finish(ctx context.Context, e *Engine, run *cellRun, ran *prepared) *session.Failure {
	err := c.read(e, ran)
	c.ran = err == nil
	e.end(ran)
	parsed, failure := e.parse("tests", "")
	if failure != nil {
		return failure
	}
	inner := &cellRun{request: run.request, sink: run.sink, exec: e.sched.Begin(run.request, run.sink), cell: parsed, cover: &coverage{what: c.what}}
	p, failure := e.prepare(context.WithoutCancel(ctx), inner)
	if failure != nil {
		return failure
	}
	e.end(p)
	if err != nil {
		return commandFailure(err)
	}
	return nil
}
