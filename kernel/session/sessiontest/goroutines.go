package sessiontest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// A panic of an HTTP handler goes to package net/http, which logs it with a
// stack; that shows the handler's calls and nothing of the interpreter.
func contract11_PanicOfAHandler(t *T) {
	t.Setenv("GODEBUG", "tracebacklabels=1") // as in a worker
	nb := t.open()
	first, _ := nb.exec(`func bad() { panic("handler") }
srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
	bad()
}))`)
	if got := nb.run(`_, err := http.Post(srv.URL, "text/plain", nil)
fmt.Println(err != nil)`); got != "true\n" {
		t.Fatalf("the client: %q", got)
	}
	var text string
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(text, "created by") && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		text = first.stderr()
	}
	for _, want := range []string{"http: panic serving 127.0.0.1:", ": handler\n", " [running]:\n", "main.bad(...)\n\tcell 1 line 1\nmain.func1(...)\n\tcell 1 line 3\nnet/http."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing from the log:\n%s", want, text)
		}
	}
	if strings.Contains(text, "gosched") {
		t.Errorf("the interpreter is in the log:\n%s", text)
	}
	if got := nb.run(`srv.Close()
1 + 1`); got != "=> 2" {
		t.Errorf("after it: %s", got)
	}
}

// Waits for the network are unwound with their deferred calls, and what they
// waited on goes on working.
func contract13_InterruptNetwork(t *T) {
	nb := t.open()
	nb.run(`l, err := net.Listen("tcp", "127.0.0.1:0")
a, b := net.Pipe()
slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))`)
	for _, src := range []string{
		"defer fmt.Println(\"deferred\")\nbuf := make([]byte, 1)\na.Read(buf)",
		"defer fmt.Println(\"deferred\")\nl.Accept()",
		"defer fmt.Println(\"deferred\")\nhttp.Get(slow.URL)",
		"defer fmt.Println(\"deferred\")\nhttp.Serve(l, nil)",
		"defer fmt.Println(\"deferred\")\nexec.Command(\"sleep\", \"60\").Run()",
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		nb.n++
		tr := &transcript{}
		r := nb.s.Execute(ctx, session.Cell{Number: nb.n, Source: src}, tr)
		cancel()
		if r.Failure == nil || r.Failure.Name != "interrupted" || len(r.Failure.Traceback) > 2 {
			t.Errorf("%s: %+v", src, r.Failure)
		}
		if !strings.Contains(tr.stdout(), "deferred") {
			t.Errorf("%s: the deferred call did not run", src)
		}
	}
	if got := nb.run(`go b.Write([]byte("x"))
buf := make([]byte, 1)
n, err := a.Read(buf)
fmt.Println(n, err)`); got != "1 <nil>\n" {
		t.Errorf("the pipe afterwards: %s", got)
	}
}

// A goroutine that waits in compiled code is listed with what it waits for.
func contract15_StateInCompiledCode(t *T) {
	nb := t.open()
	nb.run(`ln, _ := net.Listen("tcp", "127.0.0.1:0")
go ln.Accept()
go http.Serve(ln, nil)
go func() { exec.Command("sleep", "5").Run() }()
go func() { for { } }()`)
	want := regexp.MustCompile(`(?s)Accept\s+IO wait.*http.Serve\s+IO wait.*main.func1 .*main.func2\s+running`)
	got := ""
	for deadline := time.Now().Add(10 * time.Second); !want.MatchString(got); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the goroutines are\n%s\nwant %s", got, want)
		}
		_, got = nb.goroutines()
	}
	nb.run(`%kill all`)
}

