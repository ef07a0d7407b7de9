package compile

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// A selectState is one case of a select statement.
type selectState struct {
	dir  reflect.SelectDir
	ch   frame.Slot
	elem reflect.Type // of the channel
	send frame.Slot
	recv *frame.Slot // nil if nobody wants the value
}

// selectStmt generates a select. Its tuple is the chosen case, ok, and the
// value of each receive.
func (c *compiler) selectStmt(in *ssa.Select) {
	parts := c.tuples[in]
	chosen, ok := *parts[0], *parts[1]
	states := make([]selectState, len(in.States))
	sites := make([]*sched.Site, len(in.States))
	next := 2
	for i, s := range in.States {
		st := selectState{ch: c.slot(s.Chan)}
		st.elem = st.ch.Layout.Type.Elem()
		sites[i] = sched.ElemSite(st.elem, c.site(s.Chan))
		if s.Dir == types.SendOnly {
			st.dir, st.send = reflect.SelectSend, c.slot(s.Send)
		} else {
			st.dir, st.recv = reflect.SelectRecv, parts[next]
			next++
		}
		states[i] = st
	}
	blocking := in.Blocking
	choose := sched.Select
	if c.observed {
		choose = sched.Choose
	} else if f := fastSelect(states, sites, blocking, chosen.Off, ok.Off); f != nil {
		c.emit(f)
		return
	}
	c.emit(func(fr *frame.Frame) {
		comms := make([]sched.Comm, len(states))
		for i := range states {
			s := &states[i]
			comms[i] = sched.Comm{Chan: *memory.At[unsafe.Pointer](fr.Mem, s.ch.Off), Site: sites[i]}
			if s.dir == reflect.SelectSend {
				comms[i].Send, comms[i].Val, comms[i].Size = true, unsafe.Add(fr.Mem, s.send.Off), s.send.Layout.Size
			} else if s.recv != nil {
				comms[i].Val = unsafe.Add(fr.Mem, s.recv.Off)
			}
		}
		*memory.At[int](fr.Mem, chosen.Off), *memory.At[bool](fr.Mem, ok.Off) = choose(fr.Thread.G, comms, blocking, fr)
	})
}

// fastSelect generates a select with one case and a default, or with two of
// which one at least receives, on channels with common types of elements. For
// any other it returns nil.
func fastSelect(states []selectState, sites []*sched.Site, blocking bool, chosen, ok uintptr) frame.Instr {
	switch {
	case len(states) == 1 && !blocking:
		if o := byClass[states[0].class()]; o != nil {
			return o.selectTry(attempt{&states[0], chosen, ok})
		}
	case len(states) == 2:
		x, y := &states[0], &states[1]
		p := pair{x: x, y: y, sites: [2]*sched.Site{sites[0], sites[1]}, blocking: blocking, chosen: chosen, ok: ok}
		if y.dir == reflect.SelectSend {
			if x.dir == reflect.SelectSend {
				return nil
			}
			p.x, p.y, p.swapped = y, x, 1
			p.sites = [2]*sched.Site{sites[1], sites[0]}
		}
		if o := byClass[p.x.class()]; o != nil {
			if make := o.selectPair[p.y.class()]; make != nil {
				return make(p)
			}
		}
	}
	return nil
}

// class is the class of the channel's elements.
func (s *selectState) class() memory.Class { return memory.Of(s.elem).Class }

// store puts a received value where it belongs.
func store[T any](fr *frame.Frame, s *selectState, v T) {
	if s.recv != nil {
		*memory.At[T](fr.Mem, s.recv.Off) = v
	}
}

// An attempt generates a select with one case and a default.
type attempt struct {
	s          *selectState
	chosen, ok uintptr
}

func tryOf[T any](m attempt) frame.Instr {
	s, ch := m.s, m.s.ch.Off
	if s.dir == reflect.SelectSend {
		return func(fr *frame.Frame) {
			n := 0
			select {
			case *memory.At[chan T](fr.Mem, ch) <- *memory.At[T](fr.Mem, s.send.Off):
			default:
				n = -1
			}
			*memory.At[int](fr.Mem, m.chosen) = n
		}
	}
	return func(fr *frame.Frame) {
		select {
		case v, ok := <-*memory.At[chan T](fr.Mem, ch):
			*memory.At[int](fr.Mem, m.chosen) = 0
			*memory.At[bool](fr.Mem, m.ok) = ok
			store(fr, s, v)
		default:
			*memory.At[int](fr.Mem, m.chosen) = -1
		}
	}
}

// A pair generates a select with two cases, of which y receives.
type pair struct {
	x, y       *selectState
	sites      [2]*sched.Site
	blocking   bool
	swapped    int // 1 if y comes first in the source, or 0
	chosen, ok uintptr
}

func pairOf[X, Y any](p pair) frame.Instr {
	x, y := p.x.ch.Off, p.y.ch.Off
	finish := func(fr *frame.Frame, n int, ok bool) {
		if n >= 0 {
			n ^= p.swapped
		}
		*memory.At[int](fr.Mem, p.chosen) = n
		*memory.At[bool](fr.Mem, p.ok) = ok
	}
	if p.x.dir == reflect.SelectSend {
		send := p.x.send.Off
		return func(fr *frame.Frame) {
			n, v, ok := sched.SelectSendRecv(fr.Thread.G, *memory.At[chan<- X](fr.Mem, x), *memory.At[X](fr.Mem, send), *memory.At[<-chan Y](fr.Mem, y), p.blocking, fr, &p.sites)
			if n == 1 {
				store(fr, p.y, v)
			}
			finish(fr, n, ok)
		}
	}
	return func(fr *frame.Frame) {
		n, v, w, ok := sched.SelectRecvRecv(fr.Thread.G, *memory.At[<-chan X](fr.Mem, x), *memory.At[<-chan Y](fr.Mem, y), p.blocking, fr, &p.sites)
		switch n {
		case 0:
			store(fr, p.x, v)
		case 1:
			store(fr, p.y, w)
		}
		finish(fr, n, ok)
	}
}
