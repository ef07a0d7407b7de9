package sched

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"unsafe"
)

// foreteller notes when it is told of what changes something, and what is there then.
type foreteller struct {
	wanted bool
	here   func() string
	log    []string
}

func (f *foreteller) Foretells() bool { return f.wanted }

func (f *foreteller) Will(_ *G, op *Op) { f.note("will", op) }

func (f *foreteller) Did(_ *G, op *Op) { f.note("did", op) }

func (f *foreteller) note(when string, op *Op) {
	switch op.Kind {
	case OpSend, OpSelect, OpUnlock:
		f.log = append(f.log, fmt.Sprintf("%s %v: %s", when, op.Kind, f.here()))
	}
}

func (*foreteller) Read(*G, unsafe.Pointer, uintptr, *Site, Stack)  {}
func (*foreteller) Write(*G, unsafe.Pointer, uintptr, *Site, Stack) {}
func (*foreteller) Born(*G, unsafe.Pointer, uintptr)                {}

// Who wants to know of it hears of an operation before others can have seen it.
func TestContract21_Foretold(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		t.Run(fmt.Sprint(wanted), func(t *testing.T) {
			n := newNotebook(t)
			ch := make(chan int, 2)
			var mu sync.Mutex
			f := &foreteller{wanted: wanted, here: func() string {
				free := mu.TryLock()
				if free {
					mu.Unlock()
				}
				return fmt.Sprint(len(ch), free)
			}}
			e, _ := n.begin()
			o := &Observation{Detector: f}
			e.Observe(o)
			e.Run(context.Background(), func(g *G) {
				Transact(g, sendOn(ch, 1), at(1))
				Choose(g, []Comm{sendOn(ch, 2)}, true, at(2))
				g.Lock(&mu, at(3), nil)
				g.Unlock(&mu)
			})
			o.End()
			want := []string{
				"will send: 0 true", "did send: 1 true",
				"will select: 1 true", "did select: 2 true", "did send: 2 true",
				"will unlock: 2 false", "did unlock: 2 true",
			}
			if !wanted {
				want = []string{"did send: 1 true", "did select: 2 true", "did send: 2 true", "did unlock: 2 true"}
			}
			if fmt.Sprint(f.log) != fmt.Sprint(want) {
				t.Errorf("told\n%q, want\n%q", f.log, want)
			}
		})
	}
}
