package yaegi

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/typename"
	"github.com/gosched/gosched/kernel/lower/unsupported"
)

var (
	anyType     = reflect.TypeFor[any]()
	errorType   = reflect.TypeFor[error]()
	pointerType = reflect.TypeFor[unsafe.Pointer]()
	frameType   = reflect.TypeFor[*Frame]()
	intType     = reflect.TypeFor[int]()
	boolType    = reflect.TypeFor[bool]()
	textType    = reflect.TypeFor[func() string]()
)

// refuse says what cannot be run, to whoever wants it printed.
func refuse(pos token.Pos, format string, args ...any) {
	unsupported.Refuse(pos, format+" cannot be run by the yaegi engine"+otherwise, args...)
}

// cannot panics in a program that asks for what there is not.
func cannot(format string, args ...any) {
	panic("gosched: the yaegi engine cannot " + fmt.Sprintf(format, args...) + otherwise)
}

const otherwise = "; the direct engine can (--engine direct)"

// compose makes the type as which values of t are kept, from those of its parts. Exact
// says that it is the very type that compiled code has for t, so that values can go there
// and to interfaces as they are.
func (m *Machine) compose(t types.Type) (rt reflect.Type, exact bool) {
	t, exact = types.Unalias(t), true
	switch t := t.(type) {
	case *types.Named:
		return m.namedType(t)
	case *types.Basic:
		if composite.Basic(t) == nil {
			return anyType, false // of nil, and of what nobody wants
		}
	case *types.Interface:
		exact = t.Empty()
	case *types.Array:
		if t.Len() > 1<<31 || uint64(t.Len())*uint64(m.find(t.Elem()).rt.Size()) > unsupported.MaxVariable {
			refuse(token.NoPos, "an array of %d elements", t.Len())
		}
	case *types.Struct:
		for f := range t.Fields() {
			exact = exact && f.Exported() && !f.Embedded()
		}
	}
	rt = composite.Of(t, func(part types.Type) reflect.Type {
		p := m.find(part)
		exact = exact && p.exact
		return p.rt
	}, func(t *types.Struct, i int) reflect.StructField {
		f := kept(t, i)
		if t.Field(i).Name() == "_" {
			f.Type = ignored(m.find(t.Field(i).Type()).rt)
		}
		return f
	})
	return rt, exact
}

// ignored is a type with the memory of rt of which all values are equal, if rt has values
// that are compared: package reflect compares fields named _.
func ignored(rt reflect.Type) reflect.Type {
	switch rt.Kind() {
	case reflect.Array:
		return reflect.ArrayOf(rt.Len(), ignored(rt.Elem()))
	case reflect.Struct:
		fields := make([]reflect.StructField, rt.NumField())
		for i := range fields {
			fields[i] = reflect.StructField{Name: fmt.Sprint("F", i), Type: ignored(rt.Field(i).Type)}
		}
		return reflect.StructOf(fields)
	case reflect.Slice, reflect.Map, reflect.Func:
		return rt
	case reflect.String:
		return reflect.TypeFor[struct{ _ string }]()
	case reflect.Interface:
		return reflect.TypeFor[struct{ _ any }]()
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return reflect.TypeFor[struct{ _ unsafe.Pointer }]()
	}
	unit := map[int]reflect.Type{
		1: reflect.TypeFor[struct{ _ uint8 }](), 2: reflect.TypeFor[struct{ _ uint16 }](),
		4: reflect.TypeFor[struct{ _ uint32 }](), 8: reflect.TypeFor[struct{ _ uint64 }](),
	}
	return reflect.ArrayOf(int(rt.Size())/rt.Align(), unit[rt.Align()])
}

// kept is what a field is called where values are kept: there all are exported.
func kept(t *types.Struct, i int) reflect.StructField {
	f := composite.Field(t, i)
	if f.PkgPath != "" {
		f.Name, f.PkgPath = fmt.Sprintf("X%d_", i), ""
	}
	return f
}

// isOwn reports whether a named type is one of the cells', or of a package that
// is run from source, and not a compiled one. m.mu is held.
func (m *Machine) isOwn(n *types.Named) bool { return m.compiledType(n) == nil }

// compiledType returns the type that compiled code has for n, or nil.
func (m *Machine) compiledType(n *types.Named) reflect.Type {
	obj := n.Obj()
	switch pkg := obj.Pkg(); {
	case pkg == nil: // error; comparable is no type of values
		return errorType
	case obj.Parent() != pkg.Scope(): // local to a function, or the SSA builder's own
		return nil
	default: // with its type arguments
		return m.cfg.NamedType(pkg.Path(), strings.TrimPrefix(types.TypeString(n, nil), pkg.Path()+"."))
	}
}

func (m *Machine) namedType(n *types.Named) (rt reflect.Type, exact bool) {
	switch n.String() { // of the SSA builder's own
	case "$ssa.deferStack":
		return frameType, false
	case "$ssa.rangeIter":
		return reflect.TypeFor[iterator](), false
	}
	if rt := m.compiledType(n); rt != nil {
		return rt, true
	}
	rt, _ = m.compose(n.Underlying())
	return rt, false
}

// text is what a type is called in core Go, which gets it as a helper if it has no name
// in the language.
func (m *Machine) text(rt reflect.Type) string {
	switch {
	case rt == anyType:
		return "interface{}"
	case rt.Name() != "" && rt.PkgPath() == "":
		return rt.Name()
	}
	return m.helper("T", "", func() reflect.Value { return reflect.Zero(reflect.PointerTo(rt)) }, rt)
}

