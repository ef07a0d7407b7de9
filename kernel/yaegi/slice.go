package yaegi

import (
	"reflect"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// notGiven stands for a bound that is not.
const notGiven = -1 << 62

func (c *printer) slice(i *ssa.Slice) {
	args := []any{opened{i.X}}
	for _, bound := range []ssa.Value{i.Low, i.High, i.Max} {
		if bound == nil {
			args = append(args, strconv.Itoa(notGiven))
		} else {
			args = append(args, c.asInt(bound))
		}
	}
	c.native(i, "slice", func(_ *Frame, in []reflect.Value) []reflect.Value {
		return one(sliced(reflect.Indirect(in[0]), int(in[1].Int()), int(in[2].Int()), int(in[3].Int())))
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
