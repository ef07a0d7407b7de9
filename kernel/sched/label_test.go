package sched

import (
	"bytes"
	"context"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func TestIdentity(t *testing.T) {
	n := newNotebook(t)
	if Current() != nil {
		t.Error("a goroutine of the kernel is nobody")
	}
	n.cell(func(g *G) {
		if got, own := Here(); got != g || !own {
			t.Error("the main goroutine does not know itself")
		}
		done := make(chan bool)
		go func() { // as started by a library
			got, own := Here()
			done <- got == g && !own
		}()
		if !<-done {
			t.Error("a native child belongs to its parent, but is not it")
		}
		time.AfterFunc(0, func() { done <- Current() == nil })
		if !<-done {
			t.Error("a timer's callback is nobody")
		}
		time.AfterFunc(0, g.Callback(at(1), "f", func(c *G) {
			got, own := Here()
			done <- got == c && own && c != g && c.Execution() == g.Execution() && c.Parent() == g.Number()
		}))
		if !<-done {
			t.Error("a callback is a goroutine of its own")
		}
		go func() {
			g.Adopt(at(1), "f", func(c *G) {
				if Current() != c {
					t.Error("Adopt")
				}
			})
			done <- Current() == g
		}()
		if !<-done {
			t.Error("Adopt must restore the label")
		}
		pprof.Do(context.Background(), pprof.Labels("gosched", "x"), func(context.Context) {
			if Current() != nil {
				t.Error("another's label taken for ours")
			}
		})
		g.Relabel()
		if Current() != g {
			t.Error("Relabel")
		}
	})
}

// The runtime must be able to read our labels as its own.
func TestLabelsInProfiles(t *testing.T) {
	n := newNotebook(t)
	n.cell(func(g *G) {
		Go(g, Place{}, "f", func(g *G) { Recv(g, make(chan int), nil, nil) })
		var b bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
			t.Error(err)
		}
		if !strings.Contains(b.String(), `# labels: {"gosched":"cell 1"}`) {
			t.Error(b.String())
		}
		n.KillAll()
	})
	runtime.GC()
}

func TestSizes(t *testing.T) {
	if size := unsafe.Sizeof(G{}); size > 400 {
		t.Errorf("G has %d bytes", size)
	}
}
