package engine

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

func TestContract15_OneGoroutine(t *testing.T) {
	nb := open(t)
	nb.run(`var mu sync.Mutex
gate := make(chan int)
func hold() {
	mu.Lock()
	<-gate
}
func want() { mu.Lock() }
go hold()
time.Sleep(20 * time.Millisecond)
go want()
time.Sleep(20 * time.Millisecond)`)
	numbers := map[string]string{}
	tr, _ := nb.exec("%goroutines")
	table := ""
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok {
			table += d.Bundle.Data["text/plain"].(string)
		}
	}
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) > 6 {
			numbers[f[6]] = f[0]
		}
	}
	holder, waiter := numbers["main.hold"], numbers["main.want"]
	for n, want := range map[string][]string{
		holder:  {"goroutine " + holder + " [chan receive] on gate", "cell 1 line 5: <-gate", "started", "cell 1 line 8: go hold()", "it has mu, for which waits: goroutine " + waiter + " (main.want)"},
		waiter:  {"[sync.Mutex.Lock] on mu", "cell 1 line 7: func want() { mu.Lock() }", "could wake it: goroutine " + holder + " (main.hold), which has mu"},
		"999":   {"there is no goroutine 999"},
		"seven": {"%goroutines is written"},
	} {
		tr, r := nb.exec("%goroutines " + n)
		said := tr.stdout()
		if r.Failure != nil {
			said = r.Failure.Value
		}
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%%goroutines %s: no %q in\n%s", n, w, said)
			}
		}
	}
	nb.run("gate <- 1")
}

// The result of a cell says how many goroutines live on.
func TestContract15_GoroutinesThatLiveOn(t *testing.T) {
	nb := open(t)
	for _, c := range []struct {
		source      string
		own, others int
	}{
		{source: "1"},
		{source: "stop := make(chan int)\nfor range 3 {\n\tgo func() { <-stop }()\n}", own: 3},
		{source: "go func() { <-stop }()", own: 1, others: 3},
		{source: "panic(1)", others: 4},
		{source: "x :=", others: 4},
		{source: "%kill all"},
		{source: "1"},
	} {
		if _, r := nb.exec(c.source); r.Goroutines != c.own || r.Others != c.others {
			t.Errorf("%s: %d of its own and %d others live on, want %d and %d", c.source, r.Goroutines, r.Others, c.own, c.others)
		}
	}
}

func TestContract15_GoroutinesLive(t *testing.T) {
	nb := open(t)
	tr, r := nb.exec("%%goroutines live\nc := make(chan int)\ngo func() { c <- 1 }()\ntime.Sleep(300 * time.Millisecond)\n<-c;")
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	var shown []session.Display
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok {
			shown = append(shown, d)
		}
	}
	if len(shown) < 2 || shown[0].Update || !shown[1].Update || shown[0].ID == "" || shown[0].ID != shown[1].ID {
		t.Fatalf("%d tables: %+v", len(shown), shown)
	}
	if text := shown[0].Bundle.Data["text/plain"].(string); !strings.Contains(text, "chan send") || !strings.Contains(text, "sleep") {
		t.Errorf("the first table, while the cell runs:\n%s", text)
	}
	if tr, r := nb.exec("%goroutines live\ntime.Sleep(time.Millisecond)"); r.Failure != nil || len(tr.events) == 0 {
		t.Errorf("as a line: %v", r.Failure)
	}
	if _, r := nb.exec("%%goroutines dead\n1"); r.Failure == nil || !strings.Contains(r.Failure.Value, "%%goroutines live") {
		t.Errorf("a mistyped word: %v", r.Failure)
	}
}
