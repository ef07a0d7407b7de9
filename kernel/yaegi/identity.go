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

// A typ is a type: there is one for all that are identical, and for declarations that
// are the same again.
type typ struct {
	m     *Machine
	t     types.Type
	rt    reflect.Type // as which values are kept
	exact bool         // see compose
	// inside is what values of the type consist of: rt, unless that is only memory of the
	// same size, because the type leads to itself.
	inside reflect.Type

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
func (t *typ) name() string { return typeName(t.t) }

func typeName(t types.Type) string { return typename.Of(t, nil) }

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
