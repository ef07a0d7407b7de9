package run

import (
	"go/types"
	"reflect"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"
)

// What a session no longer needs is let go, so that values that only it led to
// are garbage, and goroutines that wait for them are found leaked.

// Forget lets go of a function that is not called afresh any more, with the
// function literals in it. Code that refers to it, and calls under way, keep
// what they need.
func (m *Machine) Forget(fn *ssa.Function) {
	if fn == nil {
		return
	}
	m.functions.Delete(fn)
	m.values.Delete(fn)
	for _, lit := range fn.AnonFuncs {
		m.Forget(lit)
	}
}

// Same has a type that was declared again be the same one at run time. Calls of
// its methods through interfaces arrive at those of now.
func (m *Machine) Same(was, now *types.Named) {
	if !m.types.Same(was, now) {
		return
	}
	rt, err := m.typeOf(now)
	if err != nil {
		return // cannot be: it has just been found
	}
	m.functions.Range(func(fn, _ any) bool {
		if recv := fn.(*ssa.Function).Signature.Recv(); recv != nil && deref(recv.Type()) == was {
			m.functions.Delete(fn)
		}
		return true
	})
	value, pointer := typeWord(rt), typeWord(reflect.PointerTo(rt))
	m.targets.Range(func(key, t any) bool {
		if w := key.(invokeKey).word; w == value || w == pointer {
			m.targets.Delete(key)
			t.(*target).stale.Store(true)
		}
		return true
	})
}

// deref is what a pointer type points to, or the type itself.
func deref(t types.Type) types.Type {
	if p, ok := t.(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// Release lets go of a variable that later cells do not see. Code that refers
// to it keeps it alive.
func (m *Machine) Release(g *ssa.Global) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.globals[g]; p != nil {
		delete(m.globals, g)
		m.released[g] = weak.Make((*byte)(p))
	}
}

// known returns the memory of a variable that has some, or nil. m.mu is held.
func (m *Machine) known(g *ssa.Global) unsafe.Pointer {
	if p := m.globals[g]; p != nil {
		return p
	}
	if w, ok := m.released[g]; ok {
		return unsafe.Pointer(w.Value())
	}
	return nil
}
