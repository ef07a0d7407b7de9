package link

import (
	"fmt"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/standin"
)

// Native returns what a call of a function without a body does.
func (l *Table) Native(fn *ssa.Function) (frame.NativeCall, error) {
	c := l.callee(fn)
	if call := c.native.Load(); call != nil {
		return *call, nil
	}
	call := l.Intrinsic(fn)
	if call == nil {
		v, err := l.NativeFunc(fn)
		if err != nil {
			return nil, err
		}
		call = standin.ReflectCall(v)
	}
	c.native.Store(&call)
	return call, nil
}

// NativeFunc finds the compiled function or method.
func (l *Table) NativeFunc(fn *ssa.Function) (reflect.Value, error) {
	if v := l.known(fn).instance.Load(); v != nil {
		return *v, nil
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return reflect.Value{}, fmt.Errorf("%s cannot be run here: it has no body", fn)
	}
	if recv := fn.Signature.Recv(); recv != nil {
		rt, err := l.TypeOf(recv.Type())
		if err != nil {
			return reflect.Value{}, err
		}
		method, ok := rt.MethodByName(obj.Name())
		if !ok {
			return reflect.Value{}, fmt.Errorf("%s cannot be run here: it has no body", obj.FullName())
		}
		return method.Func, nil
	}
	v, ok := l.cfg.Symbol(obj.Pkg().Path(), obj.Name())
	if !ok {
		return reflect.Value{}, fmt.Errorf("%s cannot be run here: it has no body", obj.FullName())
	}
	return v, nil
}

// Intrinsic returns the stand-in for fn, or nil.
func (l *Table) Intrinsic(fn *ssa.Function) frame.NativeCall {
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return nil
	}
	if f := l.Library.Intrinsics[obj.FullName()]; f != nil {
		return f
	}
	return l.transferring(fn)
}

// transferring returns a compiled method that waits for a deadline, or sets
// one, in a form that can be stopped. For other functions it returns nil.
func (l *Table) transferring(fn *ssa.Function) frame.NativeCall {
	if fn.Signature.Recv() == nil || instead.WaitsFor(fn.Name()) == 0 && instead.DeadlineSet(fn.Name()) == 0 {
		return nil
	}
	rt, err := l.TypeOf(fn.Signature.Recv().Type())
	if err != nil || !rt.Implements(standin.DeadlinerType) {
		return nil
	}
	method, ok := rt.MethodByName(fn.Name())
	if !ok {
		return nil
	}
	return standin.WithDeadline(rt, method.Type, method.Name, standin.ReflectCall(method.Func))
}
