package run

import (
	"go/types"
	"reflect"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A pointerFunc computes an address.
type pointerFunc func(fr *frame) unsafe.Pointer

// nilDeref panics as a nil pointer dereference does.
func nilDeref() {
	var p *int
	*p = 0
}

// indexPanic panics in Go's words for s[i] with len(s) == n.
func indexPanic(i int64, n int) {
	s := unsafe.Slice((*struct{})(unsafe.Pointer(&zeroByte)), n)
	_ = s[i]
	panic("index " + strconv.Itoa(int(i)) + " was in range") // unreachable
}

// unsignedIndexPanic is indexPanic for an index of unsigned type.
func unsignedIndexPanic(i int64, n int) {
	s := unsafe.Slice((*struct{})(unsafe.Pointer(&zeroByte)), n)
	_ = s[uint64(i)]
	panic("index was in range")
}

func isUnsigned(v ssa.Value) bool {
	b, ok := v.Type().Underlying().(*types.Basic)
	return ok && b.Info()&types.IsUnsigned != 0
}

var zeroByte byte

func (c *compiler) fieldOffset(t types.Type, field int) uintptr {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return c.memory(t).typ.Field(field).Offset
}

func elemOf(ptr types.Type) types.Type { return ptr.Underlying().(*types.Pointer).Elem() }

// alloc generates a new variable.
func (c *compiler) alloc(in *ssa.Alloc) {
	mem := c.memory(elemOf(in.Type()))
	if mem.size > maxVariable {
		c.refuse(in.Pos(), "%s", tooLarge(in.Comment, mem.typ))
	}
	d := c.off(in)
	rt := mem.rtype
	if mem.size >= large {
		c.emit(func(fr *frame) { fr.t.room(1, mem.size) })
	}
	c.emit(func(fr *frame) { *at[unsafe.Pointer](fr.mem, d) = unsafeNew(rt) })
}

// lazyAddress is called where a folded address would be computed. Only a
// variable in the frame needs something there: its zero value.
func (c *compiler) lazyAddress(v ssa.Value, a *addr) {
	if _, ok := v.(*ssa.Alloc); ok {
		mem, off := a.region.mem, a.region.off
		switch mem.class {
		case classZero:
		case class8:
			c.emit(func(fr *frame) { *at[uint64](fr.mem, off) = 0 })
		default:
			c.emit(func(fr *frame) { mem.clear(unsafe.Add(fr.mem, off)) })
		}
	}
}

// address returns the function that computes a pointer operand.
func (c *compiler) address(v ssa.Value) pointerFunc {
	if g, ok := v.(*ssa.Global); ok {
		p := c.m.global(g)
		return func(*frame) unsafe.Pointer { return p }
	}
	a := c.addrs[v]
	if a == nil {
		x := c.off(v)
		return func(fr *frame) unsafe.Pointer {
			p := *at[unsafe.Pointer](fr.mem, x)
			if p == nil {
				nilDeref()
			}
			return p
		}
	}
	return c.folded(a)
}

func (c *compiler) folded(a *addr) pointerFunc {
	off, size, length := a.off, a.size, uint64(a.length)
	outOfRange := indexPanic
	if a.index != nil && isUnsigned(a.index) {
		outOfRange = unsignedIndexPanic
	}
	if a.slice != nil {
		s := c.off(a.slice)
		index := c.indexOperand(a.index)
		return func(fr *frame) unsafe.Pointer {
			i := index(fr)
			h := at[[]byte](fr.mem, s)
			if uint64(i) >= uint64(len(*h)) {
				outOfRange(i, len(*h))
			}
			return unsafe.Add(unsafe.Pointer(unsafe.SliceData(*h)), uintptr(i)*size+off)
		}
	}
	var base pointerFunc
	switch {
	case a.region != nil:
		r := a.region.off + off
		if a.index == nil {
			return func(fr *frame) unsafe.Pointer { return unsafe.Add(fr.mem, r) }
		}
		base = func(fr *frame) unsafe.Pointer { return unsafe.Add(fr.mem, r) }
	default:
		inner := c.address(a.base)
		base = func(fr *frame) unsafe.Pointer { return unsafe.Add(inner(fr), off) }
		if a.index == nil {
			return base
		}
	}
	index := c.indexOperand(a.index)
	return func(fr *frame) unsafe.Pointer {
		p := base(fr)
		i := index(fr)
		if uint64(i) >= length {
			outOfRange(i, int(length))
		}
		return unsafe.Add(p, uintptr(i)*size)
	}
}

// indexOperand reads an integer of any kind as an index.
func (c *compiler) indexOperand(v ssa.Value) func(fr *frame) int64 {
	y := c.off(v)
	switch c.slot(v).mem.typ.Kind() {
	case reflect.Int8:
		return func(fr *frame) int64 { return int64(*at[int8](fr.mem, y)) }
	case reflect.Int16:
		return func(fr *frame) int64 { return int64(*at[int16](fr.mem, y)) }
	case reflect.Int32:
		return func(fr *frame) int64 { return int64(*at[int32](fr.mem, y)) }
	case reflect.Uint8:
		return func(fr *frame) int64 { return int64(*at[uint8](fr.mem, y)) }
	case reflect.Uint16:
		return func(fr *frame) int64 { return int64(*at[uint16](fr.mem, y)) }
	case reflect.Uint32:
		return func(fr *frame) int64 { return int64(*at[uint32](fr.mem, y)) }
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return func(fr *frame) int64 {
			return int64(*at[uint64](fr.mem, y)) // out of range if negative
		}
	}
	return func(fr *frame) int64 { return *at[int64](fr.mem, y) }
}

// fieldAddr generates &x.f for a pointer that needs a slot.
func (c *compiler) fieldAddr(in *ssa.FieldAddr) {
	d, base := c.off(in), c.address(in.X)
	off := c.fieldOffset(in.X.Type(), in.Field)
	c.emit(func(fr *frame) { *at[unsafe.Pointer](fr.mem, d) = unsafe.Add(base(fr), off) })
}

// indexAddr generates &x[i] for a pointer that needs a slot.
func (c *compiler) indexAddr(in *ssa.IndexAddr) {
	elem := c.memory(elemOf(in.Type()))
	a := &addr{index: in.Index, size: elem.size}
	if _, ok := in.X.Type().Underlying().(*types.Slice); ok {
		a.slice = in.X
	} else {
		a.length = arrayLen(in.X.Type())
		if b := c.addrs[in.X]; b != nil && b.region != nil && b.index == nil {
			a.region, a.off = b.region, b.off
		} else {
			a.base = in.X
		}
	}
	p, d := c.folded(a), c.off(in)
	c.emit(func(fr *frame) { *at[unsafe.Pointer](fr.mem, d) = p(fr) })
}

// field generates x.f for a struct value.
func (c *compiler) field(in *ssa.Field) {
	d, x := c.slot(in), c.off(in.X)
	c.emit(copyInstr(d.mem, d.off, x+c.fieldOffset(in.X.Type(), in.Field)))
}

// index generates x[i] for an array value or a string.
func (c *compiler) index(in *ssa.Index) {
	d, x := c.slot(in), c.off(in.X)
	index := c.indexOperand(in.Index)
	if b, ok := in.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 || c.slot(in.X).mem.class == classStr {
		dst := d.off
		c.emit(func(fr *frame) {
			s := *at[string](fr.mem, x)
			i := index(fr)
			if uint64(i) >= uint64(len(s)) {
				indexPanic(i, len(s))
			}
			*at[byte](fr.mem, dst) = s[i]
		})
		return
	}
	arr := c.slot(in.X).mem.typ
	n, mem := arr.Len(), d.mem
	c.emit(func(fr *frame) {
		i := index(fr)
		if uint64(i) >= uint64(n) {
			indexPanic(i, n)
		}
		mem.move(unsafe.Add(fr.mem, d.off), unsafe.Add(fr.mem, x+uintptr(i)*mem.size))
	})
}
