package compile

import (
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
)

// What else observed instructions do to memory: what they allocate, what
// conversions read, what compiled functions do to what they are given; and maps
// that are used by several goroutines at the same time.

// observedInstruction is instruction for observed goroutines.
func (c *compiler) observedInstruction(in ssa.Instruction) {
	if v, ok := in.(ssa.Value); ok && (c.fused[v] || c.addrs[v] != nil) {
		c.instruction(in)
		return
	}
	switch in := in.(type) {
	case *ssa.Lookup:
		c.alone(in, in.X)
		return
	case *ssa.MapUpdate:
		c.alone(in, in.Map)
		return
	case *ssa.Range:
		c.observedRange(in)
		return
	case *ssa.Next:
		c.aloneNext(in)
		return
	case *ssa.Convert:
		c.converts(in.X, in)
	case *ssa.MultiConvert:
		c.converts(in.X, in)
	case *ssa.Call:
		if b, ok := in.Call.Value.(*ssa.Builtin); ok {
			switch b.Name() {
			case "append":
				c.appends(in)
				return
			case "len", "delete", "clear":
				c.alone(in, in.Call.Args[0])
				return
			}
		}
		before, after := c.touchesOf(in)
		c.around(in, before, after)
		return
	}
	c.instruction(in)
	c.allocated(in)
}

// around generates an instruction between what is to be done before and after it.
func (c *compiler) around(in ssa.Instruction, before, after frame.Instr) {
	if before != nil {
		c.emit(before)
	}
	c.instruction(in)
	if after != nil {
		c.emit(after)
	}
}

// allocated tells of the memory that an instruction has allocated.
func (c *compiler) allocated(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Alloc:
		d, size := c.off(in), c.memory(link.ElemOf(in.Type())).Size
		c.emit(func(fr *frame.Frame) { fr.Thread.G.Allocated(*memory.At[unsafe.Pointer](fr.Mem, d), size) })
	case *ssa.MakeSlice:
		c.allocatedSlice(in)
	case *ssa.Convert, *ssa.MultiConvert:
		if v := in.(ssa.Value); c.slot(v).Layout.Class == memory.ClassSlice && c.slot(*in.Operands(nil)[0]).Layout.Class == memory.ClassStr {
			c.allocatedSlice(v)
		}
	case *ssa.MakeMap:
		d := c.off(in)
		c.emit(func(fr *frame.Frame) { fr.Thread.G.Allocated(*memory.At[unsafe.Pointer](fr.Mem, d), mapSize) })
	}
}

func (c *compiler) allocatedSlice(v ssa.Value) {
	s := c.slot(v)
	size := s.Layout.Type.Elem().Size()
	c.emit(func(fr *frame.Frame) {
		h := memory.At[sliceHeader](fr.Mem, s.Off)
		fr.Thread.G.Allocated(h.data, uintptr(h.cap)*size)
	})
}

// appends generates append, which may allocate.
func (c *compiler) appends(in *ssa.Call) {
	x, d := c.slot(in.Call.Args[0]), c.slot(in)
	if d.Layout.Type.Kind() != reflect.Slice || x.Layout.Class != memory.ClassSlice {
		c.instruction(in)
		return
	}
	size := d.Layout.Type.Elem().Size()
	c.around(in,
		func(fr *frame.Frame) { fr.Thread.Appended = memory.At[sliceHeader](fr.Mem, x.Off).data },
		func(fr *frame.Frame) {
			if h := memory.At[sliceHeader](fr.Mem, d.Off); h.data != fr.Thread.Appended {
				fr.Thread.G.Allocated(h.data, uintptr(h.cap)*size)
			}
			fr.Thread.Appended = nil
		})
}

// converts tells that a conversion to a string or an array reads a slice.
func (c *compiler) converts(x ssa.Value, to ssa.Value) {
	s := c.slot(x)
	if s.Layout.Type.Kind() != reflect.Slice || c.slot(to).Layout.Class == memory.ClassSlice {
		return
	}
	size, site := s.Layout.Type.Elem().Size(), c.site(x)
	c.emit(func(fr *frame.Frame) {
		h := memory.At[sliceHeader](fr.Mem, s.Off)
		fr.Reads(h.data, uintptr(h.len)*size, site)
	})
}

// mapLocks keep two observed goroutines from using one map at the same time: a
// race which is reported does not have to end the process.
var mapLocks [64]sync.Mutex

func mapLock(p unsafe.Pointer) *sync.Mutex {
	return &mapLocks[uintptr(p)>>4%uintptr(len(mapLocks))]
}

// alone generates an instruction that uses a map, while no other observed
// goroutine does.
func (c *compiler) alone(in ssa.Instruction, m ssa.Value) {
	s := c.slots[m]
	if s == nil || s.Layout.Type.Kind() != reflect.Map || mayPanic(s.Layout.Type.Key()) {
		c.instruction(in)
		return
	}
	off := s.Off
	c.instruction(in)
	// What tells of the use may wait, and comes before the lock.
	use := len(c.cur.Code) - 1
	do := c.cur.Code[use]
	c.cur.Code[use] = func(fr *frame.Frame) {
		p := *memory.At[unsafe.Pointer](fr.Mem, off)
		if p == nil {
			do(fr)
			return
		}
		l := mapLock(p)
		l.Lock()
		defer l.Unlock()
		do(fr)
	}
}

// observedRange generates the start of a range, which looks into a map.
func (c *compiler) observedRange(in *ssa.Range) {
	if c.slot(in.X).Layout.Type.Kind() == reflect.Map {
		c.observedMap(in.X, false)
	}
	c.instruction(in)
}

// aloneNext is alone for a step of a range.
func (c *compiler) aloneNext(in *ssa.Next) {
	c.instruction(in)
	if in.IsString {
		return
	}
	use, it := len(c.cur.Code)-1, c.off(in.Iter)
	do := c.cur.Code[use]
	c.cur.Code[use] = func(fr *frame.Frame) {
		l := mapLock((*iterator)(*memory.At[unsafe.Pointer](fr.Mem, it)).words)
		l.Lock()
		defer l.Unlock()
		do(fr)
	}
}
