package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/stopping"
)

// A callee is what a call calls.
type callee struct {
	name string
	args []any  // with the receiver, the function value or the free variables
	do   action // calls it
	// expr is the call in core Go, where no helper has to make it.
	expr func(args []string) string
}

func (c *printer) callee(common *ssa.CallCommon) callee {
	if b, ok := common.Value.(*ssa.Builtin); ok {
		return c.builtinCallee(b.Name(), common)
	}
	args := common.Args
	mc, isClosure := common.Value.(*ssa.MakeClosure)
	switch fn := common.StaticCallee(); {
	case isClosure:
		args = append(append([]ssa.Value{}, mc.Bindings...), args...)
	case fn == nil:
		args = append([]ssa.Value{opened{common.Value}}, args...)
	}
	var k callee
	switch fn := common.StaticCallee(); {
	case common.IsInvoke():
		method, m := common.Method, c.m
		k.name = method.Name()
		k.do = func(f *Frame, args []reflect.Value) []reflect.Value { return m.invoke(f, method, args[0], args[1:]) }
	case fn == nil:
		k = c.valueCallee(common)
	default:
		k.name = funcname.Of(fn)
		if body := c.m.bodyOf(fn); body != nil {
			f := c.m.need(body)
			k.do = f.call
			k.expr = func(args []string) string {
				return fmt.Sprintf("f%d(%s)", f.id, strings.Join(append([]string{"fr"}, args...), ", "))
			}
		} else {
			c.compiledCallee(&k, fn)
		}
	}
	for _, a := range args {
		k.args = append(k.args, a)
	}
	return k
}

// valueCallee is a function value.
func (c *printer) valueCallee(common *ssa.CallCommon) callee {
	variadic := common.Signature().Variadic()
	k := callee{name: "func"}
	k.do = func(f *Frame, args []reflect.Value) []reflect.Value {
		if args[0].IsNil() {
			panic(nilDereference())
		}
		return callSlice(args[0], args[1:])
	}
	k.expr = func(args []string) string {
		fn := c.variable(common.Value)
		if fn[0] != 'v' && fn[0] != 'a' && fn[0] != 't' {
			fn = c.put(c.layout(common.Value).rt, fn)
		}
		return fn + spread(args[1:], variadic)
	}
	return k
}

// callSlice calls a function with the arguments that it has in SSA form.
func callSlice(fn reflect.Value, args []reflect.Value) []reflect.Value {
	if fn.Type().IsVariadic() {
		return fn.CallSlice(args)
	}
	return fn.Call(args)
}

// spread is a list of arguments.
func spread(args []string, variadic bool) string {
	list := "(" + strings.Join(args, ", ")
	if variadic {
		list += "..."
	}
	return list + ")"
}

// compiledCallee completes k for a function without a body.
func (c *printer) compiledCallee(k *callee, fn *ssa.Function) {
	obj, _ := fn.Object().(*types.Func)
	if stand, ok := c.m.standIn(fn); ok {
		k.do = stand.call
		h := c.m.helper("F", stand.name, func() reflect.Value { return stand.v })
		k.expr = func(args []string) string { return h + spread(append([]string{"fr"}, args...), false) }
		return
	}
	v, err := c.m.compiledFunc(fn)
	if err != nil || obj != nil && refused[obj.FullName()] {
		refuse(c.where(), "%s", fn)
	}
	k.do = func(_ *Frame, args []reflect.Value) []reflect.Value { return callSlice(v, args) }
	if fn.Signature.Recv() != nil && v.Type().In(0).Implements(reflect.TypeFor[stopping.Deadliner]()) {
		plain := k.do
		k.name = fn.String() // whose helper it is
		k.do = func(f *Frame, args []reflect.Value) []reflect.Value {
			return interruptible(f, args[0], fn.Name(), func() []reflect.Value { return plain(f, args) })
		}
		return
	}
	h := c.m.helper("F", fn.String(), func() reflect.Value { return v }, v.Type())
	k.expr = func(args []string) string { return h + spread(args, v.Type().IsVariadic()) }
}

func (c *printer) call(i *ssa.Call) {
	if b, ok := i.Call.Value.(*ssa.Builtin); ok {
		c.builtin(i, b.Name())
		return
	}
	k := c.callee(&i.Call)
	if k.expr == nil {
		kind := "call " + k.name
		if i.Call.IsInvoke() {
			kind = "invoke " + i.Call.Method.Id()
		}
		c.native(i, kind, k.do, k.args...)
		return
	}
	var texts []string
	for _, a := range k.args {
		if o, ok := a.(opened); ok {
			a = o.Value
		}
		texts = append(texts, c.arg(a.(ssa.Value)))
	}
	names, _ := c.results(i)
	c.assign(names, k.expr(texts))
}

