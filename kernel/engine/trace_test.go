package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/session"
)

// traced runs a cell with %%trace, and returns its record and how it ended.
func (nb *notebook) traced(src string) (*observe.Record, session.Result) {
	nb.t.Helper()
	nb.e.traces.last.Store(nil)
	tr, res := nb.exec("%%trace\n" + src)
	r := nb.e.traces.last.Load()
	if r == nil {
		nb.t.Fatalf("nothing was recorded: %v", res.Failure)
	}
	pictures := 0
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok && d.Bundle.Data["image/svg+xml"] != nil {
			pictures++
		}
	}
	if pictures != 1 {
		nb.t.Errorf("%d pictures were shown", pictures)
	}
	return r, res
}

// dumpIfFailed shows a record that a test has found something wrong with.
func dumpIfFailed(t *testing.T, r *observe.Record) {
	t.Helper()
	if t.Failed() {
		t.Log("\n" + dump(r))
	}
}

// dump writes a record for messages of tests.
func dump(r *observe.Record) string {
	var s strings.Builder
	for i, e := range r.Events {
		if i == 200 {
			fmt.Fprintln(&s, "…")
			break
		}
		fmt.Fprintf(&s, "%d g%d kind=%d obj=%d peer=%d wait=%v %q %v\n", i, r.Goroutines[max(e.Goroutine, 0)].Number, e.Kind, e.Object, e.Peer, e.Wait, e.Value, e.Place)
	}
	return s.String()
}

// count counts events of a kind.
func count(r *observe.Record, kind observe.EventKind) (n int) {
	for i := range r.Events {
		if r.Events[i].Kind == kind {
			n++
		}
	}
	return n
}

// consistent checks what holds of all records.
func consistent(t *testing.T, r *observe.Record) {
	t.Helper()
	blocked := map[int32]bool{}
	sent := map[int32]bool{}
	for i, e := range r.Events {
		if i > 0 && e.Time < r.Events[i-1].Time {
			t.Errorf("event %d is before the one before it", i)
		}
		switch e.Kind {
		case observe.Block:
			if blocked[e.Goroutine] {
				t.Errorf("event %d: goroutine blocks twice", i)
			}
			blocked[e.Goroutine] = true
		case observe.Unblock:
			if !blocked[e.Goroutine] {
				t.Errorf("event %d: goroutine goes on that has not waited", i)
			}
			blocked[e.Goroutine] = false
		case observe.Receive:
			if e.Peer < 0 {
				continue
			}
			s := r.Events[e.Peer]
			if s.Kind == observe.Fire && s.Goroutine == observe.Outside && s.Object == e.Object && r.Objects[e.Object].Outside {
				continue
			}
			if s.Kind != observe.Send || s.Object != e.Object || sent[e.Peer] {
				t.Errorf("event %d: receive is paired with event %d", i, e.Peer)
			}
			sent[e.Peer] = true
		case observe.End:
			if blocked[e.Goroutine] {
				t.Errorf("event %d: goroutine ends while it waits", i)
			}
		default:
			if blocked[e.Goroutine] && e.Kind != observe.Begin {
				t.Errorf("event %d: goroutine does something while it waits", i)
			}
		}
	}
	dumpIfFailed(t, r)
}

