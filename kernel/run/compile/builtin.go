package compile

import (
	"cmp"
	"reflect"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched"
)

// builtin generates a call of a builtin function.
func (c *compiler) builtin(in *ssa.Call, b *ssa.Builtin) {
	args := in.Call.Args
	if b.Name() == "ssa:deferstack" {
		d := c.off(in)
		c.emit(func(fr *frame.Frame) {
			*memory.At[unsafe.Pointer](fr.Mem, d) = unsafe.Pointer(fr.Deferring())
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
		c.emit(func(fr *frame.Frame) { *memory.At[any](fr.Mem, d) = fr.Deferred.Recover() })
	case "complex":
		c.makeComplex(in, args)
	case "real", "imag":
		c.complexPart(in, b.Name() == "real", args[0])
	case "min", "max":
		c.minMax(in, b.Name() == "max", args)
	case "delete":
		m, k := c.slot(args[0]), c.slot(args[1])
		remove := c.mapDelete(m.Layout, k.Layout)
		c.observedMap(args[0], true)
		c.emit(func(fr *frame.Frame) {
			remove(fr.Thread, *memory.At[unsafe.Pointer](fr.Mem, m.Off), unsafe.Add(fr.Mem, k.Off))
		})
	case "ssa:wrapnilchk":
		d, x := c.off(in), c.off(args[0])
		typ, method := constantText(args[1]), constantText(args[2])
		c.emit(func(fr *frame.Frame) {
			p := *memory.At[unsafe.Pointer](fr.Mem, x)
			if p == nil {
				panic(runtimeerror.NilMethod(typ, method))
			}
			*memory.At[unsafe.Pointer](fr.Mem, d) = p
		})
	case "Add", "SliceData", "StringData", "Slice", "String", "Sizeof", "Alignof", "Offsetof":
		c.unsafeBuiltin(in, b)
	default:
		// The rest have no value: print, println, panic, close, clear.
		run := c.deferredBuiltin(in.Common(), b)
		c.emit(func(fr *frame.Frame) { run(fr)(fr.Thread) })
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

// deferredBuiltin generates the evaluation of a builtin call's arguments; the
// function it gives then makes the call, now or later.
func (c *compiler) deferredBuiltin(common *ssa.CallCommon, b *ssa.Builtin) (run func(fr *frame.Frame) func(t *frame.Thread)) {
	args := common.Args
	if c.observed {
		defer func() { run = c.observedBuiltin(b, args, run) }()
	}
	switch b.Name() {
	case "print", "println":
		slots := c.argSlots(args)
		ln := b.Name() == "println"
		return func(fr *frame.Frame) func(t *frame.Thread) {
			text := printText(fr, slots, ln)
			return func(t *frame.Thread) { _, _ = sched.Stderr(t.G).Write([]byte(text)) }
		}
	case "panic":
		x := c.toEface(args[0])
		return func(fr *frame.Frame) func(t *frame.Thread) {
			v := x(fr)
			return func(*frame.Thread) { panic(v) }
		}
	case "close":
		s := c.slot(args[0])
		if c.observed {
			return c.observedClose(s, c.site(args[0]))
		}
		return func(fr *frame.Frame) func(t *frame.Thread) {
			ch := *memory.At[chan struct{}](fr.Mem, s.Off) // close looks at no element
			return func(*frame.Thread) { close(ch) }
		}
	case "delete":
		m, k := c.slot(args[0]), c.slot(args[1])
		remove := c.mapDelete(m.Layout, k.Layout)
		return func(fr *frame.Frame) func(t *frame.Thread) {
			p := *memory.At[unsafe.Pointer](fr.Mem, m.Off)
			key := k.Layout.Alloc()
			k.Layout.Move(key, unsafe.Add(fr.Mem, k.Off))
			return func(t *frame.Thread) { remove(t, p, key) }
		}
	case "clear":
		s := c.slot(args[0])
		return func(fr *frame.Frame) func(t *frame.Thread) {
			v := reflect.New(s.Layout.Type).Elem()
			v.Set(s.Layout.Value(unsafe.Add(fr.Mem, s.Off)))
			return func(*frame.Thread) { v.Clear() }
		}
	case "copy":
		x, y := args[0], args[1]
		xs, ys := c.slot(x), c.slot(y)
		return func(fr *frame.Frame) func(t *frame.Thread) {
			a := reflect.New(xs.Layout.Type).Elem()
			a.Set(xs.Layout.Value(unsafe.Add(fr.Mem, xs.Off)))
			b := reflect.New(ys.Layout.Type).Elem()
			b.Set(ys.Layout.Value(unsafe.Add(fr.Mem, ys.Off)))
			return func(*frame.Thread) { reflect.Copy(a, b) }
		}
	}
	c.refuse(common.Pos(), "builtin %s cannot be used here", b.Name())
	return nil
}

// length generates len and cap.
func (c *compiler) length(in *ssa.Call, capacity bool, x ssa.Value) {
	d, s := c.off(in), c.slot(x)
	set := func(fr *frame.Frame, n int) { *memory.At[int](fr.Mem, d) = n }
	switch s.Layout.Type.Kind() {
	case reflect.String:
		c.emit(func(fr *frame.Frame) { *memory.At[int](fr.Mem, d) = len(*memory.At[string](fr.Mem, s.Off)) })
	case reflect.Slice:
		if capacity {
			c.emit(func(fr *frame.Frame) { *memory.At[int](fr.Mem, d) = memory.At[sliceHeader](fr.Mem, s.Off).cap })
		} else {
			c.emit(func(fr *frame.Frame) { *memory.At[int](fr.Mem, d) = memory.At[sliceHeader](fr.Mem, s.Off).len })
		}
	case reflect.Chan:
		c.emit(func(fr *frame.Frame) {
			ch := *memory.At[chan struct{}](fr.Mem, s.Off)
			if capacity {
				set(fr, cap(ch))
			} else {
				set(fr, len(ch))
			}
		})
	case reflect.Map:
		c.observedMap(x, false)
		c.emit(func(fr *frame.Frame) { set(fr, s.Layout.Value(unsafe.Add(fr.Mem, s.Off)).Len()) })
	case reflect.Array:
		n := s.Layout.Type.Len()
		c.emit(func(fr *frame.Frame) { set(fr, n) })
	case reflect.Pointer:
		n := s.Layout.Type.Elem().Len()
		c.emit(func(fr *frame.Frame) { set(fr, n) })
	default:
		c.refuse(in.Pos(), "len of %s", x.Type())
	}
}

func (c *compiler) makeComplex(in *ssa.Call, args []ssa.Value) {
	d, x, y := c.slot(in), c.off(args[0]), c.off(args[1])
	if d.Layout.Type.Kind() == reflect.Complex64 {
		c.emit(func(fr *frame.Frame) {
			*memory.At[complex64](fr.Mem, d.Off) = complex(*memory.At[float32](fr.Mem, x), *memory.At[float32](fr.Mem, y))
		})
		return
	}
	c.emit(func(fr *frame.Frame) {
		*memory.At[complex128](fr.Mem, d.Off) = complex(*memory.At[float64](fr.Mem, x), *memory.At[float64](fr.Mem, y))
	})
}

func (c *compiler) complexPart(in *ssa.Call, re bool, x ssa.Value) {
	d, s := c.off(in), c.slot(x)
	if s.Layout.Type.Kind() == reflect.Complex64 {
		off := s.Off
		if !re {
			off += 4
		}
		c.emit(copyOf[float32](d, off))
		return
	}
	off := s.Off
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
	var f frame.Instr
	switch d.Layout.Type.Kind() {
	case reflect.Int:
		f = extreme[int](d.Off, offs, largest)
	case reflect.Int8:
		f = extreme[int8](d.Off, offs, largest)
	case reflect.Int16:
		f = extreme[int16](d.Off, offs, largest)
	case reflect.Int32:
		f = extreme[int32](d.Off, offs, largest)
	case reflect.Int64:
		f = extreme[int64](d.Off, offs, largest)
	case reflect.Uint:
		f = extreme[uint](d.Off, offs, largest)
	case reflect.Uint8:
		f = extreme[uint8](d.Off, offs, largest)
	case reflect.Uint16:
		f = extreme[uint16](d.Off, offs, largest)
	case reflect.Uint32:
		f = extreme[uint32](d.Off, offs, largest)
	case reflect.Uint64, reflect.Uintptr:
		f = extreme[uint64](d.Off, offs, largest)
	case reflect.Float32:
		f = extreme[float32](d.Off, offs, largest)
	case reflect.Float64:
		f = extreme[float64](d.Off, offs, largest)
	case reflect.String:
		f = extreme[string](d.Off, offs, largest)
	default:
		c.refuse(in.Pos(), "min or max of %s", in.Type())
	}
	c.emit(f)
}

func extreme[T cmp.Ordered](d uintptr, offs []uintptr, largest bool) frame.Instr {
	return func(fr *frame.Frame) {
		v := *memory.At[T](fr.Mem, offs[0])
		for _, o := range offs[1:] {
			if largest {
				v = max(v, *memory.At[T](fr.Mem, o))
			} else {
				v = min(v, *memory.At[T](fr.Mem, o))
			}
		}
		*memory.At[T](fr.Mem, d) = v
	}
}

// printText formats as the builtins print and println do.
func printText(fr *frame.Frame, args []frame.Slot, ln bool) string {
	values := make([]reflect.Value, len(args))
	for i, a := range args {
		values[i] = a.Layout.Value(unsafe.Add(fr.Mem, a.Off))
	}
	return instead.Print(values, ln)
}
