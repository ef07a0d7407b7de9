package sched

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/stopping"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Pipes are read and written as those of package io, whatever is known of them.
func TestPipes(t *testing.T) {
	for _, how := range []string{"known", "unknown"} {
		t.Run(how, func(t *testing.T) {
			n := newNotebook(t)
			if how == "unknown" {
				n = without(t, goruntime.Pipes)
			}
			n.cell(func(g *G) {
				r, w := io.Pipe()
				done := make(chan string, 1)
				Go(g, at(1), "writer", func(g *G) {
					k, err := g.PipeWrite(w, []byte("hello"), nil, nil)
					g.PipeWrite(w, nil, nil, nil) // somebody reads nothing
					w.CloseWithError(io.ErrNoProgress)
					_, late := g.PipeWrite(w, []byte("late"), nil, nil)
					done <- errors.Join(err, late).Error()
					if k != 5 {
						t.Errorf("%d bytes were written", k)
					}
				})
				b := make([]byte, 3)
				for _, want := range []string{"hel", "lo", ""} {
					if k, err := g.PipeRead(r, b, nil, nil); string(b[:k]) != want || err != nil {
						t.Errorf("read %q, %v, want %q", b[:k], err, want)
					}
				}
				for range 2 { // while it waits, and at once
					if k, err := g.PipeRead(r, b, nil, nil); k != 0 || err != io.ErrNoProgress {
						t.Errorf("read %d, %v", k, err)
					}
				}
				if got, _ := Recv(g, done, nil, nil); got != io.ErrClosedPipe.Error() {
					t.Errorf("the writer got %q", got)
				}
				r, w = io.Pipe()
				Go(g, at(2), "closes", func(*G) {
					if how == "known" {
						awaitBlocked(g)
					}
					r.Close()
				})
				if k, err := g.PipeWrite(w, []byte("x"), nil, nil); k != 0 || err != io.ErrClosedPipe {
					t.Errorf("written %d, %v", k, err)
				}
			})
		})
	}
}

// Who waits at a pipe can be stopped.
func TestPipesStop(t *testing.T) {
	n := newNotebook(t)
	r, w := io.Pipe()
	n.interruptedWhen(func(g *G, ready func()) { ready(); g.PipeRead(r, make([]byte, 1), nil, nil) })
	n.interruptedWhen(func(g *G, ready func()) { ready(); g.PipeWrite(w, []byte("x"), nil, nil) })
	go w.Write([]byte("y")) // neither has taken anything, or has the lock
	b := make([]byte, 1)
	if _, err := r.Read(b); err != nil || b[0] != 'y' {
		t.Errorf("read %q, %v", b, err)
	}
}

// Calls of compiled code that wait for a connection end when they are to stop; others
// that wait for it go on, as do those with a deadline of their own.
func TestTransfer(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	n := newNotebook(t)
	b := make([]byte, 8)
	read := func(g *G, w *Wait) (k int, err error) {
		g.Transfer(here, stopping.Reading, w, func() (bool, error) {
			k, err = here.Read(b)
			return k > 0, err
		})
		return k, err
	}
	w := &Wait{Kind: wait.IO, At: at(1)}
	n.interruptedWhen(func(g *G, ready func()) { ready(); read(g, w) })
	n.interruptedWhen(func(g *G, ready func()) { ready(); read(g, nil) })
	n.cell(func(g *G) {
		Go(g, at(1), "writer", func(*G) {
			awaitBlocked(g)
			there.Write([]byte("hello"))
		})
		if k, err := read(g, w); string(b[:k]) != "hello" || err != nil {
			t.Errorf("read %q, %v", b[:k], err)
		}
		if err := n.SetDeadline(here, stopping.Reading, time.Now().Add(-time.Second)); err != nil {
			t.Error(err)
		}
		if _, err := read(g, w); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the deadline: %v", err)
		}
		n.SetDeadline(here, stopping.Reading, time.Time{})
		calls := 0
		n.TransferAside(here, func() (bool, error) { calls++; return false, io.EOF })
		if calls != 1 {
			t.Errorf("%d calls", calls)
		}
	})
}

func awaitBlocked(g *G) {
	for !g.isBlocked() {
		runtime.Gosched()
	}
}

// Selects with two cases on channels of known types are like others.
func TestSelectPairs(t *testing.T) {
	n := newNotebook(t)
	var sites [2]*Site
	n.cell(func(g *G) {
		a, b := make(chan int, 1), make(chan string, 1)
		if k, _, _, _ := SelectRecvRecv(g, a, b, false, nil, &sites); k != -1 {
			t.Errorf("case %d of those that are not ready", k)
		}
		a <- 1
		if k, v, _, ok := SelectRecvRecv(g, a, b, true, nil, &sites); k != 0 || v != 1 || !ok {
			t.Error(k, v, ok)
		}
		b <- "x"
		if k, _, w, ok := SelectRecvRecv(g, a, b, true, nil, &sites); k != 1 || w != "x" || !ok {
			t.Error(k, w, ok)
		}
		if k, _, _ := SelectSendRecv(g, a, 2, b, false, nil, &sites); k != 0 || <-a != 2 {
			t.Error("it has not sent")
		}
		a <- 3
		if k, _, _ := SelectSendRecv(g, a, 4, b, false, nil, &sites); k != -1 {
			t.Errorf("case %d of those that are not ready", k)
		}
		b <- "y"
		if k, w, ok := SelectSendRecv(g, a, 4, b, true, nil, &sites); k != 1 || w != "y" || !ok {
			t.Error(k, w, ok)
		}
		<-a
		for i := range 2 {
			Go(g, at(1), "sends", func(*G) {
				awaitBlocked(g)
				if i == 0 {
					a <- 5
				} else {
					b <- "z"
				}
			})
			if k, v, w, _ := SelectRecvRecv(g, a, b, true, nil, &sites); k != i || i == 0 && v != 5 || i == 1 && w != "z" {
				t.Error(i, k, v, w)
			}
		}
	})
	a, b := make(chan int), make(chan string)
	n.interruptedWhen(func(g *G, ready func()) { ready(); SelectRecvRecv(g, a, b, true, nil, &sites) })
	n.interruptedWhen(func(g *G, ready func()) { ready(); SelectSendRecv(g, a, 1, b, true, nil, &sites) })
}
