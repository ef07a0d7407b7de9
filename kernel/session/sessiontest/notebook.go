package sessiontest

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// A transcript is a sink that keeps everything.
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
		if s.Name == session.Stdout {
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

func (t *transcript) stderr() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.errs.String()
}

// A notebook runs cells in one session.
type notebook struct {
	t *T
	s session.Engine
	n int
}

func (t *T) open() *notebook {
	t.Helper()
	s, err := t.suite.open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &notebook{t: t, s: s}
}

func (nb *notebook) exec(src string, input ...string) (*transcript, session.Result) {
	nb.t.Helper()
	nb.n++
	tr := &transcript{input: input}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	r := nb.s.Execute(ctx, session.Cell{ID: "x", Number: nb.n, Source: src, AllowStdin: len(input) > 0}, tr)
	return tr, r
}

// interrupted is exec for a cell that is interrupted soon after it has begun, and returns
// how long it took from then on.
func (nb *notebook) interrupted(src string) (*transcript, session.Result, time.Duration) {
	nb.n++
	tr := &transcript{}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	var asked time.Time
	var watching sync.WaitGroup
	watching.Go(func() {
		for ctx.Err() == nil && !strings.Contains(tr.stderr(), "begun") {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(30 * time.Millisecond)
		asked = time.Now()
		cancel()
	})
	r := nb.s.Execute(ctx, session.Cell{ID: "x", Number: nb.n, Source: "println(\"begun\")\n" + src}, tr)
	ended := time.Now()
	cancel()
	watching.Wait()
	return tr, r, ended.Sub(asked)
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
		text, _ := r.Value.Data["text/plain"].(string)
		out += "=> " + text
	}
	return out
}

// A goroutine is a line of %goroutines.
type goroutine struct {
	Goroutine, Cell, Line  int
	Function, State, Waits string
	Leaked                 bool
}

// goroutines lists the goroutines as %goroutines does, for programs and as text.
func (nb *notebook) goroutines() (list []goroutine, text string) {
	nb.t.Helper()
	tr := &transcript{}
	if r := nb.s.Execute(context.Background(), session.Cell{Source: "%goroutines"}, tr); r.Failure != nil {
		nb.t.Fatalf("%%goroutines: %v", r.Failure)
	}
	for _, ev := range tr.events {
		d, ok := ev.(session.Display)
		if !ok {
			continue
		}
		text, _ = d.Bundle.Data["text/plain"].(string)
		b, err := json.Marshal(d.Bundle.Data["application/vnd.gosched.goroutines+json"])
		if err == nil {
			err = json.Unmarshal(b, &list)
		}
		if err != nil {
			nb.t.Fatalf("%%goroutines: %v", err)
		}
	}
	return list, text
}

// longest is when a cell is interrupted that does not end.
const longest = time.Minute

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// until waits until something holds.
func until(holds func() bool) bool {
	for deadline := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		if holds() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// testingRun is the value of go test's flag -run.
func testingRun() string {
	if f := flag.Lookup("test.run"); f != nil {
		return f.Value.String()
	}
	return ""
}
