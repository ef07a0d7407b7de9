package yaegi

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

func (c *printer) unOp(i *ssa.UnOp) {
	switch i.Op {
	case token.MUL:
		c.at(i.Pos())
		c.line("%s = %s", c.dest(i), c.deref(i.X))
	case token.ARROW:
		c.recv(i)
	default:
		c.line("%s = %s%s", c.dest(i), i.Op, c.arg(i.X))
	}
}

func (c *printer) binOp(i *ssa.BinOp) {
	x, y := c.arg(i.X), c.arg(i.Y)
	switch i.Op {
	case token.EQL, token.NEQ:
		c.comparison(i, x, y)
		return
	case token.QUO, token.REM:
		c.at(i.Pos())
		if isInteger(i.Y.Type()) {
			k, constant := i.Y.(*ssa.Const)
			switch {
			case !constant || k.Value == nil:
				c.line("if %s == %s { h.Divide() }", y, c.zero(c.layout(i.Y).text))
			case k.Value.String() == "0": // which yaegi does not compile
				c.line("h.Divide()")
				return
			}
		}
	case token.SHL, token.SHR:
		c.at(i.Pos())
		b := i.Y.Type().Underlying().(*types.Basic)
		if k, ok := i.Y.(*ssa.Const); ok && constant.Sign(k.Value) < 0 {
			c.line("h.Shift()")
			y = "uint(0)" // never reached
		} else if ok {
			y = fmt.Sprintf("uint(%s)", k.Value)
		} else {
			if b.Info()&types.IsUnsigned == 0 {
				c.line("if %s < 0 { h.Shift() }", c.asInt(i.Y))
			}
			t := c.temp("uint")
			c.line("%s = uint(%s)", t, y)
			y = t
		}
		if _, ok := i.X.(*ssa.Const); ok { // or yaegi takes it for a constant
			t := c.temp(c.layout(i.X).text)
			c.line("%s = %s", t, x)
			x = t
		}
	}
	l := c.layout(i)
	if l.rt.Kind() == reflect.Complex64 || l.rt.Kind() == reflect.Complex128 || l.rt.Kind() == reflect.Bool && c.layout(i.X).rt.Kind() == reflect.String && (isConst(i.X) && isConst(i.Y)) {
		c.line("%s = %s(%s, %s)", c.dest(i), c.m.operator(i.Op, c.layout(i.X).rt), x, y)
		return
	}
	if isConst(i.X) && isConst(i.Y) {
		t := c.temp(c.layout(i.X).text)
		c.line("%s = %s", t, x)
		x = t
	}
	c.line("%s = %s %s %s", c.dest(i), x, i.Op, y)
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// comparison prints == and !=.
func (c *printer) comparison(i *ssa.BinOp, x, y string) {
	d := c.dest(i)
	l := c.layout(i.X)
	switch l.rt.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64, reflect.String:
		if !isConst(i.X) || !isConst(i.Y) {
			c.line("%s = %s %s %s", d, x, i.Op, y)
			return
		}
	}
	c.at(i.Pos())
	ly := c.layout(i.Y)
	isNil := func(v ssa.Value) bool { k, ok := v.(*ssa.Const); return ok && k.Value == nil }
	nilable := false
	switch l.rt.Kind() {
	case reflect.Slice, reflect.Map, reflect.Func, reflect.Pointer, reflect.UnsafePointer, reflect.Chan, reflect.Interface:
		nilable = true
	}
	switch {
	case nilable && (isNil(i.Y) || isNil(i.X)):
		if isNil(i.X) {
			x, l = y, ly
		}
		h := c.m.helper("Z", l.rt.String(), func() reflect.Value {
			return make1(l.rt, reflect.TypeFor[bool](), func(v reflect.Value) reflect.Value { return reflect.ValueOf(v.IsNil()) })
		}, l.rt)
		c.line("%s = %s(%s)", d, h, x)
	default:
		h := c.m.helper("B", fmt.Sprint(l.rt, " == ", ly.rt), func() reflect.Value {
			return makeFunc([]reflect.Type{l.rt, ly.rt}, []reflect.Type{reflect.TypeFor[bool]()}, func(in []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf(equalValues(in[0], in[1]))}
			})
		}, l.rt, ly.rt)
		c.line("%s = %s(%s, %s)", d, h, x, y)
	}
	if i.Op == token.NEQ {
		c.line("%s = !%s", d, d)
	}
}

func (c *printer) convert(i ssa.Value, x ssa.Value) {
	from, to := c.layout(x), c.layout(i)
	switch {
	case from.rt == to.rt:
		c.line("%s = %s", c.dest(i), c.arg(x))
		return
	case from.rt == pointerType || to.rt == pointerType:
		c.line("%s = (%s)(%s)", c.dest(i), to.text, c.arg(x))
		return
	}
	if isNumber(from.rt.Kind()) && isNumber(to.rt.Kind()) && !isConst(x) && to.rt.PkgPath() == "" && from.rt.PkgPath() == "" {
		c.line("%s = %s(%s)", c.dest(i), to.text, c.arg(x))
		return
	}
	c.at(i.Pos())
	h := c.m.helper("C", from.rt.String()+"→"+to.rt.String(), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value { return reshaped(v, to.rt) })
	}, from.rt, to.rt)
	c.line("%s = %s(%s)", c.dest(i), h, c.under(x))
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}
