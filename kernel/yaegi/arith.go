package yaegi

import (
	"fmt"
	"go/constant"
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

func (c *printer) unOp(i *ssa.UnOp) {
	switch i.Op {
	case token.MUL:
		c.at(i.Pos())
		c.set(i, "%s", c.deref(i.X))
	case token.ARROW:
		c.at(i.Pos())
		site := c.site(i.X)
		c.native(i, fmt.Sprintf("receive %p", i), func(f *Frame, in values) values {
			v, ok := f.recv(in[0], site)
			return values{v, reflect.ValueOf(ok)}
		}, opened{i.X})
	default:
		c.set(i, "%s%s", i.Op, c.arg(i.X))
	}
}

func (c *printer) binOp(i *ssa.BinOp) {
	x, y := c.arg(i.X), c.arg(i.Y)
	switch i.Op {
	case token.EQL, token.NEQ:
		c.comparison(i, x, y)
		return
	case token.SUB:
		if k, ok := i.Y.(*ssa.Const); ok && k.Value != nil && constant.Sign(k.Value) == 0 { // yaegi adds 0, and -0 is lost
			c.set(i, "%s", c.put(c.typ(i.X).rt, x))
			return
		}
	case token.QUO, token.REM:
		c.at(i.Pos())
		if k, ok := i.Y.(*ssa.Const); ok && k.Value != nil && constant.Sign(k.Value) == 0 { // which yaegi does not compile
			y = c.put(c.typ(i.Y).rt, y)
		}
	case token.SHL, token.SHR:
		c.at(i.Pos())
		if k, ok := i.Y.(*ssa.Const); ok && constant.Sign(k.Value) >= 0 {
			y = fmt.Sprintf("uint(%s)", k.Value)
			break
		}
		n := c.put(intType, c.asInt(i.Y))
		if !composite.Unsigned(i.Y.Type()) {
			c.line("if %s < 0 {", n)
			c.native(nil, "shift", func(*Frame, values) values { panic(runtimeerror.Of("negative shift amount")) })
			c.line("}")
		}
		y = c.put(reflect.TypeFor[uint](), "uint("+n+")")
	}
	if isConst(i.X) && (isConst(i.Y) || i.Op == token.SHL || i.Op == token.SHR) { // or yaegi takes it for a constant
		x = c.put(c.typ(i.X).rt, x)
	}
	if k := c.typ(i.X).rt.Kind(); k == reflect.Complex64 || k == reflect.Complex128 { // which yaegi gets wrong
		c.native(i, i.Op.String(), func(_ *Frame, in values) values {
			return oneOf(complexOp(i.Op, in[0].Complex(), in[1].Complex()))
		}, i.X, i.Y)
		return
	}
	c.set(i, "%s %s %s", x, i.Op, y)
}

// complexOp is x op y: Go, too, computes with 128 bits.
func complexOp(op token.Token, x, y complex128) complex128 {
	switch op {
	case token.ADD:
		return x + y
	case token.SUB:
		return x - y
	case token.MUL:
		return x * y
	}
	return x / y
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

// comparison prints == and !=.
func (c *printer) comparison(i *ssa.BinOp, x, y string) {
	if k := c.typ(i.X).rt.Kind(); (k <= reflect.Float64 || k == reflect.String) && (!isConst(i.X) || !isConst(i.Y)) {
		c.set(i, "%s %s %s", x, i.Op, y)
		return
	}
	c.at(i.Pos())
	equal := i.Op == token.EQL
	c.native(i, i.Op.String(), func(_ *Frame, in values) values { return oneOf(equalValues(in[0], in[1]) == equal) }, opened{i.X}, opened{i.Y})
}

func (c *printer) convert(i ssa.Value, x ssa.Value) {
	from, to := c.typ(x), c.typ(i)
	plain := func(t reflect.Type) bool {
		return t.PkgPath() == "" && t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 && t.Kind() != reflect.Uintptr
	}
	switch {
	case from.rt == to.rt:
		c.set(i, "%s", c.arg(x))
	case from.rt == pointerType || to.rt == pointerType:
		c.set(i, "(%s)(%s)", c.m.text(to.rt), c.arg(x))
	case plain(from.rt) && plain(to.rt) && !isConst(x):
		c.set(i, "%s(%s)", c.m.text(to.rt), c.arg(x))
	default:
		c.at(i.Pos())
		c.native(i, "convert", func(_ *Frame, in values) values { return in }, opened{x})
	}
}
