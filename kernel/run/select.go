package run

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
)

// A selectState is one case of a select statement.
type selectState struct {
	dir  reflect.SelectDir
	ch   slot
	elem reflect.Type // of the channel
	send slot
	recv *slot // nil if nobody wants the value
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
		st.elem = st.ch.mem.typ.Elem()
		sites[i] = c.site(s.Chan)
		if s.Dir == types.SendOnly {
			st.dir, st.send = reflect.SelectSend, c.slot(s.Send)
		} else {
			st.dir, st.recv = reflect.SelectRecv, parts[next]
			next++
		}
		states[i] = st
	}
	blocking := in.Blocking
	if f := fastSelect(states, sites, blocking, chosen.off, ok.off); f != nil {
		c.emit(f)
		return
	}
	c.emit(func(fr *frame) {
		comms := make([]sched.Comm, len(states))
		for i := range states {
			s := &states[i]
			comms[i] = sched.Comm{Chan: *at[unsafe.Pointer](fr.mem, s.ch.off), Site: sites[i]}
			if s.dir == reflect.SelectSend {
				comms[i].Send, comms[i].Val, comms[i].Size = true, unsafe.Add(fr.mem, s.send.off), s.send.mem.size
			} else if s.recv != nil {
				comms[i].Val = unsafe.Add(fr.mem, s.recv.off)
			}
		}
		*at[int](fr.mem, chosen.off), *at[bool](fr.mem, ok.off) = sched.Select(fr.t.g, comms, blocking, fr)
	})
}

// fastSelect generates a select with one case and a default, or with two of
// which one at least receives, on channels with common types of elements. For
// any other it returns nil.
func fastSelect(states []selectState, sites []*sched.Site, blocking bool, chosen, ok uintptr) instr {
	switch {
	case len(states) == 1 && !blocking:
		return byClass(states[0].class(), tryMaker{&states[0], chosen, ok})
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
		return byClass(p.x.class(), p)
	}
	return nil
}

// class is the class of the channel's elements.
func (s *selectState) class() class { return memoryOf(s.elem).class }

// store puts a received value where it belongs.
func store[T any](fr *frame, s *selectState, v T) {
	if s.recv != nil {
		*at[T](fr.mem, s.recv.off) = v
	}
}

// A classMaker generates code for each class of elements.
type classMaker interface {
	of8() instr
	of4() instr
	of1() instr
	ofZero() instr
	ofPtr() instr
	ofStr() instr
	ofSlice() instr
	ofIface() instr
}

func byClass(c class, m classMaker) instr {
	switch c {
	case class8:
		return m.of8()
	case class4:
		return m.of4()
	case class1:
		return m.of1()
	case classZero:
		return m.ofZero()
	case classPtr:
		return m.ofPtr()
	case classStr:
		return m.ofStr()
	case classSlice:
		return m.ofSlice()
	case classIface:
		return m.ofIface()
	}
	return nil
}

// A tryMaker generates a select with one case and a default.
type tryMaker struct {
	s          *selectState
	chosen, ok uintptr
}

func (m tryMaker) of8() instr     { return tryOf[uint64](m) }
func (m tryMaker) of4() instr     { return tryOf[uint32](m) }
func (m tryMaker) of1() instr     { return tryOf[uint8](m) }
func (m tryMaker) ofZero() instr  { return tryOf[struct{}](m) }
func (m tryMaker) ofPtr() instr   { return tryOf[*byte](m) }
func (m tryMaker) ofStr() instr   { return tryOf[string](m) }
func (m tryMaker) ofSlice() instr { return tryOf[[]byte](m) }
func (m tryMaker) ofIface() instr { return tryOf[any](m) }

func tryOf[T any](m tryMaker) instr {
	s, ch := m.s, m.s.ch.off
	if s.dir == reflect.SelectSend {
		return func(fr *frame) {
			n := 0
			select {
			case *at[chan T](fr.mem, ch) <- *at[T](fr.mem, s.send.off):
			default:
				n = -1
			}
			*at[int](fr.mem, m.chosen) = n
		}
	}
	return func(fr *frame) {
		select {
		case v, ok := <-*at[chan T](fr.mem, ch):
			*at[int](fr.mem, m.chosen) = 0
			*at[bool](fr.mem, m.ok) = ok
			store(fr, s, v)
		default:
			*at[int](fr.mem, m.chosen) = -1
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

func (p pair) of8() instr     { return byClass(p.y.class(), pairWith[uint64]{p}) }
func (p pair) of4() instr     { return byClass(p.y.class(), pairWith[uint32]{p}) }
func (p pair) of1() instr     { return byClass(p.y.class(), pairWith[uint8]{p}) }
func (p pair) ofZero() instr  { return byClass(p.y.class(), pairWith[struct{}]{p}) }
func (p pair) ofPtr() instr   { return byClass(p.y.class(), pairWith[*byte]{p}) }
func (p pair) ofStr() instr   { return byClass(p.y.class(), pairWith[string]{p}) }
func (p pair) ofSlice() instr { return byClass(p.y.class(), pairWith[[]byte]{p}) }
func (p pair) ofIface() instr { return byClass(p.y.class(), pairWith[any]{p}) }

// A pairWith is a pair with the elements of x known.
type pairWith[X any] struct{ pair }

func (p pairWith[X]) of8() instr     { return pairOf[X, uint64](p.pair) }
func (p pairWith[X]) of4() instr     { return pairOf[X, uint32](p.pair) }
func (p pairWith[X]) of1() instr     { return pairOf[X, uint8](p.pair) }
func (p pairWith[X]) ofZero() instr  { return pairOf[X, struct{}](p.pair) }
func (p pairWith[X]) ofPtr() instr   { return pairOf[X, *byte](p.pair) }
func (p pairWith[X]) ofStr() instr   { return pairOf[X, string](p.pair) }
func (p pairWith[X]) ofSlice() instr { return pairOf[X, []byte](p.pair) }
func (p pairWith[X]) ofIface() instr { return pairOf[X, any](p.pair) }

func pairOf[X, Y any](p pair) instr {
	x, y := p.x.ch.off, p.y.ch.off
	finish := func(fr *frame, n int, ok bool) {
		if n >= 0 {
			n ^= p.swapped
		}
		*at[int](fr.mem, p.chosen) = n
		*at[bool](fr.mem, p.ok) = ok
	}
	if p.x.dir == reflect.SelectSend {
		send := p.x.send.off
		return func(fr *frame) {
			n, v, ok := sched.SelectSendRecv(fr.t.g, *at[chan<- X](fr.mem, x), *at[X](fr.mem, send), *at[<-chan Y](fr.mem, y), p.blocking, fr, &p.sites)
			if n == 1 {
				store(fr, p.y, v)
			}
			finish(fr, n, ok)
		}
	}
	return func(fr *frame) {
		n, v, w, ok := sched.SelectRecvRecv(fr.t.g, *at[<-chan X](fr.mem, x), *at[<-chan Y](fr.mem, y), p.blocking, fr, &p.sites)
		switch n {
		case 0:
			store(fr, p.x, v)
		case 1:
			store(fr, p.y, w)
		}
		finish(fr, n, ok)
	}
}
