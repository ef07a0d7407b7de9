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

// A box is a value of a type that compiled code does not know, in an interface.
// Boxes are equal if what is in them is.
type box struct {
	t *typ
	v any // of the type's layout
}

// Self, Has and Invoke make proxies for boxes.
func (b box) Self() any { return b }

// Has reports whether the type has an exported method of that signature.
func (b box) Has(name string, sig reflect.Type) bool { return b.t.method(nil, name).sig == sig }

// Invoke calls a method for compiled code.
func (b box) Invoke(name string, args ...any) (out values) {
	fn := b.t.method(nil, name).fn
	f := b.t.m.compiled(fn)
	in := make(values, len(args)+1)
	in[0] = b.value()
	for i, a := range args {
		if in[i+1] = reflect.ValueOf(a); a == nil {
			in[i+1] = reflect.Zero(f.code.Load().Type().In(i + 2))
		}
	}
	f.called(func(caller *Frame) { out = f.call(caller, in) })
	return out
}

// unbox is the box that v is, or that is behind it.
func unbox(v any) (b box, ok bool) {
	if e, isElsewhere := v.(proxy.Elsewhere); isElsewhere {
		b, ok = e.Self().(box)
	}
	return b, ok
}

// value is what is in the box.
func (b box) value() reflect.Value { return reflect.ValueOf(b.v) }

// wrap makes a box a value of an interface that compiled code knows, or nil if it
// cannot be. Errors are such also where they need not be, as for %w and in a panic.
func (b box) wrap(iface reflect.Type) any {
	switch {
	case iface == anyType && !b.Has("Error", textType):
		return b
	case iface != anyType && iface != errorType:
		return proxy.New(iface, b)
	}
	return proxy.Error(b)
}

// put is a value of the type in an interface of the cells' code.
func (t *typ) put(v reflect.Value, iface reflect.Type) reflect.Value {
	if !t.exact {
		return reflect.ValueOf(box{t, v.Interface()}.wrap(iface))
	}
	if t.rt == standard.FileType {
		if s := t.m.streams.Stream(v.Interface().(*os.File)); s != nil {
			return reflect.ValueOf(s) // a standard stream takes the file's place
		}
	}
	return v
}

// nameOf is the type of what is in an interface, as people know it, or "".
func nameOf(v any) string {
	if b, ok := unbox(v); ok {
		return b.t.name()
	}
	if v == nil {
		return ""
	}
	return reflect.TypeOf(v).String()
}

// assert is a value of an interface as one of the type; missing is the method that it
// lacks for that.
func (t *typ) assert(v any) (got reflect.Value, missing string, ok bool) {
	b, isBox := unbox(v)
	iface, isInterface := t.t.Underlying().(*types.Interface)
	switch {
	case v == nil:
		return got, "", false
	case !isInterface:
		if isBox && b.t == t {
			return b.value(), "", true
		}
		return reflect.ValueOf(v), "", t.exact && reflect.TypeOf(v) == t.rt
	case isBox:
		methods := types.NewMethodSet(b.t.t)
		missing = t.m.missing(iface, func(f *types.Func) bool {
			sel := methods.Lookup(f.Pkg(), f.Name())
			return sel != nil && t.m.key(sel.Type()) == t.m.key(f.Type())
		})
		if v = b.wrap(t.rt); v == nil && missing == "" {
			cannot("make a %s a %s", b.t.name(), t.rt)
		}
	case t.rt == anyType || !reflect.TypeOf(v).Implements(t.rt):
		missing = t.m.missing(iface, func(f *types.Func) bool {
			method := reflect.ValueOf(v).MethodByName(f.Name())
			return f.Exported() && method.IsValid() && method.Type() == t.m.typOf(f.Type()).rt
		})
	}
	return reflect.ValueOf(v), missing, missing == ""
}

// equal is a == b of interfaces.
func equal(a, b any) bool {
	x, ok := unbox(a)
	y, ok2 := unbox(b)
	if ok && ok2 && x.t == y.t && !x.t.inside.Comparable() {
		panic(runtimeerror.Of("comparing uncomparable type %s", x.t.name()))
	}
	return ok && ok2 && x == y || !ok && !ok2 && a == b
}

func (c *printer) makeInterface(i *ssa.MakeInterface) {
	t, to := c.m.typOf(i.X.Type()), c.typ(i).rt
	if !t.exact {
		for sel := range types.NewMethodSet(i.X.Type()).Methods() { // which may be called then
			if fn := c.m.cfg.MethodValue(sel); fn != nil && c.m.bodyOf(fn) != nil {
				c.m.need(c.m.bodyOf(fn))
			}
		}
		if to != anyType && to != errorType && proxy.New(to, nil) == nil {
			refuse(i.Pos(), "a %s as a %s", t.name(), c.typ(i).name())
		}
	}
	c.native(i, "interface "+c.m.key(i.X.Type()), func(_ *Frame, in values) values { return one(t.put(in[0], to)) }, i.X)
}

func (c *printer) changeInterface(i, x ssa.Value) {
	if c.typ(x).rt == c.typ(i).rt {
		c.set(i, "%s", c.arg(x))
		return
	}
	t := c.m.typOf(i.Type())
	c.native(i, "change "+c.m.key(i.Type()), func(_ *Frame, in values) values {
		got, _, _ := t.assert(inside(in[0]))
		return one(got)
	}, x)
}

func (c *printer) typeAssert(i *ssa.TypeAssert) {
	t, static, isInterface := c.m.typOf(i.AssertedType), c.typ(i.X).name(), types.IsInterface(i.AssertedType)
	if isInterface {
		static = "interface"
	}
	// A method value of a nil interface is such an assertion in SSA form.
	nilCheck := isInterface && !i.CommaOk && types.Identical(i.X.Type(), i.AssertedType)
	c.native(i, fmt.Sprint("assert ", static, "→", c.m.key(i.AssertedType), nilCheck), func(_ *Frame, in values) values {
		v := in[0].Interface()
		if nilCheck && v == nil {
			panic(runtimeerror.NilDereference())
		}
		got, missing, ok := t.assert(v)
		if !ok && !i.CommaOk {
			panic(runtimeerror.Assertion(static, nameOf(v), t.name(), missing))
		}
		if !ok {
			got = reflect.Value{}
		}
		return values{got, reflect.ValueOf(ok)}
	}, i.X)
}
