package compile

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

// sliceHeader is the memory of a slice.
type sliceHeader struct {
	data unsafe.Pointer
	len  int
	cap  int
}

// optionalIndex reads an index that may be left out.
func (c *compiler) optionalIndex(v ssa.Value) func(fr *frame.Frame) int64 {
	if v == nil {
		return nil
	}
	return c.indexOperand(v)
}

// slice generates x[lo:hi:max] of a string, slice or array pointer.
func (c *compiler) slice(in *ssa.Slice) {
	d, x := c.off(in), c.off1(in.X)
	lo, hi, limit := c.optionalIndex(in.Low), c.optionalIndex(in.High), c.optionalIndex(in.Max)
	var unsigned [3]bool
	for i, v := range []ssa.Value{in.Low, in.High, in.Max} {
		unsigned[i] = v != nil && composite.Unsigned(v.Type())
	}
	switch t := in.X.Type().Underlying().(type) {
	case *types.Pointer:
		arr := c.memory(t.Elem())
		size, n := arr.Type.Elem().Size(), arr.Type.Len()
		base := c.address(in.X)
		if a, ok := in.X.(*ssa.Alloc); ok && a.Comment == "makeslice" && hi != nil {
			// make with a constant capacity
			c.emit(func(fr *frame.Frame) {
				p, h := base(fr), hi(fr)
				if h < 0 {
					makeSlicePanic(h)
				}
				if h > int64(n) {
					makeSliceCapPanic()
				}
				setSlice(fr, d, p, 0, int(h), n, size)
			})
			return
		}
		c.emit(func(fr *frame.Frame) {
			p := base(fr)
			l, h, m := bounds(fr, lo, hi, limit, n, n, true, unsigned)
			setSlice(fr, d, p, l, h, m, size)
		})
	case *types.Slice:
		size := c.memory(t.Elem()).Size
		c.emit(func(fr *frame.Frame) {
			s := memory.At[sliceHeader](fr.Mem, x)
			l, h, m := bounds(fr, lo, hi, limit, s.len, s.cap, false, unsigned)
			setSlice(fr, d, s.data, l, h, m, size)
		})
	default: // a string, or []byte|string of a type parameter
		if c.slot(in.X).Layout.Class == memory.ClassSlice {
			c.emit(func(fr *frame.Frame) {
				s := memory.At[sliceHeader](fr.Mem, x)
				l, h, m := bounds(fr, lo, hi, limit, s.len, s.cap, false, unsigned)
				setSlice(fr, d, s.data, l, h, m, 1)
			})
			return
		}
		c.emit(func(fr *frame.Frame) {
			s := *memory.At[string](fr.Mem, x)
			l, h := 0, len(s)
			if lo != nil {
				l = int(lo(fr))
			}
			if hi != nil {
				h = int(hi(fr))
			}
			if uint(h) > uint(len(s)) || uint(l) > uint(h) {
				runtimeerror.Slice([3]int{l, h, len(s)}, [3]bool{lo != nil, hi != nil}, unsigned, len(s), len(s), true)
			}
			*memory.At[string](fr.Mem, d) = s[l:h]
		})
	}
}

// off1 is off for a value that may be a folded address and then has no slot.
func (c *compiler) off1(v ssa.Value) uintptr {
	if s := c.slots[v]; s != nil {
		return s.Off
	}
	return 0
}

// bounds evaluates slice indices.
func bounds(fr *frame.Frame, lo, hi, limit func(*frame.Frame) int64, n, c int, array bool, unsigned [3]bool) (l, h, m int) {
	h, m = n, c
	if lo != nil {
		l = int(lo(fr))
	}
	if hi != nil {
		h = int(hi(fr))
	}
	if limit != nil {
		m = int(limit(fr))
	}
	if uint(m) <= uint(c) && uint(h) <= uint(m) && uint(l) <= uint(h) {
		return l, h, m
	}
	runtimeerror.Slice([3]int{l, h, m}, [3]bool{lo != nil, hi != nil, limit != nil}, unsigned, n, c, array)
	return 0, 0, 0 // never
}

func setSlice(fr *frame.Frame, d uintptr, p unsafe.Pointer, l, h, m int, size uintptr) {
	s := memory.At[sliceHeader](fr.Mem, d)
	s.len, s.cap = h-l, m-l
	if m > l { // do not point past the end of the memory
		p = unsafe.Add(p, uintptr(l)*size)
	}
	s.data = p
}

