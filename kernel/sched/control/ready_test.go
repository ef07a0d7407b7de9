package control

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// Whatever the strategy chooses, what waits comes back when it may and not before, and
// with the same answers an execution takes the same course.
func TestWhoWaits(t *testing.T) {
	for _, c := range []struct {
		name string
		main func(p *program, g *sched.G)
		want []string // one of these is said
	}{
		{"wait group", func(p *program, g *sched.G) {
			var wg sync.WaitGroup
			for range 3 {
				g.WaitGroupGo(&wg, sched.Place{}, "worker", func(*sched.G) { p.say("worker") })
			}
			g.WaitGroupWait(&wg, nil, nil)
			p.say("main")
		}, []string{"worker worker worker main"}},
		{"signal", func(p *program, g *sched.G) {
			var mu sync.Mutex
			c, ready := sync.NewCond(&mu), 0
			for range 2 {
				start(g, "waits", func(g *sched.G) {
					g.Lock(&mu, nil, nil)
					for ready == 0 {
						g.CondWait(c, nil, nil)
					}
					ready--
					p.say("waited")
					g.Unlock(&mu)
				})
			}
			for range 2 {
				g.Lock(&mu, nil, nil)
				ready++
				g.CondSignal(c)
				g.Unlock(&mu)
			}
		}, []string{"waited waited"}},
		{"broadcast", func(p *program, g *sched.G) {
			var mu sync.Mutex
			c, ready := sync.NewCond(&mu), false
			for range 3 {
				start(g, "waits", func(g *sched.G) {
					g.Lock(&mu, nil, nil)
					for !ready {
						g.CondWait(c, nil, nil)
					}
					p.say("waited")
					g.Unlock(&mu)
				})
			}
			g.Lock(&mu, nil, nil)
			ready = true
			p.say("ready")
			g.CondBroadcast(c)
			g.Unlock(&mu)
		}, []string{"ready waited waited waited"}},
		{"once", func(p *program, g *sched.G) {
			var once sync.Once
			for range 3 {
				start(g, "caller", func(g *sched.G) {
					g.OnceDo(&once, func() {
						p.c.Sleep(g, time.Second, nil)
						p.say("init")
					}, nil, nil)
					p.say("after")
				})
			}
		}, []string{"init after after after"}},
		{"readers and a writer", func(p *program, g *sched.G) {
			var mu sync.RWMutex
			n := 0
			for range 2 {
				start(g, "reader", func(g *sched.G) {
					g.RLock(&mu, nil, nil)
					before := n
					p.c.Sleep(g, time.Second, nil)
					if n != before {
						p.say("written meanwhile")
					}
					g.RUnlock(&mu)
				})
				start(g, "writer", func(g *sched.G) {
					g.RWLock(&mu, nil, nil)
					n++
					p.c.Sleep(g, time.Second, nil)
					n++
					g.RWUnlock(&mu)
				})
			}
		}, []string{""}},
		{"buffer", func(p *program, g *sched.G) {
			ch := make(chan int, 2)
			start(g, "sender", func(g *sched.G) {
				for i := range 5 {
					send(g, ch, i)
				}
				g.Close(sched.ChanPointer(ch), nil, func() { close(ch) })
			})
			for range 6 {
				p.say("%d", receive(g, ch))
			}
		}, []string{"0 1 2 3 4 0"}},
		{"two that meet", func(p *program, g *sched.G) {
			ch := make(chan int)
			for i := 1; i <= 2; i++ {
				start(g, "sender", func(g *sched.G) { send(g, ch, i) })
			}
			p.say("%d", receive(g, ch))
			p.say("%d", receive(g, ch))
		}, []string{"1 2", "2 1"}},
		{"select", func(p *program, g *sched.G) {
			a, b := make(chan int), make(chan int, 1)
			start(g, "sender", func(g *sched.G) { send(g, a, 1) })
			start(g, "sender", func(g *sched.G) { send(g, b, 2) })
			for range 2 {
				v := new(int)
				n, ok := sched.Choose(g, []sched.Comm{
					{Chan: sched.ChanPointer(a), Val: unsafe.Pointer(v)},
					{Chan: sched.ChanPointer(b), Val: unsafe.Pointer(v)},
					{},
				}, true, nil)
				p.say("%d:%d:%v", n, *v, ok)
			}
		}, []string{"0:1:true 1:2:true", "1:2:true 0:1:true"}},
		{"select that does not wait", func(p *program, g *sched.G) {
			ch := make(chan int)
			start(g, "sender", func(g *sched.G) { send(g, ch, 1) })
			for {
				v := new(int)
				if n, _ := sched.Choose(g, []sched.Comm{{Chan: sched.ChanPointer(ch), Val: unsafe.Pointer(v)}}, false, nil); n == 0 {
					p.say("%d", *v)
					return
				}
				p.c.Sleep(g, time.Second, nil)
			}
		}, []string{"1"}},
		{"locks that are tried", func(p *program, g *sched.G) {
			var mu sync.Mutex
			var rw sync.RWMutex
			g.Lock(&mu, nil, nil)
			g.RLock(&rw, nil, nil)
			p.say("%v %v %v", g.TryLock(&mu), g.TryRWLock(&rw), g.TryRLock(&rw))
		}, []string{"false false true"}},
		{"pipe", func(p *program, g *sched.G) {
			r, w := io.Pipe()
			start(g, "writer", func(g *sched.G) {
				g.PipeWrite(w, []byte("hello"), nil, nil)
				w.Close()
			})
			b := make([]byte, 8)
			n, _ := g.PipeRead(r, b, nil, nil)
			_, err := g.PipeRead(r, b, nil, nil)
			p.say("%s %v", b[:n], err)
		}, []string{"hello EOF"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := map[string]bool{}
			for seed := range uint64(12) {
				var first []string
				for again := range 2 {
					d := thrown(seed)
					p, out, r := controlled(t, Config{Strategy: d}, c.main)
					if out.Kind != sched.Returned || r.End != Over || !slices.Contains(c.want, p.said()) {
						t.Fatalf("with seed %d: outcome %v, end %v, said %q, want one of %q", seed, out.Kind, r.End, p.said(), c.want)
					}
					said[p.said()] = true
					if again == 0 {
						first = d.asked
					} else if c.name != "pipe" && !slices.Equal(first, d.asked) {
						t.Errorf("with seed %d it was first\n%q\nand then\n%q", seed, first, d.asked)
					}
				}
			}
			if len(said) != len(c.want) {
				t.Errorf("of what can be said %q, %v was", c.want, said)
			}
		})
	}
}

