package export

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/check"
)

// A version is a declaration of a function, method, type or constants, as one
// unit has it.
type version struct {
	in      *unit // that has it
	of      *unit // in whose cell it stands
	span    span
	kind    token.Token
	names   []string
	recv    string
	objects []object
	decl    ast.Decl
	prev    *version // that it takes the place of and whose text it has
	group   bool     // a type that stands in parentheses with others
	needed  bool
}

// collect finds the versions of the declarations.
func (x *exporter) collect() {
	byFile := map[*token.File]*unit{}
	inForce := map[string]*version{}
	for _, u := range x.units {
		byFile[u.file] = u
		var list []*version
		for _, d := range u.check.File.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == u.check.Name || !d.Pos().IsValid() {
				continue
			}
			of := byFile[x.fset.File(d.Pos())]
			if of == nil {
				continue
			}
			list = append(list, x.versionsOf(u, of, d)...)
		}
		slices.SortStableFunc(list, func(a, b *version) int {
			if a.of != b.of {
				return a.of.state.Number - b.of.state.Number
			}
			return a.span.start - b.span.start
		})
		for _, v := range list {
			for _, key := range v.keys() {
				if old := inForce[key]; old != nil && old.text() == v.text() && old.kind == v.kind {
					v.prev = old
				}
			}
		}
		for _, v := range list {
			for _, key := range v.keys() {
				inForce[key] = v
			}
			for _, o := range v.objects {
				x.byObject[o] = v
			}
			x.versions = append(x.versions, v)
		}
	}
}

func (v *version) keys() []string {
	if v.recv != "" {
		return []string{v.recv + "." + v.names[0]}
	}
	return v.names
}

// text is the declaration's source.
func (v *version) text() string {
	return string(v.of.cell.Source[v.span.start:v.span.end])
}

// own reports whether the cell itself has the declaration.
func (v *version) own() bool { return v.in == v.of }

// versionsOf makes versions of a declaration of a unit's file.
func (x *exporter) versionsOf(u, of *unit, d ast.Decl) []*version {
	base := version{in: u, of: of, decl: d}
	switch d := d.(type) {
	case *ast.FuncDecl:
		base.kind, base.span = token.FUNC, of.spanOf(d)
		base.names = []string{d.Name.Name}
		if d.Recv != nil {
			o, _ := u.objects[d.Name.Pos()].(*types.Func)
			base.recv = receiver(o)
			base.objects = []object{o}
			return []*version{&base}
		}
		base.names = []string{identifierAt(of.cell.Source, of.file.Offset(d.Name.Pos()))}
		base.objects = []object{u.objects[d.Name.Pos()]}
		return []*version{&base}
	case *ast.GenDecl:
		switch d.Tok {
		case token.TYPE:
			var list []*version
			for _, s := range d.Specs {
				spec := s.(*ast.TypeSpec)
				v := base
				v.kind, v.names = token.TYPE, []string{spec.Name.Name}
				v.objects = []object{u.objects[spec.Name.Pos()]}
				if d.Lparen.IsValid() {
					v.group = true
					start := spec.Pos()
					if spec.Doc != nil {
						start = spec.Doc.Pos()
					}
					v.span = span{of.file.Offset(start), of.withComment(of.file.Offset(spec.End()))}
				} else {
					v.span = of.spanOf(d)
				}
				list = append(list, &v)
			}
			return list
		case token.CONST:
			base.kind, base.span = token.CONST, of.spanOf(d)
			for _, s := range d.Specs {
				for _, id := range s.(*ast.ValueSpec).Names {
					if o := u.objects[id.Pos()]; o != nil && id.Name != "_" {
						base.names = append(base.names, id.Name)
						base.objects = append(base.objects, o)
					}
				}
			}
			return []*version{&base}
		}
	}
	return nil
}

// receiver is the name of the type that a method is of.
func receiver(f *types.Func) string {
	if f == nil || f.Signature().Recv() == nil {
		return ""
	}
	t := types.Unalias(f.Signature().Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name()
	}
	return "?"
}

// inSession reports whether an object is one that a cell declares at top level.
func inSession(o object) bool {
	return o != nil && o.Pkg() != nil && o.Pkg().Path() == check.Path && o.Parent() == o.Pkg().Scope()
}

// canon is the first of the declarations that an object is the same as.
func (x *exporter) canon(o object) object {
	for x.merged[o] != nil {
		o = x.merged[o]
	}
	return o
}

