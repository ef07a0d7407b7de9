package sessiontest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

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
		tr, r, _ := nb.interrupted(src)
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
		_, r, took := nb.interrupted(src)
		if r.Failure == nil || r.Failure.Name != "interrupted" {
			t.Errorf("%s: %v", src, r.Failure)
		}
		if took > time.Second {
			t.Errorf("%s: took %v", src, took)
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
