package export

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/check"
)

// renames are the edits that give names their meaning of unit u in text of a
// cell, except where it is skipped.
func (x *exporter) renames(u, of *unit, part span, skip ...span) edits {
	var e edits
	for p, o := range u.objects {
		if x.fset.File(p) != of.file {
			continue
		}
		at := of.file.Offset(p)
		if at < part.start || at >= part.end || slices.ContainsFunc(skip, func(s span) bool { return s.start <= at && at < s.end }) {
			continue
		}
		text := identifierAt(of.cell.Source, at)
		if name, ok := x.nameOf(o); ok {
			if name != text {
				e.replace(at, at+len(text), name)
			}
			continue
		}
		if x.fromDot(o) && !selected(of.cell.Source, at) {
			path := o.Pkg().Path()
			e.insert(at, x.names.pkg(path, o.Pkg().Name())+".")
			x.names.used[path] = true
		}
	}
	return e
}

// fromDot reports whether an object is one of another package's scope.
func (x *exporter) fromDot(o object) bool {
	if o == nil || o.Pkg() == nil || o.Pkg().Path() == check.Path || o.Parent() != o.Pkg().Scope() {
		return false
	}
	_, isPkg := o.(*types.PkgName)
	return !isPkg
}

// selected reports whether what stands at a place is selected from something.
func selected(text []byte, at int) bool {
	before := strings.TrimRight(string(text[:at]), " \t\n")
	return strings.HasSuffix(before, ".") && !strings.HasSuffix(before, "...")
}

// declaration is a version as the program has it.
func (x *exporter) declaration(v *version) string {
	text := x.renames(v.in, v.of, v.span).apply(v.of.cell.Source, v.span)
	if v.group {
		text = "type " + text
		if doc, spec, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(doc, "type //") {
			text = strings.TrimPrefix(doc, "type ") + "\ntype " + spec
		}
	}
	return text
}

// A body is what a unit's statements become.
type body struct {
	vars  []string // declarations of variables of the program
	text  string   // of the function
	empty bool     // there is no code in it
}

// bodyOf writes the statements of a unit.
func (x *exporter) bodyOf(u *unit) (body, error) {
	whole := span{0, len(u.cell.Source)}
	e := x.renames(u, u, whole, x.elsewhere(u)...)
	var b body
	cut := func(s span) { e.cut(u.cell.Source, s) }
	for _, c := range u.cuts {
		cut(c)
	}
	for _, d := range u.cell.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.VAR {
			cut(u.spanOf(d))
		}
	}
	for _, m := range u.magics() {
		text := strings.ReplaceAll(string(u.cell.Source[m.start:m.end]), "\n", "\n// ")
		e.replace(m.start, m.end, "// "+text)
	}
	b.empty = len(u.cell.Stmts) == 0
	code := len(u.cell.Stmts)
	for _, s := range u.cell.Stmts {
		switch st := unlabelled(s).(type) {
		case *ast.AssignStmt:
			if st.Tok == token.DEFINE && x.hoisted(u, st) {
				at := u.file.Offset(st.TokPos)
				e.replace(at, at+2, "=")
				for _, l := range st.Lhs {
					v := u.variable(u.objects[l.Pos()])
					if v == nil || x.canon(v.object) != object(v.object) {
						continue
					}
					decl, err := x.varDecl(v)
					if err != nil {
						return b, err
					}
					b.vars = append(b.vars, decl)
				}
			}
		case *ast.DeclStmt:
			g, ok := st.Decl.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			vars, gone, err := x.hoistDecl(u, g, &e)
			if err != nil {
				return b, err
			}
			b.vars = append(b.vars, vars...)
			if gone {
				code--
			}
		}
	}
	if len(u.check.Results) > 0 && len(u.cell.Shown) > 0 {
		first, last := u.cell.Shown[0], u.cell.Shown[len(u.cell.Shown)-1]
		before, after := x.showing(u)
		at, end := u.file.Offset(first.Pos()), u.file.Offset(last.End())
		e = append(edits{{span{at, at}, before}}, e...) // before what a name there gets
		e.insert(end, after)
	}
	b.text = strings.Trim(e.apply(u.cell.Source, whole), " \t\n;")
	if code == 0 {
		b.empty = true
	}
	for _, call := range x.calls(u) {
		b.text = strings.TrimPrefix(b.text+"\n"+call+"()", "\n")
		b.empty = false
	}
	return b, nil
}

// elsewhere are the parts of a cell that do not stand in its function.
func (x *exporter) elsewhere(u *unit) []span {
	list := slices.Clone(u.cuts)
	for _, d := range u.cell.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			list = append(list, u.spanOf(d))
			continue
		}
		for _, s := range g.Specs {
			for _, id := range s.(*ast.ValueSpec).Names {
				if v := u.variable(u.objects[id.Pos()]); v != nil && v.hoisted {
					list = append(list, u.spanOf(d))
				}
			}
		}
	}
	return list
}

// calls are the functions init and main of a cell, which are called when its
// statements have run.
func (x *exporter) calls(u *unit) []string {
	var inits, mains []string
	for _, v := range x.versions {
		if v.in != u || !v.own() || v.kind != token.FUNC || v.recv != "" {
			continue
		}
		o := v.objects[0]
		switch v.names[0] {
		case "init":
			inits = append(inits, x.names.objects[x.canon(o)])
		case "main":
			mains = append(mains, x.names.objects[x.canon(o)])
		}
	}
	return append(inits, mains...)
}

