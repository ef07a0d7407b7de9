package run

import (
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// shift generates << and >>. The count is read as an unsigned 64-bit number
// after a negative signed one has panicked.
func (c *compiler) shift(in *ssa.BinOp, d, x uintptr) instr {
	count := c.shiftCount(in.Y)
	left := in.Op == token.SHL
	switch c.slot(in.X).mem.typ.Kind() {
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

func shiftOp[T integer](left bool, d, x uintptr, count func(*frame) uint64) instr {
	if left {
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) << count(fr) }
	}
	return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) >> count(fr) }
}

func (c *compiler) shiftCount(v ssa.Value) func(*frame) uint64 {
	if k, ok := v.(*ssa.Const); ok && k.Value != nil {
		n := k.Uint64()
		return func(*frame) uint64 { return n }
	}
	return c.unsignedOperand(v, func(n int64) {
		s := int(n)
		_ = 1 << s // panics in Go's own words
	})
}

// unsignedOperand reads an integer of any kind as uint64; negative is called
// with a negative one.
func (c *compiler) unsignedOperand(v ssa.Value, negative func(int64)) func(*frame) uint64 {
	y := c.off(v)
	check := func(n int64) uint64 {
		if n < 0 {
			negative(n)
		}
		return uint64(n)
	}
	switch c.slot(v).mem.typ.Kind() {
	case reflect.Int, reflect.Int64:
		return func(fr *frame) uint64 { return check(*at[int64](fr.mem, y)) }
	case reflect.Int8:
		return func(fr *frame) uint64 { return check(int64(*at[int8](fr.mem, y))) }
	case reflect.Int16:
		return func(fr *frame) uint64 { return check(int64(*at[int16](fr.mem, y))) }
	case reflect.Int32:
		return func(fr *frame) uint64 { return check(int64(*at[int32](fr.mem, y))) }
	case reflect.Uint8:
		return func(fr *frame) uint64 { return uint64(*at[uint8](fr.mem, y)) }
	case reflect.Uint16:
		return func(fr *frame) uint64 { return uint64(*at[uint16](fr.mem, y)) }
	case reflect.Uint32:
		return func(fr *frame) uint64 { return uint64(*at[uint32](fr.mem, y)) }
	}
	return func(fr *frame) uint64 { return *at[uint64](fr.mem, y) }
}