// merge finds declarations that say what an earlier one says: they are the same
// in the program. All that might be are taken to be so, until that contradicts
// itself.
func (x *exporter) merge() {
	for _, v := range x.versions {
		if v.prev != nil && len(v.objects) == len(v.prev.objects) {
			for i, o := range v.objects {
				if v.prev.objects[i] != nil && o != nil && v.prev.objects[i] != o {
					x.merged[o] = v.prev.objects[i]
				}
			}
		}
	}
	for _, u := range x.units {
		for _, v := range u.check.Vars {
			if v.Old != nil && v.Old != v.Obj {
				x.merged[v.Obj] = v.Old
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, v := range x.versions {
			if v.prev == nil || x.sameMeaning(v) {
				continue
			}
			v.prev = nil
			for _, o := range v.objects {
				delete(x.merged, o)
			}
			changed = true
		}
	}
}

// sameMeaning reports whether the names in a declaration mean what they mean in
// the one before it, and whether a type's methods are the same.
func (x *exporter) sameMeaning(v *version) bool {
	a, b := x.references(v), x.references(v.prev)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !x.sameObject(a[i], b[i]) {
			return false
		}
	}
	if v.kind != token.TYPE {
		return true
	}
	// A method that has another body makes another type.
	for _, m := range x.versions {
		if m.recv == v.names[0] && m.in == v.in && m.prev == nil && x.methodBefore(m, v.in) {
			return false
		}
	}
	return true
}

// methodBefore reports whether an earlier unit has a method of this name.
func (x *exporter) methodBefore(m *version, u *unit) bool {
	for _, old := range x.versions {
		if old.in == u {
			return false
		}
		if old.recv == m.recv && old.names[0] == m.names[0] {
			return true
		}
	}
	return false
}

func (x *exporter) sameObject(a, b object) bool {
	if p, ok := a.(*types.PkgName); ok {
		q, ok := b.(*types.PkgName)
		return ok && p.Imported().Path() == q.Imported().Path()
	}
	if inSession(a) || inSession(b) {
		return x.canon(a) == x.canon(b)
	}
	return true // fields, methods and local names: the text is the same
}

// references are what the identifiers in a declaration mean, in their order.
func (x *exporter) references(v *version) []object {
	start, end := v.of.file.Pos(v.span.start), v.of.file.Pos(v.span.end)
	var at []token.Pos
	for p := range v.in.objects {
		if start <= p && p < end {
			at = append(at, p)
		}
	}
	slices.Sort(at)
	list := make([]object, len(at))
	for i, p := range at {
		list[i] = v.in.objects[p]
	}
	return list
}

// need marks the versions that are written: the cells' own, of tests those that the
// session has in the end, and what they reach.
func (x *exporter) need() {
	last := map[string]*version{} // tests
	for _, v := range x.versions {
		if v.isTest() {
			last[v.names[0]] = v
		}
	}
	var work []*version
	add := func(v *version) {
		if v != nil && !v.needed && v.prev == nil {
			v.needed = true
			work = append(work, v)
		}
	}
	for _, v := range x.versions {
		switch {
		case !v.isTest():
			if v.own() {
				add(v)
			}
		case last[v.names[0]] == v: // also where what it calls was declared anew after it
			for v.prev != nil {
				v = v.prev
			}
			add(v)
		}
	}
	for _, u := range x.units {
		for p, o := range u.objects {
			if x.fset.File(p) == u.file && inSession(o) && !x.inDeclaration(u, p) {
				add(x.byObject[x.canon(o)])
			}
		}
	}
	for len(work) > 0 {
		v := work[len(work)-1]
		work = work[:len(work)-1]
		for _, o := range x.references(v) {
			if inSession(o) {
				add(x.byObject[x.canon(o)])
			}
		}
		if v.kind == token.TYPE {
			for _, m := range x.versions {
				if m.in == v.in && m.recv == v.names[0] {
					add(m)
				}
			}
		}
	}
}

// inDeclaration reports whether a position is in one of the unit's versions.
func (x *exporter) inDeclaration(u *unit, p token.Pos) bool {
	off := u.file.Offset(p)
	return slices.ContainsFunc(x.versions, func(v *version) bool {
		return v.in == u && v.of == u && v.span.start <= off && off < v.span.end
	})
}

// isTest reports whether a function is for the test file.
func (v *version) isTest() bool {
	f, ok := v.decl.(*ast.FuncDecl)
	if !ok || f.Recv != nil || len(v.objects) == 0 {
		return false
	}
	o, ok := v.objects[0].(*types.Func)
	if !ok {
		return false
	}
	params := o.Signature().Params()
	takes := func(name string) bool {
		return params.Len() == 1 && types.TypeString(params.At(0).Type(), nil) == "*testing."+name
	}
	switch name := v.names[0]; {
	case name == "TestMain":
		return takes("M")
	case testName(name, "Test"):
		return takes("T")
	case testName(name, "Benchmark"):
		return takes("B")
	case testName(name, "Fuzz"):
		return takes("F")
	case testName(name, "Example"):
		return params.Len() == 0 && o.Signature().Results().Len() == 0 && f.Type.TypeParams == nil
	}
	return false
}

// testName reports whether the go command takes a name for that of a test.
func testName(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && (rest == "" || !(rest[0] >= 'a' && rest[0] <= 'z'))
}
