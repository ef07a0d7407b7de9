package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/typename"
)

// A typ is the identity of a type: there is one for all that are identical, and
// for declarations that are the same again.
type typ struct {
	m      *Machine
	t      types.Type
	layout *layout
	inside reflect.Type // what values of the type consist of, also where that is raw

	newest  atomic.Pointer[types.Type] // declaration of it: its methods are those to call
	methods sync.Map                   // method name with package → *ssa.Function, nil if there is none
}

// typOf returns the identity of a type. m.mu is held.
func (m *Machine) typOf(t types.Type) *typ {
	if id := m.typs[t]; id != nil {
		return id
	}
	key := m.key(t)
	id := m.byKey[key]
	if id == nil {
		id = &typ{m: m, t: t, layout: m.layoutOf(t)}
		if id.inside = id.layout.rt; id.layout.raw {
			id.inside = m.inside(t).rt
		}
		m.byKey[key] = id
		id.newest.Store(&t)
	}
	m.typs[t] = id
	return id
}

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
		id, ok := m.named[obj]
		if !ok {
			id = len(m.named)
			m.named[obj] = id
		}
		return fmt.Sprint("N", id)
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

// method returns the function for a method of the type, or nil.
func (t *typ) method(pkg *types.Package, name string) *ssa.Function {
	key := types.Id(pkg, name)
	if fn, ok := t.methods.Load(key); ok {
		return fn.(*ssa.Function)
	}
	var fn *ssa.Function
	if sel := types.NewMethodSet(*t.newest.Load()).Lookup(pkg, name); sel != nil {
		fn = t.m.cfg.MethodValue(sel)
	}
	t.methods.Store(key, fn)
	return fn
}

// methodNamed is method for an exported method.
func (t *typ) methodNamed(name string) *ssa.Function { return t.method(nil, name) }

// name is the type as people know it.
func (t *typ) name() string { return typeName(t.t) }

func typeName(t types.Type) string { return typename.Of(t, nil) }

// implements reports whether values of the type have the methods of an interface,
// and if not names one that is missing.
func (t *typ) implements(i *types.Interface) (missing string, ok bool) {
	set := types.NewMethodSet(t.t)
	for j := range i.NumMethods() {
		f := i.Method(j)
		sel := set.Lookup(f.Pkg(), f.Name())
		if sel == nil || t.m.sigKey(sel.Type().(*types.Signature)) != t.m.sigKey(f.Type().(*types.Signature)) {
			return f.Name(), false
		}
	}
	return "", true
}

// sigKey is equal for methods of one signature, whatever they are methods of.
func (m *Machine) sigKey(s *types.Signature) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.key(types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic()))
}

// compiledImplements is implements for a value of a compiled type.
func (m *Machine) compiledImplements(v any, i *types.Interface) (missing string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for j := range i.NumMethods() {
		f := i.Method(j)
		method := reflect.ValueOf(v).MethodByName(f.Name())
		if !method.IsValid() || !f.Exported() || method.Type() != m.layoutOf(f.Type()).rt {
			return f.Name(), false
		}
	}
	return "", true
}
