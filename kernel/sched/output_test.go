package sched

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

func TestContract10_LinesAreWholeAndInOrder(t *testing.T) {
	n := newNotebook(t)
	var recorders []*recorder
	const goroutines, lines = 14, 200
	var wg sync.WaitGroup
	for range 3 {
		_, r := n.cell(func(g *G) {
			for range goroutines {
				g.WaitGroupGo(&wg, Place{}, "f", func(g *G) {
					w := &Writer{}
					for i := range lines {
						fmt.Fprintf(w, "goroutine %d ", g.Number())
						fmt.Fprintf(w, "line %d\n", i)
						if i%50 == 0 {
							g.Sleep(time.Millisecond, nil)
						}
					}
				})
			}
		})
		recorders = append(recorders, r)
	}
	n.cell(func(g *G) { g.WaitGroupWait(&wg, nil, nil) })
	eventually(t, "all ended", func() bool { return n.Count() == 0 })
	n.Flush()
	for i, r := range recorders {
		next := make(map[int]int)
		text := r.text(stdout)
		for line := range strings.Lines(text) {
			var g, l int
			if _, err := fmt.Sscanf(line, "goroutine %d line %d\n", &g, &l); err != nil {
				t.Fatalf("cell %d: torn line %q", i+1, line)
			}
			if next[g] != l {
				t.Fatalf("cell %d: goroutine %d line %d, want %d", i+1, g, l, next[g])
			}
			next[g]++
		}
		if len(next) != goroutines || strings.Count(text, "\n") != goroutines*lines {
			t.Errorf("cell %d: %d goroutines, %d lines", i+1, len(next), strings.Count(text, "\n"))
		}
	}
}

func TestFlushDeliversWhatCellsThatEndedHavePrinted(t *testing.T) {
	n := newNotebook(t)
	ended, printed := make(chan struct{}), make(chan struct{})
	_, r := n.cell(func(g *G) {
		Go(g, Place{}, "f", func(g *G) {
			<-ended
			g.Print([]byte("a line\nand "))
			g.Print([]byte("half of one"))
			close(printed)
		})
	})
	close(ended)
	<-printed
	n.Flush()
	if got, want := r.text(stdout), "a line\nand half of one"; got != want {
		t.Errorf("%q was delivered, want %q", got, want)
	}
}

func TestSettleWaitsForWhoHasSomethingToDo(t *testing.T) {
	n := newNotebook(t)
	busy, more := make(chan struct{}), make(chan struct{})
	n.cell(func(g *G) {
		Go(g, Place{}, "f", func(g *G) {
			close(busy)
			for end := time.Now().Add(20 * time.Millisecond); time.Now().Before(end); {
				runtime.Gosched()
			}
			close(more)
			g.Sleep(time.Hour, nil)
		})
	})
	<-busy
	n.Settle(time.Minute)
	select {
	case <-more:
	default:
		t.Error("a goroutine was still at work")
	}
}

func TestContract10_NativeChildrenPrintUnderTheirCell(t *testing.T) {
	n := newNotebook(t)
	var elsewhere bytes.Buffer
	w := &Writer{Err: true, Fallback: &elsewhere}
	_, r := n.cell(func(g *G) {
		done := make(chan int)
		go func() { fmt.Fprintln(w, "child"); close(done) }()
		<-done
	})
	fmt.Fprintln(w, "nobody")
	if r.text(stderr) != "child\n" || r.text(stdout) != "" || elsewhere.String() != "nobody\n" {
		t.Errorf("%q %q", r.text(stderr), elsewhere.String())
	}
}

func TestContract10_ProgressAppears(t *testing.T) {
	n := newNotebook(t)
	e, r := n.begin()
	var took time.Duration
	e.Run(t.Context(), func(g *G) {
		g.Print([]byte("working…"))
		start := time.Now()
		for r.text(stdout) == "" && time.Since(start) < time.Second {
			time.Sleep(time.Millisecond) // native: no Block
		}
		took = time.Since(start)
	})
	if took > 100*time.Millisecond {
		t.Errorf("unfinished line seen after %v", took)
	}
}

func TestContract10_StreamsKeepAGoroutinesOrder(t *testing.T) {
	n := newNotebook(t)
	_, r := n.cell(func(g *G) {
		g.Print([]byte("a"))
		g.PrintErr([]byte("b\n"))
		g.Print([]byte("c"))
		g.Execution().Emit(session.Clear{})
		g.Print([]byte("d"))
	})
	var got []string
	for _, ev := range r.events {
		got = append(got, fmt.Sprintf("%v", ev))
	}
	want := "{stdout a} {stderr b\n} {stdout c} {false} {stdout d}"
	if strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}

func TestContract10_CharactersAreNotTorn(t *testing.T) {
	n := newNotebook(t)
	text := []byte("héllo wörld ✓")
	_, r := n.cell(func(g *G) {
		for i := range text {
			g.Print(text[i : i+1])
			time.Sleep(2 * 3 * time.Millisecond / 3)
		}
	})
	for _, ev := range r.events {
		if s := ev.(session.Stream).Text; strings.ToValidUTF8(s, "") != s {
			t.Errorf("torn: %q", s)
		}
	}
	if r.text(stdout) != string(text) {
		t.Errorf("%q", r.text(stdout))
	}
}
