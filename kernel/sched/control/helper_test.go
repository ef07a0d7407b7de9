package control

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
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

// dice is a Strategy that answers by chance, the same with the same seed. It keeps what
// it was asked.
type dice struct {
	*rand.Rand
	asked []string
}

func thrown(seed uint64) *dice { return &dice{Rand: rand.New(rand.NewPCG(seed, 0))} }

func (d *dice) Next(last int, candidates []Candidate) int {
	text := fmt.Sprint(last)
	for _, c := range candidates {
		text += fmt.Sprint(" ", c.Thread, " ", c.Kind)
	}
	d.asked = append(d.asked, text)
	return d.IntN(len(candidates))
}

func (d *dice) Case(n int) int { return d.Pick(n) }

func (d *dice) Pick(n int) int {
	d.asked = append(d.asked, fmt.Sprint("one of ", n))
	return d.IntN(n)
}

// program is what a controlled execution works with.
type program struct {
	c   *Control
	s   *sched.Scheduler
	mu  sync.Mutex
	log []string

	isProgram bool // it ends with main
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
	return controlledIn(t, s, config, main)
}

// controlledIn is controlled in a session.
func controlledIn(t *testing.T, s *sched.Scheduler, config Config, main func(p *program, g *sched.G)) (*program, sched.Outcome, Result) {
	t.Helper()
	p := &program{c: New(config), s: s}
	e := s.Begin(session.Cell{ID: "1", Number: 1}, silent{})
	o := &sched.Observation{Controller: p.c, Clock: p.c}
	e.Observe(o)
	p.c.Begin(e)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out := e.Run(ctx, func(g *sched.G) {
		main(p, g)
		if p.isProgram {
			p.c.Leave(g)
		} else {
			p.c.Rest(g)
		}
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
