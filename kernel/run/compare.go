package run

import (
	"cmp"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

func constantInt[T integer](k *ssa.Const) T {
	v := constant.ToInt(k.Value)
	if i, ok := constant.Int64Val(v); ok {
		return T(i)
	}
	u, _ := constant.Uint64Val(v)
	return T(u)
}

type predicate func(fr *frame) bool

// condition generates a comparison.
func (c *compiler) condition(in *ssa.BinOp) predicate {
	sx, sy := c.slot(in.X), c.slot(in.Y)
	x, y := sx.off, sy.off
	k, _ := in.Y.(*ssa.Const)
	if isInterface(in.X.Type()) || isInterface(in.Y.Type()) {
		return c.compareInterfaces(in)
	}
	var f predicate
	switch sx.mem.typ.Kind() {
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
		f = func(fr *frame) bool { return *at[unsafe.Pointer](fr.mem, x) == nil }
		if in.Op == token.NEQ {
			f = func(fr *frame) bool { return *at[unsafe.Pointer](fr.mem, x) != nil }
		}
	default:
		mem := sx.mem
		want := in.Op == token.EQL
		f = func(fr *frame) bool {
			return equalMemory(mem, unsafe.Add(fr.mem, x), unsafe.Add(fr.mem, y)) == want
		}
	}
	if f == nil {
		c.refuse(in.Pos(), "comparison %s of %s", in.Op, in.X.Type())
	}
	return f
}

// equalMemory compares two values of a comparable type by the run-time type's
// own equality, as == on two interfaces that hold them does.
func equalMemory(mem memory, a, b unsafe.Pointer) bool {
	return mem.value(a).Interface() == mem.value(b).Interface()
}

func isInterface(t types.Type) bool { return types.IsInterface(t) }

func orderedInt[T integer](op token.Token, x, y uintptr, k *ssa.Const) predicate {
	if k != nil && k.Value != nil {
		v := constantInt[T](k)
		switch op {
		case token.EQL:
			return func(fr *frame) bool { return *at[T](fr.mem, x) == v }
		case token.NEQ:
			return func(fr *frame) bool { return *at[T](fr.mem, x) != v }
		case token.LSS:
			return func(fr *frame) bool { return *at[T](fr.mem, x) < v }
		case token.LEQ:
			return func(fr *frame) bool { return *at[T](fr.mem, x) <= v }
		case token.GTR:
			return func(fr *frame) bool { return *at[T](fr.mem, x) > v }
		case token.GEQ:
			return func(fr *frame) bool { return *at[T](fr.mem, x) >= v }
		}
	}
	return ordered[T](op, x, y)
}

func ordered[T cmp.Ordered](op token.Token, x, y uintptr) predicate {
	switch op {
	case token.LSS:
		return func(fr *frame) bool { return *at[T](fr.mem, x) < *at[T](fr.mem, y) }
	case token.LEQ:
		return func(fr *frame) bool { return *at[T](fr.mem, x) <= *at[T](fr.mem, y) }
	case token.GTR:
		return func(fr *frame) bool { return *at[T](fr.mem, x) > *at[T](fr.mem, y) }
	case token.GEQ:
		return func(fr *frame) bool { return *at[T](fr.mem, x) >= *at[T](fr.mem, y) }
	}
	return equality[T](op, x, y)
}

func equality[T comparable](op token.Token, x, y uintptr) predicate {
	switch op {
	case token.EQL:
		return func(fr *frame) bool { return *at[T](fr.mem, x) == *at[T](fr.mem, y) }
	case token.NEQ:
		return func(fr *frame) bool { return *at[T](fr.mem, x) != *at[T](fr.mem, y) }
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
		return func(fr *frame) bool { return (*at[unsafe.Pointer](fr.mem, x) == nil) == want }
	}
	if k, ok := in.X.(*ssa.Const); ok && k.Value == nil && isInterface(in.Y.Type()) {
		y := c.off(in.Y)
		return func(fr *frame) bool { return (*at[unsafe.Pointer](fr.mem, y) == nil) == want }
	}
	x, y := c.toEface(in.X), c.toEface(in.Y)
	return func(fr *frame) bool { return (x(fr) == y(fr)) == want }
}

// toEface reads any value as an empty interface.
func (c *compiler) toEface(v ssa.Value) func(fr *frame) any {
	s := c.slot(v)
	if isInterface(v.Type()) {
		if s.mem.typ.NumMethod() == 0 {
			return func(fr *frame) any { return *at[any](fr.mem, s.off) }
		}
		return func(fr *frame) any { return ifaceToEface(unsafe.Add(fr.mem, s.off)) }
	}
	return func(fr *frame) any { return s.mem.value(unsafe.Add(fr.mem, s.off)).Interface() }
}

// fusedBranch is branch on the commonest comparison, of ints, in one closure.
func (c *compiler) fusedBranch(in *ssa.BinOp, yes, no *block, back bool) func(*frame) *block {
	if c.slot(in.X).mem.typ.Kind() != reflect.Int {
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
		return func(fr *frame) *block {
			if fr.t.mustStop() {
				fr.t.stop()
			}
			if *at[int](fr.mem, x) < *at[int](fr.mem, y) {
				return yes
			}
			return no
		}
	}
	if op == token.LSS {
		return func(fr *frame) *block {
			if *at[int](fr.mem, x) < *at[int](fr.mem, y) {
				return yes
			}
			return no
		}
	}
	return func(fr *frame) *block {
		if back && fr.t.mustStop() {
			fr.t.stop()
		}
		if *at[int](fr.mem, x) == *at[int](fr.mem, y) {
			return yes
		}
		return no
	}
}
