package observe

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

type silent struct{}

func (silent) Emit(session.Event)                                  {}
func (silent) Input(context.Context, string, bool) (string, error) { return "", io.EOF }

// blind is a Detector that takes no notice. Beside one a Recorder is told both ends of a
// message one by one.
type blind struct{}

func (blind) Did(*sched.G, *sched.Op)                                           {}
func (blind) Read(*sched.G, unsafe.Pointer, uintptr, *sched.Site, sched.Stack)  {}
func (blind) Write(*sched.G, unsafe.Pointer, uintptr, *sched.Site, sched.Stack) {}
func (blind) Born(*sched.G, unsafe.Pointer, uintptr)                            {}

// observed runs fn as a cell and returns what r has made of it.
func observed(t *testing.T, r *Recorder, o *sched.Observation, fn func(g *sched.G)) *Record {
	t.Helper()
	run(t, r, o, fn)
	return r.Finish(nil)
}

// run runs fn as a cell of which r is told.
func run(t *testing.T, r *Recorder, o *sched.Observation, fn func(g *sched.G)) {
	t.Helper()
	s := sched.New(sched.Config{})
	defer s.Close()
	e := s.Begin(session.Cell{ID: "1", Number: 1}, silent{})
	o.Recorder = r
	e.Observe(o)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	e.Run(ctx, func(g *sched.G) {
		fn(g)
		for e.Live() > 1 {
			runtime.Gosched()
		}
	})
	o.End()
	if ctx.Err() != nil {
		t.Error("the cell did not end by itself")
	}
}

var eventNames = map[EventKind]string{
	Go: "go", Block: "block", Unblock: "unblock", Send: "send", Receive: "receive", ReceiveClosed: "receive closed",
	Close: "close", Choose: "choose", Lock: "lock", Unlock: "unlock", RLock: "rlock", RUnlock: "runlock", Add: "add",
	Done: "done", WaitDone: "wait done", Signal: "signal", CondWait: "cond wait", OnceDo: "once", Cancel: "cancel",
	Fire: "fire", Sleep: "sleep", Load: "load", Store: "store", Panic: "panic", Print: "print", End: "end",
	Begin: "begin", Yield: "yield",
}

// wordsOf is the events of each goroutine, in its order: what it did, on which object,
// with what, where, and which event of whom led to it.
func wordsOf(r *Record) (lines []string) {
	for i := range r.Events {
		e := &r.Events[i]
		text := fmt.Sprint(e.Goroutine, " ", eventNames[e.Kind])
		switch {
		case e.Kind == Go:
			text += fmt.Sprint(" ", e.Object)
		case e.Object >= 0 && r.Objects[e.Object].Name != "":
			text += " " + r.Objects[e.Object].Name
		}
		if e.Kind == Block {
			text += " " + e.Wait.String()
		}
		if e.Value != "" {
			text += fmt.Sprintf(" %q", e.Value)
		}
		if e.Place != (sched.Place{}) {
			text += fmt.Sprint(" @", e.Place.Line)
		}
		if e.Peer >= 0 {
			p := r.Events[e.Peer]
			text += fmt.Sprint(" <- ", p.Goroutine, " ", eventNames[p.Kind])
		}
		lines = append(lines, text)
	}
	slices.SortStableFunc(lines, func(a, b string) int {
		return strings.Compare(a[:strings.Index(a, " ")], b[:strings.Index(b, " ")])
	})
	return lines
}

func at(line int) sched.Place { return sched.Place{Func: "f", Cell: 1, Line: line} }

func site(name string, line int) *sched.Site {
	s := sched.ElemSite(reflect.TypeFor[int](), &sched.Site{Name: name, Type: "chan int"})
	s.Place = func() sched.Place { return at(line) }
	return s
}

func send(ch chan int, v int, s *sched.Site) sched.Comm {
	return sched.Comm{Send: true, Chan: sched.ChanPointer(ch), Val: unsafe.Pointer(&v), Size: unsafe.Sizeof(v), Site: s}
}

func receive(ch chan int, s *sched.Site) sched.Comm {
	return sched.Comm{Chan: sched.ChanPointer(ch), Val: unsafe.Pointer(new(int)), Site: s}
}

