package engine

import (
	"context"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

func TestContract2_Redeclare(t *testing.T) {
	nb := open(t)
	nb.run(`x := 1
func get() int { return x }`)
	if got := nb.run(`get()`); got != "=> 1" {
		t.Errorf("get() = %s", got)
	}
	nb.run(`x := 7`)
	if got := nb.run(`get()`); got != "=> 7" {
		t.Errorf("after x := 7, get() = %s", got)
	}
	nb.run(`x := "seven"`)
	if got := nb.run(`x`); got != `=> "seven"` {
		t.Errorf("x = %s", got)
	}
	if got := nb.run(`get()`); got != "=> 7" {
		t.Errorf("get no longer compiles, so the old one stays: got %s", got)
	}
}

func TestContract3_Redefinition(t *testing.T) {
	nb := open(t)
	nb.run(`type Counter struct{ n int }
c := Counter{n: 3}
p := &c`)
	nb.run(`func (c *Counter) Inc() { c.n++ }`)
	nb.run(`func (c Counter) Value() int { return c.n }
c.Inc()
p.Inc()`)
	if got := nb.run(`c.Value() + p.Value()`); got != "=> 10" {
		t.Errorf("methods of later cells: %s", got)
	}
	nb.run(`func double(c Counter) int { return 2 * c.Value() }`)
	nb.run(`func (c Counter) Value() int { return 100 * c.n }`)
	if got := nb.run(`double(c)`); got != "=> 1000" {
		t.Errorf("double after Value changed: %s", got)
	}
	nb.run(`type Counter struct{ name string; n int }
func (c Counter) Value() int { return len(c.name) }`)
	if got := nb.run(`double(Counter{name: "abc"})`); got != "=> 6" {
		t.Errorf("double after Counter changed: %s", got)
	}
	if got := nb.run(`c.Value()`); got != "=> 500" {
		t.Errorf("an old value keeps its type: %s", got)
	}
}

func TestContract3_EarlierMeaning(t *testing.T) {
	nb := open(t)
	nb.run(`n := 1`)
	nb.run(`n := n + 1`)
	if got := nb.run(`n`); got != "=> 2" {
		t.Errorf("n = %s", got)
	}
	_, r := nb.exec(`fmt.Println(later)
later := 1`)
	if r.Failure == nil || !strings.Contains(r.Failure.Value, "undefined: later") {
		t.Errorf("use before declaration: %v", r.Failure)
	}
}

func TestContract9_AcrossCells(t *testing.T) {
	nb := open(t)
	first, _ := nb.exec(`jobs := make(chan int)
done := make(chan bool)
go func() {
	for j := range jobs { fmt.Println("job", j) }
	done <- true
}()`)
	nb.run(`for i := range 3 { jobs <- i }`)
	nb.run(`close(jobs)
<-done`)
	const want = "job 0\njob 1\njob 2\n"
	for deadline := time.Now().Add(time.Second); first.stdout() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("output of the first cell's goroutine: %q", first.stdout())
		}
	}
}

// A deferred call of a goroutine that panics wakes the cell: the panic fails it
// all the same, however soon the cell ends.
func TestContract11_PanicWakesTheCell(t *testing.T) {
	nb := open(t)
	for i := range 300 {
		tr, r := nb.exec(`var wg sync.WaitGroup
wg.Add(1)
go func() {
	defer wg.Done()
	panic("oh no")
}()
wg.Wait()`)
		if r.Failure == nil || r.Failure.Name != "panic" || !strings.Contains(r.Failure.Value, "oh no") {
			t.Fatalf("run %d: %v, events %v", i, r.Failure, tr.events)
		}
	}
	for i := range 300 {
		_, r := nb.exec(`done := make(chan bool)
go func() {
	defer func() {
		defer func() { fmt.Print(recover()) }()
		done <- true
		panic("second")
	}()
	defer func() { recover() }()
	panic("first")
}()
<-done`)
		if r.Failure != nil {
			t.Fatalf("recovered, run %d: %v", i, r.Failure)
		}
	}
	start := time.Now()
	if _, r := nb.exec(`go func() {
	defer func() { recover(); done <- true; time.Sleep(time.Hour) }()
	panic("recovered")
}()
<-done`); r.Failure != nil || time.Since(start) > time.Second {
		t.Errorf("recovered but not returning: %v after %v", r.Failure, time.Since(start))
	}
}

