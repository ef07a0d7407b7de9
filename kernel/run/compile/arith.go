package compile

import (
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

type signed interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}

type unsigned interface {
	~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type integer interface{ signed | unsigned }

type float interface{ ~float32 | ~float64 }

// binOp generates a binary operation whose value has a slot.
func (c *compiler) binOp(in *ssa.BinOp) {
	if isComparison(in.Op) {
		cond := c.condition(in)
		d := c.off(in)
		c.emit(func(fr *frame.Frame) { *memory.At[bool](fr.Mem, d) = cond(fr) })
		return
	}
	d, x, y := c.off(in), c.off(in.X), c.off(in.Y)
	if in.Op == token.SHL || in.Op == token.SHR {
		c.emit(c.shift(in, d, x))
		return
	}
	var f frame.Instr
	k, _ := in.Y.(*ssa.Const)
	switch kind := c.slot(in.X).Layout.Type.Kind(); kind {
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
		f = floatOp[complex64](in.Op, d, x, y)
	case reflect.Complex128:
		f = floatOp[complex128](in.Op, d, x, y)
	case reflect.String:
		if in.Op == token.ADD {
			f = func(fr *frame.Frame) {
				a, b := *memory.At[string](fr.Mem, x), *memory.At[string](fr.Mem, y)
				fr.Thread.Room(len(a)+len(b), 1)
				*memory.At[string](fr.Mem, d) = a + b
			}
		}
	}
	if f == nil {
		c.refuse(in.Pos(), "operator %s on %s", in.Op, in.X.Type())
	}
	c.emit(f)
}

// intOp generates arithmetic on integers, with a constant right side where
// that saves reading it.
func intOp[T integer](op token.Token, d, x, y uintptr, k *ssa.Const) frame.Instr {
	if k != nil && k.Value != nil {
		v := constantInt[T](k)
		switch op {
		case token.ADD:
			if d == x {
				return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) += v }
			}
			return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) + v }
		case token.SUB:
			if d == x {
				return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) -= v }
			}
			return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) - v }
		case token.MUL:
			return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) * v }
		case token.AND:
			return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) & v }
		case token.REM:
			if v != 0 {
				return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) % v }
			}
		case token.QUO:
			if v != 0 {
				return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) / v }
			}
		}
	}
	switch op {
	case token.ADD:
		if d == x {
			return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) += *memory.At[T](fr.Mem, y) }
		}
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) + *memory.At[T](fr.Mem, y) }
	case token.SUB:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) - *memory.At[T](fr.Mem, y) }
	case token.MUL:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) * *memory.At[T](fr.Mem, y) }
	case token.QUO:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) / *memory.At[T](fr.Mem, y) }
	case token.REM:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) % *memory.At[T](fr.Mem, y) }
	case token.AND:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) & *memory.At[T](fr.Mem, y) }
	case token.OR:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) | *memory.At[T](fr.Mem, y) }
	case token.XOR:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) ^ *memory.At[T](fr.Mem, y) }
	case token.AND_NOT:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) &^ *memory.At[T](fr.Mem, y) }
	}
	return nil
}

// floatOp generates arithmetic on floating-point and complex numbers.
func floatOp[T float | complex64 | complex128](op token.Token, d, x, y uintptr) frame.Instr {
	switch op {
	case token.ADD:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) + *memory.At[T](fr.Mem, y) }
	case token.SUB:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) - *memory.At[T](fr.Mem, y) }
	case token.MUL:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) * *memory.At[T](fr.Mem, y) }
	case token.QUO:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *memory.At[T](fr.Mem, x) / *memory.At[T](fr.Mem, y) }
	}
	return nil
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
		c.emit(func(fr *frame.Frame) { *memory.At[bool](fr.Mem, d) = !*memory.At[bool](fr.Mem, x) })
		return
	}
	d, x := c.off(in), c.off(in.X)
	var f frame.Instr
	switch c.slot(in.X).Layout.Type.Kind() {
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
		f = func(fr *frame.Frame) { *memory.At[float32](fr.Mem, d) = -*memory.At[float32](fr.Mem, x) }
	case reflect.Float64:
		f = func(fr *frame.Frame) { *memory.At[float64](fr.Mem, d) = -*memory.At[float64](fr.Mem, x) }
	case reflect.Complex64:
		f = func(fr *frame.Frame) { *memory.At[complex64](fr.Mem, d) = -*memory.At[complex64](fr.Mem, x) }
	case reflect.Complex128:
		f = func(fr *frame.Frame) { *memory.At[complex128](fr.Mem, d) = -*memory.At[complex128](fr.Mem, x) }
	}
	if f == nil {
		c.refuse(in.Pos(), "operator %s on %s", in.Op, in.X.Type())
	}
	c.emit(f)
}

func unaryInt[T integer](op token.Token, d, x uintptr) frame.Instr {
	switch op {
	case token.SUB:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = -*memory.At[T](fr.Mem, x) }
	case token.XOR:
		return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = ^*memory.At[T](fr.Mem, x) }
	}
	return nil
}
