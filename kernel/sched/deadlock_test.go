package sched

import (
	"context"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

func TestContract12_Deadlock(t *testing.T) {
	site := func(name string) *Site { return &Site{Name: name, Type: "chan int"} }
	var native sync.WaitGroup // released below: native code cannot be stopped
	tests := []struct {
		name  string
		cell  func(g *G)
		wants []string
	}{
		{"unbuffered send", func(g *G) {
			Send(g, make(chan int), 1, at(3), site("ch"))
		}, []string{"goroutine 1 [chan send] on ch (chan int, 0/0), cell 1:", "f, cell 1 line 3"}},
		{"receive", func(g *G) {
			Recv(g, make(chan int, 2), at(4), site("in"))
		}, []string{"[chan receive] on in (chan int, 0/2)", "line 4"}},
		{"nil channel", func(g *G) {
			var ch chan int
			Recv(g, ch, at(4), site("in"))
		}, []string{"[chan receive (nil chan)] on in"}},
		{"wait group never done", func(g *G) {
			var wg sync.WaitGroup
			g.WaitGroupAdd(&wg, 1)
			g.WaitGroupWait(&wg, at(5), &Site{Name: "wg", Type: "sync.WaitGroup"})
		}, []string{"[sync.WaitGroup.Wait] on wg (sync.WaitGroup)", "line 5"}},
		{"double lock", func(g *G) {
			var mu sync.Mutex
			g.Lock(&mu, at(1), nil)
			g.Lock(&mu, at(2), &Site{Name: "mu"})
		}, []string{"[sync.Mutex.Lock] on mu", "line 2"}},
		{"empty select", func(g *G) {
			Select(g, nil, true, at(6))
		}, []string{"[select (no cases)]", "line 6"}},
		{"two that wait for each other", func(g *G) {
			a, b := make(chan int), make(chan int)
			Go(g, at(7), "other", func(g *G) {
				Recv(g, a, at(8), site("a"))
				Send(g, b, 1, at(9), site("b"))
			})
			Recv(g, b, at(10), site("b"))
			Send(g, a, 1, at(11), site("a"))
		}, []string{"goroutine 1 [chan receive] on b", "goroutine 2 [chan receive] on a", "line 8", "line 10"}},
		{"pipeline that is never closed", func(g *G) {
			in, out := make(chan int), make(chan int)
			Go(g, at(1), "produce", func(g *G) {
				for i := range 3 {
					Send(g, in, i, at(2), site("in"))
				}
			})
			Go(g, at(3), "square", func(g *G) {
				for {
					v, ok := Recv(g, in, at(4), site("in"))
					if !ok {
						close(out)
						return
					}
					Send(g, out, v*v, at(5), site("out"))
				}
			})
			for {
				if _, ok := Recv(g, out, at(6), site("out")); !ok {
					return
				}
			}
		}, []string{"goroutine 1 [chan receive] on out", "goroutine 3 [chan receive] on in"}},
		{"condition nobody signals", func(g *G) {
			var mu sync.Mutex
			c := sync.NewCond(&mu)
			g.Lock(&mu, nil, nil)
			g.CondWait(c, at(3), &Site{Name: "c"})
		}, []string{"[sync.Cond.Wait] on c"}},
		{"native wait in a goroutine", func(g *G) {
			native.Add(1)
			ch := make(chan int)
			Go(g, at(12), "waiter", func(*G) { native.Wait() })
			Recv(g, ch, at(13), nil)
		}, []string{"goroutine 2 [sync.WaitGroup.Wait]"}},
		{"deadline that was cancelled", func(g *G) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			g.Scheduler().WatchContext(ctx)
			cancel()
			g.Scheduler().AfterFunc(g, time.Hour, Place{}, "f", func(*G) {}).Stop()
			timer := time.NewTimer(time.Hour)
			timer.Stop()
			Recv(g, timer.C, at(1), nil)
		}, []string{"[chan receive]"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := newNotebook(t)
			start := time.Now()
			out, _ := n.cell(test.cell)
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
			if out.Kind != Deadlocked {
				t.Fatalf("outcome is %v", out.Kind)
			}
			text := strings.Join(out.Deadlock.Lines(), "\n")
			if !strings.HasPrefix(text, "fatal error: all goroutines are asleep - deadlock!\n") {
				t.Error(text)
			}
			for _, want := range test.wants {
				if !strings.Contains(text, want) {
					t.Errorf("text lacks %q:\n%s", want, text)
				}
			}
			if goruntime.WaitCount(&native) > 0 {
				if len(out.Abandoned) != 1 {
					t.Errorf("abandoned: %v", out.Abandoned)
				}
				native.Done()
			} else if len(out.Abandoned) > 0 {
				t.Errorf("abandoned: %v", out.Abandoned)
			}
			if out, _ := n.cell(func(*G) {}); out.Kind != Returned {
				t.Errorf("the next cell %v", out.Kind)
			}
		})
	}
}

