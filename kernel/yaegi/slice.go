package yaegi

import (
	"fmt"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/runtimeerror"
)

func (c *printer) slice(i *ssa.Slice) {
	args := []ssa.Value{opened{i.X}}
	var given, unsigned [3]bool
	for n, bound := range []ssa.Value{i.Low, i.High, i.Max} {
		if bound != nil {
			given[n], unsigned[n], args = true, isUnsigned(bound), append(args, bound)
		}
	}
	c.native(i, fmt.Sprint("slice", given), func(_ *Frame, in []reflect.Value) []reflect.Value {
		return one(sliced(reflect.Indirect(in[0]), in[1:], given, unsigned))
	}, args...)
}

func isUnsigned(v ssa.Value) bool {
	b, ok := v.Type().Underlying().(*types.Basic)
	return ok && b.Info()&types.IsUnsigned != 0
}

// sliced slices a string, a slice or an addressable array by the bounds that are given.
func sliced(v reflect.Value, bounds []reflect.Value, given, unsigned [3]bool) reflect.Value {
	n, c := v.Len(), v.Len()
	if v.Kind() == reflect.Slice {
		c = v.Cap()
	}
	at := [3]int{0, n, c}
	for i := range at {
		if given[i] {
			at[i], bounds = asInt(bounds[0]), bounds[1:]
		}
	}
	if uint(at[2]) > uint(c) || uint(at[1]) > uint(at[2]) || uint(at[0]) > uint(at[1]) {
		runtimeerror.Slice(at, given, unsigned, n, c, v.Kind() != reflect.Slice)
	}
	if v.Kind() == reflect.String {
		return v.Slice(at[0], at[1])
	}
	return v.Slice3(at[0], at[1], at[2])
}

func (c *printer) lookup(i *ssa.Lookup) {
	if c.typ(i.X).rt.Kind() == reflect.String {
		c.index(i, i.X, i.Index)
		return
	}
	c.native(i, "lookup", func(_ *Frame, in []reflect.Value) []reflect.Value {
		hashable(in[1])
		v := in[0].MapIndex(in[1])
		return []reflect.Value{v, reflect.ValueOf(v.IsValid())}
	}, opened{i.X}, i.Index)
}
