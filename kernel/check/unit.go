package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/gosched/gosched/kernel/cell"
)

// A Unit is a checked cell, with the declarations of earlier cells that are
// built again because of it. Its file is what the SSA builder takes.
type Unit struct {
	Name     string // of the function that holds the cell's statements
	Pkg      *types.Package
	File     *ast.File
	Info     *types.Info
	Vars     []Var
	Results  []*types.Var     // hold the value of the final expression
	Imported []*types.Package // what the file imports
	Notes    []Note

	cell    *cell.Cell
	decls   []*decl
	rebuilt map[*decl]bool
	imports map[string]string
	hidden  map[string]string // paths of packages whose names the unit declares
	dots    []string
	dropped bool // something that it was to build again is left as it was
}

// A Var is a session variable that the unit declares.
type Var struct {
	Obj *types.Var
	// Old is the earlier variable in whose place it lives on, with the value
	// that is there; nil for a new variable.
	Old *types.Var
}

// A Note tells of a declaration of an earlier cell that no longer compiles and
// stays in use as it was.
type Note struct {
	Name string
	Err  Error
}

func (u *Unit) has(d *decl) bool {
	for _, x := range u.decls {
		if x == d {
			return true
		}
	}
	return false
}

// builder makes one attempt at a unit.
type builder struct {
	s    *Session
	c    *cell.Cell
	unit *Unit

	stmts    []ast.Stmt // for the body, as the checker sees them
	final    []ast.Stmt // for the body, as the SSA builder sees them
	promoted map[string]*promotion
	assigns  []*assignment
	outs     []ast.Expr // the left side of what shows the final expression
	specs    []ast.Decl // variable declarations, for the checker
	ranges   []declRange
	errs     []Error
	jumps    bool                    // statements have labels
	quiet    bool                    // the checker's last error was tolerated
	old      map[string]types.Object // objects under names that source cannot have
	// oldImports are paths of packages under such names.
	oldImports map[string]string
	inits      []string           // the cell's init functions, renamed
	valued     bool               // the final call must be used as a value
	missing    map[token.Pos]bool // where imports fail
	fixes      map[token.Pos]fix  // of those about which something can be done
}

// A promotion is a variable that a statement at top level declares.
type promotion struct {
	ident *ast.Ident // in the variable declaration
	start token.Pos  // of the statement or spec that declares it
	end   token.Pos  // where its scope begins
	d     *decl
}

// An assignment is what becomes of a declaring statement.
type assignment struct {
	stmt  *ast.AssignStmt
	names []string              // declared or assigned variable, "_" for none
	temps map[string]*ast.Ident // stand-ins for variables that are assigned only
}

type declRange struct {
	pos, end token.Pos
	d        *decl
}

func newInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
}

// Check type-checks a cell. It changes nothing in the session: see
// [Session.Commit]. A non-nil error is an [ErrorList].
func (s *Session) Check(c *cell.Cell) (*Unit, error) {
	s.units++
	dropped := map[*decl]bool{}
	var notes []Note
	valued := false         // the final call is a conversion or a builtin's, which is no statement
	early := map[int]bool{} // offsets of uses of a name before the cell declares it
	keyed := map[literalAt][]string{}
	for range 20 {
		b := &builder{s: s, c: c, valued: valued, promoted: map[string]*promotion{}, old: map[string]types.Object{}, oldImports: map[string]string{}, missing: map[token.Pos]bool{}, fixes: map[token.Pos]fix{}}
		b.unit = &Unit{
			Name:    cellFunction(s.units),
			rebuilt: map[*decl]bool{},
			imports: map[string]string{},
			hidden:  map[string]string{},
		}
		if err := b.assemble(dropped, early); err != nil {
			return nil, err
		}
		if err := b.checkDepth(); err != nil {
			return nil, err
		}
		if err := b.checkExpanding(); err != nil {
			return nil, err
		}
		b.addKeys(keyed)
		again := b.check()
		if again == retryEarly {
			for p := range b.earlyUses() {
				early[int(p)-b.c.File.Base()] = true
			}
			continue
		}
		if more := b.unkeyed(); len(more) > 0 {
			maps.Copy(keyed, more)
			continue
		}
		if !valued && b.finalUnused() {
			valued = true
			continue
		}
		// An older declaration that fails now is left as it was.
		failed := false
		var own []Error
		for _, e := range b.errs {
			if d := b.declAt(e.pos); d != nil {
				if !dropped[d] {
					dropped[d], failed = true, true
					if d.kind == token.FUNC || d.kind == token.TYPE {
						notes = append(notes, Note{d.title(), e})
					}
				}
				continue
			}
			own = append(own, e)
		}
		if len(own) == 0 && b.dropChanged(dropped) {
			failed = true
		}
		if failed {
			continue
		}
		if len(own) > 0 {
			return nil, b.explained(own)
		}
		if errs := b.finish(); len(errs) > 0 {
			return nil, b.explained(errs)
		}
		b.unit.Notes, b.unit.dropped = notes, len(dropped) > 0
		return b.unit, nil
	}
	return nil, ErrorList{{Msg: "the cell and the declarations that depend on it could not be brought together; restart the kernel and run the cells in order"}}
}

// finalUnused reports whether the checker wants the final call used.
func (b *builder) finalUnused() bool {
	for _, e := range b.errs {
		if isNotUsed(e.Msg) && b.isShown(e.pos) {
			return true
		}
	}
	return false
}

// isShown says whether a position is in an expression that the cell shows.
func (b *builder) isShown(pos token.Pos) bool {
	return slices.ContainsFunc(b.c.Shown, func(x ast.Expr) bool { return x.Pos() <= pos && pos < x.End() })
}

// dropChanged leaves variables as they were whose type is really another one
// now: their values are of the old type. It reports whether there are any.
func (b *builder) dropChanged(dropped map[*decl]bool) (found bool) {
	for _, d := range b.unit.decls {
		if !b.unit.rebuilt[d] || d.kind != token.VAR && d.kind != token.DEFINE {
			continue
		}
		for _, n := range d.names {
			old, now := b.s.Lookup(n), b.unit.Pkg.Scope().Lookup(n)
			if old == nil || now == nil || !equivalent(old.Type(), now.Type()) {
				dropped[b.s.names[n]] = true
				found = true
			}
		}
	}
	return found
}

func (b *builder) declAt(pos token.Pos) *decl {
	for _, r := range b.ranges {
		if r.pos <= pos && pos <= r.end {
			return r.d
		}
	}
	return nil
}
