package sched

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// teller is an Observer, and all else that an Observation may have, which notes what it
// is told in words.
type teller struct {
	mu    sync.Mutex
	first int // number of the cell's main goroutine, which is called 0
	log   []string
}

func (r *teller) note(g *G, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == 0 {
		r.first = g.Number()
	}
	r.log = append(r.log, fmt.Sprint(g.Number()-r.first, " ")+fmt.Sprintf(format, args...))
}

func (r *teller) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.log)
}

func (r *teller) Did(g *G, op *Op) { r.note(g, "%s", wordsOf(op)) }

// wordsOf says all that there is to an operation.
func wordsOf(op *Op) string {
	words := []string{op.Kind.String()}
	add := func(when bool, format string, args ...any) {
		if when {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	name := op.Name()
	add(name != "", "%s", name)
	if op.Wait != nil {
		words = append(words, op.Wait.Kind.String())
	}
	add(op.Cases != nil, "%d of %d", op.Chosen, len(op.Cases))
	add(op.Message != nil, "#%d", number(op.Message))
	if op.Value != nil && op.Kind == OpSend { // that which is received may be on its way
		words = append(words, fmt.Sprint(*(*int)(op.Value)))
	}
	add(op.OK, "ok")
	add(op.Try, "try")
	add(op.N != 0, "%d", op.N)
	add(op.Text != "", "%q", op.Text)
	add(op.Panic != nil, "%v", op.Panic)
	add(op.Kind == OpEnd && op.Fate != FateReturned, "fate %d", op.Fate)
	add(op.Size != 0, "%d bytes", op.Size)
	add(op.Parent != nil, "with a parent")
	add(op.Place() != Place{}, "@%d", op.Place().Line)
	return strings.Join(words, " ")
}

func number(m *Message) uint64 {
	if m == nil {
		return 0
	}
	return m.Number
}

// passer is a teller that takes both ends of a message at once.
type passer struct{ teller }

func (r *passer) Passed(p *Passing) {
	end := func(g *G, what string, site *Site, at Stack) {
		r.note(g, "%s #%d %s", what, p.Message.Number, wordsOf(&Op{Site: site, At: at})[len("go "):])
	}
	if p.SenderWaits {
		end(p.Sender, "had waited, passes", p.SendSite, p.SendAt)
		end(p.To, "gets", p.Got, p.GotAt)
	} else {
		end(p.Sender, "passes", p.SendSite, p.SendAt)
		end(p.To, "had waited, gets", p.Got, p.GotAt)
	}
}

func (r *passer) Blocks(g *G, _ *Object, kind wait.Kind, site *Site, at Stack, _ int64) {
	r.note(g, "block %s %s", wordsOf(&Op{Site: site, At: at})[len("go "):], kind)
}

// observed runs fn as a cell that o tells of.
func (n *notebook) observed(o *Observation, fn func(g *G)) (Outcome, *recorder) {
	e, r := n.begin()
	e.Observe(o)
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	out := e.Run(ctx, fn)
	o.End()
	if ctx.Err() != nil {
		n.t.Error("cell did not end by itself")
	}
	return out, r
}

// awaitWait returns when g waits for the n'th time.
func awaitWait(g *G, n uint32) {
	waits := func() (yes bool) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.inspect() {
			yes = g.seq == n
			g.inspectionEnds()
		}
		return yes
	}
	for !waits() {
		runtime.Gosched()
	}
}

// named is what the source calls what an operation works on.
func named(name string, line int) *Site {
	return &Site{Name: name, Place: func() Place { return at(line) }}
}

func ints(ch chan int, name string, line int, send ...int) Comm {
	c := Comm{Chan: ChanPointer(ch), Val: unsafe.Pointer(new(int)), Site: named(name, line)}
	if send != nil {
		c.Send, c.Val, c.Size = true, unsafe.Pointer(&send[0]), unsafe.Sizeof(send[0])
	}
	return c
}

// A toldCase is a cell, and what is told of it: of each goroutine in its order, and of
// all whatever lies between.
type toldCase struct {
	name string
	run  func(g *G)
	told []string
}

// toldCases are cells whose goroutines wait for each other to wait, so that one order
// only is possible.
func toldCases() []toldCase {
	child := func(g *G, fn func(g *G)) { Go(g, at(1), "child", fn) }
	return []toldCase{
		{"the receiver waits", func(g *G) {
			ch := make(chan int)
			child(g, func(c *G) {
				awaitWait(g, 1)
				Transact(c, ints(ch, "ch", 2, 7), nil)
			})
			Transact(g, ints(ch, "ch", 3), nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 block ch chan receive @3", "1 send ch #0 7 @2",
			"0 unblock ch chan receive @3", "0 receive ch #0 ok @3",
		}},
		{"the sender waits", func(g *G) {
			ch := make(chan int)
			child(g, func(c *G) {
				awaitWait(g, 1)
				Transact(c, ints(ch, "ch", 2), nil)
			})
			Transact(g, ints(ch, "ch", 3, 7), nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 block ch chan send @3", "0 unblock ch chan send @3",
			"0 send ch #0 7 @3", "1 receive ch #0 ok @2",
		}},
		{"parked", func(g *G) {
			ch := make(chan int)
			child(g, func(c *G) {
				awaitWait(g, 1)
				Transact(c, ints(ch, "ch", 2, 7), nil)
				awaitWait(g, 2)
				Transact(c, ints(ch, "ch", 3), nil)
			})
			get, put := ints(ch, "ch", 4), ints(ch, "ch", 5, 8)
			get.Park, put.Park = ParkReceive[int], ParkSend[int]
			Transact(g, get, nil)
			Transact(g, put, nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 block ch chan receive @4", "1 send ch #0 7 @2",
			"0 unblock ch chan receive @4", "0 receive ch #0 ok @4",
			"0 block ch chan send @5", "0 unblock ch chan send @5", "0 send ch #1 8 @5", "1 receive ch #1 ok @3",
		}},
		{"a buffer", func(g *G) {
			ch := make(chan int, 2)
			child(g, func(c *G) {
				awaitWait(g, 1) // to send
				Transact(c, ints(ch, "ch", 2), nil)
			})
			for i := range 3 {
				Transact(g, ints(ch, "ch", 3, i), nil)
			}
			Transact(g, ints(ch, "ch", 4), nil)
			Transact(g, ints(ch, "ch", 4), nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 send ch #0 0 @3", "0 send ch #1 1 @3", "0 block ch chan send @3",
			"1 receive ch #0 ok @2", "0 unblock ch chan send @3", "0 send ch #2 2 @3",
			"0 receive ch #1 ok @4", "0 receive ch #2 ok @4",
		}},
		{"an empty buffer", func(g *G) {
			ch := make(chan int, 2)
			child(g, func(c *G) {
				awaitWait(g, 1)
				Transact(c, ints(ch, "ch", 2, 7), nil)
			})
			Transact(g, ints(ch, "ch", 3), nil)
			Transact(g, ints(ch, "ch", 4, 8), nil)
			Transact(g, ints(ch, "ch", 5), nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 block ch chan receive @3", "1 send ch #0 7 @2",
			"0 unblock ch chan receive @3", "0 receive ch #0 ok @3", "0 send ch #1 8 @4", "0 receive ch #1 ok @5",
		}},
		{"a channel that is closed", func(g *G) {
			ch := make(chan int)
			child(g, func(c *G) {
				awaitWait(g, 1)
				c.Close(ChanPointer(ch), named("ch", 2), func() { close(ch) })
			})
			Transact(g, ints(ch, "ch", 3), nil)
			Transact(g, ints(ch, "ch", 4), nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 block ch chan receive @3", "1 close ch @2",
			"0 unblock ch chan receive @3", "0 receive ch @3", "0 receive ch @4",
		}},
		{"a select that waits", func(g *G) {
			a, b := make(chan int), make(chan int)
			child(g, func(c *G) {
				awaitWait(g, 1)
				Transact(c, ints(b, "b", 2, 7), nil)
				awaitWait(g, 2)
				Transact(c, ints(a, "a", 3), nil)
			})
			Choose(g, []Comm{ints(a, "a", 4), ints(b, "b", 5)}, true, nil)
			Choose(g, []Comm{ints(a, "a", 6, 8), {}}, true, nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 block select", "1 send b #0 7 @2", "0 unblock b select @5",
			"0 select 1 of 2", "0 receive b #0 ok @5", "0 block select", "0 unblock a select @6",
			"0 select 0 of 2", "0 send a #0 8 @6", "1 receive a #0 ok @3",
		}},
		{"a select that need not wait", func(g *G) {
			a, b := make(chan int, 1), make(chan int)
			Choose(g, []Comm{ints(a, "a", 2, 7), ints(b, "b", 3)}, true, nil)
			Choose(g, []Comm{ints(a, "a", 4)}, false, nil)
			Choose(g, []Comm{ints(b, "b", 5)}, false, nil)
		}, []string{
			"0 begin", "0 select 0 of 2", "0 send a #0 7 @2", "0 select 0 of 1 try", "0 receive a #0 ok try @4", "0 select -1 of 1 try",
		}},
		{"a select on a channel that is closed", func(g *G) {
			ch := make(chan int)
			child(g, func(c *G) {
				awaitWait(g, 1)
				c.Close(ChanPointer(ch), named("ch", 2), func() { close(ch) })
			})
			Choose(g, []Comm{ints(ch, "ch", 3), {}}, true, nil)
		}, []string{
			"0 begin", "0 go", "1 begin", "0 block select", "1 close ch @2", "0 unblock ch select @3",
			"0 select 0 of 2", "0 receive ch @3",
		}},
		{"code that is not observed", func(g *G) {
			ch, full := make(chan int), make(chan int, 1)
			full <- 1
			for n := range uint32(2) {
				go func() {
					awaitWait(g, n+1)
					ch <- 7
				}()
				Transact(g, ints(ch, "ch", 2), nil)
			}
			go func() {
				awaitWait(g, 3)
				<-full
				<-full
			}()
			Transact(g, ints(full, "full", 3, 8), nil)
			sent := make(chan int, 1)
			sent <- 9
			Transact(g, ints(sent, "sent", 4), nil)
		}, []string{
			"0 begin", "0 block ch chan receive @2", "0 unblock ch chan receive @2", "0 receive ch ok @2",
			"0 block ch chan receive @2", "0 unblock ch chan receive @2", "0 receive ch ok @2",
			"0 block full chan send @3", "0 unblock full chan send @3", "0 send full #1 8 @3", "0 receive sent ok @4",
		}},
		{"locks", func(g *G) {
			var mu sync.Mutex
			var rw sync.RWMutex
			g.Lock(&mu, nil, named("mu", 2))
			waits := make(chan *G, 1)
			child(g, func(c *G) {
				waits <- c
				c.Lock(&mu, nil, named("mu", 3))
				c.RWLock(&rw, nil, named("rw", 4))
				c.RWUnlock(&rw)
			})
			awaitWait(<-waits, 1)
			g.TryLock(&mu)
			g.Unlock(&mu)
			for g.exec.Live() > 1 {
				runtime.Gosched()
			}
		}, []string{
			"0 begin", "0 lock mu @2", "0 go", "1 begin", "1 block mu sync.Mutex.Lock @3", "0 lock try", "0 unlock",
			"1 unblock mu sync.Mutex.Lock @3", "1 lock mu @3", "1 lock rw @4", "1 unlock",
		}},
		{"locks for several", func(g *G) {
			var rw sync.RWMutex
			g.RLock(&rw, nil, named("rw", 2))
			g.TryRLock(&rw)
			g.TryRWLock(&rw)
			g.RUnlock(&rw)
			g.RUnlock(&rw)
		}, []string{"0 begin", "0 rlock rw @2", "0 rlock ok try", "0 lock try", "0 runlock", "0 runlock"}},
		{"groups, conditions and onces", func(g *G) {
			var (
				wg   sync.WaitGroup
				mu   sync.Mutex
				once sync.Once
				c    = sync.NewCond(&mu)
			)
			g.WaitGroupGo(&wg, at(2), "child", func(w *G) {
				awaitWait(g, 1)
				w.CondSignal(c)
				w.CondBroadcast(c)
			})
			g.Lock(&mu, nil, named("mu", 3))
			g.CondWait(c, nil, named("c", 4))
			for g.exec.Live() > 1 {
				runtime.Gosched()
			}
			g.WaitGroupWait(&wg, nil, named("wg", 5))
			for range 2 {
				g.OnceDo(&once, func() {}, nil, named("once", 6))
			}
		}, []string{
			"0 begin", "0 add 1", "0 go", "1 begin", "0 lock mu @3", "0 unlock", "0 block c sync.Cond.Wait @4", "1 signal 1",
			"0 unblock c sync.Cond.Wait @4", "0 lock c @4", "0 cond wait c @4", "1 signal -1", "1 add -1", "0 wait wg @5",
			"0 once done once @6", "0 once once ok @6", "0 once once @6",
		}},
		{"time", func(g *G) {
			g.Sleep(time.Microsecond, at(2))
			g.StartsTimer(make(chan time.Time), time.Second, at(3))
			g.StartsTimer(nil, time.Second, at(3))
		}, []string{"0 begin", "0 block sleep @2", "0 unblock sleep @2", "0 sleep 1000 @2", "0 timer 1000000000 @3"}},
		{"contexts", func(g *G) {
			parent, cancelParent := context.WithCancel(context.Background())
			ctx, cancel := context.WithCancel(parent)
			g.MakesContext(parent.Done(), nil, 0, at(2))
			g.MakesContext(ctx.Done(), parent.Done(), time.Second, at(3))
			g.MakesContext(nil, nil, 0, at(4))
			Cancel(ctx, cancel)
			Cancel(ctx, cancel) // it is over
			Cancel(parent, cancelParent)
		}, []string{"0 begin", "0 context @2", "0 context 1000000000 with a parent @3", "0 cancel", "0 cancel"}},
		{"memory", func(g *G) {
			n, site := new(int64), named("n", 2)
			g.Atomically(OpAtomicUpdate, unsafe.Pointer(n), 8, site, nil, func() bool {
				g.Atomically(OpAtomicLoad, unsafe.Pointer(n), 8, site, nil, func() bool { return true }) // a part of it
				return true
			})
			g.Touches(true, unsafe.Pointer(n), 8, site, nil)
			g.Touches(false, unsafe.Pointer(n), 8, named("m", 3), nil)
			g.Touches(false, unsafe.Pointer(n), 8, site, nil)
			g.Other(Calling, unsafe.Pointer(n), at(4))
		}, []string{
			"0 begin", "0 atomic update n ok 8 bytes @2", "0 store n 8 bytes @2", "0 load n 8 bytes @2", `0 other "call" @4`,
		}},
		{"what is printed", func(g *G) { g.Print([]byte("hello\n")) }, []string{"0 begin", `0 print "hello\n"`}},
	}
}

// Who observes is told of each goroutine what it does, in its order, whether or not it
// can be seen who waits at a channel.
func TestTold(t *testing.T) {
	for _, c := range toldCases() {
		for _, how := range []string{"as it is", "without a look at queues"} {
			t.Run(c.name+" "+how, func(t *testing.T) {
				n := newNotebook(t)
				if how != "as it is" {
					n = without(t, goruntime.ChanQueues)
				}
				r := &teller{}
				out, _ := n.observed(&Observation{Recorder: r, Shows: func(s *Site) bool { return s.Name == "n" }}, c.run)
				n.KillAll()
				if out.Kind != Returned {
					t.Errorf("outcome %v", out.Kind)
				}
				compareTold(t, withoutEnds(r.told()), c.told)
			})
		}
	}
}

// compareTold compares for each goroutine what is told of it.
func compareTold(t *testing.T, got, want []string) {
	t.Helper()
	of := func(all []string) (list [2][]string) {
		for _, line := range all {
			list[line[0]-'0'] = append(list[line[0]-'0'], line)
		}
		return list
	}
	g, w := of(got), of(want)
	for i := range g {
		if !slices.Equal(g[i], w[i]) {
			t.Errorf("of goroutine %d is told\n%q, want\n%q", i, g[i], w[i])
		}
	}
}

// Of whom observes alone, and can take them so, both ends of a message are told at once.
func TestPassed(t *testing.T) {
	want := map[string][]string{
		"the receiver waits": {
			"0 begin", "0 go", "1 begin", "0 block ch @3 chan receive", "1 passes #0 ch @2", "0 had waited, gets #0 ch @3",
		},
		"the sender waits": {
			"0 begin", "0 go", "1 begin", "0 block ch @3 chan send", "0 had waited, passes #0 ch @3", "1 gets #0 ch @2",
		},
		"an empty buffer": {
			"0 begin", "0 go", "1 begin", "0 block ch @3 chan receive", "1 passes #0 ch @2", "0 had waited, gets #0 ch @3",
			"0 send ch #1 8 @4", "0 receive ch #1 ok @5",
		},
	}
	for _, c := range toldCases() {
		told, passes := want[c.name]
		if !passes {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			r := &passer{}
			newNotebook(t).observed(&Observation{Recorder: r}, c.run)
			compareTold(t, withoutEnds(r.told()), told)
		})
	}
}

// How goroutines end is told last.
func TestFates(t *testing.T) {
	for _, c := range []struct {
		fate Fate
		told string // before
		run  func(g *G)
	}{
		{FateReturned, "", func(*G) {}},
		{FateExited, "", func(*G) { runtime.Goexit() }},
		{FateStopped, "0 unblock chan receive (nil chan)", func(g *G) { Transact(g, Comm{}, nil) }},
		{FateStopped, "0 unblock ch chan send @2", func(g *G) { Transact(g, ints(make(chan int), "ch", 2, 1), nil) }},
		{FateStopped, "0 unblock select", func(g *G) { Choose(g, []Comm{ints(make(chan int), "ch", 2)}, true, nil) }},
		{FatePanicked, "0 panic no", func(*G) { panic("no") }},
	} {
		r := &teller{}
		newNotebook(t).observed(&Observation{Recorder: r}, c.run)
		told := r.told()
		want := "0 end"
		if c.fate != FateReturned {
			want = fmt.Sprint("0 end fate ", c.fate)
		}
		if n := len(told); told[n-1] != want || c.told != "" && told[n-2] != c.told {
			t.Errorf("fate %d: told %q", c.fate, told)
		}
	}
}

// An observation can have an end while goroutines live, whatever they do then.
func TestObservationEnds(t *testing.T) {
	for _, c := range toldCases() {
		n := newNotebook(t)
		r := &teller{}
		o := &Observation{Recorder: r}
		n.observed(o, func(g *G) {
			o.End()
			c.run(g)
			if g.Observed() || g.Clock() != nil || g.Random() != nil {
				t.Errorf("%s: it is observed", c.name)
			}
		})
		n.KillAll()
		if told := r.told(); len(told) != 1 {
			t.Errorf("%s: told %q", c.name, told)
		}
	}
}

// Who may mourn is told of goroutines that nothing can wake any more.
func TestMourner(t *testing.T) {
	r := &mourner{}
	out, _ := newNotebook(t).observed(&Observation{Recorder: r}, func(g *G) {
		Go(g, at(1), "child", func(g *G) { Transact(g, Comm{}, nil) })
		Transact(g, Comm{}, nil)
	})
	if out.Kind != Deadlocked || len(r.stuck) != 2 || !r.deadlock {
		t.Errorf("%v; mourned %v, deadlock %v", out.Kind, r.stuck, r.deadlock)
	}
}

type mourner struct {
	teller
	stuck    []int
	deadlock bool
}

func (m *mourner) Stuck(numbers []int, deadlock bool) { m.stuck, m.deadlock = numbers, deadlock }

// Communications, locks and starts of goroutines are held back so that people can watch.
func TestPace(t *testing.T) {
	const pace = 10 * time.Millisecond
	n := newNotebook(t)
	ch := make(chan int, 1)
	var took time.Duration
	n.observed(&Observation{Pace: pace}, func(g *G) {
		start := time.Now()
		Transact(g, ints(ch, "ch", 1, 1), nil)
		Transact(g, ints(ch, "ch", 2), nil)
		took = time.Since(start)
	})
	if took < 2*pace {
		t.Errorf("two communications took %v", took)
	}
	e, _ := n.begin() // one that is held back can be stopped
	e.Observe(&Observation{Pace: time.Hour})
	time.AfterFunc(time.Millisecond, e.Interrupt)
	if out := e.Run(t.Context(), func(g *G) { Transact(g, ints(ch, "ch", 1, 1), nil) }); out.Kind != Interrupted {
		t.Errorf("outcome %v", out.Kind)
	}
}

// What an Observation brings along is what its goroutines have.
func TestWhatAnObservationHas(t *testing.T) {
	random := func() uint64 { return 4 }
	newNotebook(t).observed(&Observation{Random: random, Recorder: &teller{}}, func(g *G) {
		if !g.Observed() || g.Random()() != 4 || g.Clock() != nil {
			t.Error("it has something else")
		}
		g.Slots().Detected = "mine"
		if g.Slots().Detected != "mine" {
			t.Error("it keeps nothing")
		}
		mu := new(sync.Mutex)
		x := g.Scheduler().Object(unsafe.Pointer(mu), ObjectMutex)
		x.With(func() {
			if x.Pointer() != unsafe.Pointer(mu) || g.object(unsafe.Pointer(mu), ObjectMutex) != x {
				t.Error("it is another object")
			}
		})
	})
	if since := time.Since(Began()); since < 0 || since > time.Hour {
		t.Errorf("the clock began %v ago", since)
	}
}

func withoutEnds(told []string) []string {
	return slices.DeleteFunc(told, func(line string) bool { return strings.HasPrefix(line[2:], "end") })
}
