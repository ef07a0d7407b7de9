package control

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// The strategy decides who goes on at each step, and only among those that can.
func TestStrategyDecides(t *testing.T) {
	run := func(threads ...int) (string, []string) {
		s := &script{threads: threads}
		p, out, _ := controlled(t, Config{Strategy: s}, func(p *program, g *sched.G) {
			var mu sync.Mutex
			for i := 1; i <= 2; i++ {
				start(g, "worker", func(g *sched.G) {
					g.Lock(&mu, nil, nil)
					p.say("%d has it", i)
					g.Unlock(&mu)
				})
			}
		})
		if out.Kind != sched.Returned {
			t.Fatalf("outcome %v", out.Kind)
		}
		return p.said(), s.asked
	}
	first, _ := run(0, 1, 2)
	second, asked := run(0, 2, 1)
	if first != "1 has it 2 has it" || second != "2 has it 1 has it" {
		t.Errorf("the orders are %q and %q", first, second)
	}
	again, same := run(0, 2, 1)
	if again != second || !slices.Equal(asked, same) {
		t.Errorf("with the same answers the course is\n%v\n%v", asked, same)
	}
	// Who waits for a lock that another has is no candidate.
	s := &script{last: sched.OpUnlock}
	controlled(t, Config{Strategy: s}, func(_ *program, g *sched.G) {
		var mu sync.Mutex
		for range 2 {
			start(g, "worker", func(g *sched.G) {
				g.Lock(&mu, nil, nil)
				g.Unlock(&mu)
			})
		}
	})
	for _, q := range append(asked, s.asked...) {
		if strings.Contains(q, "unlock") && strings.Contains(q, " lock") {
			t.Errorf("one was offered a lock that is taken: %q", q)
		}
	}
}

// A value goes to the receiver that is picked.
func TestPickDecidesWhoReceives(t *testing.T) {
	got := map[string]bool{}
	for pick := range 2 {
		p, out, _ := controlled(t, Config{Strategy: &script{threads: []int{2, 1, 0}, last: sched.OpReceive, picks: []int{pick}}}, func(p *program, g *sched.G) {
			ch := make(chan int)
			for i := 1; i <= 2; i++ {
				start(g, "receiver", func(g *sched.G) { p.say("%d:%d", i, receive(g, ch)) })
			}
			send(g, ch, 7)
			send(g, ch, 8)
		})
		if out.Kind != sched.Returned {
			t.Fatalf("outcome %v", out.Kind)
		}
		slices.Sort(p.log)
		got[p.said()] = true
	}
	if !got["1:7 2:8"] || !got["1:8 2:7"] {
		t.Errorf("what was received: %v", got)
	}
}

func TestTimeJumps(t *testing.T) {
	began := time.Now()
	p, out, r := controlled(t, Config{Strategy: new(Fair)}, func(p *program, g *sched.G) {
		for _, h := range []time.Duration{3, 1, 2} {
			start(g, "sleeper", func(g *sched.G) {
				p.c.Sleep(g, h*time.Hour, nil)
				p.say("%d@%v", h, p.c.Now().Sub(Epoch))
			})
		}
		timer := p.c.Timer(90*time.Minute, 0, func(now time.Time) { p.say("timer@%v", now.Sub(Epoch)) }, nil)
		stopped := p.c.Timer(time.Hour, 0, func(time.Time) { p.say("never") }, nil)
		if !stopped.Stop() || stopped.Stop() || !timer.Reset(150*time.Minute, 0) {
			t.Error("what Stop and Reset report")
		}
	})
	if out.Kind != sched.Returned || r.Time != 3*time.Hour {
		t.Errorf("outcome %v at %v", out.Kind, r.Time)
	}
	if want := "1@1h0m0s 2@2h0m0s timer@2h30m0s 3@3h0m0s"; p.said() != want {
		t.Errorf("got %q, want %q", p.said(), want)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	if after(time.Hour, 1<<63-1) != 1<<63-1 || after(time.Hour, -time.Second) != time.Hour {
		t.Error("times that are too far off, or over")
	}
}

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		main   func(p *program, g *sched.G)
		end    End
		out    sched.OutcomeKind
		left   int
		could  bool
	}{
		{"over", Config{}, func(*program, *sched.G) {}, Over, sched.Returned, 0, false},
		{"deadlock", Config{}, func(_ *program, g *sched.G) { receive(g, make(chan int)) }, Deadlocked, sched.Deadlocked, 0, false},
		{"used up", Config{MaxSteps: 100}, func(_ *program, g *sched.G) {
			var mu sync.Mutex
			for {
				g.Lock(&mu, nil, nil)
				g.Unlock(&mu)
			}
		}, UsedUp, sched.Interrupted, 0, false},
		{"unlocked twice", Config{}, func(_ *program, g *sched.G) {
			var mu sync.Mutex
			g.Unlock(&mu)
		}, Fatal, sched.Interrupted, 0, false},
		{"panic", Config{}, func(_ *program, g *sched.G) { panic("no") }, Failed, sched.Panicked, 0, false},
		{"left over", Config{}, func(_ *program, g *sched.G) {
			start(g, "leaks", func(g *sched.G) { receive(g, make(chan int)) })
		}, Over, sched.Returned, 1, false},
		{"left over, could go on", Config{MaxRest: 50}, func(p *program, g *sched.G) {
			start(g, "endless", func(g *sched.G) {
				for {
					p.c.Sleep(g, time.Second, nil)
				}
			})
		}, Over, sched.Returned, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.config.Strategy = new(Fair)
			_, out, r := controlled(t, c.config, c.main)
			if r.End != c.end || out.Kind != c.out || len(r.Left) != c.left || r.CouldGo != c.could {
				t.Errorf("end %v, outcome %v, %d left, could go on: %v", r.End, out.Kind, len(r.Left), r.CouldGo)
			}
		})
	}
}

