package run

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

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
