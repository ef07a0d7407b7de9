package sessiontest

import (
	"regexp"
	"strings"
	"time"
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