// awaitState returns when g waits for what is said.
func awaitState(g *sched.G, state string) {
	for {
		for _, in := range g.Execution().Goroutines() {
			if in.Number == g.Number() && in.Blocked && in.State == state {
				return
			}
		}
		runtime.Gosched()
	}
}

func child(g *sched.G, fn func(g *sched.G)) { sched.Go(g, at(1), "child", fn) }

// What leads to an event is the event at its other end.
func TestRecord(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(g *sched.G)
		want []string
	}{
		{"the receiver waits", func(g *sched.G) {
			ch := make(chan int)
			child(g, func(c *sched.G) {
				awaitState(g, "chan receive")
				sched.Transact(c, send(ch, 7, site("ch", 2)), nil)
			})
			sched.Transact(g, receive(ch, site("ch", 3)), nil)
		}, []string{
			"0 begin", "0 go 1 @1", "0 block ch chan receive @3", "0 unblock ch @3 <- 1 send",
			`0 receive ch "7" @3 <- 1 send`, "0 end", "1 begin", `1 send ch "7" @2`, "1 end",
		}},
		{"the sender waits", func(g *sched.G) {
			ch := make(chan int)
			child(g, func(c *sched.G) {
				awaitState(g, "chan send")
				sched.Transact(c, receive(ch, site("ch", 2)), nil)
			})
			sched.Transact(g, send(ch, 7, site("ch", 3)), nil)
		}, []string{
			"0 begin", "0 go 1 @1", "0 block ch chan send @3", "0 unblock ch @3 <- 1 receive",
			`0 send ch "7" @3`, "0 end", "1 begin", `1 receive ch "7" @2 <- 0 send`, "1 end",
		}},
		{"room in a buffer", func(g *sched.G) {
			ch := make(chan int, 1)
			child(g, func(c *sched.G) {
				awaitState(g, "chan send")
				sched.Transact(c, receive(ch, site("ch", 2)), nil)
			})
			sched.Transact(g, send(ch, 7, site("ch", 3)), nil)
			sched.Transact(g, send(ch, 8, site("ch", 4)), nil)
		}, []string{
			"0 begin", "0 go 1 @1", `0 send ch "7" @3`, "0 block ch chan send @4", "0 unblock ch @4 <- 1 receive",
			`0 send ch "8" @4`, "0 end", "1 begin", `1 receive ch "7" @2 <- 0 send`, "1 end",
		}},
		{"a channel that is closed", func(g *sched.G) {
			ch := make(chan int)
			child(g, func(c *sched.G) {
				awaitState(g, "chan receive")
				c.Close(sched.ChanPointer(ch), site("ch", 2), func() { close(ch) })
			})
			sched.Transact(g, receive(ch, site("ch", 3)), nil)
		}, []string{
			"0 begin", "0 go 1 @1", "0 block ch chan receive @3", "0 unblock ch @3 <- 1 close",
			"0 receive closed ch @3 <- 1 close", "0 end", "1 begin", "1 close ch @2", "1 end",
		}},
		{"selects", func(g *sched.G) {
			ch := make(chan int, 1)
			for range 3 { // of a default that is chosen again and again one is enough
				sched.Choose(g, []sched.Comm{receive(ch, site("ch", 2))}, false, at(2))
			}
			sched.Choose(g, []sched.Comm{send(ch, 7, site("ch", 3)), {}}, true, at(3))
			sched.Choose(g, []sched.Comm{{}, receive(ch, site("", 4))}, true, at(4))
		}, []string{
			"0 begin", `0 choose "default" @2`, `0 choose "ch <-" @3`, `0 send ch "7" @3`, `0 choose "<-chan int" @4`,
			`0 receive ch "7" @4 <- 0 send`, "0 end",
		}},
		{"locks", func(g *sched.G) {
			var mu sync.Mutex
			var rw sync.RWMutex
			g.Lock(&mu, nil, site("mu", 2))
			g.TryLock(&mu) // has come to nothing
			child(g, func(c *sched.G) {
				c.Lock(&mu, nil, site("mu", 3))
				c.RLock(&rw, nil, site("rw", 4))
				c.RUnlock(&rw)
			})
			for waits := false; !waits; {
				for _, in := range g.Execution().Goroutines() {
					waits = waits || in.Name == "child" && in.State == "sync.Mutex.Lock"
				}
			}
			g.Unlock(&mu)
		}, []string{
			"0 begin", "0 lock mu @2", "0 go 1 @1", "0 unlock mu", "0 end", "1 begin", "1 block mu sync.Mutex.Lock @3",
			"1 unblock mu @3 <- 0 unlock", "1 lock mu @3 <- 0 unlock", "1 rlock rw @4", "1 runlock rw", "1 end",
		}},
		{"groups, conditions and onces", func(g *sched.G) {
			var (
				wg   sync.WaitGroup
				mu   sync.Mutex
				once sync.Once
				c    = sync.NewCond(&mu)
			)
			g.WaitGroupGo(&wg, at(1), "child", func(w *sched.G) {
				awaitState(g, "sync.Cond.Wait")
				w.CondBroadcast(c)
				awaitState(g, "sync.WaitGroup.Wait")
			})
			g.Lock(&mu, nil, site("mu", 2))
			g.CondWait(c, nil, site("c", 3))
			g.WaitGroupWait(&wg, nil, site("wg", 4))
			g.OnceDo(&once, func() {}, nil, site("once", 5))
		}, []string{
			"0 begin", `0 add wg "+1"`, "0 go 1 @1", "0 lock mu @2", "0 unlock mu", "0 block c sync.Cond.Wait @3",
			"0 unblock c @3 <- 1 signal", "0 lock mu @3", "0 cond wait c @3 <- 1 signal",
			"0 block wg sync.WaitGroup.Wait @4", "0 unblock wg @4 <- 1 done", "0 wait done wg @4 <- 1 done",
			"0 once once @5", "0 end", "1 begin", `1 signal c "all"`, "1 done wg", "1 end",
		}},
	} {
		for _, how := range []string{"alone", "beside others"} {
			t.Run(c.name+" "+how, func(t *testing.T) {
				o := &sched.Observation{}
				if how != "alone" {
					o.Detector = blind{}
				}
				r := observed(t, New(Config{Cell: 1}), o, c.run)
				if got := wordsOf(r); !slices.Equal(got, c.want) {
					t.Errorf("recorded\n%q, want\n%q", got, c.want)
				}
				for i := range r.Events {
					if i > 0 && r.Events[i].Time < r.Events[i-1].Time {
						t.Errorf("event %d is before the one before", i)
					}
				}
			})
		}
	}
}