func TestContract12_DeadlockAfterEarlierCells(t *testing.T) {
	n := newNotebook(t)
	forever := make(chan int)
	n.cell(func(g *G) {
		Go(g, at(1), "stuck", func(g *G) { Recv(g, forever, at(2), nil) })
	})
	out, _ := n.cell(func(g *G) { Recv(g, make(chan int), at(3), nil) })
	if out.Kind != Deadlocked || len(out.Deadlock.Blocked) != 2 {
		t.Fatalf("%v %v", out.Kind, out.Deadlock)
	}
	if out.Deadlock.Blocked[0].Number != 3 || out.Deadlock.Blocked[1].Number != 2 {
		t.Errorf("order: %v", out.Deadlock.Lines())
	}
	if n.Count() != 1 {
		t.Errorf("%d goroutines left, want the one of the first cell", n.Count())
	}
}

// Programs that merely wait, each for longer than a deadlock takes to be seen.
func TestContract12_NoFalseAlarm(t *testing.T) {
	const pause = 700 * time.Millisecond
	tests := map[string]func(g *G){
		"sleep":           func(g *G) { g.Sleep(pause, nil) },
		"time.After":      func(g *G) { Recv(g, time.After(pause), nil, nil) },
		"timer":           func(g *G) { Recv(g, time.NewTimer(pause).C, nil, nil) },
		"select on timer": func(g *G) { waitEither(g, make(chan int), time.After(pause)) },
		"ticker in a goroutine": func(g *G) {
			done := make(chan int)
			Go(g, Place{}, "tick", func(g *G) {
				ticker := time.NewTicker(pause / 3)
				defer ticker.Stop()
				for range 3 {
					Recv(g, ticker.C, nil, nil)
				}
				close(done)
			})
			Recv(g, done, nil, nil)
		},
		"a cleanup that takes long": func(g *G) {
			done := make(chan int)
			func() {
				runtime.AddCleanup(new([64]byte), func(int) { time.Sleep(pause); close(done) }, 0)
			}()
			runtime.GC()
			Recv(g, done, nil, nil)
		},
		"AfterFunc": func(g *G) {
			done := make(chan int)
			g.Scheduler().AfterFunc(g, pause, Place{}, "f", func(*G) { close(done) })
			Recv(g, done, nil, nil)
		},
		"AfterFunc reset": func(g *G) {
			done := make(chan int)
			timer := g.Scheduler().AfterFunc(g, time.Millisecond, Place{}, "f", func(g *G) { Send(g, done, 1, nil, nil) })
			Recv(g, done, nil, nil)
			timer.Reset(pause)
			Recv(g, done, nil, nil)
		},
		"context": func(g *G) {
			ctx, cancel := context.WithTimeout(context.Background(), pause)
			defer cancel()
			g.Scheduler().WatchContext(ctx)
			child, cancel2 := context.WithCancel(ctx)
			defer cancel2()
			Recv(g, child.Done(), nil, nil)
		},
		"computation": func(g *G) {
			done := make(chan int)
			Go(g, Place{}, "busy", func(g *G) {
				for start := time.Now(); time.Since(start) < pause; {
					if g.ShouldStop() {
						g.Unwind()
					}
				}
				close(done)
			})
			Recv(g, done, nil, nil)
		},
		"network": func(g *G) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			done := make(chan int)
			go func() { // a native child, as of a library
				if c, err := l.Accept(); err == nil {
					c.Close()
				}
				close(done)
			}()
			time.AfterFunc(pause, func() {
				if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
					c.Close()
				}
			})
			Recv(g, done, nil, nil)
		},
		"native sleep": func(g *G) {
			done := make(chan int)
			Go(g, Place{}, "f", func(*G) { time.Sleep(pause); close(done) })
			Recv(g, done, nil, nil)
		},
		"native select with timeout": func(g *G) {
			done := make(chan int)
			go func() {
				select {
				case <-time.After(pause):
				case <-make(chan int):
				}
				close(done)
			}()
			Recv(g, done, nil, nil)
		},
		"input": func(g *G) {
			g.Block(&Wait{Kind: wait.Input})
			time.Sleep(pause)
			g.Unblock()
		},
		"signal": func(g *G) {
			ch := make(chan os.Signal, 1)
			g.Scheduler().MarkExternal(ChanPointer(ch))
			time.AfterFunc(pause, func() { ch <- os.Interrupt })
			Recv(g, ch, nil, nil)
		},
		"lock released by native code": func(g *G) {
			var mu sync.Mutex
			mu.Lock()
			go func() { time.Sleep(pause); mu.Unlock() }()
			g.Lock(&mu, nil, nil)
			g.Unlock(&mu)
		},
		"wait group": func(g *G) {
			var wg sync.WaitGroup
			for range 3 {
				g.WaitGroupGo(&wg, Place{}, "f", func(g *G) { g.Sleep(pause, nil) })
			}
			g.WaitGroupWait(&wg, nil, nil)
		},
	}
	for name, cell := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNotebook(t)
			if out, _ := n.cell(cell); out.Kind != Returned {
				t.Errorf("outcome is %v", out.Kind)
				if out.Deadlock != nil {
					t.Log(strings.Join(out.Deadlock.Lines(), "\n"))
				}
			}
		})
	}
}

