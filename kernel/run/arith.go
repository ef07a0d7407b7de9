package run

import (
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

type signed interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}

type unsigned interface {
	~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type integer interface{ signed | unsigned }

type float interface{ ~float32 | ~float64 }

type number interface {
	integer | float | ~complex64 | ~complex128
}

// binOp generates a binary operation whose value has a slot.
func (c *compiler) binOp(in *ssa.BinOp) {
	if isComparison(in.Op) {
		cond := c.condition(in)
		d := c.off(in)
		c.emit(func(fr *frame) { *at[bool](fr.mem, d) = cond(fr) })
		return
	}
	d, x, y := c.off(in), c.off(in.X), c.off(in.Y)
	if in.Op == token.SHL || in.Op == token.SHR {
		c.emit(c.shift(in, d, x))
		return
	}
	var f instr
	k, _ := in.Y.(*ssa.Const)
	switch kind := c.slot(in.X).mem.typ.Kind(); kind {
	case reflect.Int:
		f = intOp[int](in.Op, d, x, y, k)
	case reflect.Int8:
		f = intOp[int8](in.Op, d, x, y, k)
	case reflect.Int16:
		f = intOp[int16](in.Op, d, x, y, k)
	case reflect.Int32:
		f = intOp[int32](in.Op, d, x, y, k)
	case reflect.Int64:
		f = intOp[int64](in.Op, d, x, y, k)
	case reflect.Uint:
		f = intOp[uint](in.Op, d, x, y, k)
	case reflect.Uint8:
		f = intOp[uint8](in.Op, d, x, y, k)
	case reflect.Uint16:
		f = intOp[uint16](in.Op, d, x, y, k)
	case reflect.Uint32:
		f = intOp[uint32](in.Op, d, x, y, k)
	case reflect.Uint64:
		f = intOp[uint64](in.Op, d, x, y, k)
	case reflect.Uintptr:
		f = intOp[uintptr](in.Op, d, x, y, k)
	case reflect.Float32:
		f = floatOp[float32](in.Op, d, x, y)
	case reflect.Float64:
		f = floatOp[float64](in.Op, d, x, y)
	case reflect.Complex64:
		f = complexOp[complex64](in.Op, d, x, y)
	case reflect.Complex128:
		f = complexOp[complex128](in.Op, d, x, y)
	case reflect.String:
		if in.Op == token.ADD {
			f = func(fr *frame) {
				*at[string](fr.mem, d) = *at[string](fr.mem, x) + *at[string](fr.mem, y)
			}
		}
	}
	if f == nil {
		c.refuse(in.Pos(), "operator %s on %s", in.Op, in.X.Type())
	}
	c.emit(f)
}

func intOp[T integer](op token.Token, d, x, y uintptr, k *ssa.Const) instr {
	if k != nil && k.Value != nil {
		v := constantInt[T](k)
		switch op {
		case token.ADD:
			if d == x {
				return func(fr *frame) { *at[T](fr.mem, d) += v }
			}
			return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) + v }
		case token.SUB:
			if d == x {
				return func(fr *frame) { *at[T](fr.mem, d) -= v }
			}
			return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) - v }
		case token.MUL:
			return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) * v }
		case token.AND:
			return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) & v }
		case token.REM:
			if v != 0 {
				return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) % v }
			}
		case token.QUO:
			if v != 0 {
				return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) / v }
			}
		}
	}
	switch op {
	case token.ADD:
		if d == x {
			return func(fr *frame) { *at[T](fr.mem, d) += *at[T](fr.mem, y) }
		}
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) + *at[T](fr.mem, y) }
	case token.SUB:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) - *at[T](fr.mem, y) }
	case token.MUL:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) * *at[T](fr.mem, y) }
	case token.QUO:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) / *at[T](fr.mem, y) }
	case token.REM:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) % *at[T](fr.mem, y) }
	case token.AND:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) & *at[T](fr.mem, y) }
	case token.OR:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) | *at[T](fr.mem, y) }
	case token.XOR:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) ^ *at[T](fr.mem, y) }
	case token.AND_NOT:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) &^ *at[T](fr.mem, y) }
	}
	return nil
}

func floatOp[T float](op token.Token, d, x, y uintptr) instr {
	switch op {
	case token.ADD:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) + *at[T](fr.mem, y) }
	case token.SUB:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) - *at[T](fr.mem, y) }
	case token.MUL:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) * *at[T](fr.mem, y) }
	case token.QUO:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) / *at[T](fr.mem, y) }
	}
	return nil
}

