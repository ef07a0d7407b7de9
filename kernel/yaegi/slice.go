package yaegi

import (
	"go/constant"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// notGiven stands for a bound that is not.
const notGiven = -1 << 62

var notGivenValue = ssa.NewConst(constant.MakeInt64(notGiven), types.Typ[types.Int])

func (c *printer) slice(i *ssa.Slice) {
	args := []ssa.Value{opened{i.X}, notGivenValue, notGivenValue, notGivenValue}
	for n, bound := range []ssa.Value{i.Low, i.High, i.Max} {
		if bound != nil {
			args[n+1] = bound
		}
	}
	c.native(i, "slice", func(_ *Frame, in []reflect.Value) []reflect.Value {
		return one(sliced(reflect.Indirect(in[0]), asInt(in[1]), asInt(in[2]), asInt(in[3])))
	}, args...)
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
