package stdlib

import (
	"cmp"
	"go/token"
	"go/types"
	"iter"
	"reflect"
	"slices"
	"testing"
)

func TestInstance(t *testing.T) {
	type named []int
	type id int
	tests := []struct {
		name  string
		targs []reflect.Type
		want  any // a function of the type wanted
	}{
		{"slices.Sort", typesOf[[]int, int](), slices.Sort[[]int]},
		{"slices.BinarySearch", typesOf[[]string, string](), slices.BinarySearch[[]string]},
		{"slices.Max", typesOf[[]float64, float64](), slices.Max[[]float64]},
		{"slices.Sort", typesOf[named, int](), nil},
		{"slices.Sort", typesOf[[]id, id](), nil},
		{"slices.Sort", typesOf[[]int, string](), nil},
		{"slices.Sort", typesOf[[]int, int]()[:1], nil},
		{"slices.SortFunc", typesOf[[]int, int](), nil},
		{"maps.Keys", typesOf[[]int, int](), nil},
	}
	for _, tt := range tests {
		f, ok := Instance(tt.name, tt.targs)
		if ok != (tt.want != nil) || ok && f.Type() != reflect.TypeOf(tt.want) {
			t.Errorf("Instance(%q, %v) = %v, %v, want %T", tt.name, tt.targs, f, ok, tt.want)
		}
	}
	f, _ := Instance("slices.Sort", typesOf[[]int, int]())
	s := []int{3, 1, 2}
	f.Call([]reflect.Value{reflect.ValueOf(s)})
	if !slices.IsSorted(s) {
		t.Errorf("sorted: %v", s)
	}
}

// Every instance has the signature that the generic function has with the
// same type arguments.
func TestInstanceSignatures(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	pkg := mustImport(t, imp, "slices")
	seen := 0
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok {
			continue
		}
		seen += compareInstance[int](t, fn) + compareInstance[string](t, fn) + compareInstance[byte](t, fn) +
			compareInstance[rune](t, fn) + compareInstance[int64](t, fn) + compareInstance[float64](t, fn)
	}
	if seen < 60 {
		t.Errorf("only %d instances", seen)
	}
}

func compareInstance[E cmp.Ordered](t *testing.T, fn *types.Func) int {
	inst, ok := Instance(fn.FullName(), typesOf[[]E, E]())
	if !ok {
		return 0
	}
	elem := types.Universe.Lookup(reflect.TypeFor[E]().Name()).Type()
	sig, err := types.Instantiate(nil, fn.Signature(), []types.Type{types.NewSlice(elem), elem}, true)
	if err != nil {
		t.Errorf("%s: %v", fn.FullName(), err)
		return 0
	}
	got, want := inst.Type(), sig.(*types.Signature)
	for i := range want.Params().Len() {
		if w := want.Params().At(i).Type().String(); i >= got.NumIn() || got.In(i).String() != w {
			t.Errorf("%s is %v, want %v", fn.FullName(), got, want)
			return 0
		}
	}
	return 1
}

func typesOf[A, B any]() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[A](), reflect.TypeFor[B]()}
}

func TestInstanceType(t *testing.T) {
	if got, ok := InstanceType("iter.Seq[string]"); !ok || got != reflect.TypeFor[iter.Seq[string]]() {
		t.Errorf("iter.Seq[string] is %v, %v", got, ok)
	}
	if got, ok := InstanceType("iter.Seq[nothing]"); ok {
		t.Errorf("iter.Seq[nothing] is %v", got)
	}
	// The names are those that go/types gives.
	imp := NewImporter(token.NewFileSet())
	fields := mustImport(t, imp, "reflect").Scope().Lookup("Value").(*types.TypeName).Type()
	m, _, _ := types.LookupFieldOrMethod(fields, false, nil, "Fields")
	name := types.TypeString(m.(*types.Func).Signature().Results().At(0).Type(), nil)
	if _, ok := InstanceType(name); !ok {
		t.Errorf("what (reflect.Value).Fields returns, %s, is missing", name)
	}
}
