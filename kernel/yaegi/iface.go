package yaegi

import (
	"fmt"
	"go/types"
	"os"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched/standard"
	"github.com/gosched/gosched/kernel/stdlib/proxy"
)

func (c *printer) makeInterface(i *ssa.MakeInterface) {
	t, to := c.m.typOf(i.X.Type()), c.typ(i).rt
	if !t.exact {
		c.m.needMethods(i.X.Type())
		if to != anyType && to != errorType && proxy.New(to, nil) == nil {
			refuse(i.Pos(), "a %s as a %s", t.name(), typeName(i.Type()))
		}
	}
	if c.typ(i.X).rt == standard.FileType {
		c.native(i, "file", func(f *Frame, in []reflect.Value) []reflect.Value {
			if s := f.t.m.streams.Stream(in[0].Interface().(*os.File)); s != nil {
				return oneOf(s) // a standard stream takes the file's place
			}
			return one(t.put(in[0], to))
		}, i.X)
		return
	}
	c.native(i, "interface "+c.m.key(i.X.Type()), func(_ *Frame, in []reflect.Value) []reflect.Value { return one(t.put(in[0], to)) }, i.X)
}

func (c *printer) changeInterface(i, x ssa.Value) {
	if c.typ(x).rt == c.typ(i).rt {
		c.set(i, "%s", c.arg(x))
		return
	}
	t := c.m.typOf(i.Type())
	c.native(i, "change "+c.m.key(i.Type()), func(_ *Frame, in []reflect.Value) []reflect.Value {
		got, _, _ := t.assert(inside(in[0]))
		return one(got)
	}, x)
}

func (c *printer) typeAssert(i *ssa.TypeAssert) {
	t, static, isInterface := c.m.typOf(i.AssertedType), typeName(i.X.Type()), types.IsInterface(i.AssertedType)
	switch {
	case isInterface:
		static = "interface"
	case static == "any":
		static = "interface {}"
	}
	// A method value of a nil interface is such an assertion in SSA form.
	nilCheck := isInterface && !i.CommaOk && types.Identical(i.X.Type(), i.AssertedType)
	c.native(i, fmt.Sprint("assert ", static, "→", c.m.key(i.AssertedType), nilCheck), func(_ *Frame, in []reflect.Value) []reflect.Value {
		v := in[0].Interface()
		if nilCheck && v == nil {
			panic(nilDereference())
		}
		got, missing, ok := t.assert(v)
		if !ok && !i.CommaOk {
			panic(runtimeerror.Assertion(static, nameOf(v), t.name(), missing))
		}
		if !ok {
			got = reflect.Value{}
		}
		return []reflect.Value{got, reflect.ValueOf(ok)}
	}, i.X)
}
