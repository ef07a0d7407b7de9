package explore

import (
	"strings"
	"testing"
	"time"
)

// Each way to end has words of its own, and is bad or not.
func TestHeadlines(t *testing.T) {
	two := []string{"a", "b"}
	for want, o := range map[string]Outcome{
		"ends":                               {Output: "x"},
		"ends, and prints nothing":           {},
		"1 goroutine left over":              {Kind: Left, Goroutines: two[:1]},
		"exit status 1":                      {Kind: Exited, Message: "exit status 1"},
		"no end: steps":                      {Kind: Endless, Message: "steps"},
		"leak: 2 goroutines can never go on": {Kind: Leaked, Goroutines: two},
		"data race":                          {Kind: Raced},
		"deadlock: all":                      {Kind: Deadlocked, Message: "all"},
		"panic: no":                          {Kind: Panicked, Message: "no"},
		"fatal error: no":                    {Kind: Fatal, Message: "no"},
	} {
		if got := o.Headline(); got != want {
			t.Errorf("it is said %q, want %q", got, want)
		}
		good := strings.HasPrefix(want, "ends") || strings.Contains(want, "left over") || strings.HasPrefix(want, "exit")
		if o.Bad() == good {
			t.Errorf("%q is bad: %v", want, o.Bad())
		}
	}
}

// A table says what was tried.
func TestSummaries(t *testing.T) {
	table := func(all, short bool, took time.Duration, outputs ...string) *Table {
		x := &Table{All: all, Short: short, Took: took}
		for _, output := range outputs {
			x.Add(Run{Outcome: Outcome{Output: output}})
		}
		return x
	}
	for want, x := range map[string]*Table{
		"there is one schedule only, and it was tried":                                     table(true, false, 0, "a"),
		"all 2 schedules tried in 3ms: the cell always ends in the same way":               table(true, false, 3*time.Millisecond, "a", "a"),
		"1 schedule tried in 1.23s: the cell always ends in the same way":                  table(false, false, 1234*time.Millisecond, "a"),
		"3 schedules tried in 0s: the cell can end in 2 ways (there was no time for more)": table(false, true, 0, "a", "b", "a"),
	} {
		if got := x.Summary(); got != want {
			t.Errorf("it is said %q, want %q", got, want)
		}
	}
	if got := cutShort(strings.Repeat("ä", 100)); got != strings.Repeat("ä", maxWidth)+"…" {
		t.Errorf("a long line is %q", got)
	}
}
