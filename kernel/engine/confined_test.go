package engine

import (
	"runtime/pprof"
	"strings"
	"testing"
)

const ticker = "go func() { for { time.Sleep(time.Millisecond) } }()\n"

// A cell whose goroutines all wait for what only they have can never go on, and is
// told so although a goroutine of an earlier cell is alive.
func TestContract12_WaitsForItsOwn(t *testing.T) {
	for _, src := range []string{
		"ch := make(chan int)\nch <- 1",
		"jobs := make(chan int, 1)\nfor v := range jobs { fmt.Println(v) }",
		"var wg sync.WaitGroup\nresults := make(chan int)\nfor i := range 3 {\n\twg.Add(1)\n\tgo func() { defer wg.Done(); results <- i }()\n}\nwg.Wait()",
		"var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"func gen(n int) <-chan int {\n\tout := make(chan int)\n\tgo func() { for i := range n { out <- i } }()\n\treturn out\n}\nfor v := range gen(3) { _ = v }",
		"in, out := make(chan int), make(chan int)\ngo func(from <-chan int, to chan<- int) { for v := range from { to <- v } }(in, out)\nselect { case v := <-out: _ = v }",
	} {
		if strings.HasPrefix(src, "func gen") && pprof.Lookup("goroutineleak") == nil {
			continue // no variable has that channel: it takes GOEXPERIMENT=goroutineleakprofile
		}
		nb := open(t)
		nb.run(ticker)
		_, r := nb.exec(src)
		if r.Failure == nil || !strings.Contains(r.Failure.Value, "nothing else can wake them") {
			t.Errorf("%s\nends with %v", src, r.Failure)
		}
	}
}

// Each of these is woken late, by something that an earlier cell, a timer or compiled
// code has got hold of.
func TestContract12_SomebodyHasIt(t *testing.T) {
	for _, src := range []string{
		"hand := make(chan int)\nlater <- hand\n<-hand",
		"hand := make(chan int)\nhook = func() { hand <- 1 }\n<-hand",
		"func give() { woken <- 1 }\nwoken := make(chan int)\nhook = give\n<-woken",
		"type giver struct{}\nfunc (giver) Give() { woken <- 1 }\nwoken := make(chan int)\nhook = giver{}.Give\n<-woken",
		"at := time.NewTimer(time.Second)\n<-at.C",
		"var mu sync.Mutex\nmu.Lock()\ntime.AfterFunc(time.Second, mu.Unlock)\nmu.Lock()",
		"var wg sync.WaitGroup\nwg.Add(1)\ntime.AfterFunc(time.Second, wg.Done)\nwg.Wait()",
		"var wg sync.WaitGroup\nwg.Go(func() { time.Sleep(time.Second) })\nwg.Wait()",
		"ctx, cancel := context.WithTimeout(context.Background(), time.Second)\ndefer cancel()\n<-ctx.Done()",
		"done := make(chan bool)\ncontext.AfterFunc(func() context.Context { c, _ := context.WithTimeout(context.Background(), time.Second); return c }(), func() { close(done) })\n<-done",
	} {
		nb := open(t)
		nb.run("later := make(chan chan int, 1)\nvar hook = func() {}\ngo func() {\n\ttime.Sleep(time.Second)\n\thook()\n\tselect {\n\tcase c := <-later:\n\t\tc <- 1\n\tdefault:\n\t}\n}()")
		if _, r := nb.exec(src); r.Failure != nil {
			t.Errorf("%s\nends with %v", src, r.Failure)
		}
	}
}