// Of goroutines that wait to send on one channel some are killed: the values of
// the others arrive, once each, whatever their type.
func contract13_KilledAmongSenders(t *T) {
	for typ, value := range map[string]string{
		"int":                  "i",
		"int32":                "int32(-i)",
		"int16":                "int16(i)",
		"uint8":                "uint8(i)",
		"bool":                 "i%2 == 0",
		"float64":              "math.NaN()",
		"string":               `fmt.Sprint("v", i)`,
		"*int":                 "&numbers[i]",
		"[]byte":               "[]byte{byte(i)}",
		"[]string":             "nil",
		"any":                  "i",
		"error":                "fmt.Errorf(\"error %d\", i)",
		"struct{}":             "struct{}{}",
		"struct{ a, b int32 }": "struct{ a, b int32 }{int32(i), 1}",
		"[3]string":            "[3]string{2: fmt.Sprint(i)}",
		"func()":               "func() {}",
		"chan<- int":           "make(chan int)",
	} {
		t.Run(typ, func(t *T) {
			nb := t.open()
			start := fmt.Sprintf("for i := range 20 { var v %s = %s; go func() { ch <- v }() }", typ, value)
			nb.run(fmt.Sprintf("var numbers [20]int\nch := make(chan %s)", typ))
			nb.run(start)
			nb.run(start)
			nb.run("for i := range 20 { var v " + typ + " = " + value + "; go func() { select { case ch <- v: case <-make(chan int): } }() }")
			until(func() bool { // all wait
				list, _ := nb.goroutines()
				for _, g := range list {
					if g.Waits == "" {
						return false
					}
				}
				return len(list) == 60
			})
			nb.run("%kill cell 2")
			if got := nb.run(`n := 0
for n < 40 {
	<-ch
	n++
}
select {
case v := <-ch:
	fmt.Println("also", v)
case <-time.After(30 * time.Millisecond):
}
n`); got != "=> 40" {
				t.Errorf("received %s", got)
			}
			if !until(func() bool { list, _ := nb.goroutines(); return len(list) == 0 }) {
				_, list := nb.goroutines()
				t.Errorf("goroutines are left:\n%s", list)
			}
		})
	}
}

func contract16_SubshellWakesMain(t *T) {
	nb := t.open()
	nb.run(`c := make(chan string)`)
	nb.s.SetSubshells(1)
	done := make(chan session.Result)
	go func() {
		done <- nb.s.Execute(context.Background(), session.Cell{Number: 2, Source: "<-c"}, &transcript{})
	}()
	select {
	case r := <-done:
		t.Fatalf("the waiting cell ended: %v", r.Failure)
	case <-time.After(1500 * time.Millisecond):
	}
	r := nb.s.Execute(context.Background(), session.Cell{Number: 3, Source: `c <- "hi"`, Subshell: "a"}, &transcript{})
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	if r := <-done; r.Failure != nil || r.Value.Data["text/plain"] != `"hi"` {
		t.Errorf("woken cell: %+v", r)
	}
}

