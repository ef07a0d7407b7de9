package engine

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
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
	if t.Failed() {
		t.Log("\n" + dump(r))
	}
}

// In these programs all values look the same to whoever records them: pointers. Who
// has sent one is in what it points at, and printed by who has received it.
var messages = []struct {
	name, src string
	outside   bool // some of the values come from outside
}{
	{"unbuffered", `ch := make(chan *int)
	var wg sync.WaitGroup
	for i := range 5 { wg.Add(1); go func() { defer wg.Done(); for range 100 { v := i; ch <- &v } }() }
	go func() { wg.Wait(); close(ch) }()
	var rs sync.WaitGroup
	for range 4 { rs.Add(1); go func() { defer rs.Done(); for p := range ch { println(*p) } }() }
	rs.Wait()`, false},
	{"buffered", `for _, n := range []int{1, 3, 50} {
		ch := make(chan *int, n)
		var wg sync.WaitGroup
		for i := range 5 { wg.Add(1); go func() { defer wg.Done(); for range 100 { v := i; ch <- &v } }() }
		go func() { wg.Wait(); close(ch) }()
		var rs sync.WaitGroup
		for range 3 { rs.Add(1); go func() { defer rs.Done(); for p := range ch { println(*p) } }() }
		rs.Wait()
	}`, false},
	{"select", `a, b := make(chan *int), make(chan *int, 2)
	var wg sync.WaitGroup
	for i := range 5 { wg.Add(1); go func() { defer wg.Done()
		for range 60 { v := i; select { case a <- &v: case b <- &v: } } }() }
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var rs sync.WaitGroup
	for range 3 { rs.Add(1); go func() { defer rs.Done()
		for { select { case p := <-a: println(*p); case p := <-b: println(*p); case <-done: return } } }() }
	rs.Wait()`, false},
	{"both ways", `ch := make(chan *int)
	var wg sync.WaitGroup
	for i := range 4 { wg.Add(1); go func() { defer wg.Done()
		for range 50 { v := i; select { case ch <- &v: case p := <-ch: println(*p) } } }() }
	go func() { v := 9; for { ch <- &v } }()
	wg.Wait()`, false},
	{"timers", `ch := make(chan *int)
	go func() { for range 20 { v := 0; ch <- &v; time.Sleep(time.Millisecond) }; close(ch) }()
	tick := time.NewTicker(time.Millisecond)
	n := 0
	loop: for { select { case p, ok := <-ch: if !ok { break loop }; println(*p); case <-tick.C: n++; case <-time.After(time.Second): } }
	<-time.After(time.Millisecond)`, true},
	{"try", `ch := make(chan *int, 1)
	var wg sync.WaitGroup
	for i := range 3 { wg.Add(1); go func() { defer wg.Done()
		for n := 0; n < 50; { v := i; select { case ch <- &v: n++; default: runtime.Gosched() } } }() }
	go func() { for { select { case p := <-ch: println(*p); default: runtime.Gosched() } } }()
	wg.Wait()`, false},
}

