package engine

import (
	"runtime/pprof"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched/report"
)

// A cell that is run again leaves nothing behind that still refers to what the
// earlier run declared: its goroutine is leaked.
func TestContract15_LeakOfAnEarlierRun(t *testing.T) {
	if pprof.Lookup("goroutineleak") == nil {
		t.Skip("this needs GOEXPERIMENT=goroutineleakprofile")
	}
	for _, src := range []string{
		"ch := make(chan int)\ngo func() { ch <- 1 }()",
		"ch := make(chan int)\nfunc worker() { for range ch { } }\ngo worker()",
		"func send(c chan<- int) { c <- 1 }\nch := make(chan int)\ngo send(ch)\nch",
		"ch := make(chan int)\nslog.Info(\"from here\")\ngo func() { slog.Info(\"and here\"); ch <- 1 }()",
		"type worker struct{ n int }\nfunc (w *worker) run() { w.n += <-ch }\ntype runner interface{ run() }\nch := make(chan int)\nvar r runner = &worker{}\ngo r.run()",
	} {
		nb := open(t)
		nb.run(src)
		nb.e.sched.Settle(time.Second)
		if r := nb.e.sched.Leaks(); len(r.Leaked) != 0 {
			t.Errorf("%s\nis leaked while later cells see the channel:\n%s", src, report.Text(r.Leaked))
		}
		nb.run(src)
		nb.e.sched.Settle(time.Second)
		r := nb.e.sched.Leaks()
		if len(r.Leaked) != 1 || r.Leaked[0].Cell != 1 {
			t.Errorf("%s\nrun twice: leaked are\n%s", src, report.Text(r.Leaked))
		}
	}
}

// A cell may write the runtime's leak profile itself; the goroutines in it can be
// stopped afterwards.
func TestContract15_ProfileOfItsOwn(t *testing.T) {
	if pprof.Lookup("goroutineleak") == nil {
		t.Skip("this needs GOEXPERIMENT=goroutineleakprofile")
	}
	nb := open(t)
	nb.run(`ended := make(chan bool, 3)
for range 3 {
	go func() { defer func() { ended <- true }(); <-make(chan int) }()
}`)
	nb.e.sched.Settle(time.Second)
	if got := nb.run(`import "runtime/pprof"
var b bytes.Buffer
if err := pprof.Lookup("goroutineleak").WriteTo(&b, 1); err != nil { panic(err) }
var total int // of the process, and other tests leak, too
fmt.Sscanf(b.String(), "goroutineleak profile: total %d", &total)
total >= 3`); got != "=> true" {
		t.Error(got)
	}
	nb.e.sched.KillAll()
	if got := nb.run("for range 3 { <-ended }\n1"); got != "=> 1" {
		t.Error(got)
	}
}