// Of how goroutines end a record says what became of them, and what was told of them
// after nothing could wake them is left out.
func TestFates(t *testing.T) {
	r := New(Config{})
	rec := observed(t, r, &sched.Observation{}, func(g *sched.G) {
		child(g, func(*sched.G) { runtime.Goexit() })
		sched.Transact(g, receive(make(chan int), site("never", 2)), nil)
	})
	if len(rec.Goroutines) != 2 || rec.Goroutines[0].Fate != Deadlocked || rec.Goroutines[1].Fate != Exited || !rec.Goroutines[0].Main {
		t.Errorf("goroutines %+v", rec.Goroutines)
	}
	if got := wordsOf(rec); !slices.Equal(got[:3], []string{"0 begin", "0 go 1 @1", "0 block never chan receive @2"}) || strings.HasPrefix(got[3], "0") {
		t.Errorf("recorded %q", got)
	}
	rec = observed(t, New(Config{}), &sched.Observation{}, func(*sched.G) { panic("no") })
	if got := wordsOf(rec); rec.Goroutines[0].Fate != Panicked || !slices.Contains(got, `0 panic "no"`) {
		t.Errorf("%+v %q", rec.Goroutines, got)
	}
	leaks := New(Config{})
	var number int
	rec = func() *Record {
		s := sched.New(sched.Config{})
		defer s.Close()
		e := s.Begin(session.Cell{ID: "1", Number: 1}, silent{})
		e.Observe(&sched.Observation{Recorder: leaks})
		e.Run(t.Context(), func(g *sched.G) {
			child(g, func(c *sched.G) {
				number = c.Number()
				sched.Transact(c, receive(make(chan int), nil), nil)
			})
			for e.Live() < 2 || !e.Goroutines()[1].Blocked {
				runtime.Gosched()
			}
		})
		return leaks.Finish([]int{number, 99})
	}()
	if rec.Goroutines[0].Fate != Returned || rec.Goroutines[1].Fate != Leaked {
		t.Errorf("goroutines %+v", rec.Goroutines)
	}
}

