package rtype

import (
	"go/types"
	"reflect"
	"weak"

	"github.com/gosched/gosched/kernel/gone"
	"github.com/gosched/gosched/kernel/lower/composite"
)

// A family is the instances of a generic type and of those that have taken its
// place, see [Types.Same].
type family struct{ instances []instance }

// An instance is known by the run-time types of its arguments: those of the
// arguments' declarations change.
type instance struct {
	args  []reflect.Type
	types []types.Type // the same, of some declaration
	rt    reflect.Type
}

// addInstance notes that rt is the run-time type of t, if that is an instance of
// a generic type. ts.mu is held.
func (ts *Types) addInstance(t types.Type, rt reflect.Type) {
	n, ok := t.(*types.Named)
	if !ok || n.TypeArgs().Len() == 0 {
		return
	}
	i := instance{rt: rt}
	for a := range n.TypeArgs().Types() {
		art := ts.made(a)
		if art == nil {
			var err error
			if art, err = ts.build(a, false); err != nil {
				return
			}
		}
		i.args, i.types = append(i.args, art), append(i.types, a)
	}
	f := ts.families[weak.Make(n.Origin())]
	if f == nil {
		f = &family{}
		ts.setFamily(n.Origin(), f)
	}
	f.instances = append(f.instances, i)
}

func (ts *Types) setFamily(origin *types.Named, f *family) {
	key := gone.Tell(origin, ts, func(ts *Types, key weak.Pointer[types.Named]) {
		ts.mu.Lock()
		defer ts.mu.Unlock()
		delete(ts.families, key)
	})
	ts.families[key] = f
}

// inFamily returns the run-time type of an instance that another declaration of
// its generic type has been given, or nil. ts.mu is held.
func (ts *Types) inFamily(n *types.Named) reflect.Type {
	if n.TypeArgs().Len() == 0 {
		return nil
	}
	f := ts.families[weak.Make(n.Origin())]
	if f == nil {
		return nil
	}
	for _, i := range f.instances {
		same := len(i.args) == n.TypeArgs().Len()
		for j := 0; same && j < len(i.args); j++ {
			same = ts.is(n.TypeArgs().At(j), i.args[j])
		}
		if same {
			return i.rt
		}
	}
	return nil
}

// is reports whether rt is the run-time type of t, which need not have been asked
// for yet. ts.mu is held.
func (ts *Types) is(t types.Type, rt reflect.Type) bool {
	if have := ts.made(t); have != nil {
		return have == rt
	}
	unnamed := rt.Name() == ""
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return composite.Basic(t) == rt
	case *types.Named:
		return ts.native(t) == rt
	case *types.Pointer:
		return unnamed && rt.Kind() == reflect.Pointer && ts.is(t.Elem(), rt.Elem())
	case *types.Slice:
		return unnamed && rt.Kind() == reflect.Slice && ts.is(t.Elem(), rt.Elem())
	case *types.Array:
		return unnamed && rt.Kind() == reflect.Array && t.Len() == int64(rt.Len()) && ts.is(t.Elem(), rt.Elem())
	case *types.Chan:
		return unnamed && rt.Kind() == reflect.Chan && composite.Dir(t) == rt.ChanDir() && ts.is(t.Elem(), rt.Elem())
	case *types.Map:
		return unnamed && rt.Kind() == reflect.Map && ts.is(t.Key(), rt.Key()) && ts.is(t.Elem(), rt.Elem())
	}
	g := ts.GoType(rt)
	return g != nil && types.Identical(g, t)
}

// sameInstances is Same for generic types. ts.mu is held.
func (ts *Types) sameInstances(was, now *types.Named) (changed []reflect.Type) {
	f := ts.families[weak.Make(was)]
	if f == nil {
		return nil
	}
	// Methods of all instances are those of now, or the old ones are needed.
	var again []*types.Named
	for _, i := range f.instances {
		for j, rt := range i.args {
			if t := ts.GoType(rt); t != nil {
				i.types[j] = t
			}
		}
		t, err := types.Instantiate(nil, now, i.types, true)
		if err != nil {
			return nil
		}
		again = append(again, t.(*types.Named))
	}
	for j, i := range f.instances {
		ts.take(i.rt, again[j])
		changed = append(changed, i.rt)
	}
	ts.setFamily(now, f)
	return changed
}
