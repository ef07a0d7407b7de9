package engine

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

// Waits for the network are unwound with their deferred calls, and what they
// waited on goes on working.
func TestContract13_InterruptNetwork(t *testing.T) {
	nb := open(t)
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
		r := nb.e.Execute(ctx, session.Cell{Number: nb.n, Source: src}, tr)
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
func TestContract15_StateInCompiledCode(t *testing.T) {
	nb := open(t)
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
		got = sched.Text(nb.e.sched.List())
	}
	nb.run(`%kill all`)
}
