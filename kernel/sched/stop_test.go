package sched

import (
	"context"
	"net"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
)

func TestContract13_Interrupt(t *testing.T) {
	var locked sync.Mutex
	locked.Lock()
	var rlocked sync.RWMutex
	rlocked.RLock()
	var wg sync.WaitGroup
	wg.Add(1)
	ch := make(chan int)
	tests := map[string]func(g *G){
		"loop":         spin,
		"send":         func(g *G) { Send(g, ch, 1, nil, nil) },
		"receive":      func(g *G) { Recv(g, ch, nil, nil) },
		"nil channel":  func(g *G) { Recv[int](g, nil, nil, nil) },
		"empty select": func(g *G) { Select(g, nil, true, nil) },
		"send of any":  func(g *G) { Communicate(g, sendOn(ch, 1), nil) },
		"plain send":   func(g *G) { Send(g, ch, 1, nil, sends) },
		"plain send of any": func(g *G) {
			c := sendOn(ch, 1)
			c.Site = sends
			Communicate(g, c, nil)
		},
		"receive of any": func(g *G) { Communicate(g, receiveFrom(ch), nil) },
		"select":         func(g *G) { Select(g, []Comm{receiveFrom(ch), receiveFrom(ch), {}}, true, nil) },
		"sleep":          func(g *G) { g.Sleep(time.Hour, nil) },
		"wait group":     func(g *G) { g.WaitGroupWait(&wg, nil, nil) },
		"lock":           func(g *G) { g.Lock(&locked, nil, nil) },
		"write lock":     func(g *G) { g.RWLock(&rlocked, nil, nil) },
		"cond":           func(g *G) { g.condForever() },
		"callback":       func(g *G) { sort.Slice(make([]int, 2), func(i, j int) bool { spin(g); return false }) },
		"deep recursion": func(g *G) { recurse(g, 0) },
		"allocation": func(g *G) {
			var keep []byte
			for !g.ShouldStop() {
				keep = append(keep[:0], make([]byte, 1<<16)...)
			}
			g.Unwind()
		},
		"network": func(g *G) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			cancel := g.OnStop(func() { l.Close() })
			defer cancel()
			_, _ = l.Accept()
			if g.ShouldStop() {
				g.Unwind()
			}
		},
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			n := newNotebook(t)
			ran, started, children := false, make(chan int), new(atomic.Int32)
			out := n.interruptedWhen(func(g *G, ready func()) {
				for range 3 {
					Go(g, Place{}, "child", func(g *G) {
						deferred(g, func() { children.Add(1) }, func() {
							Send(g, started, 1, nil, nil)
							body(g)
						})
					})
					Recv(g, started, nil, nil)
				}
				deferred(g, func() { ran = true }, func() {
					ready()
					body(g)
				})
			})
			eventually(t, "all end", func() bool { return n.Count() == 0 })
			if !ran || children.Load() != 3 {
				t.Errorf("deferred calls: main %v, children %d", ran, children.Load())
			}
			if len(out.Abandoned) > 0 && !testenv.Raced {
				t.Errorf("abandoned: %+v", out.Abandoned)
			}
		})
	}
}

func (g *G) condForever() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	g.Lock(&mu, nil, nil)
	deferred(g, func() { g.Unlock(&mu) }, func() { g.CondWait(c, nil, nil) })
}

func recurse(g *G, depth int) int {
	if g.ShouldStop() {
		g.Unwind()
	}
	if depth > 10000 {
		return 0
	}
	return recurse(g, depth+1) + recurse(g, depth+1)
}

