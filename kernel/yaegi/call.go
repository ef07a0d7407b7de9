package yaegi

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/display/keys"
	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/runtimeerror"
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
		k.do = func(f *Frame, args values) values { return m.invoke(f, method, args[0], args[1:]) }
	case fn == nil:
		k.name, k.kind = "func", "call"
		k.do = func(_ *Frame, args values) values { return callSlice(args[0], args[1:]) }
	default:
		k.name, k.kind, k.target = funcname.Of(fn), fn.String(), c.target(fn)
	}
	return k
}

// begin does what a go or defer statement does at once: there is no method of nil.
func (k callee) begin(args values) {
	if strings.HasPrefix(k.kind, "invoke ") && args[0].IsNil() {
		panic(runtimeerror.NilDereference())
	}
}

// callSlice calls a function with the arguments that it has in SSA form.
func callSlice(fn reflect.Value, args values) values {
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
	v := c.m.compiledFunc(fn)
	if !v.IsValid() || refused[name] {
		refuse(c.fn.positions[c.pos], "%s", fn)
	}
	if fn.Signature.Recv() != nil && v.Type().In(0).Implements(reflect.TypeFor[stopping.Deadliner]()) {
		return target{value: v, do: func(f *Frame, args values) values {
			return interruptible(f, args[0], fn.Name(), func() values { return callSlice(v, args) })
		}}
	}
	expr := native(v) + "(%s)"
	if fn.Signature.Variadic() {
		expr = native(v) + "(%s...)"
	}
	return target{value: v, expr: expr, do: func(f *Frame, args values) values {
		f.t.handover = nil // who is called back from there is no deferred function
		return callSlice(v, args)
	}}
}

