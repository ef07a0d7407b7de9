package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/observe"
	"github.com/gosched/gosched/kernel/session"
)

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
			dumpIfFailed(t, r)
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
