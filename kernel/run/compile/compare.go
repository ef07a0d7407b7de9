package compile

import (
	"cmp"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/run/standin"
)

func constantInt[T integer](k *ssa.Const) T {
	v := constant.ToInt(k.Value)
	if i, ok := constant.Int64Val(v); ok {
		return T(i)
	}
	u, _ := constant.Uint64Val(v)
	return T(u)
}

type predicate func(fr *frame.Frame) bool

// condition generates a comparison.
func (c *compiler) condition(in *ssa.BinOp) predicate {
	sx, sy := c.slot(in.X), c.slot(in.Y)
	x, y := sx.Off, sy.Off
	k, _ := in.Y.(*ssa.Const)
	if isInterface(in.X.Type()) || isInterface(in.Y.Type()) {
		return c.compareInterfaces(in)
	}
	var f predicate
	switch sx.Layout.Type.Kind() {
	case reflect.Int:
		f = orderedInt[int](in.Op, x, y, k)
	case reflect.Int8:
		f = orderedInt[int8](in.Op, x, y, k)
	case reflect.Int16:
		f = orderedInt[int16](in.Op, x, y, k)
	case reflect.Int32:
		f = orderedInt[int32](in.Op, x, y, k)
	case reflect.Int64:
		f = orderedInt[int64](in.Op, x, y, k)
	case reflect.Uint:
		f = orderedInt[uint](in.Op, x, y, k)
	case reflect.Uint8:
		f = orderedInt[uint8](in.Op, x, y, k)
	case reflect.Uint16:
		f = orderedInt[uint16](in.Op, x, y, k)
	case reflect.Uint32:
		f = orderedInt[uint32](in.Op, x, y, k)
	case reflect.Uint64:
		f = orderedInt[uint64](in.Op, x, y, k)
	case reflect.Uintptr:
		f = orderedInt[uintptr](in.Op, x, y, k)
	case reflect.Float32:
		f = ordered[float32](in.Op, x, y)
	case reflect.Float64:
		f = ordered[float64](in.Op, x, y)
	case reflect.String:
		f = ordered[string](in.Op, x, y)
	case reflect.Bool:
		f = equality[bool](in.Op, x, y)
	case reflect.Complex64:
		f = equality[complex64](in.Op, x, y)
	case reflect.Complex128:
		f = equality[complex128](in.Op, x, y)
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan, reflect.Map, reflect.Func:
		f = equality[unsafe.Pointer](in.Op, x, y)
	case reflect.Slice:
		// Only ever compared with nil.
		if _, ok := in.X.(*ssa.Const); ok {
			x = y
		}
		f = func(fr *frame.Frame) bool { return *memory.At[unsafe.Pointer](fr.Mem, x) == nil }
		if in.Op == token.NEQ {
			f = func(fr *frame.Frame) bool { return *memory.At[unsafe.Pointer](fr.Mem, x) != nil }
		}
	default:
		mem := sx.Layout
		want := in.Op == token.EQL
		f = func(fr *frame.Frame) bool {
			return equalMemory(mem, unsafe.Add(fr.Mem, x), unsafe.Add(fr.Mem, y)) == want
		}
	}
	if f == nil {
		c.refuse(in.Pos(), "comparison %s of %s", in.Op, in.X.Type())
	}
	return f
}

// equalMemory compares two values of a comparable type by the run-time type's
// own equality, as == on two interfaces that hold them does.
func equalMemory(mem memory.Layout, a, b unsafe.Pointer) bool {
	return mem.Value(a).Interface() == mem.Value(b).Interface()
}

func isInterface(t types.Type) bool { return types.IsInterface(t) }

func orderedInt[T integer](op token.Token, x, y uintptr, k *ssa.Const) predicate {
	if k != nil && k.Value != nil {
		v := constantInt[T](k)
		switch op {
		case token.EQL:
			return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) == v }
		case token.NEQ:
			return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) != v }
		case token.LSS:
			return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) < v }
		case token.LEQ:
			return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) <= v }
		case token.GTR:
			return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) > v }
		case token.GEQ:
			return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) >= v }
		}
	}
	return ordered[T](op, x, y)
}

func ordered[T cmp.Ordered](op token.Token, x, y uintptr) predicate {
	switch op {
	case token.LSS:
		return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) < *memory.At[T](fr.Mem, y) }
	case token.LEQ:
		return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) <= *memory.At[T](fr.Mem, y) }
	case token.GTR:
		return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) > *memory.At[T](fr.Mem, y) }
	case token.GEQ:
		return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) >= *memory.At[T](fr.Mem, y) }
	}
	return equality[T](op, x, y)
}

