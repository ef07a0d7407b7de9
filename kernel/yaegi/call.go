package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/sched"
)

// A callee is what a call calls.
type callee struct {
	name string
	args []ssa.Value // with the receiver, the function value or the free variables
	in   []reflect.Type
	out  []reflect.Type
	// expr is the call in core Go.
	expr func(args []string) string
	// do calls it.
	do func(f *Frame, args []reflect.Value) []reflect.Value
}

func (c *printer) layoutsOf(vs []ssa.Value) []reflect.Type {
	out := make([]reflect.Type, len(vs))
	for i, v := range vs {
		out[i] = c.layout(v).rt
	}
	return out
}

func (c *printer) callee(common *ssa.CallCommon) callee {
	k := callee{args: common.Args}
	sig := common.Signature()
	for i := range sig.Results().Len() {
		k.out = append(k.out, c.m.layoutOf(sig.Results().At(i).Type()).rt)
	}
	switch {
	case common.IsInvoke():
		k.args = append([]ssa.Value{common.Value}, common.Args...)
		k.in = c.layoutsOf(k.args)
		method, m := common.Method, c.m
		k.name = method.Name()
		k.do = func(f *Frame, args []reflect.Value) []reflect.Value { return m.invoke(f, method, args[0], args[1:]) }
		h := c.m.helper("V", fmt.Sprint(method.Id(), k.in, k.out), func() reflect.Value { return framed(k.in, k.out, k.do) }, append(k.in, k.out...)...)
		k.expr = func(args []string) string { return h + "(" + strings.Join(append([]string{"fr"}, args...), ", ") + ")" }
	case common.StaticCallee() != nil:
		fn := common.StaticCallee()
		if mc, ok := common.Value.(*ssa.MakeClosure); ok {
			k.args = append(append([]ssa.Value{}, mc.Bindings...), common.Args...)
		}
		k.in = c.layoutsOf(k.args)
		k.name = funcname.Of(fn)
		if body := c.m.bodyOf(fn); body != nil {
			f := c.m.need(body)
			k.do = func(fr *Frame, args []reflect.Value) []reflect.Value { return f.call(fr, args) }
			k.expr = func(args []string) string {
				return fmt.Sprintf("f%d(%s)", f.id, strings.Join(append([]string{"fr"}, args...), ", "))
			}
			break
		}
		c.compiledCallee(&k, fn)
	default:
		k.args = append([]ssa.Value{common.Value}, common.Args...)
		k.in = c.layoutsOf(k.args)
		k.name = "func"
		opaque := c.layout(common.Value).opaque
		variadic := sig.Variadic()
		k.do = func(f *Frame, args []reflect.Value) []reflect.Value {
			v := args[0]
			if v.Kind() == reflect.Interface {
				v = v.Elem()
			}
			if !v.IsValid() || v.IsNil() {
				panic(nilDereference())
			}
			if variadic {
				return v.CallSlice(args[1:])
			}
			return v.Call(args[1:])
		}
		k.expr = func(args []string) string {
			if opaque || !strings.HasPrefix(args[0], "v") && !strings.HasPrefix(args[0], "a") {
				l := c.m.inside(common.Value.Type())
				t := c.temp(l.text)
				c.line("%s = %s", t, c.under(common.Value))
				args[0] = t
			}
			if variadic {
				args[len(args)-1] += "..."
			}
			return args[0] + "(" + strings.Join(args[1:], ", ") + ")"
		}
	}
	return k
}

// framed makes a helper that gets the frame of the call first.
func framed(in, out []reflect.Type, do func(f *Frame, args []reflect.Value) []reflect.Value) reflect.Value {
	return makeFunc(append([]reflect.Type{frameType}, in...), out, func(in []reflect.Value) []reflect.Value {
		f := in[0].Interface().(*Frame)
		out := do(f, in[1:])
		return out
	})
}