// What compiled code calls back, on whatever goroutine, belongs to the cell that
// gave it the function: there it prints, and there it is listed.
func contract9_CallbacksBelongToTheirCell(t *T) {
	for name, start := range map[string]string{
		"go":                "go callback()",
		"time.AfterFunc":    "time.AfterFunc(time.Millisecond, callback)",
		"context.AfterFunc": "ctx, cancel := context.WithCancel(context.Background())\ncontext.AfterFunc(ctx, callback)\ntime.AfterFunc(time.Millisecond, cancel)",
		"WaitGroup.Go":      "var wg sync.WaitGroup\nwg.Go(callback)",
		"errgroup":          "import \"golang.org/x/sync/errgroup\"\nvar g errgroup.Group\ng.Go(func() error { callback(); return nil })",
		"HTTP handler": `srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { callback() }))
go http.Get(srv.URL)`,
		"sort.Slice in a goroutine": "go sort.Slice([]int{2, 1}, func(i, j int) bool { callback(); return i < j })",
		"sync.Once":                 "var once sync.Once\ngo once.Do(callback)",
		"a timer that is reset":     "t := time.AfterFunc(time.Hour, callback)\nt.Reset(time.Millisecond)",
		"a library's goroutine":     "r, w := io.Pipe()\ngo io.Copy(writerFunc(func([]byte) { callback() }), r)\nw.Write([]byte{1})",
		"started by another":        "go func() { go func() { go callback() }() }()",
	} {
		t.Run(name, func(t *T) {
			nb := t.open()
			nb.run(`release := make(chan bool)
called := make(chan bool, 10)
type writerFunc func([]byte)
func (f writerFunc) Write(b []byte) (int, error) { f(b); return len(b), nil }
func callback() {
	fmt.Println("called back")
	called <- true
	<-release
	fmt.Println("released")
	called <- true
}`)
			second, r := nb.exec(start)
			if r.Failure != nil {
				t.Fatal(r.Failure)
			}
			third, r := nb.exec("<-called\nfmt.Println(\"a later cell\")")
			if r.Failure != nil {
				t.Fatal(r.Failure)
			}
			waits := regexp.MustCompile(`(?m)^ *\d+ +2 .* main\.callback, cell 1 line 8 `)
			if !until(func() bool { _, list := nb.goroutines(); return waits.MatchString(list) }) {
				_, list := nb.goroutines()
				t.Errorf("no goroutine of cell 2 waits in the callback:\n%s", list)
			}
			nb.run("close(release)\n<-called")
			for deadline := time.Now().Add(5 * time.Second); !strings.Contains(second.stdout(), "released") && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
				nb.s.Flush()
			}
			if got := second.stdout(); !strings.HasPrefix(got, "called back\n") || !strings.Contains(got, "released\n") {
				t.Errorf("the cell that started it printed %q", got)
			}
			if got := third.stdout(); got != "a later cell\n" {
				t.Errorf("the cell that ran meanwhile printed %q", got)
			}
		})
	}
}

func contract9_AcrossCells(t *T) {
	nb := t.open()
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
func contract11_PanicWakesTheCell(t *T) {
	nb := t.open()
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
func contract11_PanicAfterPanic(t *T) {
	nb := t.open()
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
		text := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(strings.Join(r.Failure.Traceback, "\n"), "")
		if got, _, _ := strings.Cut(text, "\n\n"); got != want {
			t.Errorf("%s\ngives\n%s\nwant\n%s", src, got, want)
		}
	}
}

func contract11_Panics(t *T) {
	nb := t.open()
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

func contract12_Deadlock(t *T) {
	nb := t.open()
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
func contract12_DeadlockOfAProgram(t *T) {
	nb := t.open()
	_, r := nb.exec("package main\n\nfunc main() {\n\tselect {}\n}")
	if r.Failure == nil {
		t.Fatal("no deadlock")
	}
	trace := strings.Join(r.Failure.Traceback, "\n")
	if !strings.Contains(trace, "main.main, cell 1 line 4") || strings.Contains(trace, "cell 0") {
		t.Error(trace)
	}
}

func contract13_Interrupt(t *T) {
	nb := t.open()
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
		r := nb.s.Execute(ctx, session.Cell{Number: nb.n, Source: src}, &transcript{})
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

func contract16_Assist(t *T) {
	nb := t.open()
	nb.run("type Point struct{ X, Y int }\n// Norm is the length.\nfunc (p Point) Norm() float64 { return math.Hypot(float64(p.X), float64(p.Y)) }\npt := Point{3, 4}")
	for src, want := range map[string]string{
		"pt.":                   "Norm",
		"fmt.Printl":            "Println",
		"pt.No":                 "Norm",
		"x := pt; x.":           "X",
		"%gor":                  "%goroutines",
		"func f(abcd int) { ab": "abcd",
	} {
		c, err := nb.s.Complete(context.Background(), src, len(src))
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
	in, err := nb.s.Inspect(context.Background(), "pt.Norm()", 4, 0)
	if err != nil || !in.Found || !strings.Contains(in.Bundle.Data["text/plain"].(string), "length") {
		t.Errorf("inspect: %+v %v", in, err)
	}
}