// sliceToArrayPointer generates (*[N]T)(s).
func (c *compiler) sliceToArrayPointer(in *ssa.SliceToArrayPointer) {
	d, x := c.off(in), c.slot(in.X)
	to := c.slot(in).Layout.Type
	n := to.Elem().Len()
	c.emit(func(fr *frame.Frame) {
		s := memory.At[sliceHeader](fr.Mem, x.Off)
		if s.len < n {
			conversionPanic(s.len, n)
		}
		*memory.At[unsafe.Pointer](fr.Mem, d) = s.data
	})
}

func conversionPanic(have, want int) {
	panic(runtimeerror.Conversion(have, want))
}

// makeSlice generates make([]T, len, cap).
func (c *compiler) makeSlice(in *ssa.MakeSlice) {
	d := c.slot(in)
	typ := d.Layout.Type
	length, capacity := c.indexOperand(in.Len), c.indexOperand(in.Cap)
	c.emit(func(fr *frame.Frame) {
		l, m := length(fr), capacity(fr)
		size := int64(typ.Elem().Size())
		if l < 0 || size > 0 && l > (1<<47)/size {
			makeSlicePanic(l)
		}
		if m < l || size > 0 && m > (1<<47)/size {
			makeSliceCapPanic()
		}
		fr.Thread.Room(int(m), uintptr(size))
		v := reflect.MakeSlice(typ, int(l), int(m))
		p := v.UnsafePointer()
		*memory.At[sliceHeader](fr.Mem, d.Off) = sliceHeader{p, int(l), int(m)}
	})
}

func makeSlicePanic(n int64) {
	l := int(n)
	if n >= 0 {
		l = -1
	}
	_ = make([]byte, l) // panics in Go's words
}

func makeSliceCapPanic() {
	n, k := 1, 0
	_ = make([]byte, n, k) // panics in Go's words
}

// appendCall generates append(s, t...).
func (c *compiler) appendCall(dst frame.Slot, x, y ssa.Value) {
	d, s := dst.Off, c.off(x)
	elem := memory.Of(dst.Layout.Type.Elem())
	ys := c.slot(y)
	if c.observed {
		c.observedAppend(x, y)
	}
	if ys.Layout.Class == memory.ClassStr {
		c.emit(func(fr *frame.Frame) {
			a, b := *memory.At[[]byte](fr.Mem, s), *memory.At[string](fr.Mem, ys.Off)
			fr.Thread.Growth(len(a), len(b), cap(a), 1)
			*memory.At[[]byte](fr.Mem, d) = append(a, b...)
		})
		return
	}
	// As many elements without a size as one likes fit into memory: that is looked at below.
	if o := byClass[elem.Class]; o != nil && elem.Class != memory.ClassZero {
		c.emit(o.appendAll(d, s, ys.Off))
		return
	}
	mem := dst.Layout
	c.emit(func(fr *frame.Frame) {
		a := mem.Value(unsafe.Add(fr.Mem, s))
		b := mem.Value(unsafe.Add(fr.Mem, ys.Off))
		if a.Len()+b.Len() < 0 {
			panic(runtimeerror.Of("growslice: len out of range"))
		}
		fr.Thread.Growth(a.Len(), b.Len(), a.Cap(), elem.Size)
		mem.Value(unsafe.Add(fr.Mem, d)).Set(reflect.AppendSlice(a, b))
	})
}

func appendOf[T any](d, s, t uintptr) frame.Instr {
	return func(fr *frame.Frame) {
		a, b := *memory.At[[]T](fr.Mem, s), *memory.At[[]T](fr.Mem, t)
		if len(a)+len(b) > cap(a) {
			fr.Thread.Growth(len(a), len(b), cap(a), unsafe.Sizeof(*new(T)))
		}
		*memory.At[[]T](fr.Mem, d) = append(a, b...)
	}
}

// copyCall generates copy(dst, src).
func (c *compiler) copyCall(res *frame.Slot, x, y ssa.Value) {
	xs, ys := c.slot(x), c.slot(y)
	if c.observed {
		c.observedCopy(x, y)
	}
	set := func(fr *frame.Frame, n int) {
		if res != nil {
			*memory.At[int](fr.Mem, res.Off) = n
		}
	}
	if ys.Layout.Class == memory.ClassStr {
		c.emit(func(fr *frame.Frame) {
			set(fr, copy(*memory.At[[]byte](fr.Mem, xs.Off), *memory.At[string](fr.Mem, ys.Off)))
		})
		return
	}
	c.emit(func(fr *frame.Frame) {
		set(fr, reflect.Copy(xs.Layout.Value(unsafe.Add(fr.Mem, xs.Off)), ys.Layout.Value(unsafe.Add(fr.Mem, ys.Off))))
	})
}
