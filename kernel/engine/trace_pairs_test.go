package engine

import (
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/observe"
)

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
			dumpIfFailed(t, r)
		})
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
