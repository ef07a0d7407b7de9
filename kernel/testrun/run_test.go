package testrun

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// lines collects what is printed.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) print(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(s)
}

func TestRun(t *testing.T) {
	stdout := os.Stdout
	var out lines
	s := Suite{
		Tests: []testing.InternalTest{
			{Name: "TestGood", F: func(t *testing.T) { _, _ = os.Stdout.WriteString("printed\n") }},
			{Name: "TestBad", F: func(t *testing.T) { t.Run("sub", func(t *testing.T) { t.Error("no") }) }},
		},
		Examples: []testing.InternalExample{{Name: "ExampleBad", F: func() {}, Output: "x"}},
	}
	r, err := Run(t.Context(), s, Options{Print: out.print})
	if err != nil || r.OK || r.Ran != 3 || !slices.Equal(r.Failed, []string{"TestBad", "ExampleBad"}) {
		t.Errorf("the result is %+v, %v", r, err)
	}
	if text := out.text.String(); !strings.HasPrefix(text, "printed\n--- FAIL: TestBad") || !strings.Contains(text, "want:\nx\n") {
		t.Errorf("it prints %q", text)
	}
	if os.Stdout != stdout {
		t.Error("os.Stdout is another file afterwards")
	}
	if r, err := Run(t.Context(), s, Options{Run: "(", Print: out.print}); err == nil {
		t.Errorf("with a broken regular expression: %+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := Run(ctx, Suite{Tests: []testing.InternalTest{{Name: "TestX", F: func(*testing.T) { panic("it runs") }}}}, Options{Print: out.print}); err != nil || r.Ran != 0 {
		t.Errorf("after the end of the context: %+v, %v", r, err)
	}
}

func TestBenchmarks(t *testing.T) {
	const text = `BenchmarkA-8   	     100	       100 ns/op	      16 B/op	       1 allocs/op
BenchmarkA-8   	     100	       110 ns/op	      16 B/op	       1 allocs/op
BenchmarkA-8   	     100	       105 ns/op	      16 B/op	       1 allocs/op
BenchmarkA-8   	     100	       102 ns/op	      16 B/op	       1 allocs/op
BenchmarkB/sub=1-8   	     100	       200 ns/op	       0 B/op	       0 allocs/op
BenchmarkB/sub=1-8   	     100	       210 ns/op	       0 B/op	       0 allocs/op
BenchmarkB/sub=1-8   	     100	       205 ns/op	       0 B/op	       0 allocs/op
BenchmarkB/sub=1-8   	     100	       202 ns/op	       0 B/op	       0 allocs/op
`
	list, err := Benchmarks(text)
	if err != nil || len(list) != 2 || list[0].Name != "A" || list[1].Name != "B/sub=1" || list[0].Rounds != 4 {
		t.Fatalf("%+v, %v", list, err)
	}
	var b strings.Builder
	if err := WriteTable(&b, list); err != nil {
		t.Fatal(err)
	}
	const want = "B/sub=1 takes 1.97 times as long as A (p=0.029, n=4+4)\n"
	if got := b.String(); !strings.HasSuffix(got, want) || !strings.Contains(got, "103.5ns") || !strings.Contains(got, "16.00B") {
		t.Errorf("the table is\n%s\nwant at its end\n%s", got, want)
	}
	same, err := Benchmarks(text[:strings.Index(text, "BenchmarkB")] + strings.ReplaceAll(text[:strings.Index(text, "BenchmarkB")], "BenchmarkA", "BenchmarkC"))
	if err != nil || !strings.Contains(compare(&same[0], &same[1]), "do not differ") {
		t.Errorf("two of one: %v", err)
	}
}