func complexOp[T complex64 | complex128](op token.Token, d, x, y uintptr) instr {
	switch op {
	case token.ADD:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) + *at[T](fr.mem, y) }
	case token.SUB:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) - *at[T](fr.mem, y) }
	case token.MUL:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) * *at[T](fr.mem, y) }
	case token.QUO:
		return func(fr *frame) { *at[T](fr.mem, d) = *at[T](fr.mem, x) / *at[T](fr.mem, y) }
	}
	return nil
}

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

// unOp generates a unary operation.
func (c *compiler) unOp(in *ssa.UnOp) {
	switch in.Op {
	case token.MUL:
		c.load(in)
		return
	case token.ARROW:
		c.receive(in)
		return
	case token.NOT:
		d, x := c.off(in), c.off(in.X)
		c.emit(func(fr *frame) { *at[bool](fr.mem, d) = !*at[bool](fr.mem, x) })
		return
	}
	d, x := c.off(in), c.off(in.X)
	var f instr
	switch c.slot(in.X).mem.typ.Kind() {
	case reflect.Int:
		f = unaryInt[int](in.Op, d, x)
	case reflect.Int8:
		f = unaryInt[int8](in.Op, d, x)
	case reflect.Int16:
		f = unaryInt[int16](in.Op, d, x)
	case reflect.Int32:
		f = unaryInt[int32](in.Op, d, x)
	case reflect.Int64:
		f = unaryInt[int64](in.Op, d, x)
	case reflect.Uint:
		f = unaryInt[uint](in.Op, d, x)
	case reflect.Uint8:
		f = unaryInt[uint8](in.Op, d, x)
	case reflect.Uint16:
		f = unaryInt[uint16](in.Op, d, x)
	case reflect.Uint32:
		f = unaryInt[uint32](in.Op, d, x)
	case reflect.Uint64:
		f = unaryInt[uint64](in.Op, d, x)
	case reflect.Uintptr:
		f = unaryInt[uintptr](in.Op, d, x)
	case reflect.Float32:
		f = func(fr *frame) { *at[float32](fr.mem, d) = -*at[float32](fr.mem, x) }
	case reflect.Float64:
		f = func(fr *frame) { *at[float64](fr.mem, d) = -*at[float64](fr.mem, x) }
	case reflect.Complex64:
		f = func(fr *frame) { *at[complex64](fr.mem, d) = -*at[complex64](fr.mem, x) }
	case reflect.Complex128:
		f = func(fr *frame) { *at[complex128](fr.mem, d) = -*at[complex128](fr.mem, x) }
	}
	if f == nil {
		c.refuse(in.Pos(), "operator %s on %s", in.Op, in.X.Type())
	}
	c.emit(f)
}

func unaryInt[T integer](op token.Token, d, x uintptr) instr {
	switch op {
	case token.SUB:
		return func(fr *frame) { *at[T](fr.mem, d) = -*at[T](fr.mem, x) }
	case token.XOR:
		return func(fr *frame) { *at[T](fr.mem, d) = ^*at[T](fr.mem, x) }
	}
	return nil
}