func TestTraceTells(t *testing.T) {
	type want struct {
		kind  observe.EventKind
		value string
		n     int
	}
	for _, c := range []struct {
		name, src string
		want      []want
	}{
		{"lock handed over", `var mu sync.Mutex
	mu.Lock()
	done := make(chan bool)
	go func() { mu.Lock(); mu.Unlock(); done <- true }()
	time.Sleep(20*time.Millisecond)
	mu.Unlock()
	<-done`, []want{{observe.Lock, "", 2}, {observe.Unlock, "", 2}, {observe.Sleep, "20ms", 1}, {observe.Receive, "true", 1}}},
		{"rwmutex", `var mu sync.RWMutex
	mu.RLock(); mu.RLock(); mu.RUnlock(); mu.RUnlock(); mu.Lock(); mu.Unlock()`,
			[]want{{observe.RLock, "", 2}, {observe.RUnlock, "", 2}, {observe.Lock, "", 1}}},
		{"wait group", `var wg sync.WaitGroup
	wg.Add(1); go func() { defer wg.Done() }(); wg.Go(func() {}); wg.Wait()`,
			[]want{{observe.Add, "+1", 2}, {observe.Done, "", 2}, {observe.WaitDone, "", 1}, {observe.Go, "", 2}}},
		{"cond", `var mu sync.Mutex
	c := sync.NewCond(&mu)
	ready := false
	go func() { time.Sleep(10*time.Millisecond); mu.Lock(); ready = true; c.Broadcast(); mu.Unlock() }()
	mu.Lock(); for !ready { c.Wait() }; mu.Unlock()`,
			[]want{{observe.Signal, "all", 1}, {observe.CondWait, "", 1}}},
		{"once", `var o sync.Once
	o.Do(func() { println("once") }); o.Do(func() {})`, []want{{observe.OnceDo, "", 2}, {observe.Print, "once", 1}}},
		{"select", `a := make(chan int, 1)
	select { case a <- 7: default: }
	select { case v := <-a: _ = v; case <-time.After(time.Hour): }
	select { case <-a: default: }`, []want{{observe.Choose, "a <-", 1}, {observe.Choose, "<-a", 1}, {observe.Choose, "default", 1}, {observe.Send, "7", 1}}},
		{"atomics", `var n atomic.Int64; var m int32; var p atomic.Pointer[int]
	n.Add(1); n.Load(); atomic.StoreInt32(&m, 3); p.Store(new(int)); p.Load()`, []want{{observe.Store, "", 3}, {observe.Load, "", 2}}},
		{"values", `type point struct { X, Y int }
	ch := make(chan any, 10)
	for _, v := range []any{1, "text", point{1, 2}, nil, 2*time.Second, []int{1}, errors.New("bad"), [2]bool{true}} { ch <- v }`,
			[]want{{observe.Send, "1", 1}, {observe.Send, `"text"`, 1}, {observe.Send, "{1 2}", 1}, {observe.Send, "nil", 1}, {observe.Send, "2s", 1},
				{observe.Send, "[]int len 1", 1}, {observe.Send, `"bad"`, 1}, {observe.Send, "[true false]", 1}}},
		{"methods are not called", `type loud int
	func (loud) String() string { panic("called") }
	func (loud) Error() string { panic("called") }
	ch := make(chan error, 1); ch <- loud(3); <-ch`, []want{{observe.Send, "3", 1}, {observe.Receive, "3", 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			nb := open(t)
			r, res := nb.traced(c.src)
			if res.Failure != nil {
				t.Fatal(res.Failure)
			}
			consistent(t, r)
			for _, w := range c.want {
				n := 0
				for _, e := range r.Events {
					if e.Kind == w.kind && (w.value == "" || e.Value == w.value) {
						n++
					}
				}
				if n != w.n {
					t.Errorf("%d events of kind %d with value %q, want %d", n, w.kind, w.value, w.n)
				}
			}
			dumpIfFailed(t, r)
		})
	}
}

// Who let a goroutine go on is told where it waited.
func TestTraceWokenBy(t *testing.T) {
	nb := open(t)
	r, _ := nb.traced(`var mu sync.Mutex
var wg sync.WaitGroup
un, buf := make(chan int), make(chan int, 1)
mu.Lock()
buf <- 1
wg.Add(4)
go func() { defer wg.Done(); mu.Lock(); mu.Unlock() }()
go func() { defer wg.Done(); <-un }()
go func() { defer wg.Done(); buf <- 2 }()
go func() { defer wg.Done(); time.Sleep(600*time.Millisecond) }()
time.Sleep(300*time.Millisecond)
mu.Unlock()
un <- 1
<-buf
wg.Wait()`)
	consistent(t, r)
	want := map[observe.EventKind]observe.EventKind{observe.Lock: observe.Unlock, observe.Receive: observe.Send, observe.Send: observe.Receive, observe.WaitDone: observe.Done}
	last := map[int32]int32{}
	checked := 0
	for i, e := range r.Events {
		if w, ok := last[e.Goroutine]; ok && want[e.Kind] != 0 && r.Events[w].Kind == observe.Unblock {
			p := r.Events[w].Peer
			if p < 0 || r.Events[p].Kind != want[e.Kind] || r.Events[p].Goroutine == e.Goroutine {
				t.Errorf("event %d: goroutine was woken by event %d", i, p)
			}
			checked++
		}
		last[e.Goroutine] = int32(i)
	}
	if checked < 4 {
		t.Errorf("only %d goroutines were woken", checked)
	}
	dumpIfFailed(t, r)
}

func TestTraceNames(t *testing.T) {
	nb := open(t)
	r, _ := nb.traced(`forks := make([]sync.Mutex, 3)
for i := range forks { forks[i].Lock(); forks[i].Unlock() }
var s struct { jobs chan int }
s.jobs = make(chan int, 1)
s.jobs <- 1`)
	var names []string
	for _, o := range r.Objects {
		names = append(names, o.Name)
	}
	if got := strings.Join(names, " "); got != "forks[0] forks[1] forks[2] s.jobs" {
		t.Errorf("objects are called %q", got)
	}
}

// While tracing is on, goroutines of earlier cells are drawn too.
func TestTraceSession(t *testing.T) {
	nb := open(t)
	nb.run("%trace on")
	nb.run("in := make(chan int)\nout := make(chan int)\ngo func() { for v := range in { out <- 2 * v } }()")
	nb.run("in <- 21\nfmt.Println(<-out)")
	r := nb.e.traces.last.Load()
	consistent(t, r)
	if len(r.Goroutines) != 2 || count(r, observe.Receive) != 2 {
		t.Errorf("the record is\n%s", dump(r))
	}
	for _, e := range r.Events {
		if e.Kind == observe.Receive && e.Peer < 0 {
			t.Error("a message comes from outside")
		}
	}
	tr, _ := nb.exec("%vars")
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok && d.Bundle.Data["image/svg+xml"] != nil {
			t.Error("a command is drawn")
		}
	}
	if nb.e.traces.last.Load() != r {
		t.Error("a command takes the place of what was drawn")
	}
	nb.run("%trace off")
	nb.e.traces.last.Store(nil)
	nb.run("in <- 1\n<-out")
	if nb.e.traces.last.Load() != nil {
		t.Error("a cell is drawn though tracing is off")
	}
}

