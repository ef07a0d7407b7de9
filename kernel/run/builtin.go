package run

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
)

// builtin generates a call of a builtin function.
func (c *compiler) builtin(in *ssa.Call, b *ssa.Builtin) {
	args := in.Call.Args
	if b.Name() == "ssa:deferstack" {
		d := c.off(in)
		c.emit(func(fr *frame) {
			*at[unsafe.Pointer](fr.mem, d) = unsafe.Pointer(fr.deferring())
		})
		return
	}
	switch b.Name() {
	case "append":
		if len(args) == 1 {
			c.copySlot(c.slot(in), c.slot(args[0]))
			return
		}
		c.appendCall(c.slot(in), args[0], args[1])
	case "copy":
		s := c.slot(in)
		c.copyCall(&s, args[0], args[1])
	case "len", "cap":
		c.length(in, b.Name() == "cap", args[0])
	case "recover":
		d := c.off(in)
		c.emit(func(fr *frame) { *at[any](fr.mem, d) = fr.recoverCall() })
	case "complex":
		c.makeComplex(in, args)
	case "real", "imag":
		c.complexPart(in, b.Name() == "real", args[0])
	case "min", "max":
		c.minMax(in, b.Name() == "max", args)
	case "ssa:wrapnilchk":
		d, x := c.off(in), c.off(args[0])
		typ, method := constantText(args[1]), constantText(args[2])
		c.emit(func(fr *frame) {
			p := *at[unsafe.Pointer](fr.mem, x)
			if p == nil {
				panic(runtimeError("value method " + typ + "." + method + " called using nil *" + typ[lastDot(typ)+1:] + " pointer"))
			}
			*at[unsafe.Pointer](fr.mem, d) = p
		})
	case "Add":
		d, p := c.off(in), c.off(args[0])
		n := c.indexOperand(args[1])
		c.emit(func(fr *frame) {
			*at[unsafe.Pointer](fr.mem, d) = unsafe.Add(*at[unsafe.Pointer](fr.mem, p), n(fr))
		})
	case "SliceData", "StringData":
		d, x := c.off(in), c.off(args[0])
		c.emit(copyOf[unsafe.Pointer](d, x))
	case "Slice":
		d, p := c.off(in), c.off(args[0])
		n := c.indexOperand(args[1])
		c.emit(func(fr *frame) {
			l := int(n(fr))
			*at[sliceHeader](fr.mem, d) = sliceHeader{*at[unsafe.Pointer](fr.mem, p), l, l}
		})
	case "String":
		d, p := c.off(in), c.off(args[0])
		n := c.indexOperand(args[1])
		c.emit(func(fr *frame) {
			*at[string](fr.mem, d) = unsafe.String((*byte)(*at[unsafe.Pointer](fr.mem, p)), n(fr))
		})
	default:
		// The rest have no value: print, println, panic, close, delete, clear.
		run := c.deferredBuiltin(in.Common(), b)
		c.emit(func(fr *frame) { run(fr)(fr.t) })
	}
}

func constantText(v ssa.Value) string {
	if k, ok := v.(*ssa.Const); ok {
		if s, err := strconv.Unquote(k.Value.ExactString()); err == nil {
			return s
		}
		return k.Value.ExactString()
	}
	return ""
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}

// runtimeError is a run-time error that no operation of compiled code can be
// made to raise in the same words.
type runtimeError string

func (e runtimeError) Error() string { return string(e) }

// RuntimeError makes it a [runtime.Error].
func (e runtimeError) RuntimeError() {}

