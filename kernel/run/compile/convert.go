package compile

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// convert generates conversions between types of different representation.
func (c *compiler) convert(in ssa.Value, x ssa.Value, from, to types.Type) {
	d, s := c.slot(in), c.slot(x)
	ft, tt := s.Layout.Type, d.Layout.Type
	if f := convertNumber(ft.Kind(), tt.Kind(), d.Off, s.Off); f != nil {
		c.emit(f)
		return
	}
	dOff, sOff := d.Off, s.Off
	switch {
	case ft.Kind() == reflect.String && tt.Kind() == reflect.Slice && tt.Elem().Kind() == reflect.Uint8:
		c.emit(bytesOf(in, dOff, sOff))
	case ft.Kind() == reflect.String && tt.Kind() == reflect.Slice && tt.Elem().Kind() == reflect.Int32:
		c.emit(runesOf(in, dOff, sOff))
	case tt.Kind() == reflect.String && ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Uint8:
		c.emit(func(fr *frame.Frame) { *memory.At[string](fr.Mem, dOff) = string(*memory.At[[]byte](fr.Mem, sOff)) })
	case tt.Kind() == reflect.String && ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Int32:
		c.emit(func(fr *frame.Frame) { *memory.At[string](fr.Mem, dOff) = string(*memory.At[[]rune](fr.Mem, sOff)) })
	case tt.Kind() == reflect.String && ft.Kind() == reflect.String:
		c.copySlot(d, s)
	case tt.Kind() == reflect.String && ft.ConvertibleTo(tt):
		// An integer becomes the rune it numbers.
		c.emit(func(fr *frame.Frame) {
			v := s.Layout.Value(unsafe.Add(fr.Mem, sOff)).Convert(tt)
			*memory.At[string](fr.Mem, dOff) = v.String()
		})
	case isPointerShaped(ft) && isPointerShaped(tt):
		c.emit(copyOf[unsafe.Pointer](dOff, sOff))
	case ft.Kind() == reflect.UnsafePointer && tt.Kind() == reflect.Uintptr:
		c.emit(copyOf[uintptr](dOff, sOff))
	case ft.Kind() == reflect.Uintptr && tt.Kind() == reflect.UnsafePointer:
		c.emit(copyOf[unsafe.Pointer](dOff, sOff))
	case ft.Kind() == reflect.Slice && tt.Kind() == reflect.Array:
		n := tt.Len()
		c.emit(func(fr *frame.Frame) {
			h := memory.At[sliceHeader](fr.Mem, sOff)
			if h.len < n {
				conversionPanic(h.len, n)
			}
			if n > 0 {
				d.Layout.Move(unsafe.Add(fr.Mem, dOff), h.data)
			}
		})
	case s.Layout.Class == d.Layout.Class && s.Layout.Size == d.Layout.Size:
		c.copySlot(d, s)
	default:
		c.refuse(in.Pos(), "conversion from %s to %s", from, to)
	}
}

func isPointerShaped(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.UnsafePointer
}

func convertNumber(from, to reflect.Kind, d, s uintptr) frame.Instr {
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
			return func(fr *frame.Frame) {
				*memory.At[complex128](fr.Mem, d) = complex128(*memory.At[complex64](fr.Mem, s))
			}
		}
	case reflect.Complex128:
		switch to {
		case reflect.Complex64:
			return func(fr *frame.Frame) { *memory.At[complex64](fr.Mem, d) = complex64(*memory.At[complex128](fr.Mem, s)) }
		case reflect.Complex128:
			return copyOf[complex128](d, s)
		}
	}
	return nil
}

func convertFrom[F integer | float](to reflect.Kind, d, s uintptr) frame.Instr {
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

func convertTo[F, T integer | float](d, s uintptr) frame.Instr {
	return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = T(*memory.At[F](fr.Mem, s)) }
}