func (c *printer) call(i *ssa.Call) {
	k := c.callee(&i.Call)
	if b, ok := i.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
		if kind := c.m.inside(i.Call.Args[0].Type()).Kind(); kind == reflect.String || kind == reflect.Slice {
			c.set(i, "%s(%s)", k.name, c.variable(i.Call.Args[0]))
			return
		}
	}
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
	c.native(nil, fmt.Sprintf("defer %p", i), func(f *Frame, args values) values {
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
	c.native(i, fmt.Sprintf("closure %p", f), func(_ *Frame, free values) values {
		return one(f.value(t, func(caller *Frame, args values) values {
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
			f := &function{m: c.m, ssa: fn, name: funcname.Of(fn), positions: []token.Pos{fn.Pos()}}
			to.value = f.value(t, to.do)
		}
		return reshaped(to.value, kept)
	})
}

// invoke calls a method of what is in an interface.
func (m *Machine) invoke(f *Frame, method *types.Func, recv reflect.Value, args values) values {
	v := inside(recv)
	if v == nil {
		panic(runtimeerror.NilDereference())
	}
	if b, ok := unbox(v); ok {
		fn := b.t.method(method.Pkg(), method.Name()).fn
		return m.compiled(fn).call(f, append(values{b.value()}, args...))
	}
	rv := reflect.ValueOf(v)
	if stand := m.standInMethod(rv.Type(), method.Name()); stand != nil {
		return stand(f, append(values{rv}, args...))
	}
	fn := rv.MethodByName(method.Name())
	if !fn.IsValid() {
		panic(fmt.Sprintf("gosched: %s has no method %s", rv.Type(), method.Name()))
	}
	return interruptible(f, rv, method.Name(), func() values { return callSlice(fn, args) })
}

// compiledFunc finds the compiled function or method, which gets what is in boxes where it
// looks into its arguments by reflection.
func (m *Machine) compiledFunc(fn *ssa.Function) (v reflect.Value) {
	obj, _ := fn.Object().(*types.Func)
	switch recv := fn.Signature.Recv(); {
	case obj == nil || obj.Pkg() == nil:
		return v
	case recv != nil:
		if method, ok := m.typOf(recv.Type()).rt.MethodByName(obj.Name()); ok {
			v = method.Func
		}
	default:
		v, _ = m.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	}
	for _, name := range []string{obj.Pkg().Path(), obj.FullName()} {
		if seen := reflecting[name]; seen != nil && v.IsValid() {
			return unboxing(v, obj.FullName(), seen)
		}
	}
	return v
}

// builtins are the builtin functions that core Go does not have, or yaegi gets wrong,
// and those that are called by go and defer statements.
var builtins = map[string]action{
	"len": func(_ *Frame, in values) values { return oneOf(in[0].Len()) }, // also of a pointer to an array
	"cap": func(_ *Frame, in values) values { return oneOf(in[0].Cap()) },
	"append": func(_ *Frame, in values) values {
		if len(in) == 1 {
			return in
		}
		list := reflect.SliceOf(in[0].Type().Elem())
		if in[1].Kind() == reflect.String {
			in[1] = reflect.ValueOf([]byte(in[1].String()))
		}
		return one(reflect.AppendSlice(in[0], in[1].Convert(list)))
	},
	"copy":  func(_ *Frame, in values) values { return oneOf(reflect.Copy(in[0], in[1])) },
	"close": func(_ *Frame, in values) values { in[0].Close(); return nil },
	"delete": func(_ *Frame, in values) values {
		hashable(in[1])
		in[0].SetMapIndex(in[1], reflect.Value{})
		return nil
	},
	"clear": func(_ *Frame, in values) values { in[0].Clear(); return nil },
	"complex": func(_ *Frame, in values) values {
		return oneOf(complex(in[0].Float(), in[1].Float()))
	},
	"real": func(_ *Frame, in values) values { return oneOf(real(in[0].Complex())) },
	"imag": func(_ *Frame, in values) values { return oneOf(imag(in[0].Complex())) },
	"min":  func(_ *Frame, in values) values { return one(extreme(in, true)) },
	"max":  func(_ *Frame, in values) values { return one(extreme(in, false)) },
	"print": func(f *Frame, in values) values {
		f.t.g.PrintErr([]byte(instead.Print(in, false)))
		return nil
	},
	"println": func(f *Frame, in values) values {
		f.t.g.PrintErr([]byte(instead.Print(in, true)))
		return nil
	},
	"panic": func(_ *Frame, in values) values { panic(inside(in[0])) },
	"recover": func(f *Frame, _ values) values {
		if p := f.t.handover; p != nil && !p.Recovered { // deferred, and called by that panic and not by f
			return values{{}}
		}
		return oneOf(f.deferred.Recover())
	},

	"Add": func(_ *Frame, in values) values { return oneOf(unsafe.Add(in[0].UnsafePointer(), asInt(in[1]))) },
	"Slice": func(_ *Frame, in values) values {
		return one(reflect.SliceAt(in[0].Type().Elem(), in[0].UnsafePointer(), asInt(in[1])))
	},
	"SliceData": func(_ *Frame, in values) values {
		return one(reflect.NewAt(in[0].Type().Elem(), in[0].UnsafePointer()))
	},
	"String": func(_ *Frame, in values) values {
		return oneOf(unsafe.String((*byte)(in[0].UnsafePointer()), asInt(in[1])))
	},
	"StringData": func(_ *Frame, in values) values { return oneOf(unsafe.StringData(in[0].String())) },
	"Sizeof":     func(_ *Frame, in values) values { return oneOf(in[0].Type().Size()) },
	"Alignof":    func(_ *Frame, in values) values { return oneOf(uintptr(in[0].Type().Align())) },

	"ssa:deferstack": func(f *Frame, _ values) values { return oneOf(f) },
	"ssa:wrapnilchk": func(_ *Frame, in values) values {
		if in[0].IsNil() {
			panic(runtimeerror.NilMethod(in[1].String(), in[2].String()))
		}
		return in
	},
}

// extreme is min or max.
func extreme(in values, least bool) reflect.Value {
	best := in[0]
	for _, v := range in[1:] {
		if v.CanFloat() { // where there are NaN and -0
			f := max(v.Float(), best.Float())
			if least {
				f = min(v.Float(), best.Float())
			}
			best = reflect.ValueOf(f).Convert(v.Type())
		} else if c := keys.Compare(v, best); least && c < 0 || !least && c > 0 {
			best = v
		}
	}
	return best
}