// Who only tries meets who is held before the other half, however late a processor comes
// to that one.
func TestTriesMeet(t *testing.T) {
	for i := range 2000 {
		p, _, _ := controlled(t, Config{Strategy: &script{threads: []int{1, 0}}}, func(p *program, g *sched.G) {
			ch, other := make(chan int), make(chan int)
			start(g, "waits", func(g *sched.G) {
				from := func(ch chan int) sched.Comm {
					return sched.Comm{Chan: sched.ChanPointer(ch), Val: unsafe.Pointer(new(int))}
				}
				sched.Choose(g, []sched.Comm{from(ch), from(other)}, true, nil)
			})
			v := 1
			sent, _ := sched.Choose(g, []sched.Comm{{Send: true, Chan: sched.ChanPointer(ch), Val: unsafe.Pointer(&v), Size: unsafe.Sizeof(v)}}, false, nil)
			p.say("%d", sent)
			if sent < 0 {
				send(g, ch, v)
			}
		})
		if p.said() != "0" {
			t.Fatalf("run %d: case %s was chosen", i+1, p.said())
		}
	}
}

// Who comes to read waits behind who waits to write.
func TestWritersComeFirst(t *testing.T) {
	s := &script{threads: []int{0, 1, 2}}
	p, _, _ := controlled(t, Config{Strategy: s}, func(p *program, g *sched.G) {
		var mu sync.RWMutex
		g.RLock(&mu, nil, nil)
		start(g, "writer", func(g *sched.G) {
			g.RWLock(&mu, nil, nil)
			p.say("writer")
			g.RWUnlock(&mu)
		})
		p.c.Sleep(g, time.Second, nil) // the writer begins to wait
		start(g, "reader", func(g *sched.G) {
			g.RLock(&mu, nil, nil)
			p.say("reader")
			g.RUnlock(&mu)
		})
		p.c.Sleep(g, time.Second, nil)
		p.say("%v", g.TryRLock(&mu))
		g.RUnlock(&mu)
		g.RUnlock(&mu)
	})
	if p.said() != "true writer reader" {
		t.Errorf("said %q", p.said())
	}
}