func TestContract13_InterruptLeavesEarlierCellsAlone(t *testing.T) {
	n := newNotebook(t)
	ch, answers := make(chan int), make(chan int)
	n.cell(func(g *G) {
		Go(g, Place{}, "worker", func(g *G) {
			for {
				v, ok := Recv(g, ch, nil, nil)
				if !ok {
					return
				}
				Send(g, answers, v*v, nil, nil)
			}
		})
	})
	n.interrupted(10*time.Millisecond, spin)
	out, _ := n.cell(func(g *G) {
		Send(g, ch, 7, nil, nil)
		if v, _ := Recv(g, answers, nil, nil); v != 49 {
			t.Error(v)
		}
		close(ch)
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
}

func TestContract13_InterruptedReceiverSwallowsNothing(t *testing.T) {
	n := newNotebook(t)
	before := runtime.NumGoroutine()
	ch := make(chan int)
	var mu sync.Mutex
	var wg sync.WaitGroup
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	var mem [2]runtime.MemStats
	for i := range rounds {
		if i == rounds/10 {
			runtime.GC()
			runtime.ReadMemStats(&mem[0])
		}
		e, _ := n.begin()
		time.AfterFunc(time.Duration(i%10)*100*time.Microsecond, e.Interrupt)
		out := e.Run(context.Background(), func(g *G) {
			wg.Add(1)
			defer wg.Done()
			Go(g, Place{}, "f", func(g *G) { g.WaitGroupWait(&wg, nil, nil) })
			Go(g, Place{}, "f", func(g *G) {
				g.Lock(&mu, nil, nil)
				deferred(g, func() { g.Unlock(&mu) }, func() { Recv(g, ch, nil, nil) })
			})
			g.Lock(&mu, nil, nil)
			deferred(g, func() { g.Unlock(&mu) }, func() { Recv(g, ch, nil, nil) })
		})
		if out.Kind != Interrupted || len(out.Abandoned) > 0 {
			t.Fatalf("round %d: %v %+v", i, out.Kind, out.Abandoned)
		}
		select {
		case ch <- 1:
			t.Fatalf("round %d: somebody still receives", i)
		default:
		}
		if !mu.TryLock() {
			t.Fatalf("round %d: mutex still locked", i)
		}
		mu.Unlock()
	}
	runtime.GC()
	runtime.ReadMemStats(&mem[1])
	if grown := int64(mem[1].HeapAlloc) - int64(mem[0].HeapAlloc); grown > 1<<20 {
		t.Errorf("heap grew by %d bytes", grown)
	}
	if n.Count() != 0 || len(n.executions()) != 0 || n.lots.Any() || !n.lots.Open() || n.lots.Len() != 0 {
		t.Errorf("left: %d goroutines, %d executions, %d lots (somebody is parked: %v, no barrier is up: %v)",
			n.Count(), len(n.executions()), n.lots.Len(), n.lots.Any(), n.lots.Open())
	}
	settleGoroutines(t, before)
}

func TestContract13_DeferredCallsAreCutOff(t *testing.T) {
	n := newNotebook(t)
	n.most = time.Second // on a busy machine they are given more time
	later := false
	n.interrupted(10*time.Millisecond, func(g *G) {
		deferred(g, func() { later = true }, func() {
			deferred(g, func() { spin(g) }, func() { spin(g) })
		})
	})
	if later {
		t.Error("a deferred call ran after the time was up")
	}
	eventually(t, "it ends", func() bool { return n.Count() == 0 })
}

func TestContract13_DeferredCallsMayBlock(t *testing.T) {
	n := newNotebook(t)
	ch, got := make(chan int), 0
	n.interrupted(10*time.Millisecond, func(g *G) {
		deferred(g, func() {
			Go(g, Place{}, "f", func(g *G) {})
			g.Sleep(5*time.Millisecond, nil)
			time.AfterFunc(time.Millisecond, func() { ch <- 7 })
			got, _ = Recv(g, ch, nil, nil)
		}, func() { Recv(g, ch, nil, nil) })
	})
	if got != 7 {
		t.Errorf("got %d", got)
	}
}

func TestContract13_NativeCodeIsAbandoned(t *testing.T) {
	n := newNotebook(t)
	release := make(chan struct{})
	resumed, released := false, false
	e, r := n.begin()
	time.AfterFunc(10*time.Millisecond, e.Interrupt)
	delays, start := machineDelays(), time.Now()
	out := e.Run(context.Background(), func(g *G) {
		deferred(g, func() { released = true; g.Print([]byte("deferred\n")) }, func() {
			<-release // native, and deaf
			g.Print([]byte("resumed\n"))
			if g.ShouldStop() {
				g.Unwind()
			}
			resumed = true
		})
	})
	if took := time.Since(start) - delays(); took > 110*time.Millisecond {
		t.Errorf("took %v", took)
	}
	if out.Kind != Interrupted || len(out.Abandoned) != 1 || out.Abandoned[0].Number != 1 {
		t.Errorf("%v %+v", out.Kind, out.Abandoned)
	}
	// It must not hold up deadlock detection.
	if out, _ := n.cell(func(g *G) { Recv(g, make(chan int), nil, nil) }); out.Kind != Deadlocked {
		t.Error(out.Kind)
	}
	close(release)
	eventually(t, "it ends", func() bool { return n.Count() == 0 })
	e.Flush()
	if resumed || r.text(stdout) != "" {
		t.Error("abandoned code went on")
	}
	if !released {
		t.Error("its deferred calls did not run")
	}
}

// A goroutine that has had no turn since it was to stop is not taken for one that
// stays in compiled code: here the engine has no code of its own, and whoever polls
// could be about to be called back.
func TestContract13_ItsTurnHasNotCome(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	n := newNotebook(t)
	var over atomic.Bool
	defer over.Store(true)
	for range 30 { // each has its slice before it is its turn
		go func() {
			for !over.Load() {
			}
		}()
	}
	for range 3 {
		e, _ := n.begin()
		time.AfterFunc(time.Millisecond, e.Interrupt)
		out := e.Run(context.Background(), spin)
		if out.Kind != Interrupted || len(out.Abandoned) > 0 {
			t.Errorf("%v %+v", out.Kind, out.Abandoned)
		}
	}
}

func TestContract15_Kill(t *testing.T) {
	n := newNotebook(t)
	park := func(g *G) {
		for range 3 {
			Go(g, Place{}, "f", func(g *G) { Recv(g, make(chan int), nil, nil) })
		}
	}
	n.cell(park)
	n.cell(park)
	eventually(t, "blocked", func() bool {
		list := n.List()
		return len(list) == 6 && list[0].Blocked && list[5].Blocked
	})
	if n.Kill(1) {
		t.Error("the main goroutine of an ended cell is dead")
	}
	if !n.Kill(3) {
		t.Error("Kill(3)")
	}
	eventually(t, "5 left", func() bool { return n.Count() == 5 })
	if killed := n.KillCell(2); killed != 3 {
		t.Errorf("KillCell killed %d", killed)
	}
	eventually(t, "2 left", func() bool { return n.Count() == 2 })
	if killed := n.KillAll(); killed != 2 {
		t.Errorf("KillAll killed %d", killed)
	}
	eventually(t, "none left", func() bool { return n.Count() == 0 })
}

func TestContract8_ExitEndsCellAndItsGoroutines(t *testing.T) {
	n := newNotebook(t)
	deferredRan := false
	out, _ := n.cell(func(g *G) {
		Go(g, Place{}, "f", spin)
		Go(g, Place{}, "exit", func(g *G) {
			deferred(g, func() { deferredRan = true }, func() { g.Exit(3, nil) })
		})
		deferred(g, func() { deferredRan = true }, func() { spin(g) })
	})
	if out.Kind != Exited || out.Code != 3 || out.G.Number() != 3 {
		t.Errorf("%+v", out)
	}
	if deferredRan {
		t.Error("os.Exit runs no deferred calls")
	}
	if n.Count() != 0 {
		t.Error("goroutines left")
	}
}

// A goroutine that panics just when its cell ends is reported, once.
func TestContract11_PanicAsTheCellEnds(t *testing.T) {
	n := newNotebook(t)
	for i := range 10_000 {
		var ready atomic.Bool
		out, r := n.cell(func(g *G) {
			Go(g, Place{}, "bad", func(*G) {
				ready.Store(true)
				panic("child")
			})
			for !ready.Load() {
				runtime.Gosched()
			}
			for start := time.Now(); time.Since(start) < time.Duration(i%100)*100*time.Nanosecond; {
			}
		})
		reports := func() int {
			c := len(r.failures())
			if out.Kind == Panicked {
				c++
			}
			return c
		}
		for deadline := time.Now().Add(10 * time.Second); reports() == 0 && time.Now().Before(deadline); {
			time.Sleep(100 * time.Microsecond)
		}
		if c := reports(); c != 1 {
			t.Fatalf("cell %d: %d reports of a panic, the cell %s", i, c, out.Kind)
		}
	}
}

func TestContract11_Panics(t *testing.T) {
	n := newNotebook(t)
	out, r := n.cell(func(g *G) { panic("main") })
	if out.Kind != Panicked || out.Value != "main" || out.Failure.Value != "main" || out.G.Number() != 1 {
		t.Errorf("%+v", out)
	}
	if len(r.failures()) != 0 {
		t.Error("reported twice")
	}

	mainRan, others := false, new(atomic.Int32)
	out, _ = n.cell(func(g *G) {
		Go(g, Place{}, "other", func(g *G) {
			others.Add(1)
			defer others.Add(-1)
			spin(g)
		})
		for others.Load() == 0 { // it is to be there when the others panic
			time.Sleep(time.Millisecond)
		}
		for range 10 {
			Go(g, Place{}, "bad", func(g *G) { panic("child") })
		}
		deferred(g, func() { mainRan = true }, func() { spin(g) })
	})
	if out.Kind != Panicked || out.Value != "child" || !mainRan {
		t.Errorf("%+v, deferred %v", out, mainRan)
	}
	if others.Load() != 1 {
		t.Error("the other goroutine should live on")
	}
	n.KillAll()

	go1 := make(chan int)
	out, r = n.cell(func(g *G) {
		Go(g, Place{}, "late", func(g *G) { Recv(g, go1, nil, nil); g.Print([]byte("before")); panic("late") })
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
	close(go1)
	eventually(t, "the late panic is reported", func() bool { return len(r.failures()) == 1 })
	if f := r.failures()[0]; f.Value != "late" || r.text(stdout) != "before" {
		t.Error(f, r.text(stdout))
	}

	// A callback of native code that nothing answers.
	_, r = n.cell(func(g *G) {
		time.AfterFunc(time.Millisecond, g.Callback(at(1), "callback", func(g *G) { panic("callback") }))
	})
	eventually(t, "the callback's panic is reported", func() bool { return len(r.failures()) == 1 })
}

func TestGoexitEndsOnlyItsGoroutine(t *testing.T) {
	n := newNotebook(t)
	done := make(chan int)
	out, _ := n.cell(func(g *G) {
		Go(g, Place{}, "f", func(g *G) {
			defer close(done)
			runtime.Goexit()
		})
		Recv(g, done, nil, nil)
	})
	if out.Kind != Returned || out.Goexit {
		t.Errorf("%+v", out)
	}
	out, _ = n.cell(func(g *G) { runtime.Goexit() })
	if out.Kind != Returned || !out.Goexit {
		t.Errorf("%+v", out)
	}
}

func TestContextInterrupts(t *testing.T) {
	n := newNotebook(t)
	e, _ := n.begin()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if out := e.Run(ctx, spin); out.Kind != Interrupted {
		t.Error(out.Kind)
	}
}

// One of two consoles is interrupted.
func TestSubshellsAreInterruptedApart(t *testing.T) {
	n := newNotebook(t)
	ch := make(chan int)
	first := make(chan Outcome)
	go func() {
		out, _ := n.cell(func(g *G) { Recv(g, ch, nil, nil) })
		first <- out
	}()
	n.interrupted(10*time.Millisecond, spin)
	n.cell(func(g *G) { Send(g, ch, 1, nil, nil) })
	if out := <-first; out.Kind != Returned {
		t.Error(out.Kind)
	}
}

func TestContract14_UnlockOfUnlockedIsFatal(t *testing.T) {
	// A fatal error cannot be caught; that native Unlock is called is enough.
	var wg sync.WaitGroup
	n := newNotebook(t)
	out, _ := n.cell(func(g *G) { g.WaitGroupDone(&wg) })
	if out.Kind != Panicked || !strings.Contains(out.Failure.Value, "negative WaitGroup counter") {
		t.Errorf("%+v", out)
	}
}

// A goroutine that returns just when main does is none that was left.
func TestContract26_WhoReturnsIsNotLeft(t *testing.T) {
	n := newNotebook(t)
	for range 200 {
		n.cell(func(g *G) {
			done := make(chan int)
			Go(g, at(1), "worker", func(*G) {
				close(done)
				time.Sleep(100 * time.Microsecond) // compiled code, which is not stopped
			})
			Recv(g, done, at(2), nil)
			if left := g.exec.EndProgram(); left != 0 {
				t.Errorf("%d were left", left)
			}
		})
	}
	n.cell(func(g *G) {
		Go(g, at(1), "waits", func(g *G) { Recv(g, make(chan int), at(2), nil) })
		if left := g.exec.EndProgram(); left != 1 {
			t.Errorf("%d were left, want 1", left)
		}
	})
}

// Who reads the rest of a response in a later cell takes the request back when its
// goroutine has ended, and another has its record.
func TestOnStop_TakenBackLate(t *testing.T) {
	const goroutines = 50
	n := newNotebook(t)
	var forget [goroutines]func()
	n.cell(func(g *G) {
		for i := range forget {
			Go(g, at(1), "reader", func(g *G) { forget[i] = g.OnStop(func() {}) })
		}
	})
	eventually(t, "all goroutines end", func() bool { return n.Count() == 0 })
	n.cell(func(g *G) {
		var wg sync.WaitGroup
		for range goroutines {
			g.WaitGroupGo(&wg, at(2), "another", func(g *G) {
				for range 1000 {
					g.OnStop(func() {})()
				}
			})
		}
		for range 1000 {
			for _, f := range forget {
				f()
			}
		}
		g.WaitGroupWait(&wg, at(3), nil)
	})
}
