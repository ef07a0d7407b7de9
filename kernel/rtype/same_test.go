package rtype

import (
	"go/types"
	"reflect"
	"testing"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/mention"
)

// madeOf is the run-time type of a type, which must have one.
func madeOf(t *testing.T, ts *Types, T types.Type) reflect.Type {
	t.Helper()
	rt, err := ts.Of(T)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// A type that is declared again as it was is the same one at run time.
func TestContract3_Same(t *testing.T) {
	const src = "type T struct{ n int }\nfunc (T) M() int { return 1 }\nfunc (*T) P() {}\ntype I interface{ M() int }\ntype U int"
	was, now := declare(t, src), declare(t, src)
	named := func(p *types.Package, name string) *types.Named { return typeOf(p, name).(*types.Named) }
	ts := newTypes(t, Options{})
	if got := ts.Same(named(was, "T"), named(now, "T")); got != nil {
		t.Errorf("of a type that has no run-time type yet they are %v", got)
	}
	for _, name := range []string{"T", "I", "U"} {
		rt := madeOf(t, ts, typeOf(was, name))
		if got := ts.Same(named(was, name), named(now, name)); len(got) != 1 || got[0] != rt {
			t.Errorf("of %s they are %v, want %v", name, got, rt)
		}
		if again := madeOf(t, ts, typeOf(now, name)); again != rt {
			t.Errorf("%s is %p, was %p", name, again, rt)
		}
		if back := ts.GoType(rt); back != typeOf(now, name) {
			t.Errorf("%v stands for a %v of before", rt, back)
		}
		if name != "I" && madeOf(t, ts, types.NewPointer(typeOf(now, name))) != reflect.PointerTo(rt) {
			t.Errorf("pointers to %s are others", name)
		}
	}
	other := declare(t, src)
	madeOf(t, ts, typeOf(other, "T"))
	if got := ts.Same(named(now, "T"), named(other, "T")); got != nil {
		t.Errorf("of a type that has a run-time type of its own they are %v", got)
	}
}

// Of generic types that is so of every instance, those to come included.
func TestContract3_SameInstances(t *testing.T) {
	const src = "type G[E any] struct{ e E }\nfunc (G[E]) M() {}"
	was, now := declare(t, src), declare(t, src)
	instance := func(p *types.Package, arg types.BasicKind) types.Type {
		x, err := types.Instantiate(nil, typeOf(p, "G"), []types.Type{types.Typ[arg]}, true)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	ts := newTypes(t, Options{})
	ints, texts := madeOf(t, ts, instance(was, types.Int)), madeOf(t, ts, instance(was, types.String))
	got := ts.Same(typeOf(was, "G").(*types.Named), typeOf(now, "G").(*types.Named))
	if len(got) != 2 {
		t.Errorf("they are %v, want two", got)
	}
	if madeOf(t, ts, instance(now, types.Int)) != ints || madeOf(t, ts, instance(now, types.String)) != texts {
		t.Error("an instance is another one now")
	}
	if madeOf(t, ts, instance(now, types.Bool)) != madeOf(t, ts, instance(was, types.Bool)) {
		t.Error("an instance that was made since is two")
	}
}

// Types of packages that are let go keep their run-time types as long as somebody has
// them, and those of others are as they were.
func TestLetGo(t *testing.T) {
	gone, stays := declare(t, "type T struct{ n int }\nvar s struct{ t T; n int }"), declare(t, "type T struct{ s string }")
	ts := newTypes(t, Options{})
	var all []types.Type
	for _, p := range []*types.Package{gone, stays} {
		T := typeOf(p, "T")
		all = append(all, T, types.NewSlice(T), types.NewPointer(T), types.NewMap(types.Typ[types.String], T))
	}
	all = append(all, gone.Scope().Lookup("s").Type())
	before := make([]reflect.Type, len(all))
	for i, T := range all {
		before[i] = madeOf(t, ts, T)
	}
	known := ts.known.Len()
	ts.LetGo(mention.Packages{gone: true})
	if n := ts.known.Len(); n >= known {
		t.Errorf("%d types are known, as were %d", n, known)
	}
	for i, T := range all {
		if rt := madeOf(t, ts, T); rt != before[i] {
			t.Errorf("%v is another type now", T)
		}
		if back := ts.GoType(before[i]); back == nil || !types.Identical(back, T) {
			t.Errorf("%v stands for %v", before[i], back)
		}
	}
}

func TestMethodsLeft(t *testing.T) {
	used := slotsFrom(goruntime.SlotCount-3, nil)
	left, few := MethodsLeft()
	slotsFrom(used, nil)
	if left != 3 || few == goruntime.SlotsGrow {
		t.Errorf("%d are left, few: %v", left, few)
	}
}
