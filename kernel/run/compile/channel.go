package compile

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// makeChan generates make(chan T, n).
func (c *compiler) makeChan(in *ssa.MakeChan) {
	d := c.slot(in)
	typ := d.Layout.Type
	if typ.ChanDir() != reflect.BothDir {
		typ = reflect.ChanOf(reflect.BothDir, typ.Elem())
	}
	size := c.indexOperand(in.Size)
	c.emit(func(fr *frame.Frame) {
		n := size(fr)
		if n < 0 || n > 1<<40 {
			l := -1
			_ = make(chan byte, l) // panics in Go's words
		}
		*memory.At[unsafe.Pointer](fr.Mem, d.Off) = reflect.MakeChan(typ, int(n)).UnsafePointer()
	})
}

// send generates ch <- v.
func (c *compiler) send(in *ssa.Send) {
	ch, x := c.slot(in.Chan), c.slot(in.X)
	site := sched.ElemSite(x.Layout.Type, c.site(in.Chan))
	if c.observed {
		c.observedSend(ch, x, site)
		return
	}
	if o := byClass[x.Layout.Class]; o != nil {
		c.emit(o.send(ch.Off, x.Off, site))
		return
	}
	c.emit(func(fr *frame.Frame) {
		sched.Communicate(fr.Thread.G, sched.Comm{
			Send: true, Chan: *memory.At[unsafe.Pointer](fr.Mem, ch.Off), Val: unsafe.Add(fr.Mem, x.Off), Size: x.Layout.Size, Site: site,
		}, fr)
	})
}

// sendOf sends on a channel whose elements have the layout of a T: channel
// operations copy the bytes that the channel's own type says.
func sendOf[T any](ch, x uintptr, site *sched.Site) frame.Instr {
	return func(fr *frame.Frame) {
		sched.Send(fr.Thread.G, *memory.At[chan T](fr.Mem, ch), *memory.At[T](fr.Mem, x), fr, site)
	}
}

// receive generates <-ch, with or without ok.
func (c *compiler) receive(in *ssa.UnOp) {
	ch := c.slot(in.X)
	var d, ok frame.Slot
	if in.CommaOk {
		d, ok = *c.tuples[in][0], *c.tuples[in][1]
	} else {
		d = c.slot(in)
		ok.Off = noOffset
	}
	site := sched.ElemSite(d.Layout.Type, c.site(in.X))
	if c.observed {
		c.observedReceive(ch, d, ok, site)
		return
	}
	if o := byClass[d.Layout.Class]; o != nil {
		c.emit(o.receive(ch.Off, d.Off, ok.Off, site))
		return
	}
	c.emit(func(fr *frame.Frame) {
		good := sched.Communicate(fr.Thread.G, sched.Comm{
			Chan: *memory.At[unsafe.Pointer](fr.Mem, ch.Off), Val: unsafe.Add(fr.Mem, d.Off), Site: site,
		}, fr)
		if ok.Off != noOffset {
			*memory.At[bool](fr.Mem, ok.Off) = good
		}
	})
}

const noOffset = ^uintptr(0)

func receiveOf[T any](ch, d, ok uintptr, site *sched.Site) frame.Instr {
	if ok == noOffset {
		return func(fr *frame.Frame) {
			v, _ := sched.Recv(fr.Thread.G, *memory.At[<-chan T](fr.Mem, ch), fr, site)
			*memory.At[T](fr.Mem, d) = v
		}
	}
	return func(fr *frame.Frame) {
		v, good := sched.Recv(fr.Thread.G, *memory.At[<-chan T](fr.Mem, ch), fr, site)
		*memory.At[T](fr.Mem, d) = v
		*memory.At[bool](fr.Mem, ok) = good
	}
}
