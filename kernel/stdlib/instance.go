package stdlib

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/stdlib/symbols"
)

// Instance returns a compiled instance of a generic function, where there is
// one: functions of package slices that do much work per call, for slices of
// the types that programs mostly sort and search. It is much faster than the
// same function from source. The name is "package path.Name"; targs are all
// type arguments, inferred ones too.
//
// Functions that call back are left out: crossing into interpreted code for
// every element costs more than interpreting the loop.
func Instance(name string, targs []reflect.Type) (reflect.Value, bool) {
	fn, ok := strings.CutPrefix(name, "slices.")
	if !ok || len(targs) != 2 || targs[0] == nil || targs[0].Kind() != reflect.Slice ||
		targs[0].Name() != "" || targs[0].Elem() != targs[1] {
		return reflect.Value{}, false
	}
	var v reflect.Value
	switch targs[1] {
	case reflect.TypeFor[int]():
		v = slicesFunc[int](fn)
	case reflect.TypeFor[int64]():
		v = slicesFunc[int64](fn)
	case reflect.TypeFor[byte]():
		v = slicesFunc[byte](fn)
	case reflect.TypeFor[rune]():
		v = slicesFunc[rune](fn)
	case reflect.TypeFor[float64]():
		v = slicesFunc[float64](fn)
	case reflect.TypeFor[string]():
		v = slicesFunc[string](fn)
	}
	return v, v.IsValid()
}

func slicesFunc[E cmp.Ordered](name string) reflect.Value {
	switch name {
	case "BinarySearch":
		return reflect.ValueOf(slices.BinarySearch[[]E])
	case "Clone":
		return reflect.ValueOf(slices.Clone[[]E])
	case "Compact":
		return reflect.ValueOf(slices.Compact[[]E])
	case "Contains":
		return reflect.ValueOf(slices.Contains[[]E])
	case "Equal":
		return reflect.ValueOf(slices.Equal[[]E])
	case "Index":
		return reflect.ValueOf(slices.Index[[]E])
	case "IsSorted":
		return reflect.ValueOf(slices.IsSorted[[]E])
	case "Max":
		return reflect.ValueOf(slices.Max[[]E])
	case "Min":
		return reflect.ValueOf(slices.Min[[]E])
	case "Reverse":
		return reflect.ValueOf(slices.Reverse[[]E])
	case "Sort":
		return reflect.ValueOf(slices.Sort[[]E])
	}
	return reflect.Value{}
}

// InstanceType returns a compiled instance of a generic type, by the name
// that [go/types.TypeString] gives it with full package paths:
// "iter.Seq[string]". There is one for each instance that occurs in the API of
// a compiled package; values that cross must have this very type.
func InstanceType(name string) (reflect.Type, bool) {
	t := symbols.InstanceType(name)
	return t, t != nil
}