// A panic is printed after those that it came upon, in the Go runtime's words.
func TestContract11_PanicAfterPanic(t *testing.T) {
	nb := open(t)
	nb.run(`func a() { defer func() { panic("second") }(); panic("first") }`)
	for src, want := range map[string]string{
		`a()`: "panic: first\n\tpanic: second",
		`defer func() { r := recover(); panic(r) }()
panic("x")`: "panic: x [recovered, repanicked]",
		`defer func() { r := recover(); panic(fmt.Sprint("again ", r)) }()
panic("x")`: "panic: x [recovered]\n\tpanic: again x",
		`defer func() { panic(3) }()
defer func() { panic(2) }()
panic(1)`: "panic: 1\n\tpanic: 2\n\tpanic: 3",
		`defer func() { defer func() { recover() }(); panic("inner") }()
panic("outer")`: "panic: outer",
		`defer func() { recover(); a() }()
panic("outer")`: "panic: outer [recovered]\n\tpanic: first\n\tpanic: second",
		`defer func() { r := recover(); panic(r) }()
panic([]int{1})`: "panic: ([]int) [1] [recovered, repanicked]",
	} {
		_, r := nb.exec(src)
		if r.Failure == nil {
			t.Errorf("%s did not fail", src)
			continue
		}
		text := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(strings.Join(r.Failure.Traceback, "\n"), "")
		if got, _, _ := strings.Cut(text, "\n\n"); got != want {
			t.Errorf("%s\ngives\n%s\nwant\n%s", src, got, want)
		}
	}
}

func TestContract11_Panics(t *testing.T) {
	nb := open(t)
	for src, want := range map[string]string{
		`panic("boom")`:                              "boom",
		`a := []int{1}; i := 5; a[i]`:                "runtime error: index out of range [5] with length 1",
		`var m map[string]int; m["a"] = 1`:           "assignment to entry in nil map",
		`var p *struct{ x int }; p.x`:                "runtime error: invalid memory address or nil pointer dereference",
		`a, b := 1, 0; a / b`:                        "runtime error: integer divide by zero",
		`var v any = "s"; v.(int)`:                   "interface conversion: interface {} is string, not int",
		`ch := make(chan int); close(ch); close(ch)`: "close of closed channel",
		`var wg sync.WaitGroup; wg.Done()`:           "sync: negative WaitGroup counter",
		`panic(fmt.Errorf("wrapped %w", io.EOF))`:    "wrapped EOF",
		`s := []int{1,2,3}; n := 5; s[:n]`:           "runtime error: slice bounds out of range [:5] with capacity 3",
		`type E struct{ c int }; func (e E) Error() string { return fmt.Sprint("code ", e.c) }; panic(E{3})`: "code 3",
	} {
		_, r := nb.exec(src)
		if r.Failure == nil || r.Failure.Value != want {
			t.Errorf("%s: got %v, want %s", src, r.Failure, want)
		}
	}
	_, r := nb.exec(`func inner(i int) int { return []int{1}[i] }
func outer() int {
	return inner(3)
}
outer()`)
	got := strings.Join(r.Failure.Traceback, "\n")
	for _, want := range []string{"goroutine ", "main.inner(...)\n\tcell 12 line 1", "main.outer(...)\n\tcell 12 line 3", "main(...)\n\tcell 12 line 5"} {
		if !strings.Contains(got, want) {
			t.Errorf("traceback lacks %q:\n%s", want, got)
		}
	}
	if got := nb.run(`func safe() (err error) {
	defer func() { if r := recover(); r != nil { err = fmt.Errorf("recovered: %v", r) } }()
	var m map[int]int
	m[1] = 2
	return nil
}
safe()`); !strings.Contains(got, "recovered: assignment to entry in nil map") {
		t.Errorf("recover: %s", got)
	}
}

func TestContract12_Deadlock(t *testing.T) {
	nb := open(t)
	for _, src := range []string{
		"ch := make(chan int)\nch <- 1",
		"ch := make(chan int)\n<-ch",
		"select {}",
		"var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
		"ch := make(chan int)\nfor range ch {}",
	} {
		start := time.Now()
		_, r := nb.exec(src)
		if r.Failure == nil || r.Failure.Name != "deadlock" {
			t.Errorf("%s: %v", src, r.Failure)
			continue
		}
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("%s: took %v", src, d)
		}
		if tb := strings.Join(r.Failure.Traceback, "\n"); !strings.Contains(tb, "main, cell") {
			t.Errorf("%s: %s", src, tb)
		}
	}
}

// The call of a program's main is nowhere in a cell, and not in a report.
func TestContract12_DeadlockOfAProgram(t *testing.T) {
	nb := open(t)
	_, r := nb.exec("package main\n\nfunc main() {\n\tselect {}\n}")
	if r.Failure == nil {
		t.Fatal("no deadlock")
	}
	trace := strings.Join(r.Failure.Traceback, "\n")
	if !strings.Contains(trace, "main.main, cell 1 line 4") || strings.Contains(trace, "cell 0") {
		t.Error(trace)
	}
}

