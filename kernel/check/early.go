package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
)

// earlyUses finds uses of variables by statements that come before, or are,
// the one that declares them. There the name still has its earlier meaning.
func (b *builder) earlyUses() map[token.Pos]bool {
	var uses map[token.Pos]bool
	file := b.declaresOnly()
	for id, o := range b.unit.Info.Uses {
		p := b.promoted[id.Name]
		if p == nil || o != b.unit.Info.Defs[p.ident] || id.Pos() >= p.end {
			continue
		}
		if b.statementAt(id.Pos()) == nil || file && id.Pos() < p.start {
			continue
		}
		if uses == nil {
			uses = map[token.Pos]bool{}
		}
		uses[id.Pos()] = true
	}
	return uses
}

// markEarly gives uses that were found early a name of their own, for what the
// name means until the cell declares it: a package or the session's variable.
func (b *builder) markEarly(early map[int]bool) {
	if len(early) == 0 {
		return
	}
	isEarly := func(id *ast.Ident) bool { return early[int(id.Pos())-b.c.File.Base()] }
	selected := map[*ast.Ident]string{}
	symbols := selections{}
	for _, s := range b.c.Stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := x.X.(*ast.Ident); ok && isEarly(id) {
					selected[id] = x.Sel.Name
					if symbols[id.Name] == nil {
						symbols[id.Name] = map[string]bool{}
					}
					symbols[id.Name][x.Sel.Name] = true
				}
			}
			return true
		})
	}
	for _, s := range b.c.Stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || !isEarly(id) {
				return true
			}
			o := b.s.Lookup(id.Name)
			if sel := selected[id]; sel != "" {
				if path := b.earlierPackage(id.Name, sel, symbols[id.Name]); path != "" {
					b.oldImports[olderPackage(id.Name)] = path
					id.Name = olderPackage(id.Name)
					return true
				}
			}
			if o == nil {
				b.errs = append(b.errs, b.s.errorAt(id.Pos(), undefined(id.Name)))
				id.Name = "_"
				return true
			}
			name := olderVar(id.Name)
			b.old[name] = o
			id.Name = name
			return true
		})
	}
}

// earlierPackage is the path of the package that a name stands for until the
// cell declares it, as in list := list.New(); "" if it is none. A package whose
// name a variable of the session has taken is meant where it declares what is
// selected, so that a cell that takes the name can be run again.
func (b *builder) earlierPackage(name, selected string, all map[string]bool) string {
	for _, s := range b.c.Imports {
		path, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue
		}
		if pkg, err := b.s.cfg.Importer.Import(path); err == nil && (s.Name == nil && pkg.Name() == name || s.Name != nil && s.Name.Name == name) {
			return path
		}
	}
	if path := b.s.imports[name]; path != "" {
		return path
	}
	if path := b.s.hidden[name]; path != "" && b.declares(path, selected) {
		return path
	}
	if b.s.Lookup(name) != nil || types.Universe.Lookup(name) != nil {
		return ""
	}
	path, _ := b.s.cfg.Resolve(name, slices.Sorted(maps.Keys(all)))
	return path
}

// declares reports whether a package declares a name.
func (b *builder) declares(path, name string) bool {
	pkg, err := b.s.cfg.Importer.Import(path)
	return err == nil && pkg.Scope().Lookup(name) != nil
}
