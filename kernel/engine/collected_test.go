package engine

import (
	"context"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/gosched/gosched/kernel/session"
)

// Nothing of a session is left when it has been closed: neither what tells that a
// package, a variable or a type is gone leads to it, nor anything else of the process,
// but for methods of its types: the slots of those are given out for ever.
func TestClosedSessionsAreCollected(t *testing.T) {
	one := func(sources ...string) weak.Pointer[Engine] {
		e, err := Open(Options{Kind: Direct, Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		for i, src := range sources {
			if r := e.Execute(context.Background(), session.Cell{Number: i + 1, Source: src}, new(transcript)); r.Failure != nil {
				t.Fatal(r.Failure)
			}
		}
		return weak.Make(e)
	}
	first := one("b := make([]byte, 1000)\nlen(b)",
		"type T[X any] struct{ x X }\nT[int]{3}",
		"type T[X any] struct{ x, y X }\nb := 5\nT[string]{}",
		"ch := make(chan int)\ngo func() { ch <- 1 }()\n<-ch")
	one("1") // package log keeps that one
	for deadline := time.Now().Add(10 * time.Second); first.Value() != nil; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("it is still there")
		}
		time.Sleep(time.Millisecond)
	}
}
