package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"

	"github.com/gosched/gosched/internal/spelling"
)

var namedType = regexp.MustCompile(`[\pL_][\pL\d_]*$`)

// hint returns what may help with an error, or the empty string.
func (b *builder) hint(e Error) string {
	if m := undefinedName.FindStringSubmatch(e.Msg); m != nil {
		return b.hintName(e.pos, m[1])
	}
	if m := undefinedMember.FindStringSubmatch(e.Msg); m != nil {
		if sel := b.selectorAt(e.pos); sel != nil {
			if id, ok := sel.X.(*ast.Ident); ok {
				if p, ok := b.unit.Info.Uses[id].(*types.PkgName); ok {
					if text := insteadIn[p.Imported().Path()][m[1]]; text != "" {
						return text
					}
					return spelling.DidYouMean(spelling.Nearest(m[1], exported(p.Imported().Scope().Names())), id.Name+".")
				}
			}
		}
		return ""
	}
	if m := noFieldOrMethod.FindStringSubmatch(e.Msg); m != nil {
		return b.hintMember(e.pos, m[1])
	}
	if m := packageAsValue.FindStringSubmatch(e.Msg); m != nil {
		return b.hintPackage(m[1])
	}
	if typ := sameTwice(e.Msg); typ != "" {
		name := namedType.FindString(typ)
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

// instead says what to write here for what other kernels declare.
var instead = map[string]string{
	"Display": "gophernotes' Display(v) is display.Show(v) here, and what package display makes shows itself: display.HTML(`<b>text</b>`)",
	"gonbui":  "gonb's gonbui.DisplayHTML(s) is display.HTML(s) here; %doc display lists what else there is",

	"constraints": "put these two lines before it: %get golang.org/x/exp/constraints and import \"golang.org/x/exp/constraints\"; or use cmp.Ordered",
}

// insteadIn is the same for what other kernels have in packages of that name.
var insteadIn = map[string]map[string]string{
	"gosched/display": {
		"Auto":     "gophernotes' display.Auto(v) is display.Show(v) here",
		"String":   "write display.Text(s), or the string as the last line of the cell",
		"Bytes":    "write display.MIME(map[string]any{\"image/png\": data}, nil), with the type that the bytes are of",
		"Data":     "what is to be shown is given to display.MIME(map[string]any{\"text/html\": \"<b>x</b>\"}, nil)",
		"MakeData": "write display.Any(mimeType, v)", "MakeData3": "write display.MIME(map[string]any{mimeType: v, \"text/plain\": text}, nil)",
		"MIMEMap": "write map[string]any", "JavaScriptCode": "write display.JavaScript(s)",
	},
}

func (b *builder) hintName(pos token.Pos, name string) string {
	if text := instead[name]; text != "" {
		return text
	}
	if p := b.promoted[name]; p != nil && p.ident.Pos() > pos {
		return fmt.Sprintf("%s is declared further down, in line %d", name, b.s.cfg.Fset.Position(p.ident.Pos()).Line)
	}
	if w := elsewhere[name]; w != "" {
		return spelling.DidYouMean([]string{w}, "")
	}
	if b.inShellLine(pos) {
		return "if this was to be a shell command, write it so that it is no Go: " + b.shellCommand(pos)
	}
	if b.selectorFrom(pos) == nil {
		if h := b.hintPackage(name); h != "" {
			return h
		}
	}
	known := append(b.visible(pos), "return", "break", "continue", "fallthrough")
	if sel := b.selectorFrom(pos); sel != nil {
		return spelling.DidYouMean(spelling.Nearest(name, append(known, b.packagesWith(name, sel.Sel.Name)...)), "")
	}
	return spelling.DidYouMean(spelling.Nearest(name, known), "")
}

// hintPackage is about a name that stands alone and is that of a package.
func (b *builder) hintPackage(name string) string {
	path := b.unit.imports[name]
	if path == "" {
		path = b.s.imports[name]
	}
	if path == "" {
		path, _ = b.s.cfg.Resolve(name, nil)
	}
	if path == "" {
		return ""
	}
	return fmt.Sprintf("there is a package %s (%q): what is in it is written %s.Name", name, path, name)
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
		if found := spelling.Nearest(id.Name, b.packagesWith(id.Name, name)); len(found) > 0 {
			return spelling.DidYouMean(found, "")
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
	return spelling.DidYouMean(spelling.Nearest(name, names), "")
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
	return slices.DeleteFunc(names, func(n string) bool { return n == "_" || isMadeUp(n) })
}

// packagesWith lists the names of packages that are near a name, those that
// declare a member if there are any.
func (b *builder) packagesWith(name, member string) []string {
	if b.s.cfg.Packages == nil {
		return nil
	}
	near := spelling.Nearest(name, b.s.cfg.Packages())
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