// convert generates conversions between types of different representation.
func (c *compiler) convert(in ssa.Value, x ssa.Value, from, to types.Type) {
	d, s := c.slot(in), c.slot(x)
	ft, tt := s.mem.typ, d.mem.typ
	if f := convertNumber(ft.Kind(), tt.Kind(), d.off, s.off); f != nil {
		c.emit(f)
		return
	}
	dOff, sOff := d.off, s.off
	switch {
	case ft.Kind() == reflect.String && tt.Kind() == reflect.Slice && tt.Elem().Kind() == reflect.Uint8:
		c.emit(func(fr *frame) { *at[[]byte](fr.mem, dOff) = []byte(*at[string](fr.mem, sOff)) })
	case ft.Kind() == reflect.String && tt.Kind() == reflect.Slice && tt.Elem().Kind() == reflect.Int32:
		c.emit(func(fr *frame) { *at[[]rune](fr.mem, dOff) = []rune(*at[string](fr.mem, sOff)) })
	case tt.Kind() == reflect.String && ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Uint8:
		c.emit(func(fr *frame) { *at[string](fr.mem, dOff) = string(*at[[]byte](fr.mem, sOff)) })
	case tt.Kind() == reflect.String && ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Int32:
		c.emit(func(fr *frame) { *at[string](fr.mem, dOff) = string(*at[[]rune](fr.mem, sOff)) })
	case tt.Kind() == reflect.String && ft.Kind() == reflect.String:
		c.copySlot(d, s)
	case tt.Kind() == reflect.String && ft.ConvertibleTo(tt):
		// An integer becomes the rune it numbers.
		c.emit(func(fr *frame) {
			v := s.mem.value(unsafe.Add(fr.mem, sOff)).Convert(tt)
			*at[string](fr.mem, dOff) = v.String()
		})
	case isPointerShaped(ft) && isPointerShaped(tt):
		c.emit(copyOf[unsafe.Pointer](dOff, sOff))
	case ft.Kind() == reflect.UnsafePointer && tt.Kind() == reflect.Uintptr:
		c.emit(copyOf[uintptr](dOff, sOff))
	case ft.Kind() == reflect.Uintptr && tt.Kind() == reflect.UnsafePointer:
		c.emit(copyOf[unsafe.Pointer](dOff, sOff))
	case ft.Kind() == reflect.Slice && tt.Kind() == reflect.Array:
		n := tt.Len()
		c.emit(func(fr *frame) {
			h := at[sliceHeader](fr.mem, sOff)
			if h.len < n {
				conversionPanic(h.len, n)
			}
			if n > 0 {
				d.mem.move(unsafe.Add(fr.mem, dOff), h.data)
			}
		})
	case s.mem.class == d.mem.class && s.mem.size == d.mem.size:
		c.copySlot(d, s)
	default:
		c.refuse(in.Pos(), "conversion from %s to %s", from, to)
	}
}

func isPointerShaped(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.UnsafePointer
}

func convertNumber(from, to reflect.Kind, d, s uintptr) instr {
	switch from {
	case reflect.Int:
		return convertFrom[int](to, d, s)
	case reflect.Int8:
		return convertFrom[int8](to, d, s)
	case reflect.Int16:
		return convertFrom[int16](to, d, s)
	case reflect.Int32:
		return convertFrom[int32](to, d, s)
	case reflect.Int64:
		return convertFrom[int64](to, d, s)
	case reflect.Uint:
		return convertFrom[uint](to, d, s)
	case reflect.Uint8:
		return convertFrom[uint8](to, d, s)
	case reflect.Uint16:
		return convertFrom[uint16](to, d, s)
	case reflect.Uint32:
		return convertFrom[uint32](to, d, s)
	case reflect.Uint64:
		return convertFrom[uint64](to, d, s)
	case reflect.Uintptr:
		return convertFrom[uintptr](to, d, s)
	case reflect.Float32:
		return convertFrom[float32](to, d, s)
	case reflect.Float64:
		return convertFrom[float64](to, d, s)
	case reflect.Complex64:
		switch to {
		case reflect.Complex64:
			return copyOf[complex64](d, s)
		case reflect.Complex128:
			return func(fr *frame) { *at[complex128](fr.mem, d) = complex128(*at[complex64](fr.mem, s)) }
		}
	case reflect.Complex128:
		switch to {
		case reflect.Complex64:
			return func(fr *frame) { *at[complex64](fr.mem, d) = complex64(*at[complex128](fr.mem, s)) }
		case reflect.Complex128:
			return copyOf[complex128](d, s)
		}
	}
	return nil
}

func convertFrom[F integer | float](to reflect.Kind, d, s uintptr) instr {
	switch to {
	case reflect.Int:
		return convertTo[F, int](d, s)
	case reflect.Int8:
		return convertTo[F, int8](d, s)
	case reflect.Int16:
		return convertTo[F, int16](d, s)
	case reflect.Int32:
		return convertTo[F, int32](d, s)
	case reflect.Int64:
		return convertTo[F, int64](d, s)
	case reflect.Uint:
		return convertTo[F, uint](d, s)
	case reflect.Uint8:
		return convertTo[F, uint8](d, s)
	case reflect.Uint16:
		return convertTo[F, uint16](d, s)
	case reflect.Uint32:
		return convertTo[F, uint32](d, s)
	case reflect.Uint64:
		return convertTo[F, uint64](d, s)
	case reflect.Uintptr:
		return convertTo[F, uintptr](d, s)
	case reflect.Float32:
		return convertTo[F, float32](d, s)
	case reflect.Float64:
		return convertTo[F, float64](d, s)
	}
	return nil
}

func convertTo[F, T integer | float](d, s uintptr) instr {
	return func(fr *frame) { *at[T](fr.mem, d) = T(*at[F](fr.mem, s)) }
}
