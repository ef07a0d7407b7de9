package engine

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/observe"
)

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
	dumpIfFailed(t, r)
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
