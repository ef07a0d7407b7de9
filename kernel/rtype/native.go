package rtype

import (
	"go/types"
	"reflect"
	"strings"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/typename"
)

// native returns the run-time type that the program itself has for a named
// type, or nil.
func (ts *Types) native(t *types.Named) reflect.Type {
	obj := t.Obj()
	if obj.Pkg() == nil {
		if obj.Name() == "error" {
			return reflect.TypeFor[error]()
		}
		return nil
	}
	if reaches(t, ts.isUser) {
		return nil
	}
	path := obj.Pkg().Path()
	name := typename.Of(t, ts.locals)
	if ts.opt.Native != nil {
		if rt := ts.opt.Native(path, strings.TrimPrefix(name, obj.Pkg().Name()+".")); rt != nil {
			return rt
		}
	}
	// The linker keeps a list of the pointer types in the program. It has the
	// unexported types, and instances of generic types, that native code uses.
	for _, p := range goruntime.TypesByString("*" + name) {
		if rt := goruntime.ReflectOf(p); rt.Kind() == reflect.Pointer && rt.Elem().PkgPath() == path {
			return rt.Elem()
		}
	}
	return nil
}

// isUser reports whether an object is of a cell, or of a package that only the
// session has.
func (ts *Types) isUser(o types.Object) bool {
	path := typename.PkgPath(o)
	return path == userPath || ts.opt.Own != nil && ts.opt.Own(path)
}

// reaches reports whether the name of t has a part, a type name or the name of
// an unexported field or method, for which is holds.
func reaches(t types.Type, is func(types.Object) bool) bool {
	found := false
	seen := make(map[types.Type]bool)
	var visit func(types.Type)
	visit = func(t types.Type) {
		t = types.Unalias(t)
		if found || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			found = found || is(t.Obj())
			for arg := range t.TypeArgs().Types() {
				visit(arg)
			}
		case *types.Struct:
			for f := range t.Fields() {
				found = found || !f.Exported() && is(f)
			}
		case *types.Interface:
			for m := range t.Methods() {
				found = found || !m.Exported() && is(m)
			}
		}
		for _, part := range composite.Parts(t) {
			visit(part)
		}
	}
	visit(t)
	return found
}

// linked returns the run-time type that the program itself has for an unnamed
// struct or interface of native types, or nil. Interfaces are found only where
// the program has a pointer to one.
func (b *build) linked(t types.Type) reflect.Type {
	own := func(o types.Object) bool {
		if tn, ok := o.(*types.TypeName); ok {
			return b.ts.isUser(o) || b.shells.At(tn.Type()) != nil
		}
		return b.ts.isUser(o)
	}
	if reaches(t, own) {
		return nil
	}
	name := typename.Of(t, b.ts.locals)
	if s, ok := t.(*types.Struct); ok {
		for _, c := range goruntime.TypesByString(name) {
			if rt := goruntime.ReflectOf(c); b.sameStruct(s, rt) {
				return rt
			}
		}
		return nil
	}
	for _, c := range goruntime.TypesByString("*" + name) {
		rt := goruntime.ReflectOf(c)
		if rt.Kind() == reflect.Pointer && b.sameInterface(t.(*types.Interface), rt.Elem()) {
			return rt.Elem()
		}
	}
	return nil
}

func (b *build) sameStruct(t *types.Struct, rt reflect.Type) bool {
	if rt.Kind() != reflect.Struct || rt.Name() != "" || rt.NumField() != t.NumFields() {
		return false
	}
	for i := range t.NumFields() {
		f, rf := t.Field(i), rt.Field(i)
		if f.Name() != rf.Name || f.Embedded() != rf.Anonymous || t.Tag(i) != string(rf.Tag) ||
			!f.Exported() && typename.PkgPath(f) != rf.PkgPath || b.final(f.Type()) != rf.Type {
			return false
		}
	}
	return true
}

func (b *build) sameInterface(t *types.Interface, rt reflect.Type) bool {
	if rt.Kind() != reflect.Interface || rt.Name() != "" || rt.NumMethod() != t.NumMethods() {
		return false
	}
	for i, m := range typename.Methods(t) {
		rm := rt.Method(i)
		if m.Name() != rm.Name || !m.Exported() && typename.PkgPath(m) != rm.PkgPath || b.final(m.Type()) != rm.Type {
			return false
		}
	}
	return true
}