func equality[T comparable](op token.Token, x, y uintptr) predicate {
	switch op {
	case token.EQL:
		return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) == *memory.At[T](fr.Mem, y) }
	case token.NEQ:
		return func(fr *frame.Frame) bool { return *memory.At[T](fr.Mem, x) != *memory.At[T](fr.Mem, y) }
	}
	return nil
}

// compareInterfaces compares where at least one side is an interface. Both
// are brought to the empty interface, on which == means the same.
func (c *compiler) compareInterfaces(in *ssa.BinOp) predicate {
	want := in.Op == token.EQL
	// Comparison with nil looks at the first word only.
	if k, ok := in.Y.(*ssa.Const); ok && k.Value == nil && isInterface(in.X.Type()) {
		x := c.off(in.X)
		return func(fr *frame.Frame) bool { return (*memory.At[unsafe.Pointer](fr.Mem, x) == nil) == want }
	}
	if k, ok := in.X.(*ssa.Const); ok && k.Value == nil && isInterface(in.Y.Type()) {
		y := c.off(in.Y)
		return func(fr *frame.Frame) bool { return (*memory.At[unsafe.Pointer](fr.Mem, y) == nil) == want }
	}
	x, y := c.toEface(in.X), c.toEface(in.Y)
	return func(fr *frame.Frame) bool { return (x(fr) == y(fr)) == want }
}

// toTwin is toEface for an interface, with the twin's type if there is a twin
// in it.
func (c *compiler) toTwin(v ssa.Value) func(fr *frame.Frame) any {
	s := c.slot(v)
	if s.Layout.Type.NumMethod() == 0 {
		return func(fr *frame.Frame) any { return *memory.At[any](fr.Mem, s.Off) }
	}
	return func(fr *frame.Frame) any { return goruntime.Eface(unsafe.Add(fr.Mem, s.Off)) }
}

// toEface reads any value as an empty interface.
func (c *compiler) toEface(v ssa.Value) func(fr *frame.Frame) any {
	s := c.slot(v)
	if isInterface(v.Type()) {
		if s.Layout.Type.NumMethod() == 0 {
			return func(fr *frame.Frame) any { return *memory.At[any](fr.Mem, s.Off) }
		}
		if real := standin.RealTypes(s.Layout.Type); real != nil {
			return func(fr *frame.Frame) any {
				e := goruntime.Eface(unsafe.Add(fr.Mem, s.Off))
				w := (*goruntime.Iface)(unsafe.Pointer(&e))
				if word, ok := real[w.Tab]; ok {
					w.Tab = word
				}
				return e
			}
		}
		return func(fr *frame.Frame) any { return goruntime.Eface(unsafe.Add(fr.Mem, s.Off)) }
	}
	return func(fr *frame.Frame) any { return s.Layout.Value(unsafe.Add(fr.Mem, s.Off)).Interface() }
}

// fusedBranch is branch on the commonest comparison, of ints, in one closure.
func (c *compiler) fusedBranch(in *ssa.BinOp, yes, no *frame.Block, back bool) func(*frame.Frame) *frame.Block {
	if c.slot(in.X).Layout.Type.Kind() != reflect.Int {
		return nil
	}
	x, y := c.off(in.X), c.off(in.Y)
	op := in.Op
	switch op { // reduce to < and ==
	case token.GEQ:
		op, yes, no = token.LSS, no, yes
	case token.GTR:
		op, x, y = token.LSS, y, x
	case token.LEQ:
		op, x, y, yes, no = token.LSS, y, x, no, yes
	case token.NEQ:
		op, yes, no = token.EQL, no, yes
	}
	if op == token.LSS && back {
		return func(fr *frame.Frame) *frame.Block {
			if fr.Thread.Due() {
				fr.Thread.Attend()
			}
			if *memory.At[int](fr.Mem, x) < *memory.At[int](fr.Mem, y) {
				return yes
			}
			return no
		}
	}
	if op == token.LSS {
		return func(fr *frame.Frame) *frame.Block {
			if *memory.At[int](fr.Mem, x) < *memory.At[int](fr.Mem, y) {
				return yes
			}
			return no
		}
	}
	return func(fr *frame.Frame) *frame.Block {
		if back && fr.Thread.Due() {
			fr.Thread.Attend()
		}
		if *memory.At[int](fr.Mem, x) == *memory.At[int](fr.Mem, y) {
			return yes
		}
		return no
	}
}
