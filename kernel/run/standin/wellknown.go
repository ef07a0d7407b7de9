package standin

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
)

var (
	contextType  = reflect.TypeFor[context.Context]()
	errorType    = reflect.TypeFor[error]()
	stringerType = reflect.TypeFor[fmt.Stringer]()
)

// WellKnown returns a call of a compiled type's method that uses no reflection,
// which takes much time and stack, or nil. It knows the methods of interfaces
// that programs call often: a select with a context's end calls Done each time.
func WellKnown(rt reflect.Type, name string) frame.NativeCall {
	switch {
	case rt.Implements(contextType):
		if call := contextMethod(asInterface[context.Context](rt), name); call != nil {
			return call
		}
	case name == "Error" && rt.Implements(errorType):
		x := asInterface[error](rt)
		return func(_ *frame.Thread, args, res []unsafe.Pointer) { set(res, 0, x(args[0]).Error()) }
	case name == "String" && rt.Implements(stringerType):
		x := asInterface[fmt.Stringer](rt)
		return func(_ *frame.Thread, args, res []unsafe.Pointer) { set(res, 0, x(args[0]).String()) }
	}
	return nil
}

func contextMethod(x func(unsafe.Pointer) context.Context, name string) frame.NativeCall {
	switch name {
	case "Done":
		return func(_ *frame.Thread, args, res []unsafe.Pointer) { set(res, 0, x(args[0]).Done()) }
	case "Err":
		return func(_ *frame.Thread, args, res []unsafe.Pointer) { set(res, 0, x(args[0]).Err()) }
	case "Value":
		return func(_ *frame.Thread, args, res []unsafe.Pointer) { set(res, 0, x(args[0]).Value(arg[any](args[1]))) }
	case "Deadline":
		return func(_ *frame.Thread, args, res []unsafe.Pointer) {
			d, ok := x(args[0]).Deadline()
			set(res, 0, d)
			set(res, 1, ok)
		}
	}
	return nil
}

// asInterface returns a function that makes an I of the value of type rt at an address.
func asInterface[I any](rt reflect.Type) func(p unsafe.Pointer) I {
	word, direct := goruntime.TypeWord(rt), goruntime.IsDirect(rt)
	return func(p unsafe.Pointer) I {
		w := goruntime.Iface{Tab: word, Data: p}
		if direct {
			w.Data = *(*unsafe.Pointer)(p)
		}
		return (*(*any)(unsafe.Pointer(&w))).(I)
	}
}
