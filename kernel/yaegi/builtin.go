package yaegi

import (
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// builtin prints a call of a builtin function.
func (c *printer) builtin(i *ssa.Call, b *ssa.Builtin) {
	args := i.Call.Args
	c.at(i.Pos())
	set := func(format string, a ...any) { c.line("%s = %s", c.dest(i), fmt.Sprintf(format, a...)) }
	native := func(name string, do func(in []reflect.Value) []reflect.Value) {
		in, texts := make([]reflect.Type, len(args)), make([]string, len(args))
		for n, a := range args {
			in[n], texts[n] = c.m.inside(a.Type()).rt, c.under(a)
		}
		var out []reflect.Type
		if _, ok := i.Type().(*types.Tuple); !ok {
			out = []reflect.Type{c.layout(i).rt}
		}
		h := c.m.helper("F", fmt.Sprint(name, in, out), func() reflect.Value { return makeFunc(in, out, do) }, append(in, out...)...)
		c.assign(i, len(out), h+"("+strings.Join(texts, ", ")+")")
	}
	one := func(v any) []reflect.Value { return []reflect.Value{reflect.ValueOf(v)} }
	switch b.Name() {
	case "len", "cap":
		l := c.m.inside(args[0].Type())
		if l.rt.Kind() == reflect.String || l.rt.Kind() == reflect.Slice {
			set("%s(%s)", b.Name(), c.under(args[0]))
			return
		}
		native(b.Name(), func(in []reflect.Value) []reflect.Value {
			v := in[0]
			if v.Kind() == reflect.Pointer {
				return one(v.Type().Elem().Len())
			}
			if b.Name() == "cap" {
				return one(v.Cap())
			}
			return one(v.Len())
		})
	case "append":
		l := c.m.inside(args[0].Type())
		if len(args) == 1 {
			set("%s", c.arg(args[0]))
			return
		}
		h := c.m.helper("F", "append "+c.layout(args[1]).rt.Kind().String(), func() reflect.Value {
			return makeFunc([]reflect.Type{l.rt, c.m.inside(args[1].Type()).rt}, []reflect.Type{l.rt}, func(in []reflect.Value) []reflect.Value {
				if in[1].Kind() == reflect.String {
					return []reflect.Value{reflect.AppendSlice(in[0], reflect.ValueOf([]byte(in[1].String())).Convert(reflect.SliceOf(l.rt.Elem())))}
				}
				return []reflect.Value{reflect.AppendSlice(in[0], in[1].Convert(reflect.SliceOf(l.rt.Elem()))).Convert(l.rt)}
			})
		}, l.rt, c.m.inside(args[1].Type()).rt)
		c.line("%s = %s", c.dest(i), c.reshape(h+"("+c.under(args[0])+", "+c.under(args[1])+")", l, c.layout(i)))
	case "copy":
		native("copy", func(in []reflect.Value) []reflect.Value { return one(reflect.Copy(in[0], in[1])) })
	case "close":
		native("close", func(in []reflect.Value) []reflect.Value { in[0].Close(); return nil })
	case "delete":
		native("delete", func(in []reflect.Value) []reflect.Value {
			hashable(in[1])
			if !in[0].IsNil() {
				in[0].SetMapIndex(in[1], reflect.Value{})
			}
			return nil
		})
	case "clear":
		native("clear", func(in []reflect.Value) []reflect.Value { in[0].Clear(); return nil })
	case "complex":
		native("complex", func(in []reflect.Value) []reflect.Value {
			v := complex(in[0].Float(), in[1].Float())
			if in[0].Kind() == reflect.Float32 {
				return one(complex64(v))
			}
			return one(v)
		})
	case "real", "imag":
		native(b.Name(), func(in []reflect.Value) []reflect.Value {
			f := real(in[0].Complex())
			if b.Name() == "imag" {
				f = imag(in[0].Complex())
			}
			if in[0].Kind() == reflect.Complex64 {
				return one(float32(f))
			}
			return one(f)
		})
	case "min", "max":
		native(b.Name(), func(in []reflect.Value) []reflect.Value { return []reflect.Value{extreme(in, b.Name() == "min")} })
	case "print", "println":
		in := c.layoutsOf(args)
		h := c.m.helper("F", fmt.Sprint(b.Name(), in), func() reflect.Value {
			return framed(in, nil, func(f *Frame, args []reflect.Value) []reflect.Value {
				printErr(f, b.Name() == "println", args)
				return nil
			})
		}, in...)
		c.line("%s(%s)", h, strings.Join(append([]string{"fr"}, c.args(args)...), ", "))
	case "recover":
		set("h.Recover(fr)")
	case "ssa:wrapnilchk":
		set("%s", c.arg(args[0]))
		z := c.m.helper("Z", c.layout(i).rt.String(), func() reflect.Value {
			return make1(c.layout(i).rt, reflect.TypeFor[bool](), func(v reflect.Value) reflect.Value { return reflect.ValueOf(v.IsNil()) })
		}, c.layout(i).rt)
		c.line("if %s(%s) { h.NilMethod(%s, %s) }", z, c.dest(i), c.arg(args[1]), c.arg(args[2]))
	case "Add":
		native("Add", func(in []reflect.Value) []reflect.Value {
			n := in[1]
			if n.CanUint() {
				n = n.Convert(reflect.TypeFor[int]())
			}
			return one(unsafe.Add(in[0].UnsafePointer(), n.Int()))
		})
	case "Slice":
		elem := c.layout(i).rt.Elem()
		native("Slice", func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.SliceAt(elem, in[0].UnsafePointer(), int(in[1].Convert(reflect.TypeFor[int]()).Int()))}
		})
	case "SliceData":
		to := c.layout(i).rt
		native("SliceData", func(in []reflect.Value) []reflect.Value {
			return []reflect.Value{asPointer(reflect.NewAt(in[0].Type().Elem(), in[0].UnsafePointer()), to)}
		})
	case "String":
		native("String", func(in []reflect.Value) []reflect.Value {
			return one(unsafe.String((*byte)(in[0].UnsafePointer()), in[1].Convert(reflect.TypeFor[int]()).Int()))
		})
	case "StringData":
		native("StringData", func(in []reflect.Value) []reflect.Value { return one(unsafe.StringData(in[0].String())) })
	case "Sizeof":
		set("uintptr(%d)", c.layout(args[0]).rt.Size())
	case "Alignof":
		set("uintptr(%d)", c.layout(args[0]).rt.Align())
	case "ssa:deferstack":
		set("fr")
	default:
		refuse(i.Pos(), "%s", b.Name())
	}
}