// deferredBuiltin generates the evaluation of a builtin call's arguments; the
// function it gives then makes the call, now or later.
func (c *compiler) deferredBuiltin(common *ssa.CallCommon, b *ssa.Builtin) func(fr *frame) func(t *thread) {
	args := common.Args
	switch b.Name() {
	case "print", "println":
		slots := c.argSlots(args)
		ln := b.Name() == "println"
		return func(fr *frame) func(t *thread) {
			text := printText(fr, slots, ln)
			return func(t *thread) { _, _ = sched.Stderr(t.g).Write([]byte(text)) }
		}
	case "panic":
		x := c.toEface(args[0])
		return func(fr *frame) func(t *thread) {
			v := x(fr)
			return func(*thread) { panic(v) }
		}
	case "close":
		s := c.slot(args[0])
		return func(fr *frame) func(t *thread) {
			ch := *at[chan struct{}](fr.mem, s.off) // close looks at no element
			return func(*thread) { close(ch) }
		}
	case "delete":
		m, k := c.slot(args[0]), c.slot(args[1])
		return func(fr *frame) func(t *thread) {
			p := *at[unsafe.Pointer](fr.mem, m.off)
			key := k.mem.alloc()
			k.mem.move(key, unsafe.Add(fr.mem, k.off))
			return func(t *thread) {
				if p == nil || mayPanic(k.mem.typ) {
					mapdelete(m.mem.rtype, p, key)
					return
				}
				t.beginWrite(p)
				mapdelete(m.mem.rtype, p, key)
				endWrite(p)
			}
		}
	case "clear":
		s := c.slot(args[0])
		return func(fr *frame) func(t *thread) {
			v := reflect.New(s.mem.typ).Elem()
			v.Set(s.mem.value(unsafe.Add(fr.mem, s.off)))
			return func(*thread) { v.Clear() }
		}
	case "copy":
		x, y := args[0], args[1]
		xs, ys := c.slot(x), c.slot(y)
		return func(fr *frame) func(t *thread) {
			a := reflect.New(xs.mem.typ).Elem()
			a.Set(xs.mem.value(unsafe.Add(fr.mem, xs.off)))
			b := reflect.New(ys.mem.typ).Elem()
			b.Set(ys.mem.value(unsafe.Add(fr.mem, ys.off)))
			return func(*thread) { reflect.Copy(a, b) }
		}
	}
	c.refuse(common.Pos(), "builtin %s cannot be used here", b.Name())
	return nil
}

// length generates len and cap.
func (c *compiler) length(in *ssa.Call, capacity bool, x ssa.Value) {
	d, s := c.off(in), c.slot(x)
	set := func(fr *frame, n int) { *at[int](fr.mem, d) = n }
	switch s.mem.typ.Kind() {
	case reflect.String:
		c.emit(func(fr *frame) { *at[int](fr.mem, d) = len(*at[string](fr.mem, s.off)) })
	case reflect.Slice:
		if capacity {
			c.emit(func(fr *frame) { *at[int](fr.mem, d) = at[sliceHeader](fr.mem, s.off).cap })
		} else {
			c.emit(func(fr *frame) { *at[int](fr.mem, d) = at[sliceHeader](fr.mem, s.off).len })
		}
	case reflect.Chan:
		c.emit(func(fr *frame) {
			ch := *at[chan struct{}](fr.mem, s.off)
			if capacity {
				set(fr, cap(ch))
			} else {
				set(fr, len(ch))
			}
		})
	case reflect.Map:
		c.emit(func(fr *frame) { set(fr, s.mem.value(unsafe.Add(fr.mem, s.off)).Len()) })
	case reflect.Array:
		n := s.mem.typ.Len()
		c.emit(func(fr *frame) { set(fr, n) })
	case reflect.Pointer:
		n := s.mem.typ.Elem().Len()
		c.emit(func(fr *frame) { set(fr, n) })
	default:
		c.refuse(in.Pos(), "len of %s", x.Type())
	}
}

func (c *compiler) makeComplex(in *ssa.Call, args []ssa.Value) {
	d, x, y := c.slot(in), c.off(args[0]), c.off(args[1])
	if d.mem.typ.Kind() == reflect.Complex64 {
		c.emit(func(fr *frame) {
			*at[complex64](fr.mem, d.off) = complex(*at[float32](fr.mem, x), *at[float32](fr.mem, y))
		})
		return
	}
	c.emit(func(fr *frame) {
		*at[complex128](fr.mem, d.off) = complex(*at[float64](fr.mem, x), *at[float64](fr.mem, y))
	})
}