func (c *printer) deferStmt(i *ssa.Defer) {
	k := c.callee(&i.Call)
	args := k.args
	if i.DeferStack != nil { // of the function around the body of a range over a function
		args = append([]any{i.DeferStack}, args...)
	}
	c.native(nil, unique("defer", i), func(f *Frame, args []reflect.Value) []reflect.Value {
		if i.DeferStack != nil {
			f, args = args[0].Interface().(*Frame), args[1:]
		}
		args = kept(args)
		f.defers = append(f.defers, func(at *Frame) { k.do(at, args) })
		return nil
	}, args...)
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

func (c *printer) makeClosure(i *ssa.MakeClosure) {
	m, f, t := c.m, c.m.need(i.Fn.(*ssa.Function)), c.m.inside(i.Fn.(*ssa.Function).Signature).rt
	var bindings []any
	for _, b := range i.Bindings {
		bindings = append(bindings, b)
	}
	c.native(i, unique("closure", f), func(_ *Frame, free []reflect.Value) []reflect.Value {
		free = kept(free)
		return one(reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value { return m.callBack(f, free, args) }))
	}, bindings...)
}

// functionValue is a function as a value. m.mu is held.
func (m *Machine) functionValue(fn *ssa.Function) string {
	t, l := m.inside(fn.Signature).rt, m.layoutOf(fn.Signature)
	if fn.Signature.Recv() != nil && fn.Object() != nil && m.bodyOf(fn) == nil {
		refuse(fn.Pos(), "the method %s as a value", fn)
	}
	return m.helper("P", fmt.Sprintf("%p", fn), func() reflect.Value {
		v, err := m.compiledFunc(fn)
		if body := m.bodyOf(fn); body != nil {
			f := m.need(body)
			v = reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value { return m.callBack(f, nil, args) })
		} else if stand, ok := m.standIn(fn); ok {
			v = reflect.MakeFunc(t, func(args []reflect.Value) (out []reflect.Value) {
				m.here(funcname.Of(fn), sched.Place{}, func(f *Frame) { out = stand.call(f, args) })
				return out
			})
		} else if err != nil {
			refuse(fn.Pos(), "%s", fn)
		}
		return reshaped(v, l.rt)
	})
}

// invoke calls a method of what is in an interface.
func (m *Machine) invoke(f *Frame, method *types.Func, recv reflect.Value, args []reflect.Value) []reflect.Value {
	v := inside(recv)
	if v == nil {
		panic(nilDereference())
	}
	if b, ok := unbox(v); ok {
		fn := b.t.method(method.Pkg(), method.Name())
		if fn == nil {
			panic(fmt.Sprintf("gosched: %s has no method %s", b.t.name(), method.Name()))
		}
		return m.compiled(fn).call(f, append([]reflect.Value{b.value()}, args...))
	}
	rv := reflect.ValueOf(v)
	if stand, ok := standInMethod(rv.Type(), method.Name()); ok {
		return stand.call(f, append([]reflect.Value{rv}, args...))
	}
	fn := rv.MethodByName(method.Name())
	if !fn.IsValid() {
		panic(fmt.Sprintf("gosched: %s has no method %s", rv.Type(), method.Name()))
	}
	return interruptible(f, rv, method.Name(), func() []reflect.Value { return callSlice(fn, args) })
}

// compiledFunc finds the compiled function or method, which gets what is in boxes
// where it looks into its arguments by reflection.
func (m *Machine) compiledFunc(fn *ssa.Function) (v reflect.Value, err error) {
	obj, _ := fn.Object().(*types.Func)
	switch recv := fn.Signature.Recv(); {
	case obj == nil || obj.Pkg() == nil:
	case recv != nil:
		if method, ok := m.layoutOf(recv.Type()).rt.MethodByName(obj.Name()); ok {
			v = method.Func
		}
	default:
		v, _ = m.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	}
	if v.Kind() != reflect.Func {
		return v, fmt.Errorf("%s has no body", fn)
	}
	if seen := seenBy(obj); seen != nil {
		v = unboxing(v, obj, seen)
	}
	return v, nil
}
