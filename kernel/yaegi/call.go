package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/sched/stopping"
)

// A callee is what a call calls.
type callee struct {
	name string
	kind string      // of the helper that calls it
	args []ssa.Value // with the receiver, the function value or the free variables
	target
}

// A target is how a function is called.
type target struct {
	do    action
	expr  string        // the call in core Go, with %s for the arguments, where no helper has to make it
	value reflect.Value // itself, where it is compiled code and nothing stands in for it
}

func (c *printer) callee(common *ssa.CallCommon) (k callee) {
	if b, ok := common.Value.(*ssa.Builtin); ok {
		k.name, k.kind, k.do = b.Name(), b.Name(), builtins[b.Name()]
		if k.do == nil {
			refuse(common.Pos(), "%s", k.name)
		}
		for n, a := range common.Args {
			if n == 0 || k.name == "append" || k.name == "copy" {
				a = opened{a}
			}
			k.args = append(k.args, a)
		}
		return k
	}
	fn := common.StaticCallee()
	if mc, ok := common.Value.(*ssa.MakeClosure); ok {
		k.args = mc.Bindings[:len(mc.Bindings):len(mc.Bindings)]
	} else if fn == nil {
		k.args = append(k.args, opened{common.Value})
	}
	k.args = append(k.args, common.Args...)
	switch {
	case common.IsInvoke():
		method, m := common.Method, c.m
		k.name, k.kind = method.Name(), "invoke "+method.Id()
		k.do = func(f *Frame, args []reflect.Value) []reflect.Value { return m.invoke(f, method, args[0], args[1:]) }
	case fn == nil:
		k.name, k.kind = "func", "call"
		k.do = func(_ *Frame, args []reflect.Value) []reflect.Value { return callSlice(args[0], args[1:]) }
	default:
		k.name, k.kind, k.target = funcname.Of(fn), fn.String(), c.target(fn)
	}
	return k
}

// begin does what a go or defer statement does at once: there is no method of nil.
func (k callee) begin(args []reflect.Value) {
	if strings.HasPrefix(k.kind, "invoke ") && args[0].IsNil() {
		panic(nilDereference())
	}
}

// callSlice calls a function with the arguments that it has in SSA form.
func callSlice(fn reflect.Value, args []reflect.Value) []reflect.Value {
	if fn.Type().IsVariadic() {
		return fn.CallSlice(args)
	}
	return fn.Call(args)
}

// target is how fn is called, by its body, what stands in for it, or itself.
func (c *printer) target(fn *ssa.Function) target {
	if body := c.m.bodyOf(fn); body != nil {
		f := c.m.need(body)
		return target{do: f.call, expr: fmt.Sprintf("f%d(fr, %%s)", f.id)}
	}
	name := funcname.Full(fn)
	native := func(v reflect.Value) string {
		return c.m.helper("F", fn.String(), func() reflect.Value { return v }, v.Type())
	}
	if stand := c.m.standInFor(name); stand != nil {
		return target{do: stand, expr: native(reflect.ValueOf(c.m.standIns[name])) + "(fr, %s)"}
	}
	v, err := c.m.compiledFunc(fn)
	if err != nil || refused[name] {
		refuse(c.where(), "%s", fn)
	}
	if fn.Signature.Recv() != nil && v.Type().In(0).Implements(reflect.TypeFor[stopping.Deadliner]()) {
		return target{value: v, do: func(f *Frame, args []reflect.Value) []reflect.Value {
			return interruptible(f, args[0], fn.Name(), func() []reflect.Value { return callSlice(v, args) })
		}}
	}
	expr := native(v) + "(%s)"
	if fn.Signature.Variadic() {
		expr = native(v) + "(%s...)"
	}
	return target{value: v, expr: expr, do: func(f *Frame, args []reflect.Value) []reflect.Value {
		f.t.handover = nil // who is called back from there is no deferred function
		return callSlice(v, args)
	}}
}

func (c *printer) call(i *ssa.Call) {
	if b, ok := i.Call.Value.(*ssa.Builtin); ok && c.plain(i, b.Name()) {
		return
	}
	k := c.callee(&i.Call)
	if k.expr == "" {
		c.native(i, k.kind, k.do, k.args...)
		return
	}
	names, _ := c.results(i)
	c.assign(names, fmt.Sprintf(k.expr, strings.Join(c.args(k.args), ", ")))
}

func (c *printer) deferStmt(i *ssa.Defer) {
	k := c.callee(&i.Call)
	args := k.args
	if i.DeferStack != nil { // of the function around the body of a range over a function
		args = append([]ssa.Value{i.DeferStack}, args...)
	}
	c.native(nil, unique("defer", i), func(f *Frame, args []reflect.Value) []reflect.Value {
		if i.DeferStack != nil {
			f, args = args[0].Interface().(*Frame), args[1:]
		}
		k.begin(args)
		f.defers = append(f.defers, func(at *Frame) { k.do(at, args) })
		return nil
	}, args...)
}

func (c *printer) makeClosure(i *ssa.MakeClosure) {
	f, t := c.m.need(i.Fn.(*ssa.Function)), c.m.inside(i.Fn.(*ssa.Function).Signature)
	c.native(i, unique("closure", f), func(_ *Frame, free []reflect.Value) []reflect.Value {
		return one(f.value(t, func(caller *Frame, args []reflect.Value) []reflect.Value {
			return f.call(caller, append(free[:len(free):len(free)], args...))
		}))
	}, i.Bindings...)
}

// functionValue is a function as a value.
func (c *printer) functionValue(fn *ssa.Function) string {
	t, kept := c.m.inside(fn.Signature), c.m.typOf(fn.Signature).rt
	return c.m.helper("P", fmt.Sprintf("%p", fn), func() reflect.Value {
		to := c.target(fn)
		if !to.value.IsValid() {
			to.value = c.m.form(fn).value(t, to.do)
		}
		return reshaped(to.value, kept)
	})
}

// invoke calls a method of what is in an interface.
func (m *Machine) invoke(f *Frame, method *types.Func, recv reflect.Value, args []reflect.Value) []reflect.Value {
	v := inside(recv)
	if v == nil {
		panic(nilDereference())
	}
	if b, ok := unbox(v); ok {
		fn := b.t.method(method.Pkg(), method.Name()).fn
		return m.compiled(fn).call(f, append([]reflect.Value{b.value()}, args...))
	}
	rv := reflect.ValueOf(v)
	if stand := m.standInMethod(rv.Type(), method.Name()); stand != nil {
		return stand(f, append([]reflect.Value{rv}, args...))
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
		if method, ok := m.typOf(recv.Type()).rt.MethodByName(obj.Name()); ok {
			v = method.Func
		}
	default:
		v, _ = m.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	}
	if v.Kind() != reflect.Func {
		return v, fmt.Errorf("%s has no body", fn)
	}
	for _, name := range []string{obj.Pkg().Path(), obj.FullName()} {
		if seen := reflecting[name]; seen != nil {
			return unboxing(v, obj.FullName(), seen), nil
		}
	}
	return v, nil
}
