package check

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/facade/facadetest"
	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/stdlib"
)

// engine is an Environment in which runs end as outcome says.
type engine struct {
	outcome func(n int) explore.Outcome // of the n'th run
	err     error
	runs    []explore.Seed
	shown   int
	told    []string
}

// errOver is what end panics with: a run that is ended ends at once.
var errOver = errors.New("over")

func (e *engine) run(seed explore.Seed, show bool, f func(elapsed func() time.Duration, end func())) (explore.Run, error) {
	if e.err != nil {
		return explore.Run{}, e.err
	}
	e.runs = append(e.runs, seed)
	if show {
		e.shown++
	}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(errOver) {
				panic(r)
			}
		}()
		now := -2 * time.Second
		f(func() time.Duration { now += 2 * time.Second; return now }, func() { panic(errOver) })
	}()
	var o explore.Outcome
	if e.outcome != nil {
		o = e.outcome(len(e.runs) - 1)
	}
	return explore.Run{Outcome: o, Steps: 10}, nil
}

func (e *engine) api() *api {
	tell := func(format string, args ...any) { e.told = append(e.told, fmt.Sprintf(format, args...)) }
	return &api{checker{Environment{
		Run:    e.run,
		Fail:   func(value string, report []string) { tell("fails: %s (%d lines)", value, len(report)) },
		Say:    func(line string) { tell("says: %s", line) },
		Judged: func(name string, ok bool) { tell("judged: %s %v", name, ok) },
		Answer: func(number int, answer string) { tell("answer: %d %s", number, answer) },
		Score:  func() { tell("score") },
	}}}
}

// ends are runs that all end like that.
func ends(o explore.Outcome) func(int) explore.Outcome {
	return func(int) explore.Outcome { return o }
}

func TestDeclare(t *testing.T) {
	facadetest.Run(t, Package(), Bind(Environment{}), func(fset *token.FileSet) types.Importer { return stdlib.NewImporter(fset) })
}

// A function is called for each size, and for each under several schedules; one that
// does not ask for a size is called for one.
func TestHowOften(t *testing.T) {
	for _, c := range []struct {
		name string
		how  []Option
		asks bool
		want string
		runs int
	}{
		{"no size", nil, false, "✓ f: right under 40 schedules, with no race and nothing left over", 40},
		{"sizes", nil, true, "✓ f: right with 5 sizes under 200 schedules, with no race and nothing left over", 200},
		{"sizes of one's own", []Option{(*api)(nil).Sizes(4, 5), (*api)(nil).Schedules(3)}, true, "✓ f: right with 2 sizes under 6 schedules, with no race and nothing left over", 6},
		{"one schedule", []Option{(*api)(nil).Schedules(1)}, false, "✓ f: right under 1 schedule, with no race and nothing left over", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &engine{}
			var sizes []int
			ok, report := e.api().Try("f", func(t *T) {
				if c.asks {
					sizes = append(sizes, t.Size())
				}
			}, c.how...)
			if !ok || !slices.Equal(report, []string{c.want}) || len(e.runs) != c.runs {
				t.Errorf("%v after %d runs: %q", ok, len(e.runs), report)
			}
			if c.asks && !slices.IsSorted(sizes) {
				t.Errorf("the sizes are %v", sizes)
			}
			if len(e.runs) > 1 && e.runs[0].String() == e.runs[1].String() {
				t.Errorf("two runs have the seed %v", e.runs[0])
			}
		})
	}
}

