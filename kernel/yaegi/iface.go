package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (c *printer) makeInterface(i *ssa.MakeInterface) {
	t, from, to := c.m.typOf(i.X.Type()), c.layout(i.X), c.layout(i)
	c.at(i.Pos())
	if !t.layout.exact {
		c.m.needMethods(i.X.Type())
		if !canWrap(to.rt) {
			refuse(i.Pos(), "a %s as a %s", t.name(), typeName(i.Type()))
		}
	}
	if from.rt == fileType {
		c.line("%s = %s(%s)", c.dest(i), c.m.fileHelper(to.rt), c.arg(i.X))
		return
	}
	h := c.m.helper("I", fmt.Sprint(c.m.key(i.X.Type()), "→", to.rt), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value { return t.put(v, to.rt) })
	}, from.rt, to.rt)
	c.line("%s = %s(%s)", c.dest(i), h, c.arg(i.X))
}

func (c *printer) changeInterface(i, x ssa.Value) {
	from, to := c.layout(x), c.layout(i)
	if from.rt == to.rt {
		c.line("%s = %s", c.dest(i), c.arg(x))
		return
	}
	t := c.m.typOf(i.Type())
	h := c.m.helper("J", fmt.Sprint(from.rt, "→", c.m.key(i.Type())), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value {
			if v.IsNil() {
				return reflect.Zero(to.rt)
			}
			out, missing, ok := t.convert(v.Interface())
			if !ok {
				panic(assertionError(fmt.Sprintf("%s is not %s: missing method %s", nameOf(v.Interface()), t.name(), missing)))
			}
			return out
		})
	}, from.rt, to.rt)
	c.line("%s = %s(%s)", c.dest(i), h, c.arg(x))
}

func (c *printer) typeAssert(i *ssa.TypeAssert) {
	c.at(i.Pos())
	from, t := c.layout(i.X), c.m.typOf(i.AssertedType)
	to := c.m.layoutOf(i.AssertedType)
	static := typeName(i.X.Type())
	if static == "any" {
		static = "interface {}"
	}
	isInterface := types.IsInterface(i.AssertedType)
	// A method value of a nil interface is such an assertion in SSA form.
	nilCheck := isInterface && !i.CommaOk && types.Identical(i.X.Type(), i.AssertedType)
	out := []reflect.Type{to.rt}
	if i.CommaOk {
		out = append(out, reflect.TypeFor[bool]())
	}
	key := fmt.Sprint(from.rt, static, "→", c.m.key(i.AssertedType), i.CommaOk, nilCheck, t.layout.rt)
	h := c.m.helper("X", key, func() reflect.Value {
		return makeFunc([]reflect.Type{from.rt}, out, func(in []reflect.Value) []reflect.Value {
			v := in[0].Interface()
			var got reflect.Value
			var missing string
			var ok bool
			if nilCheck && v == nil {
				panic(nilDereference())
			}
			if isInterface {
				got, missing, ok = t.convert(v)
			} else {
				got, ok = t.get(v)
			}
			if !ok {
				got = reflect.Zero(to.rt)
			}
			if i.CommaOk {
				return []reflect.Value{got, reflect.ValueOf(ok)}
			}
			if !ok {
				panic(assertionError(failedAssertion(static, v, t.name(), missing, isInterface)))
			}
			return []reflect.Value{got}
		})
	}, from.rt, to.rt)
	if i.CommaOk {
		d := c.dests(i, i.Type().(*types.Tuple))
		c.line("%s = %s(%s)", strings.Join(d, ", "), h, c.arg(i.X))
		return
	}
	c.line("%s = %s(%s)", c.dest(i), h, c.arg(i.X))
}

// failedAssertion words a failed assertion as Go does.
func failedAssertion(static string, v any, want, missing string, isInterface bool) string {
	switch {
	case v == nil && isInterface:
		return "interface is nil, not " + want
	case v == nil:
		return static + " is nil, not " + want
	case isInterface:
		return fmt.Sprintf("%s is not %s: missing method %s", nameOf(v), want, missing)
	}
	return fmt.Sprintf("%s is %s, not %s", static, nameOf(v), want)
}
