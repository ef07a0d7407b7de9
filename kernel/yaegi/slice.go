package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (c *printer) makeSlice(i *ssa.MakeSlice) {
	c.at(i.Pos())
	l := c.m.inside(i.Type())
	h := c.m.helper("S", l.rt.String(), func() reflect.Value {
		return makeFunc([]reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[int]()}, []reflect.Type{l.rt}, func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{makeSlice(l.rt, int(in[0].Int()), int(in[1].Int()))}
		})
	}, l.rt)
	c.line("%s = %s", c.dest(i), c.reshape(fmt.Sprintf("%s(%s, %s)", h, c.asInt(i.Len), c.asInt(i.Cap)), l, c.layout(i)))
}

func (c *printer) slice(i *ssa.Slice) {
	c.at(i.Pos())
	from, to := c.m.inside(i.X.Type()), c.m.inside(i.Type())
	elem := from
	if _, ok := i.X.Type().Underlying().(*types.Pointer); ok {
		elem = c.m.layoutOf(elemOf(i.X.Type()))
	}
	bound := func(v ssa.Value) string {
		if v == nil {
			return "-1"
		}
		x := c.asInt(v)
		if !isConst(v) {
			c.line("if %s < 0 { h.SliceBound(%s) }", x, x)
		}
		return x
	}
	in := []reflect.Type{from.rt, reflect.TypeFor[int](), reflect.TypeFor[int](), reflect.TypeFor[int]()}
	h := c.m.helper("L", fmt.Sprint(elem.rt, from.rt, to.rt), func() reflect.Value {
		return makeFunc(in, []reflect.Type{to.rt}, func(in []reflect.Value) []reflect.Value {
			v := in[0]
			if elem != from {
				v = pointerArg(v, elem.rt)
				if v.IsNil() {
					panic(nilDereference())
				}
				v = v.Elem()
			}
			return []reflect.Value{reshaped(sliced(v, int(in[1].Int()), int(in[2].Int()), int(in[3].Int())), to.rt)}
		})
	}, elem.rt, from.rt, to.rt)
	low, high, max := bound(i.Low), bound(i.High), bound(i.Max)
	c.line("%s = %s", c.dest(i), c.reshape(fmt.Sprintf("%s(%s, %s, %s, %s)", h, c.under(i.X), low, high, max), to, c.layout(i)))
}

func (c *printer) lookup(i *ssa.Lookup) {
	c.at(i.Pos())
	l := c.m.inside(i.X.Type())
	if l.rt.Kind() == reflect.String {
		c.check(i.Index, "len("+c.arg(i.X)+")", i.Pos())
		c.line("%s = %s[%s]", c.dest(i), c.arg(i.X), c.asInt(i.Index))
		return
	}
	out := []reflect.Type{l.rt.Elem()}
	if i.CommaOk {
		out = append(out, reflect.TypeFor[bool]())
	}
	h := c.m.helper("G", fmt.Sprint(l.rt, i.CommaOk), func() reflect.Value {
		return makeFunc([]reflect.Type{l.rt, l.rt.Key()}, out, func(in []reflect.Value) []reflect.Value {
			v := mapIndex(in[0], in[1])
			ok := v.IsValid()
			if !ok {
				v = reflect.Zero(l.rt.Elem())
			}
			return []reflect.Value{v, reflect.ValueOf(ok)}[:len(out)]
		})
	}, l.rt)
	d := []string{""}
	if i.CommaOk {
		d = c.dests(i, i.Type().(*types.Tuple))
	} else {
		d[0] = c.dest(i)
	}
	c.line("%s = %s(%s, %s)", strings.Join(d, ", "), h, c.under(i.X), c.arg(i.Index))
}

func (c *printer) mapUpdate(i *ssa.MapUpdate) {
	c.at(i.Pos())
	l := c.m.inside(i.Map.Type())
	h := c.m.helper("U", l.rt.String(), func() reflect.Value {
		return makeFunc([]reflect.Type{l.rt, l.rt.Key(), l.rt.Elem()}, nil, func(in []reflect.Value) []reflect.Value {
			hashable(in[1])
			in[0].SetMapIndex(in[1], in[2])
			return nil
		})
	}, l.rt)
	c.line("%s(%s, %s, %s)", h, c.under(i.Map), c.arg(i.Key), c.arg(i.Value))
}

func (c *printer) next(i *ssa.Next) {
	tuple := i.Type().(*types.Tuple)
	d := c.dests(i, tuple)
	out := []reflect.Type{reflect.TypeFor[bool]()}
	rng := i.Iter.(*ssa.Range)
	types2 := [2]types.Type{types.Typ[types.Int], types.Typ[types.Rune]}
	if m, ok := rng.X.Type().Underlying().(*types.Map); ok {
		types2 = [2]types.Type{m.Key(), m.Elem()}
	}
	for n, t := range types2 {
		if d[n+1] != "_" {
			t = tuple.At(n + 1).Type()
		} else {
			d[n+1] = c.temp(c.m.layoutOf(t).text)
		}
		out = append(out, c.m.layoutOf(t).rt)
	}
	h := c.m.helper("W", fmt.Sprint(out), func() reflect.Value {
		return makeFunc([]reflect.Type{reflect.TypeFor[*iterator]()}, out, func(in []reflect.Value) []reflect.Value {
			ok, k, v := in[0].Interface().(*iterator).next()
			if !ok {
				return []reflect.Value{reflect.ValueOf(false), reflect.Zero(out[1]), reflect.Zero(out[2])}
			}
			return []reflect.Value{reflect.ValueOf(true), k, v}
		})
	}, out...)
	c.line("%s = %s(%s)", strings.Join(d, ", "), h, c.names[rng])
}
