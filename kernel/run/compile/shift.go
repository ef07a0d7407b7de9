package compile

import (
	"go/constant"
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// shift generates << and >>. The count is read as an unsigned 64-bit number
// after a negative signed one has panicked.
func (c *compiler) shift(in *ssa.BinOp, d, x uintptr) frame.Instr {
	count := c.shiftCount(in.Y)
	left := in.Op == token.SHL
	switch c.slot(in.X).Layout.Type.Kind() {
	case reflect.Int:
		return shiftOp[int](left, d, x, count)
	case reflect.Int8:
		return shiftOp[int8](left, d, x, count)
	case reflect.Int16:
		return shiftOp[int16](left, d, x, count)
	case reflect.Int32:
		return shiftOp[int32](left, d, x, count)
	case reflect.Int64:
		return shiftOp[int64](left, d, x, count)
	case reflect.Uint:
		return shiftOp[uint](left, d, x, count)
	case reflect.Uint8:
		return shiftOp[uint8](left, d, x, count)
	case reflect.Uint16:
		return shiftOp[uint16](left, d, x, count)
	case reflect.Uint32:
		return shiftOp[uint32](left, d, x, count)
	case reflect.Uint64:
		return shiftOp[uint64](left, d, x, count)
	case reflect.Uintptr:
		return shiftOp[uintptr](left, d, x, count)
	}
	c.refuse(in.Pos(), "shift of %s", in.X.Type())
	return nil
}

func shiftOp[T integer](left bool, d, x uintptr, count func(*frame.Frame) uint64) frame.Instr {
	if left {
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) << count(fr) }
	}
	return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) >> count(fr) }
}

func (c *compiler) shiftCount(v ssa.Value) func(*frame.Frame) uint64 {
	if k, ok := v.(*ssa.Const); ok && k.Value != nil {
		if constant.Sign(k.Value) < 0 { // a variable that has always this value
			n := k.Int64()
			return func(*frame.Frame) uint64 { negativeShift(n); return 0 }
		}
		n := k.Uint64()
		return func(*frame.Frame) uint64 { return n }
	}
	return c.unsignedOperand(v, negativeShift)
}

func negativeShift(n int64) {
	s := int(n)
	_ = 1 << s // panics in Go's own words
}

// unsignedOperand reads an integer of any kind as uint64; negative is called
// with a negative one.
func (c *compiler) unsignedOperand(v ssa.Value, negative func(int64)) func(*frame.Frame) uint64 {
	y := c.off(v)
	check := func(n int64) uint64 {
		if n < 0 {
			negative(n)
		}
		return uint64(n)
	}
	switch c.slot(v).Layout.Type.Kind() {
	case reflect.Int, reflect.Int64:
		return func(fr *frame.Frame) uint64 { return check(*memory.At[int64](fr.Mem, y)) }
	case reflect.Int8:
		return func(fr *frame.Frame) uint64 { return check(int64(*memory.At[int8](fr.Mem, y))) }
	case reflect.Int16:
		return func(fr *frame.Frame) uint64 { return check(int64(*memory.At[int16](fr.Mem, y))) }
	case reflect.Int32:
		return func(fr *frame.Frame) uint64 { return check(int64(*memory.At[int32](fr.Mem, y))) }
	case reflect.Uint8:
		return func(fr *frame.Frame) uint64 { return uint64(*memory.At[uint8](fr.Mem, y)) }
	case reflect.Uint16:
		return func(fr *frame.Frame) uint64 { return uint64(*memory.At[uint16](fr.Mem, y)) }
	case reflect.Uint32:
		return func(fr *frame.Frame) uint64 { return uint64(*memory.At[uint32](fr.Mem, y)) }
	}
	return func(fr *frame.Frame) uint64 { return *memory.At[uint64](fr.Mem, y) }
}
