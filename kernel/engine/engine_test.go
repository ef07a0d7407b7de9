package engine

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// transcript is a sink that keeps everything.
type transcript struct {
	mu     sync.Mutex
	out    strings.Builder
	errs   strings.Builder
	events []session.Event
	input  []string
}

func (t *transcript) Emit(ev session.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events = append(t.events, ev)
	if s, ok := ev.(session.Stream); ok {
		if s.Name == "stdout" {
			t.out.WriteString(s.Text)
		} else {
			t.errs.WriteString(s.Text)
		}
	}
}

func (t *transcript) Input(context.Context, string, bool) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.input) == 0 {
		return "", io.EOF
	}
	line := t.input[0]
	t.input = t.input[1:]
	return line, nil
}

func (t *transcript) stdout() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.String()
}

// A notebook runs cells in one engine.
type notebook struct {
	t testing.TB
	e *Engine
	n int
}

func open(t testing.TB) *notebook {
	t.Helper()
	e, err := Open(Options{Kind: Direct, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return &notebook{t: t, e: e}
}

func (nb *notebook) exec(src string, input ...string) (*transcript, session.Result) {
	nb.t.Helper()
	nb.n++
	tr := &transcript{input: input}
	r := nb.e.Execute(context.Background(), session.Cell{ID: "x", Number: nb.n, Source: src, AllowStdin: len(input) > 0}, tr)
	return tr, r
}

// run is exec for a cell that must succeed; it returns what it printed and,
// after "=> ", what it showed.
func (nb *notebook) run(src string, input ...string) string {
	nb.t.Helper()
	tr, r := nb.exec(src, input...)
	if r.Failure != nil {
		nb.t.Fatalf("cell %d failed: %s\n%s", nb.n, r.Failure, strings.Join(r.Failure.Traceback, "\n"))
	}
	out := tr.stdout()
	if r.Value != nil {
		out += "=> " + r.Value.Data["text/plain"].(string)
	}
	return out
}

func TestSmoke(t *testing.T) {
	nb := open(t)
	t.Log(nb.run(`fmt.Println("hello", 1+2)`))
	t.Log(nb.run(`x := 41
x++
x`))
	t.Log(nb.run(`type P struct{ X, y int }
func (p P) String() string { return fmt.Sprintf("P<%d,%d>", p.X, p.y) }
ps := []P{{1, 2}, {3, 4}}
fmt.Println(ps, x)
fmt.Printf("%T %v %+v\n", ps[0], ps[0], ps)
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
fib(20)`))
}
