package compile

import (
	"fmt"
	"go/token"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// A function has a second form, for goroutines that are observed: its code tells
// the scheduler what it does. It is made when it is first needed and works on the
// same frames, so that everything else about a call is the same, and a goroutine
// whose observation ends goes on in the plain form with the next call. While
// nothing is observed, nothing is paid: calls look anyway whether something is due.

// Observed is the form of fn for observed goroutines.
func (tr *Translation) Observed(fn *frame.Function) frame.Code {
	c := tr.compiler(fn, tr.body(fn))
	c.observed = true
	c.plan()
	if c.l.Finish(&tr.shapes).Word != fn.Shape.Word {
		panic(fmt.Sprintf("the two forms of %s differ", fn.SSA))
	}
	return c.generate()
}

// place is where in the source the instruction is that is generated.
func (c *compiler) place() func() sched.Place {
	m, fn, pos := c.links, c.ssa, c.curPos
	return sync.OnceValue(func() sched.Place { return m.World.Place(fn, pos) })
}

// observedLoad is load for observed goroutines. It reports false where the memory
// is the frame's own.
func (c *compiler) observedLoad(in *ssa.UnOp) bool {
	if c.private(in.X) {
		return false
	}
	d, p, site := c.slot(in), c.address(in.X), c.site(in.X)
	c.emit(func(fr *frame.Frame) {
		q := p(fr)
		fr.Reads(q, d.Layout.Size, site)
		d.Layout.Move(unsafe.Add(fr.Mem, d.Off), q)
	})
	return true
}

// observedStore is store, like observedLoad.
func (c *compiler) observedStore(in *ssa.Store) bool {
	if c.private(in.Addr) {
		return false
	}
	if l, ok := in.Val.(*ssa.UnOp); ok && l.Op == token.MUL && l.X == in.Addr {
		return false // x = x, as package ssa has for results: Go makes nothing of it
	}
	v, p, site := c.slot(in.Val), c.address(in.Addr), c.site(in.Addr)
	c.emit(func(fr *frame.Frame) {
		q := p(fr)
		fr.Writes(q, v.Layout.Size, site)
		v.Layout.Move(q, unsafe.Add(fr.Mem, v.Off))
	})
	return true
}

// private reports whether an address is in the frame, or none of the program.
func (c *compiler) private(addr ssa.Value) bool {
	switch v := addr.(type) {
	case *ssa.Alloc:
		return c.addrs[v] != nil
	case *ssa.FieldAddr:
		return c.private(v.X)
	case *ssa.IndexAddr:
		return c.private(v.X)
	case *ssa.Global:
		return v.Name() == frame.ReachedVariable
	}
	return false
}

// observedSend generates ch <- v.
func (c *compiler) observedSend(ch, x frame.Slot, site *sched.Site) {
	park := parkerOf(x.Layout.Class, true)
	c.emit(func(fr *frame.Frame) {
		sched.Transact(fr.Thread.G, sched.Comm{
			Send: true, Chan: *memory.At[unsafe.Pointer](fr.Mem, ch.Off), Val: unsafe.Add(fr.Mem, x.Off), Size: x.Layout.Size, Site: site, Park: park,
		}, fr)
	})
}

// observedReceive generates <-ch, with ok if that has a place.
func (c *compiler) observedReceive(ch, d, ok frame.Slot, site *sched.Site) {
	park := parkerOf(d.Layout.Class, false)
	c.emit(func(fr *frame.Frame) {
		good := sched.Transact(fr.Thread.G, sched.Comm{
			Chan: *memory.At[unsafe.Pointer](fr.Mem, ch.Off), Val: unsafe.Add(fr.Mem, d.Off), Site: site, Park: park,
		}, fr)
		if ok.Off != noOffset {
			*memory.At[bool](fr.Mem, ok.Off) = good
		}
	})
}

// parkerOf is what waits on channels whose elements have the layout of a class, or
// nil.
func parkerOf(c memory.Class, send bool) sched.Parker {
	if o := byClass[c]; o != nil {
		return o.park(send)
	}
	return nil
}

func parker[T any](send bool) sched.Parker {
	if send {
		return sched.ParkSend[T]
	}
	return sched.ParkReceive[T]
}

// observedClose is deferredBuiltin for close.
func (c *compiler) observedClose(s frame.Slot, site *sched.Site) func(fr *frame.Frame) func(t *frame.Thread) {
	return func(fr *frame.Frame) func(t *frame.Thread) {
		ch := *memory.At[chan struct{}](fr.Mem, s.Off)
		return func(t *frame.Thread) { t.G.Close(sched.ChanPointer(ch), site, func() { close(ch) }) }
	}
}

// mapSize is how large a map is as a place of its own.
const mapSize = 8

// observedMap tells that a map is about to be used.
func (c *compiler) observedMap(v ssa.Value, write bool) {
	if !c.observed {
		return
	}
	m, site := c.slot(v), c.site(v)
	c.emit(func(fr *frame.Frame) {
		if p := *memory.At[unsafe.Pointer](fr.Mem, m.Off); p != nil {
			fr.Thread.G.Touches(write, p, mapSize, site, fr)
		}
	})
}

// observedBuiltin has the calls tell what they touch that run makes, which is for
// delete and clear.
func (c *compiler) observedBuiltin(b *ssa.Builtin, args []ssa.Value, run func(fr *frame.Frame) func(t *frame.Thread)) func(fr *frame.Frame) func(t *frame.Thread) {
	if b.Name() != "delete" && b.Name() != "clear" {
		return run
	}
	s, site := c.slot(args[0]), c.site(args[0])
	touched := func(fr *frame.Frame) (unsafe.Pointer, uintptr) {
		return *memory.At[unsafe.Pointer](fr.Mem, s.Off), mapSize
	}
	if s.Layout.Class == memory.ClassSlice {
		size := s.Layout.Type.Elem().Size()
		touched = func(fr *frame.Frame) (unsafe.Pointer, uintptr) {
			h := memory.At[sliceHeader](fr.Mem, s.Off)
			return h.data, uintptr(h.len) * size
		}
	}
	return func(fr *frame.Frame) func(t *frame.Thread) {
		p, n := touched(fr)
		f := run(fr)
		return func(t *frame.Thread) {
			if p != nil && n > 0 {
				t.G.Touches(true, p, n, site, t.At())
			}
			f(t)
		}
	}
}

// observedAppend tells what append(x, y...) reads and writes.
func (c *compiler) observedAppend(x, y ssa.Value) {
	s, t := c.slot(x), c.slot(y)
	to, from := c.site(x), c.site(y)
	size := s.Layout.Type.Elem().Size()
	isString := t.Layout.Class == memory.ClassStr
	own := c.isVarargs(y)
	c.emit(func(fr *frame.Frame) {
		a, b := memory.At[sliceHeader](fr.Mem, s.Off), memory.At[sliceHeader](fr.Mem, t.Off) // a string begins like a slice
		if b.len == 0 {
			return
		}
		if !isString && !own {
			fr.Reads(b.data, uintptr(b.len)*size, from)
		}
		if a.len+b.len <= a.cap {
			fr.Writes(unsafe.Add(a.data, uintptr(a.len)*size), uintptr(b.len)*size, to)
		} else if a.len > 0 {
			fr.Reads(a.data, uintptr(a.len)*size, to)
		}
	})
}

// isVarargs reports whether a slice has been made of the arguments of the call.
func (c *compiler) isVarargs(v ssa.Value) bool {
	s, ok := v.(*ssa.Slice)
	if !ok {
		return false
	}
	a, ok := s.X.(*ssa.Alloc)
	return ok && a.Comment == "varargs"
}

// observedCopy tells what copy(x, y) reads and writes.
func (c *compiler) observedCopy(x, y ssa.Value) {
	s, t := c.slot(x), c.slot(y)
	to, from := c.site(x), c.site(y)
	size := s.Layout.Type.Elem().Size()
	isString := t.Layout.Class == memory.ClassStr
	c.emit(func(fr *frame.Frame) {
		a, b := memory.At[sliceHeader](fr.Mem, s.Off), memory.At[sliceHeader](fr.Mem, t.Off)
		n := uintptr(min(a.len, b.len)) * size
		if n == 0 {
			return
		}
		if !isString {
			fr.Reads(b.data, n, from)
		}
		fr.Writes(a.data, n, to)
	})
}