// compiledCallee completes k for a function without a body.
func (c *printer) compiledCallee(k *callee, fn *ssa.Function) {
	if stand, ok := c.m.standIn(fn); ok {
		k.do = stand.call
		h := c.m.helper("N", stand.name, func() reflect.Value { return stand.v })
		k.expr = func(args []string) string { return h + "(" + strings.Join(append([]string{"fr"}, args...), ", ") + ")" }
		return
	}
	if obj, ok := fn.Object().(*types.Func); ok && refused[obj.FullName()] {
		refuse(c.where(), "%s", fn)
	}
	v, err := c.m.compiledFunc(fn)
	if err != nil {
		refuse(c.where(), "%s", fn)
	}
	variadic := v.Type().IsVariadic()
	call := v
	if reflects(fn) {
		call = unboxing(v, fn.Object())
	}
	k.do = func(_ *Frame, args []reflect.Value) []reflect.Value {
		if variadic {
			return call.CallSlice(args)
		}
		return call.Call(args)
	}
	if fn.Signature.Recv() != nil && reflect.Zero(v.Type().In(0)).CanInterface() {
		if _, ok := reflect.Zero(v.Type().In(0)).Interface().(interface{ SetDeadline(time.Time) error }); ok {
			plain := k.do
			k.do = func(f *Frame, args []reflect.Value) []reflect.Value {
				return interruptible(f, args[0], fn.Name(), func() []reflect.Value { return plain(f, args) })
			}
			h := c.m.helper("N", "deadline "+fn.String(), func() reflect.Value { return framed(k.in, k.out, k.do) }, v.Type())
			k.expr = func(args []string) string { return h + "(" + strings.Join(append([]string{"fr"}, args...), ", ") + ")" }
			return
		}
	}
	h := c.m.helper("N", fn.String(), func() reflect.Value { return call }, v.Type())
	k.expr = func(args []string) string {
		if variadic {
			args[len(args)-1] += "..."
		}
		return h + "(" + strings.Join(args, ", ") + ")"
	}
}

func (c *printer) call(i *ssa.Call) {
	if b, ok := i.Call.Value.(*ssa.Builtin); ok {
		c.builtin(i, b)
		return
	}
	c.at(i.Pos())
	k := c.callee(&i.Call)
	expr := k.expr(c.args(k.args))
	c.assign(i, len(k.out), expr)
}

// assign assigns what a call returns.
func (c *printer) assign(i ssa.Value, results int, expr string) {
	switch results {
	case 0:
		c.line("%s", expr)
	case 1:
		c.line("%s = %s", c.dest(i), expr)
	default:
		c.line("%s = %s", strings.Join(c.dests(i, i.Type().(*types.Tuple)), ", "), expr)
	}
}

// later is the callee of a go or defer statement, where builtins are functions
// too.
func (c *printer) later(common *ssa.CallCommon) callee {
	b, ok := common.Value.(*ssa.Builtin)
	if !ok {
		return c.callee(common)
	}
	k := callee{name: b.Name(), args: common.Args, in: c.layoutsOf(common.Args)}
	k.do = func(f *Frame, args []reflect.Value) []reflect.Value {
		switch b.Name() {
		case "close":
			args[0].Close()
		case "panic":
			panicWith(inside(args[0]))
		case "recover": // not called by a deferred function, but one itself: it has no effect
		case "print", "println":
			printErr(f, b.Name() == "println", args)
		case "delete":
			args[0].SetMapIndex(args[1], reflect.Value{})
		case "copy":
			reflect.Copy(args[0], args[1])
		case "clear":
			args[0].Clear()
		default:
			panic("gosched: the yaegi engine does not know " + b.Name())
		}
		return nil
	}
	return k
}

func (c *printer) goStmt(i *ssa.Go) {
	c.at(i.Pos())
	k := c.later(&i.Call)
	h := c.m.once("go", i, func() reflect.Value {
		return framed(k.in, nil, func(f *Frame, args []reflect.Value) []reflect.Value {
			args = kept(args)
			f.spawn(k.name, func(root *Frame) { k.do(root, args) })
			return nil
		})
	})
	c.line("%s(%s)", h, strings.Join(append([]string{"fr"}, c.args(k.args)...), ", "))
}

func (c *printer) deferStmt(i *ssa.Defer) {
	c.at(i.Pos())
	k := c.later(&i.Call)
	on := "fr"
	if i.DeferStack != nil {
		on = c.arg(i.DeferStack)
	}
	h := c.m.once("defer", i, func() reflect.Value {
		return framed(k.in, nil, func(f *Frame, args []reflect.Value) []reflect.Value {
			args = kept(args)
			f.defers = append(f.defers, func(at *Frame) { k.do(at, args) })
			return nil
		})
	})
	c.line("%s(%s)", h, strings.Join(append([]string{on}, c.args(k.args)...), ", "))
}