// hoisted reports whether a statement assigns variables of the program.
func (x *exporter) hoisted(u *unit, st *ast.AssignStmt) bool {
	for _, l := range st.Lhs {
		if v := u.variable(u.objects[l.Pos()]); v != nil {
			return v.hoisted
		}
	}
	return false
}

// varDecl declares a variable of the program.
func (x *exporter) varDecl(v *variable) (string, error) {
	t, err := x.typeText(v.object.Type())
	if err != nil {
		return "", fmt.Errorf("its variable %s cannot be declared: %w", v.object.Name(), err)
	}
	name, _ := x.nameOf(v.object)
	return "var " + name + " " + t, nil
}

// hoistDecl makes of a declaration of variables one of the program's, and the
// assignments that are left of it. Gone says that nothing is left.
func (x *exporter) hoistDecl(u *unit, g *ast.GenDecl, e *edits) (vars []string, gone bool, err error) {
	any, plain := false, true
	for _, s := range g.Specs {
		spec := s.(*ast.ValueSpec)
		for _, id := range spec.Names {
			v := u.variable(u.objects[id.Pos()])
			if v == nil {
				plain = plain && id.Name != "_"
				continue
			}
			any = any || v.hoisted
			plain = plain && x.canon(v.object) == object(v.object)
		}
		for _, value := range spec.Values {
			plain = plain && x.still(u, value)
		}
	}
	if !any {
		return nil, false, nil
	}
	all := u.spanOf(g)
	renames := x.renames(u, u, all)
	if plain {
		e.cut(u.cell.Source, all)
		return []string{renames.apply(u.cell.Source, all)}, true, nil
	}
	var assign []string
	for _, s := range g.Specs {
		spec := s.(*ast.ValueSpec)
		var names []string
		for _, id := range spec.Names {
			name := "_"
			if v := u.variable(u.objects[id.Pos()]); v != nil {
				name, _ = x.nameOf(v.object)
				if x.canon(v.object) == object(v.object) {
					decl, err := x.varDecl(v)
					if err != nil {
						return nil, false, err
					}
					vars = append(vars, decl)
				}
			}
			names = append(names, name)
		}
		if len(spec.Values) > 0 {
			from, to := u.file.Offset(spec.Values[0].Pos()), u.withComment(u.file.Offset(spec.End()))
			values := x.renames(u, u, span{from, to}).apply(u.cell.Source, span{from, to})
			assign = append(assign, strings.Join(names, ", ")+" = "+values)
		}
	}
	if len(assign) == 0 {
		e.cut(u.cell.Source, all)
	} else {
		e.replace(all.start, all.end, strings.Join(assign, "\n"))
	}
	return vars, len(assign) == 0, nil
}

// still reports whether an expression has the same value whenever it is
// evaluated, and evaluating it does nothing that others see.
func (x *exporter) still(u *unit, e ast.Expr) bool {
	if tv, ok := u.check.Info.Types[e]; ok && (tv.Value != nil || tv.IsNil() || tv.IsType()) {
		return true
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return x.still(u, e.X)
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && x.still(u, e.X)
	case *ast.BinaryExpr:
		return e.Op != token.QUO && e.Op != token.REM && x.still(u, e.X) && x.still(u, e.Y)
	case *ast.CompositeLit:
		for _, el := range e.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				_, field := kv.Key.(*ast.Ident)
				if !field && !x.still(u, kv.Key) {
					return false
				}
				el = kv.Value
			}
			if !x.still(u, el) {
				return false
			}
		}
		return true
	case *ast.CallExpr:
		if !x.stillFunction(u, e.Fun) {
			return false
		}
		for _, a := range e.Args {
			if !x.still(u, a) {
				return false
			}
		}
		return true
	}
	return false
}

// stillFunction reports whether a function makes a value and does nothing else.
func (x *exporter) stillFunction(u *unit, f ast.Expr) bool {
	if tv, ok := u.check.Info.Types[f]; ok && tv.IsType() {
		return true
	}
	switch f := f.(type) {
	case *ast.Ident:
		b, ok := u.objects[f.Pos()].(*types.Builtin)
		return ok && (b.Name() == "make" || b.Name() == "new")
	case *ast.SelectorExpr:
		o, ok := u.objects[f.Sel.Pos()].(*types.Func)
		return ok && o.FullName() == "errors.New"
	}
	return false
}

// showing is what stands around the values of a cell to print them as the
// notebook does.
func (x *exporter) showing(u *unit) (before, after string) {
	if len(u.check.Results) == 1 {
		t := u.check.Results[0].Type()
		fmtName := func() string {
			x.names.used["fmt"] = true
			return x.names.imports["fmt"]
		}
		if b, ok := t.(*types.Basic); ok {
			switch {
			case b.Kind() == types.String:
				return fmtName() + `.Printf("%q\n", `, ")"
			case b.Info()&(types.IsBoolean|types.IsInteger|types.IsFloat) != 0 && b.Kind() != types.Uintptr:
				return fmtName() + ".Println(", ")"
			}
		}
	}
	x.uses.show = true
	return "show(", ")"
}
