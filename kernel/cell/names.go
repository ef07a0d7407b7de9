package cell

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Name is one that the top level of a cell declares.
type Name struct {
	Name string
	// Kind is token.IMPORT, CONST, TYPE, VAR or FUNC; DEFINE for a variable
	// that := declares, at which some of the names may be old ones.
	Kind token.Token
	Pos  token.Pos
}

// Declared lists the names that the top level of the cell declares, in source
// order within each of imports, declarations and := statements. Methods and
// the blank identifier declare no name, and a dot import none that can be
// known here. A name that is declared twice is listed twice.
func (c *Cell) Declared() []Name {
	var names []Name
	add := func(id *ast.Ident, kind token.Token) {
		if id != nil && id.Name != "_" {
			names = append(names, Name{id.Name, kind, id.Pos()})
		}
	}
	for _, s := range c.Imports {
		if name := ImportName(s); name != "." && name != "_" && name != "" {
			names = append(names, Name{name, token.IMPORT, s.Pos()})
		}
	}
	for _, d := range c.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name, token.FUNC)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(s.Name, token.TYPE)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						add(id, d.Tok)
					}
				}
			}
		}
	}
	for _, s := range c.Stmts {
		for {
			l, ok := s.(*ast.LabeledStmt)
			if !ok {
				break
			}
			s = l.Stmt
		}
		if a, ok := s.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
			for _, x := range a.Lhs {
				if id, ok := x.(*ast.Ident); ok {
					add(id, token.DEFINE)
				}
			}
		}
	}
	return names
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// ImportName is the name that an import brings into scope: the one that is
// written, or else the one that its path suggests, which is right for the
// standard library and for all who follow its custom.
func ImportName(s *ast.ImportSpec) string {
	if s.Name != nil {
		return s.Name.Name
	}
	p, err := strconv.Unquote(s.Path.Value)
	if err != nil {
		return ""
	}
	dir, base := path.Split(p)
	if dir != "" && majorVersion.MatchString(base) {
		base = path.Base(dir)
	}
	return strings.TrimPrefix(base, "go-")
}

// Uses lists, sorted and once each, the identifiers in n that may refer to
// something declared outside of it. It knows no scopes: a name that is
// declared within n is in the list too. Selected names (x.name), labels and
// the blank identifier are not.
func Uses(n ast.Node) []string {
	seen := map[string]bool{}
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			seen[n.Name] = true
		case *ast.SelectorExpr:
			ast.Inspect(n.X, visit)
			return false
		case *ast.BranchStmt:
			return false
		case *ast.LabeledStmt:
			ast.Inspect(n.Stmt, visit)
			return false
		}
		return true
	}
	ast.Inspect(n, visit)
	delete(seen, "_")
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Uses lists the identifiers that the cell's declarations and statements may
// take from outside, as the function Uses does for one node.
func (c *Cell) Uses() []string {
	var all []string
	for _, d := range c.Decls {
		all = append(all, Uses(d)...)
	}
	for _, s := range c.Stmts {
		all = append(all, Uses(s)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
