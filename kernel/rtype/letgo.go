package rtype

import (
	"go/types"
	"reflect"
	"weak"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/gosched/gosched/kernel/gone"
	"github.com/gosched/gosched/kernel/lower/mention"
)

// made returns the run-time type that t already has, or nil. ts.mu is held.
func (ts *Types) made(t types.Type) reflect.Type {
	if rt, ok := ts.known.At(t).(reflect.Type); ok {
		return rt
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil
	}
	if rt := ts.gone[weak.Make(n)]; rt != nil {
		return rt
	}
	return ts.inFamily(n)
}

// LetGo lets go of the types of packages that no cell to come refers to: they stay
// known as long as somebody has them. Their run-time types stay for ever. Those
// that are generic or have methods have become others, see [Types.Same].
func (ts *Types) LetGo(gone mention.Packages) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	var kept typeutil.Map // a Map that things are deleted from does not shrink
	ts.known.Iterate(func(t types.Type, rt any) {
		switch {
		case !gone.Type(t):
		case isNamed(t):
			ts.remain(t.(*types.Named), rt.(reflect.Type))
			return
		case ofReflect(t):
			return
		}
		kept.Set(t, rt)
	})
	ts.known = kept
	ts.laid.Clear()
	ts.fast.Clear() // a function type has the scope of whatever function was its first
	ts.back.Range(func(rt, t any) bool {
		switch t.(type) {
		case *types.Pointer, *types.Slice, *types.Array, *types.Chan, *types.Map: // GoType finds them again
			if gone.Type(t.(types.Type)) {
				ts.back.Delete(rt)
			}
		}
		return true
	})
	for pkg := range gone {
		delete(ts.locals, pkg)
	}
}

func isNamed(t types.Type) bool {
	_, ok := t.(*types.Named)
	return ok
}

// ofReflect reports whether reflect gives a type the same run-time type again
// whenever it is asked for it.
func ofReflect(t types.Type) bool {
	switch t.(type) {
	case *types.Struct, *types.Interface:
		return false
	}
	return true
}

// remain has t keep its run-time type as long as somebody has t.
func (ts *Types) remain(t *types.Named, rt reflect.Type) {
	key := gone.Tell(t, ts, func(ts *Types, key weak.Pointer[types.Named]) {
		ts.mu.Lock()
		defer ts.mu.Unlock()
		delete(ts.gone, key)
	})
	ts.gone[key] = rt
}
