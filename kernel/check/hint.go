package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	undefinedName   = regexp.MustCompile(`^undefined: ([\pL_][\pL\d_]*)$`)
	undefinedMember = regexp.MustCompile(`^undefined: [\pL_][\pL\d_]*\.([\pL_][\pL\d_]*)$`)
	noFieldOrMethod = regexp.MustCompile(`^.+ undefined \(type .+ has no field or method ([\pL_][\pL\d_]*)\)$`)
	twoTypes        = regexp.MustCompile(`^cannot use .* \((?:.* of )?(?:\w+ )?type (\S+)\) as (\S+) value `)
	namedType       = regexp.MustCompile(`[\pL_][\pL\d_]*$`)
)

// hint returns what may help with an error, or the empty string.
func (b *builder) hint(e Error) string {
	if m := undefinedName.FindStringSubmatch(e.Msg); m != nil {
		return b.hintName(e.pos, m[1])
	}
	if m := undefinedMember.FindStringSubmatch(e.Msg); m != nil {
		if sel := b.selectorAt(e.pos); sel != nil {
			if id, ok := sel.X.(*ast.Ident); ok {
				if p, ok := b.unit.Info.Uses[id].(*types.PkgName); ok {
					return didYouMean(nearest(m[1], exported(p.Imported().Scope().Names())), id.Name+".")
				}
			}
		}
		return ""
	}
	if m := noFieldOrMethod.FindStringSubmatch(e.Msg); m != nil {
		return b.hintMember(e.pos, m[1])
	}
	if m := twoTypes.FindStringSubmatch(e.Msg); m != nil && m[1] == m[2] {
		name := namedType.FindString(m[1])
		if d := b.s.names[name]; d != nil {
			return fmt.Sprintf("there are two types %s: %s has declared it again; run the cells that still use the one before once more", name, d.cell.Name)
		}
	}
	return ""
}

// elsewhere are the words of other languages for what Go has too.
var elsewhere = map[string]string{
	"null": "nil", "None": "nil", "nullptr": "nil",
	"boolean": "bool", "integer": "int", "double": "float64", "char": "rune", "str": "string",
}

func (b *builder) hintName(pos token.Pos, name string) string {
	if name == "unsafe" {
		return NoUnsafe
	}
	if p := b.promoted[name]; p != nil && p.ident.Pos() > pos {
		return fmt.Sprintf("%s is declared further down, in line %d", name, b.s.cfg.Fset.Position(p.ident.Pos()).Line)
	}
	if w := elsewhere[name]; w != "" {
		return didYouMean([]string{w}, "")
	}
	known := append(b.visible(pos), "return", "break", "continue", "fallthrough")
	if sel := b.selectorFrom(pos); sel != nil {
		return didYouMean(nearest(name, append(known, b.packagesWith(name, sel.Sel.Name)...)), "")
	}
	return didYouMean(nearest(name, known), "")
}

// hintMember is about a field or method that something has not.
func (b *builder) hintMember(pos token.Pos, name string) string {
	sel := b.selectorAt(pos)
	if sel == nil {
		return ""
	}
	tv := b.unit.Info.Types[sel.X]
	if tv.Type == nil {
		return ""
	}
	if id, ok := sel.X.(*ast.Ident); ok && tv.IsType() {
		if found := nearest(id.Name, b.packagesWith(id.Name, name)); len(found) > 0 {
			return didYouMean(found, "")
		}
	}
	var names []string
	t := tv.Type
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			names = append(names, f.Name())
		}
	}
	if !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	set := types.NewMethodSet(t)
	for m := range set.Methods() {
		if o := m.Obj(); o.Exported() || o.Pkg() == b.unit.Pkg {
			names = append(names, o.Name())
		}
	}
	return didYouMean(nearest(name, names), "")
}

// visible lists the names that could stand at a place.
func (b *builder) visible(pos token.Pos) []string {
	names := slices.AppendSeq(b.s.Names(), maps.Keys(b.s.imports))
	names = append(names, types.Universe.Names()...)
	names = append(names, b.unit.Pkg.Scope().Names()...)
	for name := range b.unit.imports {
		names = append(names, name)
	}
	for _, scope := range b.unit.Info.Scopes {
		if !scope.Contains(pos) {
			continue
		}
		for _, n := range scope.Names() {
			if scope.Lookup(n).Pos() < pos {
				names = append(names, n)
			}
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "_" || strings.Contains(n, "·") })
}

// packagesWith lists the names of packages that are near a name, those that
// declare a member if there are any.
func (b *builder) packagesWith(name, member string) []string {
	if b.s.cfg.Packages == nil {
		return nil
	}
	near := nearest(name, b.s.cfg.Packages())
	var names []string
	for _, n := range near {
		path, ok := b.s.cfg.Resolve(n, []string{member})
		if !ok {
			continue
		}
		if p, err := b.s.cfg.Importer.Import(path); err == nil && p.Scope().Lookup(member) != nil {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return near
	}
	return names
}

// selectorAt finds the selector expression that selects the name at pos.
func (b *builder) selectorAt(pos token.Pos) *ast.SelectorExpr {
	return b.findSelector(func(x *ast.SelectorExpr) bool { return x.Sel.Pos() == pos })
}

// selectorFrom finds the selector expression that selects from the name at
// pos.
func (b *builder) selectorFrom(pos token.Pos) *ast.SelectorExpr {
	return b.findSelector(func(x *ast.SelectorExpr) bool {
		id, ok := x.X.(*ast.Ident)
		return ok && id.Pos() == pos
	})
}

func (b *builder) findSelector(match func(*ast.SelectorExpr) bool) (found *ast.SelectorExpr) {
	ast.Inspect(b.unit.File, func(n ast.Node) bool {
		if x, ok := n.(*ast.SelectorExpr); ok && match(x) {
			found = x
		}
		return found == nil
	})
	return found
}

func exported(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !token.IsExported(n) })
}

// didYouMean asks for names, at most three, each with the given text
// before it.
func didYouMean(names []string, before string) string {
	if len(names) == 0 {
		return ""
	}
	names = slices.Clone(names[:min(3, len(names))])
	for i := range names {
		names[i] = before + names[i]
	}
	last := len(names) - 1
	if last == 0 {
		return "did you mean " + names[0] + "?"
	}
	return "did you mean " + strings.Join(names[:last], ", ") + " or " + names[last] + "?"
}

// nearest returns the names that may have been meant by a mistyped one: the
// same letters in another case, or else those that are fewest slips away.
func nearest(name string, known []string) []string {
	known = slices.Compact(slices.Sorted(slices.Values(known)))
	var same, best []string
	least := slips(len(name))
	for _, k := range known {
		if k == name {
			continue
		}
		if strings.EqualFold(k, name) {
			same = append(same, k)
			continue
		}
		if diff := len(k) - len(name); diff > least || -diff > least {
			continue
		}
		switch d := distance(name, k); {
		case d < least:
			best, least = []string{k}, d
		case d == least && d > 0:
			best = append(best, k)
		}
	}
	if len(same) > 0 {
		return same
	}
	return best
}

// slips is how many slips of the finger are thought possible in a name of n
// bytes.
func slips(n int) int {
	switch {
	case n < 3:
		return 0
	case n < 6:
		return 1
	}
	return 2
}

// distance counts the slips between two names: letters left out, added,
// changed, or swapped with their neighbour.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
