package run

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// reflectCall calls compiled code through reflection.
func reflectCall(fn reflect.Value) nativeCall {
	typ := fn.Type()
	ins := make([]reflect.Type, typ.NumIn())
	for i := range ins {
		ins[i] = typ.In(i)
	}
	outs := make([]reflect.Type, typ.NumOut())
	for i := range outs {
		outs[i] = typ.Out(i)
	}
	variadic := typ.IsVariadic()
	return func(t *thread, args, res []unsafe.Pointer) {
		in := make([]reflect.Value, len(ins))
		for i, p := range args {
			in[i] = reflect.NewAt(ins[i], p).Elem()
		}
		var out []reflect.Value
		if variadic {
			out = fn.CallSlice(in)
		} else {
			out = fn.Call(in)
		}
		for i, p := range res {
			reflect.NewAt(outs[i], p).Elem().Set(out[i])
		}
	}
}

// native returns what a call of a function without a body does.
func (m *Machine) native(fn *ssa.Function) (nativeCall, error) {
	if c, ok := m.natives.Load(fn); ok {
		return c.(nativeCall), nil
	}
	call := m.intrinsic(fn)
	if call == nil {
		v, err := m.nativeFunc(fn)
		if err != nil {
			return nil, err
		}
		call = reflectCall(v)
		if rt := m.receiverType(fn); rt != nil {
			call = withDeadline(rt, fn.Name(), call)
		}
	}
	m.natives.Store(fn, call)
	return call, nil
}

// nativeFunc finds the compiled function or method.
func (m *Machine) nativeFunc(fn *ssa.Function) (reflect.Value, error) {
	if v, ok := m.instances.Load(fn); ok {
		return v.(reflect.Value), nil
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return reflect.Value{}, fmt.Errorf("%s cannot be run here: it has no body", fn)
	}
	if recv := fn.Signature.Recv(); recv != nil {
		rt, err := m.typeOf(recv.Type())
		if err != nil {
			return reflect.Value{}, err
		}
		method, ok := rt.MethodByName(obj.Name())
		if !ok {
			return reflect.Value{}, fmt.Errorf("%s cannot be run here: it has no body", obj.FullName())
		}
		return method.Func, nil
	}
	v, ok := m.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	if !ok {
		return reflect.Value{}, fmt.Errorf("%s cannot be run here: it has no body", obj.FullName())
	}
	return v, nil
}

// answersPanics reports whether compiled code further up on this goroutine's
// stack, which belongs to a library, recovers panics of the functions that it
// calls, so that they are best left to it.
func answersPanics() bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "net/http.(*conn).serve") ||
			strings.HasPrefix(f.Function, "golang.org/x/sync/singleflight.") {
			return true
		}
		if !more {
			return false
		}
	}
}
