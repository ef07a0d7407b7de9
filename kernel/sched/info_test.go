package sched

import (
	"fmt"
	"reflect"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/sched/report"
)

func TestContract15_List(t *testing.T) {
	n := newNotebook(t)
	results := make(chan int, 4)
	results <- 1
	var mu sync.Mutex
	mu.Lock()
	n.cell(func(g *G) {
		Go(g, Place{Func: "main", Cell: 1, Line: 3}, "worker", func(g *G) {
			in := make(chan int)
			Select(g, []Comm{
				{Chan: ChanPointer(in), Site: &Site{Name: "in", Type: "chan int"}},
				{Site: &Site{Name: "quit", Type: "chan string"}},
			}, true, Place{Func: "worker", Cell: 1, Line: 9})
		})
		Go(g, Place{Func: "main", Cell: 1, Line: 4}, "locker", func(g *G) {
			g.Lock(&mu, Place{Func: "locker", Cell: 1, Line: 12}, &Site{Name: "mu", Type: "sync.Mutex"})
		})
		Go(g, Place{Func: "main", Cell: 1, Line: 5}, "filler", func(g *G) {
			for {
				Send(g, results, 1, Place{Func: "filler", Cell: 1, Line: 15}, &Site{Name: "results", Type: "chan int"})
			}
		})
		Go(g, Place{Func: "main", Cell: 1, Line: 6}, "busy", spin)
	})
	eventually(t, "three are blocked", func() bool {
		blocked := 0
		for _, in := range n.List() {
			if in.Blocked {
				blocked++
			}
		}
		return blocked == 3
	})
	list := n.List()
	for i := range list {
		list[i].For = 1500 * time.Millisecond
	}
	got := report.Text(list)
	want := strings.TrimPrefix(`
goroutine  cell  started        function  state            on                                                    at                      since
        2     1  cell 1 line 3  worker    select           receive in (chan int, 0/0), receive quit (chan string)  worker, cell 1 line 9     1 s
        3     1  cell 1 line 4  locker    sync.Mutex.Lock  mu (sync.Mutex)                                       locker, cell 1 line 12    1 s
        4     1  cell 1 line 5  filler    chan send        results (chan int, 4/4)                               filler, cell 1 line 15    1 s
        5     1  cell 1 line 6  busy      running
`, "\n")
	if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	column := -1 // columns are aligned
	for line := range strings.Lines(got) {
		if at := strings.Index(line, "cell 1 line"); at >= 0 {
			if column >= 0 && at != column {
				t.Errorf("not aligned:\n%s", got)
			}
			column = at
		}
	}
	if html := report.HTML(list); strings.Count(html, "<tr>") != 5 || !strings.Contains(html, "<td style=\"text-align:left\">results (chan int, 4/4)</td>") {
		t.Error(html)
	}
}

func TestContract15_TableIsCut(t *testing.T) {
	n := newNotebook(t)
	many := 100_000
	if testenv.Raced {
		many = 5_000
	}
	stop := make(chan int)
	n.cell(func(g *G) {
		for range many {
			Go(g, Place{Func: "main", Cell: 1, Line: 1}, "parked", func(g *G) {
				Recv(g, stop, Place{Func: "parked", Cell: 1, Line: 2}, &Site{Name: "stop", Type: "chan int"})
			})
		}
	})
	eventually(t, "parked", func() bool { list := n.List(); return len(list) == many && list[many-1].Blocked })
	var text string
	took := time.Hour
	const limit = 500 * time.Millisecond
	for tries := 0; tries == 0 || tries < 50 && took > limit && !testenv.Raced; tries++ { // others use this machine too
		start := time.Now()
		text = report.Text(n.List())
		took = min(took, time.Since(start))
	}
	t.Logf("%d goroutines listed in %v", many, took)
	if took > limit && !testenv.Raced {
		t.Errorf("took %v", took)
	}
	const maxRows, maxGroups = 50, 20
	if strings.Count(text, "\n") > maxRows+maxGroups+3 {
		t.Error("not cut")
	}
	rest := many - maxRows
	if want := fmt.Sprintf("and %d more:\n  %d × parked, cell 1: chan receive on stop at parked, cell 1 line 2\n", rest, rest); !strings.HasSuffix(text, want) {
		t.Errorf("table ends %q", text[max(0, len(text)-200):])
	}
	close(stop)
}

func TestContract15_Leaks(t *testing.T) {
	n := newNotebook(t)
	held := make(chan int)
	var mu sync.Mutex
	mu.Lock()
	n.cell(func(g *G) {
		Go(g, at(1), "leaked", func(g *G) { Recv(g, make(chan int), at(2), &Site{Name: "ch", Type: "chan int"}) })
		Go(g, at(3), "held", func(g *G) { Recv(g, held, at(4), nil) })
		Go(g, at(5), "nil", func(g *G) { Recv[int](g, nil, at(6), nil) })
		Go(g, at(7), "locked", func(g *G) { g.Lock(&mu, at(8), nil) })
		Go(g, at(9), "leaked select", func(g *G) { waitEither(g, make(chan int), make(chan string)) })
		Go(g, at(11), "half held select", func(g *G) { waitEither(g, make(chan int), held) })
		Go(g, at(13), "sleeper", func(g *G) { g.Sleep(time.Hour, nil) })
		Go(g, at(15), "timer", func(g *G) { Recv(g, time.After(time.Hour), nil, nil) })
		Go(g, at(17), "busy", spin)
	})
	eventually(t, "all are blocked", func() bool {
		blocked := 0
		for _, in := range n.List() {
			if in.Blocked {
				blocked++
			}
		}
		return blocked == 8
	})
	r := n.Leaks()
	var names []string
	for _, in := range r.Leaked {
		names = append(names, in.Name)
	}
	want := []string{"nil"}
	if pprof.Lookup("goroutineleak") != nil {
		want = []string{"leaked", "nil", "leaked select"}
	}
	if !reflect.DeepEqual(names, want) || r.Complete != (len(want) > 1) {
		t.Errorf("leaked %q (complete: %v), want %q", names, r.Complete, want)
	}
	if r.Complete && (r.Leaked[0].Start != at(1) || r.Leaked[0].At[0] != at(2)) {
		t.Errorf("%+v", r.Leaked[0])
	}
	// Everything still works, also the goroutines found leaked.
	if n.KillAll() != 9 {
		t.Error("not all were there to be killed")
	}
	eventually(t, "all end", func() bool { return n.Count() == 0 })
	close(held)
	mu.Unlock()
}
