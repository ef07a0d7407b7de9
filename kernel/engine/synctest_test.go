package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// TestSynctest runs programs that use bubbles of testing/synctest.
func TestSynctest(t *testing.T) {
	skipNested(t)
	const head = "import (\"testing\"; \"testing/synctest\")\nfunc TestIt(t *testing.T) {\n\tsynctest.Test(t, func(t *testing.T) {\n"
	const tail = "\n\t})\n}\n%test"
	tests := []struct{ name, src, want string }{
		{"sleeping", `start := time.Now()
ch := make(chan int)
go func() { time.Sleep(time.Hour); ch <- 1 }()
<-ch
fmt.Println(time.Since(start))`, "1h0m0s\n"},
		{"conditions and wait groups", `var mu sync.Mutex
c := sync.NewCond(&mu)
var wg sync.WaitGroup
ready := false
wg.Go(func() { mu.Lock(); for !ready { c.Wait() }; mu.Unlock() })
wg.Go(func() { time.Sleep(time.Hour); mu.Lock(); ready = true; mu.Unlock(); c.Signal() })
synctest.Wait()
fmt.Println("waiting")
wg.Wait()
fmt.Println("done", time.Now().UTC())`, "waiting\ndone 2000-01-01 01:00:00 +0000 UTC\n"},
		{"a lock that is released", `var mu sync.Mutex
n := 0
mu.Lock()
go func() { mu.Lock(); n++; mu.Unlock() }()
time.AfterFunc(time.Hour, func() { n += 10 })
for range 100 {
	runtime.Gosched()
}
mu.Unlock()
synctest.Wait()
fmt.Println(n)
time.Sleep(2 * time.Hour)
synctest.Wait()
fmt.Println(n)`, "1\n11\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			if out := open(t).run(head + test.src + tail); !strings.HasPrefix(out, test.want) {
				t.Errorf("printed\n%s\nwant\n%s", out, test.want)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
	// What hangs in Go hangs here, and is interrupted.
	for name, src := range map[string]string{
		"a loop":      "for {\n}",
		"a lock":      "var mu sync.Mutex\nmu.Lock()\ngo func() { time.Sleep(time.Hour); mu.Unlock() }()\nmu.Lock()\nfmt.Println(\"time has passed while a lock was waited for\")",
		"the outside": "<-outside",
	} {
		t.Run(name, func(t *testing.T) {
			nb := open(t)
			nb.run("outside := make(chan int)")
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			nb.n++
			tr := &transcript{}
			r := nb.e.Execute(ctx, session.Cell{ID: "x", Number: nb.n, Source: head + src + tail}, tr)
			if r.Failure == nil || r.Failure.Name != session.Interrupted {
				t.Errorf("%v, printed %s", r.Failure, tr.stdout())
			}
			if out := nb.run("1 + 1"); out != "=> 2" {
				t.Error(out)
			}
		})
	}
}

// Who waits in a send in a bubble is stopped without a receive from outside of it,
// which would end the process.
func TestStopInABubble(t *testing.T) {
	nb := open(t)
	_, r := nb.exec("func TestLeft(t *testing.T) {\n\tsynctest.Test(t, func(t *testing.T) {\n\t\tc := make(chan int)\n\t\tgo func() { c <- 1 }()\n\t})\n}\n%test")
	if r.Failure == nil {
		t.Error("a goroutine is left in the bubble, and the test passes")
	}
	nb.run("%kill all")
	if got := nb.run("1 + 1"); got != "=> 2" {
		t.Errorf("after that: %s", got)
	}
}

// A deadline that has passed in a bubble is asked about by nobody outside: Go ends the
// program of whoever receives from a bubble's channel.
func TestSynctestDeadline(t *testing.T) {
	nb := open(t)
	nb.run(`func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		<-ctx.Done()
		if ctx.Err() != context.DeadlineExceeded { t.Error(ctx.Err()) }
	})
}
%test`)
	_, r := nb.exec("<-make(chan int)")
	if r.Failure == nil || !strings.Contains(r.Failure.Value, "deadlock") {
		t.Errorf("a deadlock after that: %v", r.Failure)
	}
}