func TestTracePairs(t *testing.T) {
	for _, c := range messages {
		t.Run(c.name, func(t *testing.T) {
			nb := open(t)
			r, res := nb.traced(c.src)
			if res.Failure != nil {
				t.Fatal(res.Failure)
			}
			consistent(t, r)
			// The number that a sender has is told by what others print of it: it must
			// always be the same one.
			numbers := map[int32]string{}
			pairs := 0
			next := map[int32]int32{} // the Receive after which a goroutine has printed nothing
			for i, e := range r.Events {
				switch e.Kind {
				case observe.Receive:
					if e.Peer >= 0 {
						next[e.Goroutine] = e.Peer
						pairs++
					} else if !c.outside {
						t.Errorf("event %d: a receive from nobody", i)
					}
				case observe.Print:
					peer, ok := next[e.Goroutine]
					if !ok {
						continue
					}
					delete(next, e.Goroutine)
					by := r.Events[peer].Goroutine
					if have, ok := numbers[by]; ok && have != e.Value {
						t.Errorf("event %d: the value is that of sender %s, and not of %s", i, e.Value, have)
					}
					numbers[by] = e.Value
				}
			}
			if pairs < 20 {
				t.Errorf("only %d messages", pairs)
			}
			if t.Failed() {
				t.Log("\n" + dump(r))
			}
		})
	}
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
			if t.Failed() {
				t.Log("\n" + dump(r))
			}
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
	if t.Failed() {
		t.Log("\n" + dump(r))
	}
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

func TestTraceInterrupt(t *testing.T) {
	for name, src := range map[string]string{
		"endless":   "ch := make(chan int)\ngo func() { for i := 0; ; i++ { ch <- i } }()\nprintln(\"begun\")\nfor range ch {}",
		"blocked":   "ch := make(chan int)\ngo func() { ch <- 1 }()\ngo func() { var mu sync.Mutex; mu.Lock(); mu.Lock() }()\n<-ch; println(\"begun\"); time.Sleep(time.Hour)",
		"selecting": "a, b := make(chan int), make(chan int, 1)\nfor range 4 { go func() { for { select { case a <- 1: case b <- 1: case <-a: case <-b: } } }() }\nprintln(\"begun\")\nselect {}",
		"computing": "ch := make(chan int, 1)\nch <- 1\n<-ch\nprintln(\"begun\")\nfor {}",
	} {
		t.Run(name, func(t *testing.T) {
			nb := open(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			tr := &transcript{}
			done := make(chan session.Result, 1)
			go func() {
				done <- nb.e.Execute(ctx, session.Cell{ID: "x", Number: 1, Source: "%%trace\n" + src}, tr)
			}()
			for begun := false; !begun && len(done) == 0; time.Sleep(time.Millisecond) {
				tr.mu.Lock()
				begun = tr.errs.Len() > 0
				tr.mu.Unlock()
			}
			time.Sleep(100 * time.Millisecond)
			cancel()
			select {
			case res := <-done:
				if res.Failure == nil || res.Failure.Name != session.Interrupted {
					t.Fatalf("the cell ended with %v", res.Failure)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("the cell is not interrupted")
			}
			r := nb.e.traces.last.Load()
			if r == nil || len(r.Events) < 3 {
				t.Fatal("no record")
			}
			if r.Goroutines[0].Fate != observe.Stopped {
				t.Errorf("the main goroutine has fate %d", r.Goroutines[0].Fate)
			}
			if out := nb.run("1 + 1"); out != "=> 2" {
				t.Errorf("the next cell gives %q", out)
			}
		})
	}
}

func TestTraceFailures(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want string // in the failure
		fate observe.Fate
		kind observe.EventKind
	}{
		"panic":            {`go func() { var m map[int]int; m[1] = 2 }(); select {}`, "assignment to entry in nil map", observe.Stopped, observe.Panic},
		"main panics":      {`panic(errors.New("no"))`, "no", observe.Panicked, observe.Panic},
		"send on closed":   {`ch := make(chan int); go func() { time.Sleep(20*time.Millisecond); close(ch) }(); ch <- 1`, "send on closed channel", observe.Panicked, observe.Close},
		"closed twice":     {`ch := make(chan int); close(ch); close(ch)`, "close of closed channel", observe.Panicked, observe.Close},
		"deadlock":         {`ch := make(chan int); go func() { ch <- 1 }(); <-ch; <-ch`, "deadlock", observe.Deadlocked, observe.Block},
		"deadlock in lock": {`var mu sync.Mutex; mu.Lock(); mu.Lock()`, "deadlock", observe.Deadlocked, observe.Block},
		"nil channel":      {`var ch chan int; ch <- 1`, "deadlock", observe.Deadlocked, observe.Block},
		"exit":             {`os.Exit(3)`, "exit status 3", observe.Stopped, observe.End},
	} {
		t.Run(name, func(t *testing.T) {
			if testenv.Raced && name == "send on closed" {
				t.Skip("the program has a data race")
			}
			nb := open(t)
			r, res := nb.traced(c.src)
			if res.Failure == nil || !strings.Contains(res.Failure.Value, c.want) {
				t.Fatalf("the cell ended with %v", res.Failure)
			}
			if f := r.Goroutines[0].Fate; f != c.fate {
				t.Errorf("the main goroutine has fate %d, want %d", f, c.fate)
			}
			if count(r, c.kind) == 0 {
				t.Errorf("no event of kind %d", c.kind)
			}
			if t.Failed() {
				t.Log("\n" + dump(r))
			}
		})
	}
}

func TestTraceLeak(t *testing.T) {
	nb := open(t)
	r, _ := nb.traced(`func f() { ch := make(chan int); go func() { ch <- 1 }() }
f()
go func() { select {} }()
time.Sleep(10*time.Millisecond)`)
	var fates []observe.Fate
	for _, g := range r.Goroutines {
		fates = append(fates, g.Fate)
	}
	if len(fates) != 3 || fates[0] != observe.Returned || fates[2] != observe.Leaked {
		t.Errorf("fates are %v", fates)
	}
	if complete := nb.e.sched.Leaks().Complete; complete != (fates[1] == observe.Leaked) {
		t.Errorf("leaks can be found: %v, but fates are %v", complete, fates)
	}
}

func TestTraceMany(t *testing.T) {
	nb := open(t)
	start := time.Now()
	r, res := nb.traced(`ch := make(chan int, 10)
var wg sync.WaitGroup
for range 10 { wg.Go(func() { for i := range 5000 { ch <- i } }) }
go func() { wg.Wait(); close(ch) }()
n := 0
for range ch { n++ }
n`)
	if res.Failure != nil || r.Dropped > 0 || len(r.Events) < 100_000 {
		t.Fatalf("%v, %d events, %d dropped", res.Failure, len(r.Events), r.Dropped)
	}
	consistent(t, r)
	t.Logf("%d events in %v", len(r.Events), time.Since(start))
	if r, _ = nb.traced("for i := range 300_000 { print(i) }"); r.Dropped < 50_000 || len(r.Events) != 200_000 {
		t.Errorf("%d events, %d dropped", len(r.Events), r.Dropped)
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

// Goroutines that are not observed take part as from outside.
func TestTraceOutside(t *testing.T) {
	nb := open(t)
	nb.run("in, out := make(chan int), make(chan int, 2)\ngo func() { for v := range in { out <- v } }()")
	r, _ := nb.traced("for i := range 50 { in <- i; fmt.Println(<-out) }")
	consistent(t, r)
	for i, e := range r.Events {
		if e.Kind == observe.Receive && e.Peer >= 0 {
			t.Errorf("event %d: a value is said to come from event %d", i, e.Peer)
		}
	}
	if n := count(r, observe.Send); n != 50 {
		t.Errorf("%d sends", n)
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

func TestTraceContext(t *testing.T) {
	nb := open(t)
	r, res := nb.traced(`ctx, cancel := context.WithCancel(context.Background())
child, stop := context.WithTimeout(ctx, time.Hour)
defer stop()
var wg sync.WaitGroup
wg.Go(func() { <-child.Done() })
wg.Go(func() { select { case <-ctx.Done(): case <-time.After(time.Hour): } })
time.Sleep(20*time.Millisecond)
cancel()
cancel()
wg.Wait()
late, done := context.WithTimeoutCause(context.Background(), time.Millisecond, errors.New("late"))
defer done()
<-late.Done()
why, cause := context.WithCancelCause(context.Background())
cause(errors.New("why"))
fmt.Println(context.Cause(late), context.Cause(why), child.Err())`)
	if res.Failure != nil {
		t.Fatal(res.Failure)
	}
	consistent(t, r)
	ended := 0
	for i, e := range r.Events {
		if e.Kind == observe.ReceiveClosed && e.Peer >= 0 {
			ended++
			if k := r.Events[e.Peer].Kind; k != observe.Cancel && k != observe.Fire {
				t.Errorf("event %d: the context was ended by event %d", i, e.Peer)
			}
		}
	}
	if n := count(r, observe.Cancel); n != 2 || ended != 3 {
		t.Errorf("%d times cancelled, %d receives because of that or of a timer, want 2 and 3", n, ended)
	}
	if t.Failed() {
		t.Log("\n" + dump(r))
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
	if t.Failed() {
		t.Log("\n" + dump(r))
	}
}

// Each mark that a picture can have comes from what a program does, on the lane of
// whoever did it.
func TestTraceMarks(t *testing.T) {
	const outside = -1
	for _, c := range []struct {
		name, src string
		kind      observe.EventKind
		value     string
		by        int               // the index of the goroutine
		wakes     observe.EventKind // what the one does that it lets go on, or the like of it
	}{
		{"close", `ch := make(chan int); done := make(chan bool)
	go func() { <-ch; done <- true }()
	time.Sleep(20*time.Millisecond); close(ch); <-done`, observe.Close, "", 0, observe.ReceiveClosed},
		{"lock handed over", `var mu sync.Mutex; mu.Lock(); done := make(chan bool)
	go func() { mu.Lock(); mu.Unlock(); done <- true }()
	time.Sleep(20*time.Millisecond); mu.Unlock(); <-done`, observe.Unlock, "", 0, observe.Lock},
		{"wait released", `var wg sync.WaitGroup; wg.Go(func() { time.Sleep(20*time.Millisecond) }); wg.Wait()`, observe.Done, "", 1, observe.WaitDone},
		{"cancel", `ctx, cancel := context.WithCancel(context.Background()); done := make(chan bool)
	go func() { <-ctx.Done(); done <- true }()
	time.Sleep(20*time.Millisecond); cancel(); <-done`, observe.Cancel, "", 0, observe.ReceiveClosed},
		{"timer", `t := time.NewTimer(20*time.Millisecond); <-t.C`, observe.Fire, "20ms", outside, observe.Receive},
		{"timer that is over", `t := time.NewTimer(time.Millisecond); time.Sleep(20*time.Millisecond); <-t.C`, observe.Fire, "1ms", outside, observe.Receive},
		{"timer set again", `t := time.NewTimer(time.Hour); t.Reset(15*time.Millisecond); <-t.C`, observe.Fire, "15ms", outside, observe.Receive},
		{"time.After in a select", `select { case <-make(chan int): case <-time.After(10*time.Millisecond): }`, observe.Fire, "10ms", outside, observe.Receive},
		{"ticker", `t := time.NewTicker(10*time.Millisecond); <-t.C; t.Stop()`, observe.Fire, "10ms", outside, observe.Receive},
		{"AfterFunc", `done := make(chan bool); time.AfterFunc(10*time.Millisecond, func() { done <- true }); <-done`, observe.Fire, "", 1, 0},
		{"deadline", `ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond); defer cancel()
	<-ctx.Done()`, observe.Fire, "250ms", outside, observe.ReceiveClosed},
		{"deadline above", `ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond); defer cancel()
	child, stop := context.WithCancel(ctx); defer stop()
	select { case <-child.Done(): case <-make(chan int): }`, observe.Fire, "250ms", outside, observe.ReceiveClosed},
		{"panic", `defer func() { println(fmt.Sprint(recover())) }()
	done := make(chan bool); go func() { defer close(done) }(); <-done; fmt.Print("said")`, observe.Print, "said", 0, 0},
	} {
		for _, head := range []string{"", "%%virtual\n"} {
			t.Run(strings.TrimSpace(head+c.name), func(t *testing.T) {
				nb := open(t)
				r, res := nb.traced(head + c.src)
				if res.Failure != nil {
					t.Fatal(res.Failure)
				}
				consistent(t, r)
				at := int32(-1)
				for i, e := range r.Events {
					if e.Kind == c.kind && e.Goroutine == int32(c.by) && e.Value == c.value && at < 0 {
						at = int32(i)
					}
				}
				if at < 0 {
					t.Fatalf("no such event in\n%s", dump(r))
				}
				if c.wakes == 0 {
					return
				}
				for _, e := range r.Events {
					if e.Kind == c.wakes && e.Peer == at {
						return
					}
				}
				t.Errorf("event %d lets nobody go on:\n%s", at, dump(r))
			})
		}
	}
}

// A timer that has not fired yet is no mark, nor is one that is not the cause.
func TestTraceNoMarks(t *testing.T) {
	for _, src := range []string{
		`t := time.NewTimer(time.Hour); t.Stop(); time.AfterFunc(time.Hour, func() {}).Stop()`,
		`ctx, cancel := context.WithTimeout(context.Background(), time.Hour); cancel(); <-ctx.Done()`,
		`parent, end := context.WithCancel(context.Background()); ctx, cancel := context.WithTimeout(parent, time.Hour); defer cancel(); end(); <-ctx.Done()`,
		`ch := make(chan time.Time, 1); ch <- time.Now(); <-ch`,
	} {
		for _, head := range []string{"", "%%virtual\n"} {
			nb := open(t)
			r, res := nb.traced(head + src)
			if res.Failure != nil {
				t.Fatal(res.Failure)
			}
			if count(r, observe.Fire) != 0 {
				t.Errorf("%s%s: a timer is said to fire:\n%s", head, src, dump(r))
			}
		}
	}
}

// Goroutines that a cell on a virtual clock leaves over are stopped in the end, but
// are drawn as what they are.
func TestTraceVirtualLeak(t *testing.T) {
	nb := open(t)
	r, _ := nb.traced("%%virtual\nch := make(chan int)\ngo func() { defer println(1); ch <- 1 }()\ngo func() { for { time.Sleep(time.Second) } }()\ntime.Sleep(time.Second)")
	if r.Goroutines[1].Fate == observe.Leaked { // the other one could go on for ever, so nobody was looked at
		t.Errorf("fates are %v", r.Goroutines)
	}
	r, _ = nb.traced("%%virtual\nch := make(chan int)\ngo func() { defer println(1); ch <- 1 }()\ntime.Sleep(time.Second)")
	if len(r.Goroutines) != 2 || r.Goroutines[0].Fate != observe.Returned || r.Goroutines[1].Fate != observe.Leaked || count(r, observe.Print) > 0 {
		t.Errorf("fates are %v", r.Goroutines)
	}
}

// What deferred calls do when a deadlocked cell is stopped is not part of its story.
func TestTraceDeadlock(t *testing.T) {
	for _, head := range []string{"", "%%virtual\n"} {
		nb := open(t)
		r, res := nb.traced(head + "var mu sync.Mutex\nmu.Lock()\ngo func() { defer fmt.Println(1); mu.Lock() }()\nselect {}")
		if res.Failure == nil {
			t.Fatal("no deadlock")
		}
		consistent(t, r)
		for i := range r.Goroutines {
			if f := r.Goroutines[i].Fate; f != observe.Deadlocked {
				t.Errorf("%sgoroutine %d has fate %d", head, i, f)
			}
		}
		if n := count(r, observe.Print) + count(r, observe.End); n > 0 || count(r, observe.Block) != 2 {
			t.Errorf("%s%s", head, dump(r))
		}
	}
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