func TestContract13_Interrupt(t *testing.T) {
	nb := open(t)
	nb.run("total := 0\nvar mu sync.Mutex")
	for _, src := range []string{
		"for {}",
		"func deep(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }\nfor { deep(1000) }",
		"for { _ = make([]byte, 1000); total++ }",
		"<-make(chan int)\n_ = time.NewTicker(time.Hour)",
		"time.Sleep(time.Hour)",
		"mu.Lock()\ndefer mu.Unlock()\nfor { total++ }",
		"sort.Slice(make([]int, 10), func(i, j int) bool { for { total++ } })",
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		nb.n++
		start := time.Now()
		r := nb.e.Execute(ctx, session.Cell{Number: nb.n, Source: src}, &transcript{})
		cancel()
		if r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Errorf("%s: %v", src, r.Failure)
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("%s: took %v", src, d)
		}
	}
	if got := nb.run("mu.Lock()\nmu.Unlock()\ntotal > 0"); got != "=> true" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestContract8_Input(t *testing.T) {
	nb := open(t)
	if got := nb.run(`var a, b int
n, err := fmt.Scan(&a, &b)
a + b`, "3 4"); got != "=> 7" {
		t.Errorf("Scan: %s", got)
	}
	nb = open(t)
	if got := nb.run(`line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
line`, "hello there"); got != `=> "hello there\n"` {
		t.Errorf("ReadString: %s", got)
	}
	_, r := nb.exec(`os.Exit(3)`)
	if r.Failure == nil || r.Failure.Value != "exit status 3" {
		t.Errorf("os.Exit: %v", r.Failure)
	}
}

func TestGenericsFromSource(t *testing.T) {
	nb := open(t)
	for src, want := range map[string]string{
		`s := []int{3, 1, 2}; slices.Sort(s); s`:                                         "=> [1 2 3]",
		`slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2}))`:                       "",
		`f := sync.OnceValue(func() int { return 42 }); f() + f()`:                       "=> 84",
		`var p atomic.Pointer[int]; n := 5; p.Store(&n); *p.Load()`:                      "=> 5",
		`type T struct{ a int }; var p atomic.Pointer[T]; p.Store(&T{7}); p.Load().a`:    "=> 7",
		`for i, v := range slices.Backward([]string{"a", "b"}) { fmt.Print(i, v, " ") }`: "1b 0a ",
		`func gen(n int) iter.Seq[int] { return func(yield func(int) bool) { for i := range n { if !yield(i) { return } } } }; sum := 0; for v := range gen(10) { if v == 5 { break }; sum += v }; sum`: "=> 10",
	} {
		got := nb.run(src)
		if want != "" && got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

func TestContract16_Assist(t *testing.T) {
	nb := open(t)
	nb.run("type Point struct{ X, Y int }\n// Norm is the length.\nfunc (p Point) Norm() float64 { return math.Hypot(float64(p.X), float64(p.Y)) }\npt := Point{3, 4}")
	for src, want := range map[string]string{
		"pt.":                   "Norm",
		"fmt.Printl":            "Println",
		"pt.No":                 "Norm",
		"x := pt; x.":           "X",
		"%gor":                  "%goroutines",
		"func f(abcd int) { ab": "abcd",
	} {
		c, err := nb.e.Complete(context.Background(), src, len(src))
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		found := false
		for _, m := range c.Matches {
			found = found || m.Text == want
		}
		if !found {
			t.Errorf("%s: no %s in %v", src, want, c.Matches)
		}
	}
	in, err := nb.e.Inspect(context.Background(), "pt.Norm()", 4, 0)
	if err != nil || !in.Found || !strings.Contains(in.Bundle.Data["text/plain"].(string), "length") {
		t.Errorf("inspect: %+v %v", in, err)
	}
}

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
			t.Errorf("%s\nis leaked while later cells see the channel:\n%s", src, sched.Text(r.Leaked))
		}
		nb.run(src)
		nb.e.sched.Settle(time.Second)
		r := nb.e.sched.Leaks()
		if len(r.Leaked) != 1 || r.Leaked[0].Cell != 1 {
			t.Errorf("%s\nrun twice: leaked are\n%s", src, sched.Text(r.Leaked))
		}
	}
}

// What a function that stays in use as it was refers to stays, too.
func TestContract3_OldValueOfARedeclaredVariable(t *testing.T) {
	nb := open(t)
	nb.run(`data := []int{1, 2, 3}
func sum() (s int) { for _, x := range data { s += x }; return s }
func Each[T any](f func(int) T) (out []T) { for _, x := range data { out = append(out, f(x)) }; return out }
later := make(chan bool)
go func() { <-later; fmt.Println(data, len(Each(func(x int) string { return "" }))) }()`)
	first := nb.run(`data := "text"`)
	runtime.GC()
	runtime.GC()
	if got := nb.run(`sum()`); first != "" || got != "=> 6" {
		t.Errorf("sum() = %s", got)
	}
	tr, _ := nb.exec(`later <- true`)
	nb.e.Flush()
	_ = tr
	if got := nb.run(`len(Each(func(x int) int { return x }))`); got != "=> 3" {
		t.Errorf("a generic function: %s", got)
	}
}