// nilMethod panics as a method of a value does that is called through a nil
// pointer.
func nilMethod(recv, method string) {
	panic(plainError(fmt.Sprintf("value method main.%s.%s called using nil *%s pointer", recv[strings.LastIndexByte(recv, '.')+1:], method, recv[strings.LastIndexByte(recv, '.')+1:])))
}

// extreme is min or max.
func extreme(in []reflect.Value, least bool) reflect.Value {
	best := in[0]
	for _, v := range in[1:] {
		var less bool
		switch {
		case v.CanInt():
			less = v.Int() < best.Int()
		case v.CanUint():
			less = v.Uint() < best.Uint()
		case v.CanFloat():
			f := max(v.Float(), best.Float())
			if least {
				f = min(v.Float(), best.Float())
			}
			best = reflect.ValueOf(f).Convert(v.Type())
			continue
		default:
			less = v.String() < best.String()
		}
		equal := v.Comparable() && v.Interface() == best.Interface()
		if !equal && less == least {
			best = v
		}
	}
	return best
}

// printErr is the builtin print.
func printErr(f *Frame, line bool, args []reflect.Value) {
	var b strings.Builder
	for i, a := range args {
		if line && i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case a.CanFloat():
			b.WriteString(strconv.FormatFloat(a.Float(), 'g', -1, a.Type().Bits()))
		case a.Kind() == reflect.Interface, a.Kind() == reflect.Pointer, a.Kind() == reflect.UnsafePointer, a.Kind() == reflect.Slice,
			a.Kind() == reflect.Map, a.Kind() == reflect.Chan, a.Kind() == reflect.Func:
			if isNil(a) {
				b.WriteString("0x0")
			} else {
				fmt.Fprint(&b, a)
			}
		default:
			fmt.Fprint(&b, a)
		}
	}
	if line {
		b.WriteByte('\n')
	}
	f.t.g.PrintErr([]byte(b.String()))
}
