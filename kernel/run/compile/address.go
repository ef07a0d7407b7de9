package compile

import (
	"go/types"
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/unsupported"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

// A pointerFunc computes an address.
type pointerFunc func(fr *frame.Frame) unsafe.Pointer

// nilDeref panics as a nil pointer dereference does.
func nilDeref() {
	var p *int
	*p = 0
}

// indexPanic panics in Go's words for s[i] with len(s) == n.
func indexPanic(i int64, n int) { runtimeerror.Index(int(i), n, false) }

// unsignedIndexPanic is indexPanic for an index of unsigned type.
func unsignedIndexPanic(i int64, n int) { runtimeerror.Index(int(i), n, true) }

func (c *compiler) fieldOffset(t types.Type, field int) uintptr {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return c.memory(t).Type.Field(field).Offset
}

// maxAlloc is how large an address can be: make panics for larger slices.
const maxAlloc = 1 << 48

// alloc generates a new variable.
func (c *compiler) alloc(in *ssa.Alloc) {
	mem := c.memory(link.ElemOf(in.Type()))
	if mem.Size > maxAlloc && in.Comment == "makeslice" {
		c.emit(func(*frame.Frame) { makeSlicePanic(-1) })
		return
	}
	unsupported.TooLarge(in.Pos(), in.Comment, mem.Type)
	d := c.off(in)
	rt := mem.Word
	if mem.Size < alone.Size && hasLock(mem.Type) {
		rt = alone.Word
	}
	if mem.Size >= frame.Large {
		c.emit(func(fr *frame.Frame) { fr.Thread.Room(1, mem.Size) })
	}
	c.emit(func(fr *frame.Frame) { *memory.At[unsafe.Pointer](fr.Mem, d) = goruntime.New(rt) })
}

// alone is the smallest thing without pointers that the allocator gives memory of its
// own. What is smaller shares it with others, and any of these keeps all of it alive:
// a lock among them would not be seen to be out of reach.
var alone = memory.Of(reflect.TypeFor[[2]uint64]())

// hasLock reports whether there is a lock within values of a type.
func hasLock(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[sync.Mutex](), reflect.TypeFor[sync.Once]():
		return true
	}
	switch t.Kind() {
	case reflect.Array:
		return t.Len() > 0 && hasLock(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if hasLock(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// lazyAddress is called where a folded address would be computed. Only a
// variable in the frame needs something there: its zero value.
func (c *compiler) lazyAddress(v ssa.Value, a *addr) {
	if _, ok := v.(*ssa.Alloc); ok {
		mem, off := a.region.Layout, a.region.Off
		switch o := byClass[mem.Class]; {
		case mem.Class == memory.ClassZero:
		case o != nil:
			c.emit(o.clear(off))
		default:
			c.emit(func(fr *frame.Frame) { mem.Clear(unsafe.Add(fr.Mem, off)) })
		}
	}
}

// address returns the function that computes a pointer operand.
func (c *compiler) address(v ssa.Value) pointerFunc {
	if g, ok := v.(*ssa.Global); ok {
		p := c.links.Global(g)
		return func(*frame.Frame) unsafe.Pointer { return p }
	}
	a := c.addrs[v]
	if a == nil {
		x := c.off(v)
		return func(fr *frame.Frame) unsafe.Pointer {
			p := *memory.At[unsafe.Pointer](fr.Mem, x)
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
	if a.index != nil && composite.Unsigned(a.index.Type()) {
		outOfRange = unsignedIndexPanic
	}
	if a.slice != nil {
		s := c.off(a.slice)
		index := c.indexOperand(a.index)
		return func(fr *frame.Frame) unsafe.Pointer {
			i := index(fr)
			h := memory.At[[]byte](fr.Mem, s)
			if uint64(i) >= uint64(len(*h)) {
				outOfRange(i, len(*h))
			}
			return unsafe.Add(unsafe.Pointer(unsafe.SliceData(*h)), uintptr(i)*size+off)
		}
	}
	var base pointerFunc
	switch {
	case a.region != nil:
		r := a.region.Off + off
		if a.index == nil {
			return func(fr *frame.Frame) unsafe.Pointer { return unsafe.Add(fr.Mem, r) }
		}
		base = func(fr *frame.Frame) unsafe.Pointer { return unsafe.Add(fr.Mem, r) }
	default:
		inner := c.address(a.base)
		base = func(fr *frame.Frame) unsafe.Pointer { return unsafe.Add(inner(fr), off) }
		if a.index == nil {
			return base
		}
	}
	index := c.indexOperand(a.index)
	return func(fr *frame.Frame) unsafe.Pointer {
		p := base(fr)
		i := index(fr)
		if uint64(i) >= length {
			outOfRange(i, int(length))
		}
		return unsafe.Add(p, uintptr(i)*size)
	}
}

// indexOperand reads an integer of any kind as an index.
func (c *compiler) indexOperand(v ssa.Value) func(fr *frame.Frame) int64 {
	y := c.off(v)
	switch c.slot(v).Layout.Type.Kind() {
	case reflect.Int8:
		return func(fr *frame.Frame) int64 { return int64(*memory.At[int8](fr.Mem, y)) }
	case reflect.Int16:
		return func(fr *frame.Frame) int64 { return int64(*memory.At[int16](fr.Mem, y)) }
	case reflect.Int32:
		return func(fr *frame.Frame) int64 { return int64(*memory.At[int32](fr.Mem, y)) }
	case reflect.Uint8:
		return func(fr *frame.Frame) int64 { return int64(*memory.At[uint8](fr.Mem, y)) }
	case reflect.Uint16:
		return func(fr *frame.Frame) int64 { return int64(*memory.At[uint16](fr.Mem, y)) }
	case reflect.Uint32:
		return func(fr *frame.Frame) int64 { return int64(*memory.At[uint32](fr.Mem, y)) }
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return func(fr *frame.Frame) int64 {
			return int64(*memory.At[uint64](fr.Mem, y)) // out of range if negative
		}
	}
	return func(fr *frame.Frame) int64 { return *memory.At[int64](fr.Mem, y) }
}

// fieldAddr generates &x.f for a pointer that needs a slot.
func (c *compiler) fieldAddr(in *ssa.FieldAddr) {
	d, base := c.off(in), c.address(in.X)
	off := c.fieldOffset(in.X.Type(), in.Field)
	c.emit(func(fr *frame.Frame) { *memory.At[unsafe.Pointer](fr.Mem, d) = unsafe.Add(base(fr), off) })
}

// indexAddr generates &x[i] for a pointer that needs a slot.
func (c *compiler) indexAddr(in *ssa.IndexAddr) {
	elem := c.memory(link.ElemOf(in.Type()))
	a := &addr{index: in.Index, size: elem.Size}
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
	c.emit(func(fr *frame.Frame) { *memory.At[unsafe.Pointer](fr.Mem, d) = p(fr) })
}

// field generates x.f for a struct value.
func (c *compiler) field(in *ssa.Field) {
	d, x := c.slot(in), c.off(in.X)
	c.emit(copyInstr(d.Layout, d.Off, x+c.fieldOffset(in.X.Type(), in.Field)))
}

// index generates x[i] for an array value or a string.
func (c *compiler) index(in *ssa.Index) {
	d, x := c.slot(in), c.off(in.X)
	index := c.indexOperand(in.Index)
	if b, ok := in.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 || c.slot(in.X).Layout.Class == memory.ClassStr {
		dst := d.Off
		c.emit(func(fr *frame.Frame) {
			s := *memory.At[string](fr.Mem, x)
			i := index(fr)
			if uint64(i) >= uint64(len(s)) {
				indexPanic(i, len(s))
			}
			*memory.At[byte](fr.Mem, dst) = s[i]
		})
		return
	}
	arr := c.slot(in.X).Layout.Type
	n, mem := arr.Len(), d.Layout
	c.emit(func(fr *frame.Frame) {
		i := index(fr)
		if uint64(i) >= uint64(n) {
			indexPanic(i, n)
		}
		mem.Move(unsafe.Add(fr.Mem, d.Off), unsafe.Add(fr.Mem, x+uintptr(i)*mem.Size))
	})
}
