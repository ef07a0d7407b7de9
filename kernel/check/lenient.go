package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/gosched/gosched/kernel/cell"
)

// Partial is what can be said about a cell that may be unfinished or wrong.
type Partial struct {
	Cell *cell.Cell // its nodes are those that Info knows
	Info *types.Info
	Pkg  *types.Package
}

// Lenient checks a cell as far as it goes, in the session as it stands, and
// leaves the session alone. All names of the session are in the package's
// scope. It returns nil if nothing can be said.
func (s *Session) Lenient(name string, src []byte) *Partial {
	c, _ := cell.Parse(s.cfg.Fset, name, src)
	b := &builder{s: s, c: c, promoted: map[string]*promotion{}, old: map[string]types.Object{}, oldImports: map[string]string{}, missing: map[token.Pos]bool{}, fixes: map[token.Pos]fix{}}
	b.unit = &Unit{Name: cellFunction(0), rebuilt: map[*decl]bool{}, imports: map[string]string{}, hidden: map[string]string{}}
	if !b.assembleLenient() {
		return nil
	}
	b.unit.Info = newInfo()
	conf := types.Config{
		GoVersion: s.cfg.GoVersion,
		Importer:  s.cfg.Importer,
		Sizes:     s.cfg.Sizes,
		Error:     func(error) {},
	}
	_ = types.NewChecker(&conf, s.cfg.Fset, b.unit.Pkg, b.unit.Info).Files([]*ast.File{b.unit.File})
	scope := b.unit.Pkg.Scope()
	for _, n := range s.Names() {
		if o := s.Lookup(n); o != nil && scope.Lookup(n) == nil {
			scope.Insert(o)
		}
	}
	for n, path := range s.imports {
		if scope.Lookup(n) != nil {
			continue
		}
		if pkg, err := s.cfg.Importer.Import(path); err == nil {
			scope.Insert(types.NewPkgName(token.NoPos, b.unit.Pkg, n, pkg))
		}
	}
	return &Partial{Cell: b.c, Info: b.unit.Info, Pkg: b.unit.Pkg}
}

// assembleLenient is assemble for a cell whose trees are used as they are.
func (b *builder) assembleLenient() (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // a tree too broken to look at
		}
	}()
	return b.assembleParsed(map[*decl]bool{}) == nil
}

// Doc returns the comment on a session name, or on a method "Type.Name".
func (s *Session) Doc(name string) string {
	for i := range name {
		if name[i] == '.' {
			for _, m := range s.methods[name[:i]] {
				if m.names[0] == name[i+1:] {
					return m.doc()
				}
			}
			return ""
		}
	}
	if d := s.names[name]; d != nil {
		return d.doc()
	}
	return ""
}

func (d *decl) doc() string {
	var g *ast.CommentGroup
	switch n := d.node.(type) {
	case *ast.FuncDecl:
		g = n.Doc
	case *ast.GenDecl:
		g = n.Doc
	case *ast.DeclStmt:
		if gd, ok := n.Decl.(*ast.GenDecl); ok {
			g = gd.Doc
		}
	}
	return g.Text()
}