func TestSlow(t *testing.T) {
	nb := open(t)
	start := time.Now()
	nb.run("%%slow 30ms\nch := make(chan int, 1)\nch <- 1\n<-ch")
	if took := time.Since(start); took < 60*time.Millisecond {
		t.Errorf("two communications took %v", took)
	}
	for _, args := range []string{"", "fast", "-1s", "2h"} {
		if _, r := nb.exec("%%slow " + args + "\n1"); r.Failure == nil {
			t.Errorf("%q is taken", args)
		}
	}
}

// On a virtual clock a goroutine waits until its turn comes, and then for what it
// has waited for all the time: that is one wait.
func TestTraceVirtual(t *testing.T) {
	nb := open(t)
	r, res := nb.traced(`%%virtual
ch := make(chan string)
go func() { defer close(ch); for i := range 3 { time.Sleep(time.Hour); ch <- fmt.Sprint(i) } }()
for m := range ch { fmt.Println(m) }`)
	if res.Failure != nil {
		t.Fatal(res.Failure)
	}
	consistent(t, r)
	last := map[int32]observe.Event{}
	for i, e := range r.Events {
		if l := last[e.Goroutine]; e.Kind == observe.Block && l.Kind == observe.Unblock && e.Object == l.Object {
			t.Errorf("event %d: the goroutine goes on only to wait again", i)
		}
		last[e.Goroutine] = e
	}
	if !r.Virtual || r.End < int64(3*time.Hour) || count(r, observe.Receive) != 3 {
		t.Errorf("virtual: %v, ends at %v", r.Virtual, time.Duration(r.End))
	}
	dumpIfFailed(t, r)
}

// A goroutine whose turn has not come, and whose lock another takes meanwhile, waits
// for that from then on.
func TestTraceScheduled(t *testing.T) {
	nb := open(t)
	const src = `var a, b sync.Mutex
var wg sync.WaitGroup
wg.Go(func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
wg.Go(func() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() })
wg.Wait()`
	for _, head := range []string{"%%explore\n", "%%replay sb1\n%%trace\n"} {
		nb.e.traces.last.Store(nil)
		nb.exec(head + src)
		r := nb.e.traces.last.Load()
		if r == nil {
			t.Fatalf("%snothing is drawn", head)
		}
		consistent(t, r)
		last := map[int32]observe.Event{}
		for _, e := range r.Events {
			last[e.Goroutine] = e
		}
		for i := range r.Goroutines {
			if e := last[int32(i)]; r.Goroutines[i].Fate != observe.Deadlocked || e.Kind != observe.Block {
				t.Errorf("%sgoroutine %d has fate %d, its last event is of kind %d\n%s", head, i, r.Goroutines[i].Fate, e.Kind, dump(r))
			}
		}
	}
	// Those that get on are consistent, too.
	for _, seed := range []string{"s0", "w1", "w2", "w3", "w4"} {
		r, res := nb.traced("%%replay " + seed + "\n" + `ch, done := make(chan int), make(chan bool)
var mu sync.Mutex
c := sync.NewCond(&mu)
n := 0
for range 3 { go func() { for v := range ch { mu.Lock(); n += v; c.Broadcast(); mu.Unlock() }; done <- true }() }
go func() { for i := range 9 { select { case ch <- i: case ch <- i+1: } }; close(ch) }()
mu.Lock(); for n < 20 { c.Wait() }; mu.Unlock()
for range 3 { <-done }`)
		if res.Failure != nil {
			t.Fatal(seed, res.Failure)
		}
		consistent(t, r)
	}
}