// What comes when a record is full is counted, except how goroutines end.
func TestFull(t *testing.T) {
	changed := 0
	r := New(Config{Max: 4, Changed: func() { changed++ }})
	rec := observed(t, r, &sched.Observation{}, func(g *sched.G) {
		ch := make(chan int, 1)
		for range 5 {
			sched.Transact(g, send(ch, 1, site("ch", 2)), nil)
			sched.Transact(g, receive(ch, site("ch", 2)), nil)
		}
		child(g, func(*sched.G) {})
	})
	if len(rec.Events) != 4 || rec.Dropped == 0 || len(rec.Goroutines) != 2 || rec.Goroutines[0].Fate != Returned || changed < 4 {
		t.Errorf("%d events, %d dropped, %d changes, goroutines %+v", len(rec.Events), rec.Dropped, changed, rec.Goroutines)
	}
}

// When a timer has fired, or the deadline of a context was, shows in what came of it.
func TestTimers(t *testing.T) {
	now := time.Unix(0, 0)
	r := New(Config{Now: func() time.Time { return now }})
	rec := observed(t, r, &sched.Observation{}, func(g *sched.G) {
		timer := make(chan time.Time, 1)
		g.StartsTimer(timer, time.Second, at(2))
		timer <- now
		v := new(time.Time)
		sched.Transact(g, sched.Comm{Chan: sched.ChanPointer(timer), Val: unsafe.Pointer(v), Site: &sched.Site{Name: "timer"}}, at(3))

		parent, done := make(chan int), make(chan int)
		asDone := func(ch chan int) <-chan struct{} { return *(*<-chan struct{})(unsafe.Pointer(&ch)) }
		g.MakesContext(asDone(parent), nil, time.Minute, at(4))
		g.MakesContext(asDone(done), asDone(parent), 0, at(5))
		now = now.Add(time.Minute)
		close(done)
		sched.Choose(g, []sched.Comm{receive(done, &sched.Site{Name: "done"})}, true, at(6))
		g.Sleep(time.Millisecond, at(7))
		g.Other(sched.Fired, nil, at(8))
		g.Print([]byte("text\n"))
	})
	want := []string{
		`-1 fire timer "1s"`, `-1 fire "1m0s"`, "0 begin", "0 receive timer @3 <- -1 fire", `0 choose "<-done" @6`,
		"0 receive closed done @6 <- -1 fire", "0 block sleep @7", "0 unblock @7", `0 sleep "1ms" @7`, "0 fire @8", `0 print "text"`, "0 end",
	}
	if got := wordsOf(rec); !slices.Equal(got, want) {
		t.Errorf("recorded\n%q, want\n%q", got, want)
	}
	if kinds := []ObjectKind{rec.Objects[0].Kind, rec.Objects[1].Kind}; kinds[0] != Channel || kinds[1] != Context || !rec.Objects[0].Outside {
		t.Errorf("objects %+v", rec.Objects)
	}
	if rec.End != int64(time.Minute) {
		t.Errorf("the record ends at %v", time.Duration(rec.End))
	}
}

// Memory that is shared can be seen read and written.
func TestMemory(t *testing.T) {
	n := new(int64)
	v := &sched.Site{Name: "n", Place: func() sched.Place { return at(2) }}
	o := &sched.Observation{Shows: func(s *sched.Site) bool { return s == v }}
	r := New(Config{})
	rec := observed(t, r, o, func(g *sched.G) {
		g.Touches(true, unsafe.Pointer(n), 8, v, nil)
		for range 3 { // polling is recorded once
			g.Touches(false, unsafe.Pointer(n), 8, v, nil)
		}
		g.Atomically(sched.OpAtomicUpdate, unsafe.Pointer(n), 8, v, nil, func() bool { return true })
		if now := r.Record(); len(now.Events) != 4 || now.Goroutines[0].Fate != Alive {
			t.Errorf("so far there are %q", wordsOf(now))
		}
	})
	if got, want := wordsOf(rec), []string{"0 begin", "0 store n @2", "0 load n @2", "0 store n @2", "0 end"}; !slices.Equal(got, want) {
		t.Errorf("recorded\n%q, want\n%q", got, want)
	}
	run(t, r, &sched.Observation{}, func(g *sched.G) { g.Print(nil) })
	if len(rec.Events) != 5 || len(rec.Goroutines) != 1 {
		t.Error("a record that is over has grown")
	}
}