func waitEither[A, B any](g *G, a <-chan A, b <-chan B) {
	stop := g.Block(&Wait{Kind: wait.Select, Cases: []Case{{Object: ChanPointer(a)}, {Object: ChanPointer(b)}}})
	select {
	case <-a:
	case <-b:
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
	g.Unblock()
}

func TestContract12_HTTPServerIsNoDeadlock(t *testing.T) {
	n := newNotebook(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	hits := make(chan string)
	n.cell(func(g *G) {
		Go(g, at(1), "serve", func(g *G) {
			cancel := g.OnStop(func() { l.Close() })
			defer cancel()
			_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				owner, own := Here()
				if own {
					t.Error("the handler runs on a goroutine of its own")
				}
				owner.Adopt(at(2), "handler", func(g *G) { Send(g, hits, r.URL.Path, nil, nil) })
			}))
		})
	})
	time.AfterFunc(600*time.Millisecond, func() {
		if r, err := http.Get("http://" + l.Addr().String() + "/hello"); err == nil {
			r.Body.Close()
		}
	})
	out, _ := n.cell(func(g *G) {
		if path, _ := Recv(g, hits, nil, nil); path != "/hello" {
			t.Error(path)
		}
	})
	if out.Kind != Returned {
		t.Error(out.Kind)
	}
}

func TestContract12_SubshellCouldStillSend(t *testing.T) {
	n := newNotebook(t)
	n.SetOpenSubshells(1)
	ch := make(chan int)
	time.AfterFunc(600*time.Millisecond, func() {
		n.cell(func(g *G) { Send(g, ch, 1, nil, nil) })
	})
	if out, _ := n.cell(func(g *G) { Recv(g, ch, nil, nil) }); out.Kind != Returned {
		t.Error(out.Kind)
	}
	// Both shells blocked: nobody is left who could send.
	outcomes := make(chan Outcome)
	for range 2 {
		go func() {
			out, _ := n.cell(func(g *G) { Recv(g, ch, nil, nil) })
			outcomes <- out
		}()
	}
	for range 2 {
		if out := <-outcomes; out.Kind != Deadlocked {
			t.Error(out.Kind)
		}
	}
}
