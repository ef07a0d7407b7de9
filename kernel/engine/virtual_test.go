package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// text is what the last display of a transcript shows as plain text.
func (t *transcript) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := ""
	for _, ev := range t.events {
		if d, ok := ev.(session.Display); ok {
			text, _ = d.Bundle.Data["text/plain"].(string)
		}
	}
	return text
}

// TestVirtualTime runs programs that take hours by their own clock.
func TestVirtualTime(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"sleeps and locks", `
start := time.Now()
done := make(chan int)
go func() { time.Sleep(10 * time.Hour); done <- 1 }()
select {
case <-done:
	fmt.Println("done after", time.Since(start))
case <-time.After(11 * time.Hour):
	fmt.Println("late")
}
var mu sync.Mutex
var wg sync.WaitGroup
n := 0
for i := range 10 {
	wg.Go(func() {
		time.Sleep(time.Duration(i) * time.Hour)
		mu.Lock()
		defer mu.Unlock()
		time.Sleep(time.Minute)
		n++
	})
}
wg.Wait()
fmt.Println(n, time.Since(start), time.Now().UTC())`,
			"done after 10h0m0s\n10 19h1m0s 2000-01-01 19:01:00 +0000 UTC\n"},
		{"tickers", `
start := time.Now()
tick := time.NewTicker(time.Hour)
for range 3 {
	<-tick.C
	fmt.Println(time.Since(start))
}
tick.Reset(time.Minute)
<-tick.C
fmt.Println(time.Since(start))
tick.Stop()
select {
case <-tick.C:
	fmt.Println("ticks")
case <-time.After(time.Hour):
	fmt.Println("no tick")
}
time.Sleep(24 * time.Hour)`,
			"1h0m0s\n2h0m0s\n3h0m0s\n3h1m0s\nno tick\n"},
		{"slow receivers miss ticks", `
tick := time.NewTicker(time.Second)
time.Sleep(5 * time.Second)
start := time.Now()
<-tick.C
<-tick.C
fmt.Println(time.Since(start))`,
			"1s\n"},
		{"timers", `
start := time.Now()
t := time.NewTimer(time.Hour)
fmt.Println(t.Stop(), t.Stop(), t.Reset(2*time.Hour))
<-t.C
fmt.Println(time.Since(start), t.Stop())
t.Reset(time.Second)
time.Sleep(time.Minute)
fmt.Println(t.Reset(time.Hour))
<-t.C
fmt.Println(time.Since(start))
done := make(chan bool)
f := time.AfterFunc(time.Hour, func() { fmt.Println("called", time.Since(start)); done <- true })
<-done
fmt.Println(f.Stop(), f.Reset(time.Minute))
<-done;`,
			"true false false\n2h0m0s false\ntrue\n3h1m0s\ncalled 4h1m0s\nfalse false\ncalled 4h2m0s\n"},
		{"contexts", `
start := time.Now()
ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
defer cancel()
inner, cancel2 := context.WithDeadline(ctx, start.Add(time.Minute))
defer cancel2()
later, cancel3 := context.WithTimeoutCause(ctx, 5*time.Hour, errors.New("never"))
defer cancel3()
child, cancel4 := context.WithCancel(inner)
defer cancel4()
d, ok := child.Deadline()
fmt.Println(d.Sub(start), ok)
<-child.Done()
fmt.Println(time.Since(start), child.Err(), context.Cause(child), errors.Is(inner.Err(), context.DeadlineExceeded), ctx.Err())
stop := context.AfterFunc(ctx, func() { fmt.Println("after", time.Since(start)) })
<-later.Done()
fmt.Println(time.Since(start), later.Err(), context.Cause(later))
time.Sleep(time.Second)
fmt.Println(stop())`,
			"1m0s true\n1m0s context deadline exceeded context deadline exceeded true <nil>\n" +
				"1h0m0s context deadline exceeded context deadline exceeded\nafter 1h0m0s\nfalse\n"},
		{"conditions", `
var mu sync.Mutex
c := sync.NewCond(&mu)
ready := 0
var wg sync.WaitGroup
for range 3 {
	wg.Go(func() {
		mu.Lock()
		for ready == 0 {
			c.Wait()
		}
		ready--
		mu.Unlock()
	})
}
for range 3 {
	time.Sleep(time.Hour)
	mu.Lock()
	ready++
	c.Signal()
	mu.Unlock()
}
wg.Wait()
fmt.Println(ready)`, "0\n"},
		{"a program", `package main
import ("fmt"; "time")
func main() {
	start := time.Now()
	for range 100 {
		time.Sleep(time.Hour)
	}
	fmt.Println(time.Since(start))
}`, "100h0m0s\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			start := time.Now()
			if out := nb.run("%%virtual\n" + test.src); out != test.want {
				t.Errorf("printed\n%s\nwant\n%s", out, test.want)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestVirtualLeftOver(t *testing.T) {
	nb := open(t)
	tr, r := nb.exec(`%%virtual
jobs := make(chan int)
for range 2 {
	go func() { <-jobs }()
}
go func() { for range time.Tick(time.Second) {} }()
time.Sleep(time.Hour)`)
	if r.Failure != nil || r.Goroutines != 0 {
		t.Fatal(r.Failure, r.Goroutines)
	}
	errs := tr.errs.String()
	for _, want := range []string{"3 goroutines were left over", "2 × main.func1, started in cell 1 line 4, waits: chan receive on jobs (chan int, 0/0), cell 1 line 4"} {
		if !strings.Contains(errs, want) {
			t.Errorf("said\n%s\nwhich lacks %q", errs, want)
		}
	}
}

func TestVirtualDeadlock(t *testing.T) {
	nb := open(t)
	start := time.Now()
	_, r := nb.exec("%%virtual\nch := make(chan int)\ntime.Sleep(time.Hour)\n<-ch")
	if r.Failure == nil || r.Failure.Name != session.Deadlock {
		t.Fatal(r.Failure)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
	if got := nb.run("1 + 1"); got != "=> 2" {
		t.Error(got)
	}
}

func TestVirtualTrace(t *testing.T) {
	for _, head := range []string{"%%virtual\n%%trace\n", "%%trace\n%%virtual\n", "%%replay w3\n%%trace\n"} {
		nb := open(t)
		tr, r := nb.exec(head + "ch := make(chan int)\ngo func() { time.Sleep(3 * time.Hour); ch <- 42 }()\nfmt.Println(<-ch)")
		if r.Failure != nil {
			t.Fatal(r.Failure)
		}
		if text := tr.text(); !strings.Contains(text, "3h") || !strings.Contains(text, "42") {
			t.Errorf("%q drew\n%s", head, text)
		}
	}
}

// TestVirtualRace looks for races on a virtual clock: what sets a timer happens before
// what the timer does.
func TestVirtualRace(t *testing.T) {
	for _, src := range []string{
		"time.AfterFunc(time.Second, func() { x++; done <- true })\n<-done",
		"ctx, cancel := context.WithTimeout(context.Background(), time.Second)\ndefer cancel()\ncontext.AfterFunc(ctx, func() { x++; done <- true })\n<-done",
		"ctx, cancel := context.WithCancel(context.Background())\ncontext.AfterFunc(ctx, func() { x++; done <- true })\nx = 2\ncancel()\n<-done",
		"f := time.AfterFunc(time.Hour, func() { x++; done <- true })\nf.Stop()\nx = 2\nf.Reset(time.Second)\n<-done",
	} {
		nb := open(t)
		if _, r := nb.exec("%%virtual\n%%race\nx := 0\ndone := make(chan bool)\nx = 1\n" + src + "\nfmt.Println(x)"); r.Failure != nil {
			t.Errorf("%s\n%s", src, strings.Join(r.Failure.Traceback, "\n"))
		}
	}
	nb := open(t)
	if _, r := nb.exec("%%virtual\n%%race\nx := 0\ntime.AfterFunc(time.Second, func() { x++ })\nx = 1\ntime.Sleep(time.Hour)"); r.Failure == nil || r.Failure.Name != session.DataRace {
		t.Errorf("a race was not found: %v", r.Failure)
	}
}

// Of several ready cases a select takes any, also on a virtual clock, where it takes the
// same ones each time.
func TestVirtualSelect(t *testing.T) {
	nb := open(t)
	const src = `%%virtual
closed, work := make(chan int), make(chan int, 100)
close(closed)
for n := range 100 {
	work <- n
}
taken := ""
for range 100 {
	select {
	case <-closed:
		taken += "c"
	case <-work:
		taken += "w"
	}
}
fmt.Println(taken)`
	first := nb.run(src)
	if n := strings.Count(first, "w"); n < 25 || n > 75 {
		t.Errorf("of 100 times the second case is taken %d times", n)
	}
	if again := nb.run(src); again != first {
		t.Errorf("it was %s and is %s", first, again)
	}
}
