package yaegi

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/display/keys"
	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

// builtins are the builtin functions that core Go does not have, or yaegi gets wrong,
// and those that are called by go and defer statements.
var builtins = map[string]action{
	"len": func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(in[0].Len()) }, // also of a pointer to an array
	"cap": func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(in[0].Cap()) },
	"append": func(_ *Frame, in []reflect.Value) []reflect.Value {
		list := reflect.SliceOf(in[0].Type().Elem())
		if in[1].Kind() == reflect.String {
			in[1] = reflect.ValueOf([]byte(in[1].String()))
		}
		return one(reflect.AppendSlice(in[0], in[1].Convert(list)))
	},
	"copy":  func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(reflect.Copy(in[0], in[1])) },
	"close": func(_ *Frame, in []reflect.Value) []reflect.Value { in[0].Close(); return nil },
	"delete": func(_ *Frame, in []reflect.Value) []reflect.Value {
		hashable(in[1])
		in[0].SetMapIndex(in[1], reflect.Value{})
		return nil
	},
	"clear": func(_ *Frame, in []reflect.Value) []reflect.Value { in[0].Clear(); return nil },
	"complex": func(_ *Frame, in []reflect.Value) []reflect.Value {
		return oneOf(complex(in[0].Float(), in[1].Float()))
	},
	"real": func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(real(in[0].Complex())) },
	"imag": func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(imag(in[0].Complex())) },
	"min":  func(_ *Frame, in []reflect.Value) []reflect.Value { return one(extreme(in, true)) },
	"max":  func(_ *Frame, in []reflect.Value) []reflect.Value { return one(extreme(in, false)) },
	"print": func(f *Frame, in []reflect.Value) []reflect.Value {
		f.t.g.PrintErr([]byte(instead.Print(in, false)))
		return nil
	},
	"println": func(f *Frame, in []reflect.Value) []reflect.Value {
		f.t.g.PrintErr([]byte(instead.Print(in, true)))
		return nil
	},
	"panic": func(_ *Frame, in []reflect.Value) []reflect.Value { panic(inside(in[0])) },
	"recover": func(f *Frame, _ []reflect.Value) []reflect.Value {
		if p := f.t.handover; p != nil && !p.Recovered { // deferred, and called by that panic and not by f
			return []reflect.Value{{}}
		}
		return oneOf(asAny(f.deferred.Recover()))
	},

	"Add": func(_ *Frame, in []reflect.Value) []reflect.Value {
		return oneOf(unsafe.Add(in[0].UnsafePointer(), asInt(in[1])))
	},
	"Slice": func(_ *Frame, in []reflect.Value) []reflect.Value {
		return one(reflect.SliceAt(in[0].Type().Elem(), in[0].UnsafePointer(), asInt(in[1])))
	},
	"SliceData": func(_ *Frame, in []reflect.Value) []reflect.Value {
		return one(reflect.NewAt(in[0].Type().Elem(), in[0].UnsafePointer()))
	},
	"String": func(_ *Frame, in []reflect.Value) []reflect.Value {
		return oneOf(unsafe.String((*byte)(in[0].UnsafePointer()), asInt(in[1])))
	},
	"StringData": func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(unsafe.StringData(in[0].String())) },
	"Sizeof":     func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(in[0].Type().Size()) },
	"Alignof":    func(_ *Frame, in []reflect.Value) []reflect.Value { return oneOf(uintptr(in[0].Type().Align())) },

	"ssa:deferstack": func(f *Frame, _ []reflect.Value) []reflect.Value { return oneOf(f) },
	"ssa:wrapnilchk": func(_ *Frame, in []reflect.Value) []reflect.Value {
		if in[0].IsNil() {
			panic(runtimeerror.NilMethod(in[1].String(), in[2].String()))
		}
		return in
	},
}

// plain prints a call of a builtin function where core Go has it, too.
func (c *printer) plain(i *ssa.Call, name string) bool {
	switch args := i.Call.Args; name {
	case "len", "cap":
		if k := c.m.inside(args[0].Type()).Kind(); k == reflect.String || k == reflect.Slice {
			c.set(i, "%s(%s)", name, c.variable(args[0]))
			return true
		}
	case "append":
		if len(args) == 1 {
			c.set(i, "%s", c.arg(args[0]))
			return true
		}
	}
	return false
}

// extreme is min or max.
func extreme(in []reflect.Value, least bool) reflect.Value {
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
