package check

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/cell"
)

// importDecls makes the import declarations that the unit needs: the cell's
// own, the session's, and those that nobody wrote.
func (b *builder) importDecls(decls []ast.Decl) ([]ast.Decl, error) {
	declared := map[string]bool{}
	for _, d := range b.unit.decls {
		if d.recv == "" {
			for _, n := range d.names {
				declared[n] = true
			}
		}
	}
	var out []ast.Decl
	have := map[string]bool{}
	add := func(s *ast.ImportSpec) {
		out = append(out, &ast.GenDecl{Tok: token.IMPORT, TokPos: s.Pos(), Specs: []ast.Spec{s}})
	}
	selected := selections{} // from names that may be packages
	for _, d := range decls {
		selected.collectFree(d)
	}
	told := map[string]bool{}
	for _, s := range b.c.Imports {
		path, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue // the checker says so
		}
		pkg, err := b.s.cfg.Importer.Import(path)
		if err != nil {
			msg := err.Error()
			var fixable Fixable
			if errors.As(err, &fixable) {
				var f fix
				msg, f.words, f.item = fixable.Fix()
				b.fixes[s.Path.Pos()] = f
			}
			if !told[msg] { // a broken go.mod is told once, not for each import
				b.errs = append(b.errs, b.s.errorAt(s.Path.Pos(), msg))
			}
			told[msg] = true
			b.missing[s.Path.Pos()] = true
			if name := missingName(s, path, selected); name != "." && name != "_" && !declared[name] && !have[name] {
				// The checker fails to import it, too, and then says nothing
				// about what is selected from it.
				have[name] = true
				add(&ast.ImportSpec{Name: &ast.Ident{NamePos: s.Pos(), Name: name}, Path: s.Path})
			}
			continue
		}
		name := pkg.Name()
		if s.Name != nil {
			name = s.Name.Name
		}
		switch name {
		case "_":
			b.unit.Imported = append(b.unit.Imported, pkg) // for what it does
			continue
		case ".":
			b.unit.dots = append(b.unit.dots, path)
		default:
			if declared[name] {
				b.unit.hidden[name] = path
				continue
			}
			if have[name] && b.unit.imports[name] == path {
				continue // imported twice
			}
			have[name] = true
			b.unit.imports[name] = path
		}
		b.unit.Imported = append(b.unit.Imported, pkg)
		add(s)
	}
	for _, d := range decls {
		for _, n := range cell.Uses(d) {
			if b.s.imports[n] != "" && selected[n] == nil {
				selected[n] = map[string]bool{} // it stands alone, which the checker refuses
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(selected)) {
		if have[name] || declared[name] || b.s.names[name] != nil || types.Universe.Lookup(name) != nil {
			continue
		}
		path, ok := b.s.imports[name]
		if !ok {
			path, ok = b.s.cfg.Resolve(name, slices.Sorted(maps.Keys(selected[name])))
			if !ok {
				continue
			}
		}
		pkg, err := b.s.cfg.Importer.Import(path)
		if err != nil {
			if pos := usedAt(decls, name); ok && pos.IsValid() {
				// It could be imported once. The checker fails, too, and says
				// nothing about what is selected from it.
				if !told[err.Error()] {
					b.errs = append(b.errs, b.s.errorAt(pos, err.Error()))
				}
				told[err.Error()] = true
				b.missing[pos] = true
				add(&ast.ImportSpec{Name: &ast.Ident{NamePos: pos, Name: name}, Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(path)}})
			}
			continue
		}
		b.unit.Imported = append(b.unit.Imported, pkg)
		b.unit.imports[name] = path
		add(&ast.ImportSpec{Name: &ast.Ident{Name: name}, Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)}})
	}
	for made, path := range b.oldImports {
		if pkg, err := b.s.cfg.Importer.Import(path); err == nil {
			b.unit.Imported = append(b.unit.Imported, pkg)
			b.unit.hidden[withoutOlder.Replace(made)] = path
		}
	}
	for _, path := range b.s.dots {
		pkg, err := b.s.cfg.Importer.Import(path)
		if err != nil {
			continue
		}
		b.unit.Imported = append(b.unit.Imported, pkg)
		add(&ast.ImportSpec{Name: &ast.Ident{Name: "."}, Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)}})
	}
	return out, nil
}

// A Fixable is an error of an import about which something can be done: for
// several imports at once, if the words are the same.
type Fixable interface {
	error
	// Fix returns what is wrong, the words for what to do, and what comes after
	// them for this import.
	Fix() (wrong, words, item string)
}

type fix struct{ words, item string }

// usedAt is the first place at which something is selected from a name.
func usedAt(decls []ast.Decl, name string) (pos token.Pos) {
	for _, d := range decls {
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && !pos.IsValid() {
				if id, ok := sel.X.(*ast.Ident); ok && id.Name == name {
					pos = id.Pos()
				}
			}
			return !pos.IsValid()
		})
	}
	return pos
}

var pathVersion = regexp.MustCompile(`[./]v\d+$`)

// missingName is the name that a package has most likely which cannot be
// imported: of those that its path suggests, the one that the cell uses.
func missingName(s *ast.ImportSpec, importPath string, selected selections) string {
	if s.Name != nil {
		return s.Name.Name
	}
	base := path.Base(pathVersion.ReplaceAllString(importPath, ""))
	for _, name := range []string{
		base, strings.TrimPrefix(base, "go-"), strings.TrimSuffix(base, "-go"), strings.TrimSuffix(base, ".go"),
		strings.ReplaceAll(base, "-", "_"), strings.ReplaceAll(base, "-", ""), base[strings.LastIndexAny(base, "-.")+1:],
	} {
		if selected[name] != nil {
			return name
		}
	}
	return cell.ImportName(s)
}