// Who waits in code that nobody controls holds up nobody.
func TestOutside(t *testing.T) {
	var raw sync.Mutex
	raw.Lock()
	p, out, r := controlled(t, Config{Strategy: new(Fair)}, func(p *program, g *sched.G) {
		done := make(chan int, 2)
		start(g, "compiled", func(g *sched.G) {
			raw.Lock() // compiled code that waits, of which nothing is told
			p.say("compiled")
			send(g, done, 1)
		})
		start(g, "other", func(g *sched.G) {
			p.say("other")
			raw.Unlock()
			send(g, done, 2)
		})
		receive(g, done)
		receive(g, done)
	})
	if out.Kind != sched.Returned || p.said() != "other compiled" {
		t.Errorf("outcome %v, %q", out.Kind, p.said())
	}
	if len(r.Outside) != 1 || !strings.HasPrefix(r.Outside[0], "compiled code that waits") {
		t.Errorf("not under control: %q", r.Outside)
	}
}

// accessesLast is a strategy that has everybody come to an access first.
type accessesLast struct{ *script }

func (accessesLast) Next(_ int, candidates []Candidate) int {
	return max(0, slices.IndexFunc(candidates, func(c Candidate) bool { return !isAccess(c.Kind) }))
}

// Two accesses of which one at least writes, and that nothing orders, are seen when both
// are about to be made, once for each place in the source.
func TestConflicts(t *testing.T) {
	var (
		n, m   [2]int64
		first  = &sched.Site{Name: "first"}
		second = &sched.Site{Name: "second"}
		here   = sched.Place{Func: "f", Cell: 1, Line: 2}
	)
	load := func(p *int64, site *sched.Site) func(*sched.G) {
		return func(g *sched.G) { g.Touches(false, unsafe.Pointer(p), 8, site, here) }
	}
	store := func(p *int64, site *sched.Site) func(*sched.G) {
		return func(g *sched.G) { g.Touches(true, unsafe.Pointer(p), 8, site, here) }
	}
	atomically := func(kind sched.OpKind, p *int64, site *sched.Site) func(*sched.G) {
		return func(g *sched.G) {
			g.Atomically(kind, unsafe.Pointer(p), 8, site, here, func() bool { return true })
		}
	}
	both := func(g *sched.G) { g.Touches(true, unsafe.Pointer(&n), 16, second, here) }
	for _, c := range []struct {
		name string
		a, b func(*sched.G)
		want string
	}{
		{"two stores", store(&n[0], first), store(&n[0], second), "store store"},
		{"load and store", load(&n[0], first), store(&n[0], second), "load store"},
		{"two loads", load(&n[0], first), load(&n[0], second), ""},
		{"other memory", store(&n[0], first), store(&m[0], second), ""},
		{"beside each other", store(&n[0], first), store(&n[1], second), ""},
		{"a part", store(&n[1], first), both, "store store"},
		{"atomic and plain", atomically(sched.OpAtomicStore, &n[0], first), load(&n[0], second), "atomic store load"},
		{"two atomic ones", atomically(sched.OpAtomicUpdate, &n[0], first), atomically(sched.OpAtomicStore, &n[0], second), ""},
		{"loads, one atomic", atomically(sched.OpAtomicLoad, &n[0], first), load(&n[0], second), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, r := controlled(t, Config{Strategy: accessesLast{new(script)}, Accesses: true}, func(p *program, g *sched.G) {
				for range 2 { // the same places again are no other race
					start(g, "first", c.a)
					start(g, "second", c.b)
					p.c.Sleep(g, time.Second, nil)
				}
			})
			var got []string
			for _, race := range r.Races {
				for _, x := range []Access{race.First, race.Second} {
					kind := "load"
					if x.Write {
						kind = "store"
					}
					if x.Atomic {
						kind = "atomic " + kind
					}
					got = append(got, kind)
					if !slices.Equal(x.At, []sched.Place{here}) || x.Site != first && x.Site != second {
						t.Errorf("an access by %d at %v, %v", x.Goroutine, x.At, x.Site)
					}
				}
			}
			if said := strings.Join(got, " "); said != c.want {
				t.Errorf("races: %q, want %q", said, c.want)
			}
		})
	}
}

func TestFair(t *testing.T) {
	f := new(Fair)
	two := []Candidate{{Thread: 1}, {Thread: 4}}
	var order []int
	last := -1
	for range 2 * (turn + 1) {
		last = two[f.Next(last, two)].Thread
		if len(order) == 0 || order[len(order)-1] != last {
			order = append(order, last)
		}
	}
	if !slices.Equal(order, []int{1, 4, 1}) && !slices.Equal(order, []int{1, 4}) {
		t.Errorf("they went on in turns %v", order)
	}
	if i := f.Next(7, two); two[i].Thread != 1 {
		t.Error("after the last comes the first")
	}
	cases := func() (chosen []int) {
		f := new(Fair)
		for range 40 {
			chosen = append(chosen, f.Case(3))
		}
		return chosen
	}
	chosen := cases()
	if !slices.Equal(chosen, cases()) || !slices.Contains(chosen, 0) || !slices.Contains(chosen, 1) || !slices.Contains(chosen, 2) {
		t.Errorf("of three cases are chosen %v, and then %v", chosen, cases())
	}
	if f.Pick(3) != 0 {
		t.Error("of others not the first is picked")
	}
}
