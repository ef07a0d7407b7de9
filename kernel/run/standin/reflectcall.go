package standin

import (
	"reflect"
	"unsafe"

	"github.com/gosched/gosched/kernel/run/frame"
)

// ReflectCall calls compiled code through reflection.
func ReflectCall(fn reflect.Value) frame.NativeCall {
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
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
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