// The first run in which something is wrong is told: what, a hint, and how to see it
// again.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name    string
		f       func(t *T)
		outcome explore.Outcome
		how     []Option
		want    []string // parts of the report; none if all is well
	}{
		{"a panic", func(*T) {}, explore.Outcome{Kind: explore.Panicked, Message: "no"}, nil,
			[]string{"✗ f: it does not panic", "  panic: no", "  hint: send on a closed channel", `check.Only(0, `}},
		{"a deadlock", func(t *T) { t.Size() }, explore.Outcome{Kind: explore.Deadlocked, Message: "all", Goroutines: []string{"at line 3"}}, nil,
			[]string{"✗ f: it ends (with size 1)", "  goroutines that are left:", "    at line 3", `check.Only(1, `}},
		{"a race", func(*T) {}, explore.Outcome{Races: []string{"x"}}, nil, []string{"✗ f: no data races", "  race: x"}},
		{"a leak", func(*T) {}, explore.Outcome{Kind: explore.Leaked}, nil, []string{"no goroutine is left waiting"}},
		{"a leak that is allowed", func(*T) {}, explore.Outcome{Kind: explore.Leaked}, []Option{(*api)(nil).AllowLeft()}, nil},
		{"what it prints", func(*T) {}, explore.Outcome{Kind: explore.Exited, Output: strings.Repeat("line\n", 10)}, nil,
			[]string{"it does not exit", "  it printed:", "    line", "    … 2 more lines"}},
		{"a wrong answer", func(t *T) { t.Hint("think"); t.Equal(3, 4, "the sum") }, explore.Outcome{}, nil, []string{"✗ f: the sum", "  got 3, want 4", "  hint: think"}},
		{"a right answer", func(t *T) {
			t.Equal(4, 4, "the sum")
			t.Want(t.Elapsed() == 0, "no time goes by")
			t.Within(time.Minute, "it is fast", func() {})
		}, explore.Outcome{}, nil, nil},
		{"not so", func(t *T) { t.Want(false, "it is so") }, explore.Outcome{}, nil, []string{"✗ f: it is so"}},
		{"too slow", func(t *T) { t.Within(time.Second, "it is fast", func() {}) }, explore.Outcome{}, nil, []string{"✗ f: it is fast", "  it took 2s, want 1s at most"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, report := (&engine{outcome: ends(c.outcome)}).api().Try("f", c.f, c.how...)
			text := strings.Join(report, "\n")
			if ok != (c.want == nil) {
				t.Errorf("%v: %s", ok, text)
			}
			for _, part := range c.want {
				if !strings.Contains(text, part) {
					t.Errorf("the report has no %q:\n%s", part, text)
				}
			}
		})
	}
}

// One run can be seen again.
func TestOnly(t *testing.T) {
	seed := explore.Walk(3).String()
	e := &engine{}
	size := 0
	if ok, report := e.api().Try("f", func(t *T) { size = t.Size() }, (*api)(nil).Only(7, seed)); !ok || size != 7 || e.shown != 1 || e.runs[0].String() != seed || report[0] != "✓ f: this run is right" {
		t.Errorf("%v with size %d, shown %d, %q", ok, size, e.shown, report)
	}
	if ok, report := e.api().Try("f", func(*T) {}, (*api)(nil).Only(7, "no seed")); ok || len(report) != 1 {
		t.Errorf("%v %q", ok, report)
	}
	e.outcome = ends(explore.Outcome{Kind: explore.Endless})
	if ok, report := e.api().Try("f", func(*T) {}, (*api)(nil).Only(0, seed)); ok || strings.Contains(strings.Join(report, ""), "see this run again") {
		t.Errorf("%v %q", ok, report)
	}
	for _, how := range [][]Option{nil, {(*api)(nil).Only(0, seed)}} {
		if ok, report := (&engine{err: errors.New("stopped")}).api().Try("f", func(*T) {}, how...); ok || report[0] != "stopped" {
			t.Errorf("of a caller that is stopped: %v %q", ok, report)
		}
	}
}

// Run tells the session, and fails its cell where something is wrong.
func TestRun(t *testing.T) {
	e := &engine{}
	a := e.api()
	a.Run("good", func(*T) {}, a.Schedules(1))
	e.outcome = ends(explore.Outcome{Kind: explore.Raced})
	a.Run("bad", func(*T) {}, a.Schedules(1))
	a.Answer(3, "b")
	a.Score()
	want := []string{
		"judged: good true", "says: ✓ good: right under 1 schedule, with no race and nothing left over",
		"judged: bad false", "fails: bad is not right yet (3 lines)",
		"answer: 3 b", "score",
	}
	if !slices.Equal(e.told, want) {
		t.Errorf("told %q, want %q", e.told, want)
	}
}

func TestShort(t *testing.T) {
	if got := short(strings.Repeat("ä", 200)); got != strings.Repeat("ä", 120)+"…" {
		t.Errorf("it is %q", got)
	}
}