// Types that lead to themselves, which package reflect cannot make, are cut where they
// do so: a pointer, slice, map, channel or function of such a type is kept as another
// with the same memory, and becomes what it is where it is used.

// rawType is the type as which values of t are kept that has to be cut, or nil.
func (m *Machine) rawType(t types.Type) (rt reflect.Type) {
	if n, ok := types.Unalias(t).(*types.Named); ok && m.isOwn(n) {
		t = n.Underlying()
	}
	switch t.(type) {
	case *types.Pointer, *types.Chan:
		rt = pointerType
	case *types.Slice:
		rt = reflect.TypeFor[[]func()]()
	case *types.Map:
		rt = reflect.TypeFor[map[int]func()]()
	case *types.Signature:
		rt = reflect.TypeFor[func()]()
	}
	if rt == nil || !m.leads(t, t, false, map[types.Type]bool{}) {
		return nil
	}
	return rt
}

// leads reports whether t has to, a type without a name, as one of its parts, however
// deep, and declared ones around that: within others than arrays and structs it is cut
// there. What is behind an interface is no part.
func (m *Machine) leads(t, to types.Type, declared bool, seen map[types.Type]bool) bool {
	return slices.ContainsFunc(composite.Parts(t), func(p types.Type) bool {
		p, declared := types.Unalias(p), declared
		switch n := p.(type) {
		case *types.Named:
			if types.IsInterface(p) || !m.isOwn(n) || seen[p] {
				return false
			}
			seen[p], declared = true, true
			p = n.Underlying()
		case *types.Array, *types.Struct:
		default:
			if !declared {
				return false
			}
		}
		return declared && types.Identical(p, to) || m.leads(p, to, declared, seen)
	})
}

// A typ is a type: there is one for all that are identical, and for declarations that
// are the same again.
type typ struct {
	m      *Machine
	t      types.Type
	rt     reflect.Type // as which values are kept
	exact  bool         // see compose
	inside reflect.Type // what values consist of: not rt where that is only memory of the same size

	newest  atomic.Pointer[types.Type] // declaration of it: its methods are those to call
	methods sync.Map                   // method name with package → method
}

// typOf returns what a type is. m.mu is held.
func (m *Machine) typOf(t types.Type) *typ {
	id := m.find(t)
	for len(m.cut) > 0 { // those that lead there are known now
		c := m.cut[0]
		m.cut = m.cut[1:]
		c.inside, _ = m.compose(c.t.Underlying())
	}
	return id
}

// find is typOf while types are made of others.
func (m *Machine) find(t types.Type) *typ {
	if id := m.typs[t]; id != nil {
		return id
	}
	key := m.key(t)
	id := m.byKey[key]
	if id == nil {
		id = &typ{m: m, t: t}
		id.newest.Store(&t)
		if id.rt = m.rawType(t); id.rt != nil {
			m.cut = append(m.cut, id)
		} else {
			id.rt, id.exact = m.compose(t)
		}
		id.inside = id.rt
		m.byKey[key] = id
	}
	m.typs[t] = id
	return id
}

// raw reports whether values of the type are kept as memory.
func (t *typ) raw() bool { return t.rt != t.inside }

// inside is what values of t consist of. m.mu is held.
func (m *Machine) inside(t types.Type) reflect.Type { return m.typOf(t.Underlying()).inside }

// identity is typOf for those who do not hold m.mu.
func (m *Machine) identity(t types.Type) *typ {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.typOf(t)
}

// key is equal for types that are the same.
func (m *Machine) key(t types.Type) string {
	return typename.Identity(t, func(obj *types.TypeName) string {
		for m.same[obj] != nil {
			obj = m.same[obj]
		}
		return fmt.Sprintf("%p", obj)
	})
}

// Same implements engine.Executor.
func (m *Machine) Same(old, again *types.Named) bool {
	if again.TypeParams().Len() > 0 {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.same[again.Origin().Obj()] = old.Origin().Obj()
	clear(m.typs)
	for _, t := range []types.Type{again, types.NewPointer(again)} {
		id := m.typOf(t)
		id.newest.Store(&t)
		id.methods.Clear()
	}
	return true
}

// A method is one of a type, with its signature if that is one of compiled code's, too.
type method struct {
	fn  *ssa.Function // nil if there is none
	sig reflect.Type
}

// method returns a method of the type. A name without a package is an exported one.
func (t *typ) method(pkg *types.Package, name string) (found method) {
	key := types.Id(pkg, name)
	if known, ok := t.methods.Load(key); ok {
		return known.(method)
	}
	if sel := types.NewMethodSet(*t.newest.Load()).Lookup(pkg, name); sel != nil {
		if found.fn = t.m.cfg.MethodValue(sel); found.fn != nil {
			if sig := t.m.identity(found.fn.Signature); sig.exact {
				found.sig = sig.rt
			}
		}
	}
	t.methods.Store(key, found)
	return found
}

// name is the type as people know it.
func (t *typ) name() string { return typename.Of(t.t, nil) }

// missing is the first method of an interface that there is not, where has tells, or "".
func (m *Machine) missing(i *types.Interface, has func(f *types.Func) bool) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for f := range i.Methods() {
		if !has(f) {
			return f.Name()
		}
	}
	return ""
}