// kept copies arguments that are to be used later.
func kept(args []reflect.Value) []reflect.Value {
	out := make([]reflect.Value, len(args))
	for i, a := range args {
		out[i] = reflect.New(a.Type()).Elem()
		out[i].Set(a)
	}
	return out
}

// once names a helper of one place.
func (m *Machine) once(what string, at any, make func() reflect.Value) string {
	return m.helper("D", fmt.Sprintf("%s %p", what, at), make)
}

func (c *printer) makeClosure(i *ssa.MakeClosure) {
	fn := i.Fn.(*ssa.Function)
	f := c.m.need(fn)
	in := c.layoutsOf(i.Bindings)
	l := c.m.layoutOf(fn.Signature)
	m := c.m
	h := c.m.helper("O", fmt.Sprintf("%p", fn), func() reflect.Value {
		return makeFunc(in, []reflect.Type{l.rt}, func(free []reflect.Value) []reflect.Value {
			free = kept(free)
			return []reflect.Value{reflect.MakeFunc(l.rt, func(args []reflect.Value) []reflect.Value { return m.callBack(f, free, args) })}
		})
	})
	c.line("%s = %s", c.dest(i), c.reshape(h+"("+strings.Join(c.args(i.Bindings), ", ")+")", l, c.layout(i)))
}

// functionValue is a function as a value. m.mu is held.
func (m *Machine) functionValue(fn *ssa.Function) string {
	l := m.layoutOf(fn.Signature)
	if fn.Signature.Recv() != nil && fn.Object() != nil && m.bodyOf(fn) == nil {
		refuse(fn.Pos(), "the method %s as a value", fn)
	}
	return m.helper("P", fmt.Sprintf("%p", fn), func() reflect.Value {
		if body := m.bodyOf(fn); body != nil {
			f := m.need(body)
			return reflect.MakeFunc(l.rt, func(args []reflect.Value) []reflect.Value { return m.callBack(f, nil, args) })
		}
		if stand, ok := m.standIn(fn); ok {
			return reflect.MakeFunc(l.rt, func(args []reflect.Value) (out []reflect.Value) {
				m.here(funcname.Of(fn), sched.Place{}, func(f *Frame) { out = stand.call(f, args) })
				return out
			})
		}
		v, err := m.compiledFunc(fn)
		if err != nil {
			refuse(fn.Pos(), "%s", fn)
		}
		if reflects(fn) {
			v = unboxing(v, fn.Object())
		}
		return v
	})
}

// invoke calls a method of what is in an interface.
func (m *Machine) invoke(f *Frame, method *types.Func, recv reflect.Value, args []reflect.Value) []reflect.Value {
	v := inside(recv)
	if v == nil {
		panic(nilDereference())
	}
	if b, ok := v.(boxed); ok {
		b := b.unbox()
		fn := b.t.method(method.Pkg(), method.Name())
		if fn == nil {
			panic(fmt.Sprintf("gosched: %s has no method %s", b.t.name(), method.Name()))
		}
		self := reflect.New(b.t.layout.rt).Elem()
		if b.v != nil {
			self.Set(reflect.ValueOf(b.v))
		}
		return m.compiled(fn).call(f, append([]reflect.Value{self}, args...))
	}
	rv := reflect.ValueOf(v)
	if stand, ok := standInMethod(rv.Type(), method.Name()); ok {
		return stand.call(f, append([]reflect.Value{rv}, args...))
	}
	fn := rv.MethodByName(method.Name())
	if !fn.IsValid() {
		panic(fmt.Sprintf("gosched: %s has no method %s", rv.Type(), method.Name()))
	}
	return interruptible(f, rv, method.Name(), func() []reflect.Value {
		if fn.Type().IsVariadic() {
			return fn.CallSlice(args)
		}
		return fn.Call(args)
	})
}

// compiledFunc finds the compiled function or method.
func (m *Machine) compiledFunc(fn *ssa.Function) (reflect.Value, error) {
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return reflect.Value{}, fmt.Errorf("%s has no body", fn)
	}
	if recv := fn.Signature.Recv(); recv != nil {
		if method, ok := m.layoutOf(recv.Type()).rt.MethodByName(obj.Name()); ok {
			return method.Func, nil
		}
		return reflect.Value{}, fmt.Errorf("%s has no body", fn)
	}
	if v, ok := m.cfg.Symbol(obj.Pkg().Path(), obj.Name()); ok && v.Kind() == reflect.Func {
		return v, nil
	}
	return reflect.Value{}, fmt.Errorf("%s has no body", fn)
}