func (c *compiler) complexPart(in *ssa.Call, re bool, x ssa.Value) {
	d, s := c.off(in), c.slot(x)
	if s.mem.typ.Kind() == reflect.Complex64 {
		off := s.off
		if !re {
			off += 4
		}
		c.emit(copyOf[float32](d, off))
		return
	}
	off := s.off
	if !re {
		off += 8
	}
	c.emit(copyOf[float64](d, off))
}

func (c *compiler) minMax(in *ssa.Call, largest bool, args []ssa.Value) {
	d := c.slot(in)
	offs := make([]uintptr, len(args))
	for i, a := range args {
		offs[i] = c.off(a)
	}
	var f instr
	switch d.mem.typ.Kind() {
	case reflect.Int:
		f = extreme[int](d.off, offs, largest)
	case reflect.Int8:
		f = extreme[int8](d.off, offs, largest)
	case reflect.Int16:
		f = extreme[int16](d.off, offs, largest)
	case reflect.Int32:
		f = extreme[int32](d.off, offs, largest)
	case reflect.Int64:
		f = extreme[int64](d.off, offs, largest)
	case reflect.Uint:
		f = extreme[uint](d.off, offs, largest)
	case reflect.Uint8:
		f = extreme[uint8](d.off, offs, largest)
	case reflect.Uint16:
		f = extreme[uint16](d.off, offs, largest)
	case reflect.Uint32:
		f = extreme[uint32](d.off, offs, largest)
	case reflect.Uint64, reflect.Uintptr:
		f = extreme[uint64](d.off, offs, largest)
	case reflect.Float32:
		f = extreme[float32](d.off, offs, largest)
	case reflect.Float64:
		f = extreme[float64](d.off, offs, largest)
	case reflect.String:
		f = extreme[string](d.off, offs, largest)
	default:
		c.refuse(in.Pos(), "min or max of %s", in.Type())
	}
	c.emit(f)
}

func extreme[T cmp.Ordered](d uintptr, offs []uintptr, largest bool) instr {
	return func(fr *frame) {
		v := *at[T](fr.mem, offs[0])
		for _, o := range offs[1:] {
			if largest {
				v = max(v, *at[T](fr.mem, o))
			} else {
				v = min(v, *at[T](fr.mem, o))
			}
		}
		*at[T](fr.mem, d) = v
	}
}

// printText formats as the builtins print and println do.
func printText(fr *frame, args []slot, ln bool) string {
	var b []byte
	for i, a := range args {
		if ln && i > 0 {
			b = append(b, ' ')
		}
		p := unsafe.Add(fr.mem, a.off)
		v := a.mem.value(p)
		switch v.Kind() {
		case reflect.Bool:
			b = strconv.AppendBool(b, v.Bool())
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			b = strconv.AppendInt(b, v.Int(), 10)
		case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
			b = strconv.AppendUint(b, v.Uint(), 10)
		case reflect.Float32, reflect.Float64:
			b = strconv.AppendFloat(b, v.Float(), 'g', -1, v.Type().Bits())
		case reflect.Complex64, reflect.Complex128:
			b = append(b, strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits())...)
		case reflect.String:
			b = append(b, v.String()...)
		case reflect.Interface:
			w := (*ifaceWords)(p)
			b = fmt.Appendf(b, "(%#x,%#x)", uintptr(w.tab), uintptr(w.data))
		case reflect.Slice:
			h := (*sliceHeader)(p)
			b = fmt.Appendf(b, "[%d/%d]%#x", h.len, h.cap, uintptr(h.data))
		default:
			b = fmt.Appendf(b, "%#x", *(*uintptr)(p))
		}
	}
	if ln {
		b = append(b, '\n')
	}
	return string(b)
}
