package yaegi

import (
	"fmt"
	"go/types"
	"math"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/literal"
)

// declare makes a variable.
func (c *printer) declare(prefix string, rt reflect.Type) string {
	name := fmt.Sprintf("%s%d", prefix, len(c.vars))
	c.vars = append(c.vars, variable{name, rt})
	return name
}

// put assigns x to a variable of its own.
func (c *printer) put(rt reflect.Type, x string) string {
	t := c.declare("t", rt)
	c.line("%s = %s", t, x)
	return t
}

// zero is an expression for the zero value of a type: a variable that nothing
// is assigned to.
func (c *printer) zero(rt reflect.Type) string {
	for _, v := range c.vars {
		if v.rt == rt && v.name[0] == 'z' {
			return v.name
		}
	}
	return c.declare("z", rt)
}

// typ is the type of a value.
func (c *printer) typ(v ssa.Value) *typ { return c.m.typOf(v.Type()) }

// results are the variables of a value, one for each part of a tuple, and their types.
func (c *printer) results(v ssa.Value) (names []string, rts []reflect.Type) {
	if v == nil {
		return nil, nil
	}
	if tuple, ok := v.Type().(*types.Tuple); ok {
		rts = composite.List(tuple, func(t types.Type) reflect.Type { return c.m.typOf(t).rt })
	} else {
		rts = []reflect.Type{c.typ(v).rt}
	}
	if c.names[v] == nil {
		for _, rt := range rts {
			c.names[v] = append(c.names[v], c.declare("v", rt))
		}
	}
	return c.names[v], rts
}

// dest is the variable of an instruction's value.
func (c *printer) dest(v ssa.Value) string {
	names, _ := c.results(v)
	return names[0]
}

// set assigns an instruction's value.
func (c *printer) set(v ssa.Value, format string, args ...any) {
	c.line("%s = %s", c.dest(v), fmt.Sprintf(format, args...))
}

// arg is an operand.
func (c *printer) arg(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		return c.constant(v)
	case *ssa.Global:
		p, to := c.m.memory(v), c.typ(v).rt
		return c.m.helper("Var", fmt.Sprintf("%p", p.UnsafePointer()), func() reflect.Value { return reshaped(p, to) }, to)
	case *ssa.Function:
		return c.functionValue(v)
	case *ssa.Extract:
		names, _ := c.results(v.Tuple)
		return names[v.Index]
	case *ssa.Builtin:
		refuse(v.Pos(), "%s as a value", v.Name())
	}
	return c.dest(v)
}

func (c *printer) args(vs []ssa.Value) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = c.arg(v)
	}
	return out
}

// variable is an operand as a variable of the type that it consists of.
func (c *printer) variable(v ssa.Value) string {
	if t := c.typ(v); t.raw() && t.inside.Kind() == reflect.Pointer {
		return c.put(t.inside, "("+c.m.text(t.inside)+")("+c.arg(v)+")")
	} else if t.raw() {
		return c.put(t.inside, c.m.helper("C", "", func() reflect.Value {
			f := reflect.FuncOf([]reflect.Type{t.rt}, []reflect.Type{t.inside}, false)
			return reflect.MakeFunc(f, func(in values) values { return one(reshaped(in[0], t.inside)) })
		}, t.rt, t.inside)+"("+c.arg(v)+")")
	}
	if isConst(v) { // yaegi takes indices of variables only
		return c.put(c.typ(v).rt, c.arg(v))
	}
	return c.arg(v)
}

// constant prints a constant.
func (c *printer) constant(k *ssa.Const) string {
	rt := c.typ(k).rt
	if k.Value == nil {
		return c.zero(rt)
	}
	v := reflect.New(rt).Elem()
	literal.Set(v, k.Value)
	switch {
	case rt == boolType, rt == intType && v.Int() != math.MinInt:
		return fmt.Sprint(v)
	case rt == reflect.TypeFor[string]():
		return strconv.Quote(v.String())
	}
	return c.m.helper("K", k.Value.ExactString(), func() reflect.Value { return v }, rt)
}

// asInt is an integer operand as an int.
func (c *printer) asInt(v ssa.Value) string {
	if k, ok := v.(*ssa.Const); ok {
		return fmt.Sprint(k.Int64())
	}
	if c.typ(v).rt == intType {
		return c.arg(v)
	}
	return c.put(intType, "int("+c.arg(v)+")")
}

// values are the arguments, or the results, of a call.
type values = []reflect.Value

// An action is what a helper does; asInt is a number that it gets.
type action func(f *Frame, in values) values

func asInt(v reflect.Value) int { return int(v.Convert(intType).Int()) }

// opened is an operand for an action that it gets as what its type consists of.
type opened struct{ ssa.Value }

// native has a helper do what core Go cannot, and assigns what it returns to the
// value v, if that is not nil. The action gets the arguments as what they are kept as, or,
// opened ones, as what they consist of. What it returns is brought into the types of v's
// parts: invalid values become zero, and more than there are parts are left out. There is
// one helper for all calls of the same kind with the same types.
func (c *printer) native(v ssa.Value, kind string, do action, args ...ssa.Value) {
	texts := []string{"fr"}
	in, inside := []reflect.Type{frameType}, []reflect.Type{frameType} // of arguments, and what they are opened to
	for _, a := range args {
		open := c.typ(a).rt
		if o, ok := a.(opened); ok {
			a, open = o.Value, c.m.inside(a.Type())
		}
		texts, in, inside = append(texts, c.arg(a)), append(in, c.typ(a).rt), append(inside, open)
	}
	names, out := c.results(v)
	of := append([]reflect.Type{nil}, out...) // what tells it from others
	if len(out) == 1 {
		of[0] = c.m.inside(v.Type())
	}
	h := c.m.helper("N", kind, func() reflect.Value {
		return reflect.MakeFunc(reflect.FuncOf(in, out, false), func(args values) values {
			for i, t := range inside {
				args[i] = reshaped(args[i], t)
			}
			res := do(args[0].Interface().(*Frame), args[1:])[:len(out)]
			for i, t := range out {
				if res[i].IsValid() {
					res[i] = reshaped(res[i], t)
				} else {
					res[i] = reflect.Zero(t)
				}
			}
			return res
		})
	}, append(append(of, in...), inside...)...)
	c.assign(names, h+"("+strings.Join(texts, ", ")+")")
}

// assign assigns what a call returns.
func (c *printer) assign(names []string, call string) {
	if len(names) > 0 {
		call = strings.Join(names, ", ") + " = " + call
	}
	c.line("%s", call)
}

func one(v reflect.Value) values { return values{v} }

func oneOf(v any) values { return one(reflect.ValueOf(v)) }
