package main

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// writeInstances makes the table of instances of generic types that occur in
// the API of bound packages. Values of these types come out of compiled code
// and go into it, so they must be the very types that compiled code has.
func writeInstances(out content, w *world) error {
	c := instanceCollector{found: make(map[string]types.Type), seen: make(map[types.Type]bool)}
	for _, path := range w.paths() {
		if isInternal(path) || w.source[path] && !slices.Contains(fromSource, path) {
			continue
		}
		scope := w.packages[path].Types.Scope()
		for _, name := range scope.Names() {
			if obj := scope.Lookup(name); token.IsExported(name) && !isGeneric(obj) {
				c.object(obj)
			}
		}
	}
	imports := make(map[string]string)
	qualify := func(p *types.Package) string {
		imports[p.Path()] = "p" + identifier(p.Path())
		return imports[p.Path()]
	}
	var cases strings.Builder
	for _, key := range sortedKeys(c.found) {
		fmt.Fprintf(&cases, "case %q:\nreturn reflect.TypeFor[%s]()\n", key, types.TypeString(c.found[key], qualify))
	}
	var b strings.Builder
	b.WriteString("package symbols\n\nimport (\n\"reflect\"\n\n")
	for _, path := range sortedKeys(imports) {
		fmt.Fprintf(&b, "%s %q\n", imports[path], path)
	}
	b.WriteString(`)

// InstanceType returns an instance of a generic type, by the name that
// go/types gives it, or nil: "iter.Seq[string]".
func InstanceType(name string) reflect.Type {
switch name {
`)
	b.WriteString(cases.String())
	b.WriteString("}\nreturn nil\n}\n")
	return out.goFile("symbols/zz_instances.go", b.String())
}

type instanceCollector struct {
	found map[string]types.Type
	seen  map[types.Type]bool
}

func (c *instanceCollector) object(obj types.Object) {
	c.typ(obj.Type())
	if named, ok := obj.Type().(*types.Named); ok {
		for m := range named.Methods() {
			if m.Exported() {
				c.typ(m.Type())
			}
		}
		// What the object itself declares, even if it was met as a type before.
		c.typ(named.Underlying())
	}
}

// typ visits the types that t is written with.
func (c *instanceCollector) typ(t types.Type) {
	if c.seen[t] {
		return
	}
	c.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		c.typ(types.Unalias(t))
	case *types.Named:
		if t.TypeArgs().Len() > 0 && nameable(t) {
			c.found[types.TypeString(t, nil)] = t
		}
		for arg := range t.TypeArgs().Types() {
			c.typ(arg)
		}
	case *types.Pointer:
		c.typ(t.Elem())
	case *types.Slice:
		c.typ(t.Elem())
	case *types.Array:
		c.typ(t.Elem())
	case *types.Chan:
		c.typ(t.Elem())
	case *types.Map:
		c.typ(t.Key())
		c.typ(t.Elem())
	case *types.Signature:
		c.typ(t.Params())
		c.typ(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			c.typ(v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				c.typ(f.Type())
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			c.typ(m.Type())
		}
	}
}

// nameable reports whether the generated file can write t down.
func nameable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Basic:
		return true
	case *types.Alias:
		return nameable(types.Unalias(t))
	case *types.Named:
		obj := t.Obj()
		if obj.Pkg() != nil && (!obj.Exported() || isInternal(obj.Pkg().Path())) {
			return false
		}
		for arg := range t.TypeArgs().Types() {
			if !nameable(arg) {
				return false
			}
		}
		return true
	case *types.Pointer:
		return nameable(t.Elem())
	case *types.Slice:
		return nameable(t.Elem())
	case *types.Array:
		return nameable(t.Elem())
	case *types.Chan:
		return nameable(t.Elem())
	case *types.Map:
		return nameable(t.Key()) && nameable(t.Elem())
	case *types.Interface:
		return t.Empty()
	}
	return false
}
