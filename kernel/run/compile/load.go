package compile

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
)

// load generates *p.
func (c *compiler) load(in *ssa.UnOp) {
	if c.observed && c.observedLoad(in) {
		return
	}
	d := c.slot(in)
	if a := c.addrs[in.X]; a != nil {
		if a.constantAddr() {
			c.emit(copyInstr(d.Layout, d.Off, a.region.Off+a.off))
			return
		}
		if g, ok := a.base.(*ssa.Global); ok && a.index == nil {
			c.emit(loadFrom(unsafe.Add(c.links.Global(g), a.off), d))
			return
		}
		if f := c.loadFast(a, d); f != nil {
			c.emit(f)
			return
		}
	}
	if g, ok := in.X.(*ssa.Global); ok {
		c.emit(loadFrom(c.links.Global(g), d))
		return
	}
	p := c.address(in.X)
	if o := byClass[d.Layout.Class]; o != nil {
		c.emit(o.load(p, d.Off))
		return
	}
	mem, dst := d.Layout, d.Off
	c.emit(func(fr *frame.Frame) { mem.Move(unsafe.Add(fr.Mem, dst), p(fr)) })
}

func loadVia[T any](p pointerFunc, d uintptr) frame.Instr {
	return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *(*T)(p(fr)) }
}

func loadFrom(p unsafe.Pointer, d frame.Slot) frame.Instr {
	if o := byClass[d.Layout.Class]; o != nil {
		return o.loadConst(p, d.Off)
	}
	return func(fr *frame.Frame) { d.Layout.Move(unsafe.Add(fr.Mem, d.Off), p) }
}

func loadConst[T any](p unsafe.Pointer, d uintptr) frame.Instr {
	return func(fr *frame.Frame) { *memory.At[T](fr.Mem, d) = *(*T)(p) }
}

// loadFast generates the commonest loads in one closure: a field through a
// pointer and an element of a slice by an int index.
func (c *compiler) loadFast(a *addr, d frame.Slot) frame.Instr {
	if o := byClass[d.Layout.Class]; o != nil {
		return o.loadFast(c, a, d.Off)
	}
	return nil
}

func loadFastOf[T any](c *compiler, a *addr, d uintptr) frame.Instr {
	off := a.off
	switch {
	case a.base != nil && a.index == nil && c.addrs[a.base] == nil && c.slots[a.base] != nil && !isGlobal(a.base):
		x := c.off(a.base)
		return func(fr *frame.Frame) {
			p := *memory.At[unsafe.Pointer](fr.Mem, x)
			if p == nil {
				nilDeref()
			}
			*memory.At[T](fr.Mem, d) = *memory.At[T](p, off)
		}
	case a.slice != nil && c.slot(a.index).Layout.Type.Kind() == reflect.Int:
		s, ix, size := c.off(a.slice), c.off(a.index), a.size
		return func(fr *frame.Frame) {
			i := *memory.At[int](fr.Mem, ix)
			h := memory.At[[]byte](fr.Mem, s)
			if uint(i) >= uint(len(*h)) {
				indexPanic(int64(i), len(*h))
			}
			*memory.At[T](fr.Mem, d) = *memory.At[T](unsafe.Pointer(unsafe.SliceData(*h)), uintptr(i)*size+off)
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
		if st := link.ElemOf(fa.X.Type()).Underlying().(*types.Struct); st.Field(fa.Field).Name() == "_" {
			return // blank fields stay zero
		}
	}
	if c.observed && c.observedStore(in) {
		return
	}
	v := c.slot(in.Val)
	if a := c.addrs[in.Addr]; a != nil {
		if a.constantAddr() {
			c.emit(copyInstr(v.Layout, a.region.Off+a.off, v.Off))
			return
		}
		if f := c.storeFast(a, v); f != nil {
			c.emit(f)
			return
		}
	}
	p := c.address(in.Addr)
	if o := byClass[v.Layout.Class]; o != nil {
		c.emit(o.store(p, v.Off))
		return
	}
	mem, src := v.Layout, v.Off
	c.emit(func(fr *frame.Frame) { mem.Move(p(fr), unsafe.Add(fr.Mem, src)) })
}

func storeVia[T any](p pointerFunc, s uintptr) frame.Instr {
	return func(fr *frame.Frame) { *(*T)(p(fr)) = *memory.At[T](fr.Mem, s) }
}

func (c *compiler) storeFast(a *addr, v frame.Slot) frame.Instr {
	if o := byClass[v.Layout.Class]; o != nil {
		return o.storeFast(c, a, v.Off)
	}
	return nil
}

func storeFastOf[T any](c *compiler, a *addr, v uintptr) frame.Instr {
	off := a.off
	switch {
	case a.base != nil && a.index == nil && c.addrs[a.base] == nil && c.slots[a.base] != nil && !isGlobal(a.base):
		x := c.off(a.base)
		return func(fr *frame.Frame) {
			p := *memory.At[unsafe.Pointer](fr.Mem, x)
			if p == nil {
				nilDeref()
			}
			*memory.At[T](p, off) = *memory.At[T](fr.Mem, v)
		}
	case a.slice != nil && c.slot(a.index).Layout.Type.Kind() == reflect.Int:
		s, ix, size := c.off(a.slice), c.off(a.index), a.size
		return func(fr *frame.Frame) {
			i := *memory.At[int](fr.Mem, ix)
			h := memory.At[[]byte](fr.Mem, s)
			if uint(i) >= uint(len(*h)) {
				indexPanic(int64(i), len(*h))
			}
			*memory.At[T](unsafe.Pointer(unsafe.SliceData(*h)), uintptr(i)*size+off) = *memory.At[T](fr.Mem, v)
		}
	}
	return nil
}
