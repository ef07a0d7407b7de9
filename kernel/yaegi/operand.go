package yaegi

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"reflect"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// Variables of core Go, operands, and constants.

// declare makes a variable.
func (c *printer) declare(text, name string) string {
	c.vars[text] = append(c.vars[text], name)
	return name
}

// temp makes a variable without a value in SSA form.
func (c *printer) temp(text string) string {
	c.temps++
	return c.declare(text, fmt.Sprintf("t%d", c.temps))
}

// zero is an expression for the zero value of a type: a variable that nothing
// is assigned to.
func (c *printer) zero(text string) string {
	for _, n := range c.vars[text] {
		if n[0] == 'z' {
			return n
		}
	}
	c.temps++
	return c.declare(text, "z"+strconv.Itoa(c.temps))
}

// layout is the layout of a value's type.
func (c *printer) layout(v ssa.Value) *layout { return c.m.layoutOf(v.Type()) }

// dest is the variable of an instruction's value.
func (c *printer) dest(v ssa.Value) string {
	if name, ok := c.names[v]; ok {
		return name
	}
	name := fmt.Sprintf("v%d", len(c.names))
	c.names[v] = name
	return c.declare(c.layout(v).text, name)
}

// dests are the variables of the parts of a tuple.
func (c *printer) dests(v ssa.Value, tuple *types.Tuple) []string {
	name, ok := c.names[v]
	if !ok {
		name = fmt.Sprintf("v%d", len(c.names))
		c.names[v] = name
		for i := range tuple.Len() {
			if t := tuple.At(i).Type(); t != types.Typ[types.Invalid] {
				c.declare(c.m.layoutOf(t).text, fmt.Sprintf("%s_%d", name, i))
			}
		}
	}
	out := make([]string, tuple.Len())
	for i := range out {
		out[i] = fmt.Sprintf("%s_%d", name, i)
		if tuple.At(i).Type() == types.Typ[types.Invalid] {
			out[i] = "_"
		}
	}
	return out
}

// arg is an operand.
func (c *printer) arg(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		return c.constant(v)
	case *ssa.Global:
		return c.m.variable(v)
	case *ssa.Function:
		return c.m.functionValue(v)
	case *ssa.Extract:
		return c.dests(v.Tuple, v.Tuple.Type().(*types.Tuple))[v.Index]
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

// under is an operand of which something is asked that its type consists of.
func (c *printer) under(v ssa.Value) string {
	l := c.layout(v)
	if !l.opaque {
		return c.arg(v)
	}
	return c.reshape(c.arg(v), l, c.m.inside(v.Type()))
}

// reshape is an expression of one layout as one of another.
func (c *printer) reshape(x string, from, to *layout) string {
	if from.rt == to.rt {
		return x
	}
	h := c.m.helper("C", from.rt.String()+"→"+to.rt.String(), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value { return reshaped(v, to.rt) })
	}, from.rt, to.rt)
	return fmt.Sprintf("%s(%s)", h, x)
}

// constant prints a constant.
func (c *printer) constant(k *ssa.Const) string {
	l := c.layout(k)
	if k.Value == nil {
		return c.zero(l.text)
	}
	switch l.rt {
	case reflect.TypeFor[int]():
		if i, ok := constant.Int64Val(constant.ToInt(k.Value)); ok {
			if i == math.MinInt64 {
				return "(-9223372036854775807 - 1)"
			}
			return strconv.FormatInt(i, 10)
		}
	case reflect.TypeFor[string]():
		if k.Value.Kind() == constant.String {
			return strconv.Quote(constant.StringVal(k.Value))
		}
	case reflect.TypeFor[bool]():
		return k.Value.String()
	}
	v := reflect.New(l.rt).Elem()
	setConstant(v, k.Value)
	return c.m.helper("K", fmt.Sprintf("%s %s", l.rt, k.Value.ExactString()), func() reflect.Value { return v }, l.rt)
}

// setConstant sets v to a constant's value.
func setConstant(v reflect.Value, k constant.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(constant.BoolVal(k))
	case reflect.String:
		if k.Kind() == constant.Int {
			i, _ := constant.Int64Val(k)
			v.SetString(string(rune(i)))
			return
		}
		v.SetString(constant.StringVal(k))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, _ := constant.Int64Val(constant.ToInt(k))
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		u, _ := constant.Uint64Val(constant.ToInt(k))
		v.SetUint(u)
	case reflect.Float32:
		f, _ := constant.Float32Val(constant.ToFloat(k))
		v.SetFloat(float64(f))
	case reflect.Float64:
		f, _ := constant.Float64Val(constant.ToFloat(k))
		v.SetFloat(f)
	case reflect.Complex64, reflect.Complex128:
		z := constant.ToComplex(k)
		re, _ := constant.Float64Val(constant.Real(z))
		im, _ := constant.Float64Val(constant.Imag(z))
		v.SetComplex(complex(re, im))
	default:
		refuse(token.NoPos, "a constant of type %s", v.Type())
	}
}
