package run

import (
	"go/types"
	"reflect"
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
	panic("index " + itoa(int(i)) + " was in range") // unreachable
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
	c.emit(func(fr *frame) { *at[unsafe.Pointer](fr.mem, d) = unsafeNew(rt) })
}

// lazyAddress is called where a folded address would be computed. Only a
// variable in the frame needs something there: its zero value.
func (c *compiler) lazyAddress(v ssa.Value, a *addr) {
	if alloc, ok := v.(*ssa.Alloc); ok {
		mem, off := a.region.mem, a.region.off
		_ = alloc
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

// load generates *p.
func (c *compiler) load(in *ssa.UnOp) {
	d := c.slot(in)
	if a := c.addrs[in.X]; a != nil {
		if a.constantAddr() {
			c.emit(copyInstr(d.mem, d.off, a.region.off+a.off))
			return
		}
		if g, ok := a.base.(*ssa.Global); ok && a.index == nil {
			c.emit(loadFrom(unsafe.Add(c.m.global(g), a.off), d))
			return
		}
		if f := c.loadFast(a, d); f != nil {
			c.emit(f)
			return
		}
	}
	if g, ok := in.X.(*ssa.Global); ok {
		c.emit(loadFrom(c.m.global(g), d))
		return
	}
	p := c.address(in.X)
	dst := d.off
	switch d.mem.class {
	case classZero:
		c.emit(func(fr *frame) { p(fr) })
	case class1:
		c.emit(loadVia[uint8](p, dst))
	case class4:
		c.emit(loadVia[uint32](p, dst))
	case class8:
		c.emit(loadVia[uint64](p, dst))
	case classPtr:
		c.emit(loadVia[unsafe.Pointer](p, dst))
	case classStr:
		c.emit(loadVia[string](p, dst))
	case classSlice:
		c.emit(loadVia[[]byte](p, dst))
	case classIface:
		c.emit(loadVia[any](p, dst))
	default:
		mem := d.mem
		c.emit(func(fr *frame) { mem.move(unsafe.Add(fr.mem, dst), p(fr)) })
	}
}

func loadVia[T any](p pointerFunc, d uintptr) instr {
	return func(fr *frame) { *at[T](fr.mem, d) = *(*T)(p(fr)) }
}

func loadFrom(p unsafe.Pointer, d slot) instr {
	switch d.mem.class {
	case class8:
		return loadConst[uint64](p, d.off)
	case classPtr:
		return loadConst[unsafe.Pointer](p, d.off)
	case classStr:
		return loadConst[string](p, d.off)
	case classSlice:
		return loadConst[[]byte](p, d.off)
	case classIface:
		return loadConst[any](p, d.off)
	}
	return func(fr *frame) { d.mem.move(unsafe.Add(fr.mem, d.off), p) }
}

func loadConst[T any](p unsafe.Pointer, d uintptr) instr {
	return func(fr *frame) { *at[T](fr.mem, d) = *(*T)(p) }
}

// loadFast generates the commonest loads in one closure: a field through a
// pointer and an element of a slice by an int index.
func (c *compiler) loadFast(a *addr, d slot) instr {
	switch d.mem.class {
	case class1:
		return loadFastOf[uint8](c, a, d.off)
	case class4:
		return loadFastOf[uint32](c, a, d.off)
	case class8:
		return loadFastOf[uint64](c, a, d.off)
	case classPtr:
		return loadFastOf[unsafe.Pointer](c, a, d.off)
	case classStr:
		return loadFastOf[string](c, a, d.off)
	case classSlice:
		return loadFastOf[[]byte](c, a, d.off)
	case classIface:
		return loadFastOf[any](c, a, d.off)
	}
	return nil
}

func loadFastOf[T any](c *compiler, a *addr, d uintptr) instr {
	off := a.off
	switch {
	case a.base != nil && a.index == nil && c.addrs[a.base] == nil && c.slots[a.base] != nil && !isGlobal(a.base):
		x := c.off(a.base)
		return func(fr *frame) {
			p := *at[unsafe.Pointer](fr.mem, x)
			if p == nil {
				nilDeref()
			}
			*at[T](fr.mem, d) = *at[T](p, off)
		}
	case a.slice != nil && c.slot(a.index).mem.typ.Kind() == reflect.Int:
		s, ix, size := c.off(a.slice), c.off(a.index), a.size
		return func(fr *frame) {
			i := *at[int](fr.mem, ix)
			h := at[[]byte](fr.mem, s)
			if uint(i) >= uint(len(*h)) {
				indexPanic(int64(i), len(*h))
			}
			*at[T](fr.mem, d) = *at[T](unsafe.Pointer(unsafe.SliceData(*h)), uintptr(i)*size+off)
		}
	}
	return nil
}

func isGlobal(v ssa.Value) bool {
	_, ok := v.(*ssa.Global)
	return ok
}

// store generates *p = v.
func (c *compiler) store(in *ssa.Store) {
	if fa, ok := in.Addr.(*ssa.FieldAddr); ok {
		if st := elemOf(fa.X.Type()).Underlying().(*types.Struct); st.Field(fa.Field).Name() == "_" {
			return // blank fields stay zero
		}
	}
	v := c.slot(in.Val)
	if a := c.addrs[in.Addr]; a != nil {
		if a.constantAddr() {
			c.emit(copyInstr(v.mem, a.region.off+a.off, v.off))
			return
		}
		if f := c.storeFast(a, v); f != nil {
			c.emit(f)
			return
		}
	}
	p := c.address(in.Addr)
	src := v.off
	switch v.mem.class {
	case classZero:
		c.emit(func(fr *frame) { p(fr) })
	case class1:
		c.emit(storeVia[uint8](p, src))
	case class4:
		c.emit(storeVia[uint32](p, src))
	case class8:
		c.emit(storeVia[uint64](p, src))
	case classPtr:
		c.emit(storeVia[unsafe.Pointer](p, src))
	case classStr:
		c.emit(storeVia[string](p, src))
	case classSlice:
		c.emit(storeVia[[]byte](p, src))
	case classIface:
		c.emit(storeVia[any](p, src))
	default:
		mem := v.mem
		c.emit(func(fr *frame) { mem.move(p(fr), unsafe.Add(fr.mem, src)) })
	}
}

func storeVia[T any](p pointerFunc, s uintptr) instr {
	return func(fr *frame) { *(*T)(p(fr)) = *at[T](fr.mem, s) }
}

func (c *compiler) storeFast(a *addr, v slot) instr {
	switch v.mem.class {
	case class1:
		return storeFastOf[uint8](c, a, v.off)
	case class4:
		return storeFastOf[uint32](c, a, v.off)
	case class8:
		return storeFastOf[uint64](c, a, v.off)
	case classPtr:
		return storeFastOf[unsafe.Pointer](c, a, v.off)
	case classStr:
		return storeFastOf[string](c, a, v.off)
	case classSlice:
		return storeFastOf[[]byte](c, a, v.off)
	case classIface:
		return storeFastOf[any](c, a, v.off)
	}
	return nil
}

func storeFastOf[T any](c *compiler, a *addr, v uintptr) instr {
	off := a.off
	switch {
	case a.base != nil && a.index == nil && c.addrs[a.base] == nil && c.slots[a.base] != nil && !isGlobal(a.base):
		x := c.off(a.base)
		return func(fr *frame) {
			p := *at[unsafe.Pointer](fr.mem, x)
			if p == nil {
				nilDeref()
			}
			*at[T](p, off) = *at[T](fr.mem, v)
		}
	case a.slice != nil && c.slot(a.index).mem.typ.Kind() == reflect.Int:
		s, ix, size := c.off(a.slice), c.off(a.index), a.size
		return func(fr *frame) {
			i := *at[int](fr.mem, ix)
			h := at[[]byte](fr.mem, s)
			if uint(i) >= uint(len(*h)) {
				indexPanic(int64(i), len(*h))
			}
			*at[T](unsafe.Pointer(unsafe.SliceData(*h)), uintptr(i)*size+off) = *at[T](fr.mem, v)
		}
	}
	return nil
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
