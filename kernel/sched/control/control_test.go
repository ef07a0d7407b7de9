package control

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

// silent is a sink that nobody looks at.
type silent struct{}

func (silent) Emit(session.Event) {}

func (silent) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// script is a Strategy that has the candidate go on whose number comes first in a list,
// but prefers those that have not come to an operation of kind last. It keeps what it
// was asked.
type script struct {
	threads []int
	last    sched.OpKind
	picks   []int
	asked   []string
}

func (s *script) Next(_ int, candidates []Candidate) int {
	var names []string
	best := 0
	rank := func(c Candidate) int {
		r := slices.Index(s.threads, c.Thread)
		if r < 0 {
			r = len(s.threads)
		}
		if s.last != 0 && c.Kind == s.last {
			r += 1000
		}
		return r
	}
	for i, c := range candidates {
		names = append(names, fmt.Sprint(c.Thread, " ", c.Kind))
		if rank(c) < rank(candidates[best]) {
			best = i
		}
	}
	s.asked = append(s.asked, strings.Join(names, ", "))
	return best
}

func (s *script) Case(n int) int { return s.Pick(n) }

func (s *script) Pick(n int) int {
	if len(s.picks) == 0 {
		return 0
	}
	i := s.picks[0]
	s.picks = s.picks[1:]
	return min(i, n-1)
}

// program is what a controlled execution works with.
type program struct {
	c   *Control
	mu  sync.Mutex
	log []string
}

func (p *program) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, fmt.Sprintf(format, args...))
}

func (p *program) said() string { return strings.Join(p.log, " ") }

// controlled runs main under control to the end.
func controlled(t *testing.T, config Config, main func(p *program, g *sched.G)) (*program, sched.Outcome, Result) {
	t.Helper()
	s := sched.New(sched.Config{Failure: func(_ *sched.G, v any) *session.Failure {
		return &session.Failure{Name: "panic", Value: fmt.Sprint(v)}
	}})
	defer s.Close()
	p := &program{c: New(config)}
	e := s.Begin(session.Cell{ID: "1", Number: 1}, silent{})
	o := &sched.Observation{Controller: p.c, Clock: p.c}
	e.Observe(o)
	p.c.Begin(e)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out := e.Run(ctx, func(g *sched.G) {
		main(p, g)
		p.c.Rest(g)
	})
	p.c.Finish()
	e.EndProgram()
	o.End()
	if ctx.Err() != nil {
		t.Fatal("the execution did not end by itself")
	}
	return p, out, p.c.Result()
}

func start(g *sched.G, name string, fn func(g *sched.G)) { sched.Go(g, sched.Place{}, name, fn) }

func send(g *sched.G, ch chan int, v int) {
	sched.Transact(g, sched.Comm{Send: true, Chan: sched.ChanPointer(ch), Val: unsafe.Pointer(&v), Size: unsafe.Sizeof(v)}, nil)
}

func receive(g *sched.G, ch chan int) (v int) {
	sched.Transact(g, sched.Comm{Chan: sched.ChanPointer(ch), Val: unsafe.Pointer(&v)}, nil)
	return v
}

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

// Two accesses that nothing orders are seen when both are about to be made.
func TestConflicts(t *testing.T) {
	n, site := 0, &sched.Site{Name: "n"}
	_, _, r := controlled(t, Config{Strategy: &script{last: sched.OpStore}, Accesses: true}, func(_ *program, g *sched.G) {
		for range 2 {
			start(g, "writer", func(g *sched.G) {
				g.Touches(true, unsafe.Pointer(&n), unsafe.Sizeof(n), site, nil)
			})
		}
	})
	if len(r.Races) != 1 || !r.Races[0].First.Write || !r.Races[0].Second.Write || r.Races[0].First.Site != site {
		t.Errorf("races: %+v", r.Races)
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
}