// What others see a goroutine wait for is what it has come to.
func TestWhatIsWaitedFor(t *testing.T) {
	type locks struct {
		mu sync.Mutex
		rw sync.RWMutex
		wg sync.WaitGroup
	}
	for _, c := range []struct {
		want string
		wait func(g *sched.G, l *locks)
	}{
		{"chan receive", func(g *sched.G, _ *locks) { receive(g, make(chan int)) }},
		{"chan receive (nil chan)", func(g *sched.G, _ *locks) { receive(g, nil) }},
		{"chan send", func(g *sched.G, _ *locks) { send(g, make(chan int), 1) }},
		{"chan send (nil chan)", func(g *sched.G, _ *locks) { send(g, nil, 1) }},
		{"select", func(g *sched.G, _ *locks) {
			sched.Choose(g, []sched.Comm{{Chan: sched.ChanPointer(make(chan int))}}, true, nil)
		}},
		{"select (no cases)", func(g *sched.G, _ *locks) { sched.Choose(g, nil, true, nil) }},
		{"sync.Mutex.Lock", func(g *sched.G, l *locks) { g.Lock(&l.mu, nil, nil) }},
		{"sync.RWMutex.Lock", func(g *sched.G, l *locks) { g.RWLock(&l.rw, nil, nil) }},
		{"sync.RWMutex.RLock", func(g *sched.G, l *locks) { g.RLock(&l.rw, nil, nil) }},
		{"sync.WaitGroup.Wait", func(g *sched.G, l *locks) { g.WaitGroupWait(&l.wg, nil, nil) }},
		{"sync.Cond.Wait", func(g *sched.G, _ *locks) {
			mu := new(sync.Mutex)
			g.Lock(mu, nil, nil)
			g.CondWait(sync.NewCond(mu), nil, nil)
		}},
	} {
		t.Run(c.want, func(t *testing.T) {
			_, out, _ := controlled(t, Config{Strategy: new(Fair)}, func(_ *program, g *sched.G) {
				l := new(locks)
				l.wg.Add(1)
				g.Lock(&l.mu, nil, nil)
				g.RWLock(&l.rw, nil, nil)
				start(g, "waits", func(g *sched.G) { c.wait(g, l) })
				receive(g, make(chan int))
			})
			if out.Kind != sched.Deadlocked || len(out.Deadlock.Blocked) != 2 || out.Deadlock.Blocked[1].State != c.want {
				t.Errorf("outcome %v, %+v", out.Kind, out.Deadlock)
			}
		})
	}
}

// watching is a strategy that notes what each step uses.
type watching struct {
	*script
	steps []string
	shown int
}

func (w *watching) Next(last int, candidates []Candidate) int {
	i := w.script.Next(last, candidates)
	c := candidates[i]
	text := fmt.Sprint(c.Thread, " ", c.Kind, " ", c.Objects)
	if c.Reads {
		text += " reads"
	}
	if c.All {
		text += " all"
	}
	w.steps = append(w.steps, text)
	return i
}

func (w *watching) Shown() { w.shown++ }

// A watcher is told what steps use.
func TestUses(t *testing.T) {
	w := &watching{script: &script{threads: []int{0, 1}}}
	_, out, r := controlled(t, Config{Strategy: w, Accesses: true}, func(p *program, g *sched.G) {
		var (
			mu       sync.Mutex
			buffered = make(chan int, 1)
			pair     = new([2]int64)
			meet     = make(chan int)
			other    = make(chan int)
		)
		g.Lock(&mu, nil, nil)
		g.Unlock(&mu)
		send(g, buffered, 1)
		g.Touches(false, unsafe.Pointer(pair), 16, nil, nil)
		g.Touches(true, unsafe.Pointer(&pair[1]), 8, nil, nil)
		g.Atomically(sched.OpAtomicLoad, unsafe.Pointer(pair), 8, nil, nil, func() bool { return true })
		sched.Transact(g, sched.Comm{Chan: sched.ChanPointer(buffered), Val: unsafe.Pointer(new(int))}, nil)
		sched.Choose(g, []sched.Comm{{Chan: sched.ChanPointer(meet)}}, false, nil)
		start(g, "chooses", func(g *sched.G) {
			sched.Choose(g, []sched.Comm{
				{Chan: sched.ChanPointer(meet), Val: unsafe.Pointer(new(int))},
				{Chan: sched.ChanPointer(other), Val: unsafe.Pointer(new(int))},
				{},
			}, true, nil)
		})
		p.c.Sleep(g, time.Second, nil)
		send(g, meet, 1)
		sched.Stderr(g).Write([]byte("shown\n"))
	})
	want := []string{
		"0 begin []", "0 lock [1]", "0 unlock [1]", "0 send [2]", "0 load [3 4] reads", "0 store [4]",
		"0 atomic load [3] reads", "0 receive [2]", "0 select [] all", "0 go []", "1 begin []", "0 sleep []",
		"0 send [5 5 6]", "1 unblock []",
	}
	if out.Kind != sched.Returned || !slices.Equal(w.steps, want) {
		t.Errorf("outcome %v, steps\n%q, want\n%q", out.Kind, w.steps, want)
	}
	if r.Steps != len(want) || w.shown != 1 {
		t.Errorf("%d steps; told %d times that something was shown", r.Steps, w.shown)
	}
}
