// Package check is what cells import as gosched/check: it calls a function of the
// learner's many times, under control, and says in which run what was wrong. It knows
// what to try and how to tell it; running is the engine's.
package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/observe/explore"
)

// Environment is what runs functions.
type Environment struct {
	// Run calls f under a schedule, as the main function of an execution of its own
	// of which nothing goes on afterwards, and says how that ended. With show, what it
	// prints is shown. f is given its clock and what ends the run at once. The error
	// is that of a caller who is being stopped, or cannot be given one.
	Run func(seed explore.Seed, show bool, f func(elapsed func() time.Duration, end func())) (explore.Run, error)
	// Fail fails the caller's cell.
	Fail func(value string, report []string)
	// Say prints a line in it.
	Say func(line string)
	// Judged is told of each check, and of its verdict.
	Judged func(name string, ok bool)
	// Answer takes an answer to a question of the quiz, and Score sums them up.
	Answer func(number int, answer string)
	Score  func()
}

// A run is one call of the function.
type run struct {
	size     int
	sized    bool // the function has asked for the size
	hint     string
	elapsed  func() time.Duration
	end      func()
	property string // that does not hold, or empty
	detail   string
	broken   bool
}

// failed notes the first property that does not hold, and ends the run.
func (r *run) failed(property, detail string) {
	if !r.broken {
		r.broken, r.property, r.detail = true, property, detail
	}
	r.end()
}

// Defaults of the options.
const defaultSchedules = 40

var defaultSizes = []int{1, 2, 3, 10, 50}

// How long a check takes, but for one run of each size. What counts is the time on a
// processor: else a busy machine would try fewer schedules, and let wrong answers pass.
const (
	mostTime   = 2 * time.Second
	mostWaited = 20 * time.Second // by the clock
)

// checker implements session.
type checker struct{ e Environment }

func (c checker) say(line string) { c.e.Say(line) }

func (c checker) fail(name string, report []string) { c.e.Fail(name+" is not right yet", report) }

func (c checker) judged(name string, ok bool) { c.e.Judged(name, ok) }

func (c checker) answer(number int, answer string) { c.e.Answer(number, answer) }

func (c checker) score() { c.e.Score() }

// check implements session.
func (c checker) check(name string, f func(*T), o options) (ok bool, report []string) {
	if o.only {
		seed, err := explore.ParseSeed(o.seed)
		if err != nil {
			return false, []string{err.Error()}
		}
		return c.once(name, f, o, o.size, seed, true)
	}
	sizes, schedules := o.sizes, o.schedules
	if sizes == nil {
		sizes = defaultSizes
	}
	if schedules == 0 {
		schedules = defaultSchedules
	}
	start, spentBefore := time.Now(), spent()
	over := func(share, of time.Duration) bool {
		return spent()-spentBefore > mostTime*share/of || time.Since(start) > mostWaited*share/of
	}
	runs, steps, tried := 0, 0, 0
	for i, size := range sizes {
		for n := range schedules {
			if n > 0 && over(time.Duration(i+1), time.Duration(len(sizes))) {
				break
			}
			seed := explore.Walk(uint64(n / 2))
			if n%2 == 1 {
				seed = explore.Priorities(uint64(n/2), 2+n/2%3, steps/max(runs, 1)+1)
			}
			r := &run{size: size}
			did, err := c.call(r, f, seed, false)
			if err != nil {
				return false, []string{err.Error()}
			}
			if text := verdict(name, r, &did, o); text != nil {
				return false, append(text, again(r, seed))
			}
			runs, steps = runs+1, steps+did.Steps
			if !r.sized {
				sizes = sizes[:i+1]
			}
		}
		tried++
		if tried == len(sizes) {
			break
		}
	}
	return true, []string{passed(name, tried, runs)}
}

func (c checker) call(r *run, f func(*T), seed explore.Seed, show bool) (explore.Run, error) {
	return c.e.Run(seed, show, func(elapsed func() time.Duration, end func()) {
		r.elapsed, r.end = elapsed, end
		f(&T{r})
	})
}

// once makes one run.
func (c checker) once(name string, f func(*T), o options, size int, seed explore.Seed, show bool) (bool, []string) {
	r := &run{size: size}
	did, err := c.call(r, f, seed, show)
	if err != nil {
		return false, []string{err.Error()}
	}
	if text := verdict(name, r, &did, o); text != nil {
		return false, text
	}
	return true, []string{fmt.Sprintf("✓ %s: this run is right", name)}
}

func passed(name string, sizes, runs int) string {
	if sizes == 1 {
		return fmt.Sprintf("✓ %s: right under %s, with no race and nothing left over", name, count(runs, "schedule"))
	}
	return fmt.Sprintf("✓ %s: right with %d sizes under %s, with no race and nothing left over", name, sizes, count(runs, "schedule"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// again says how to see a run once more.
func again(r *run, seed explore.Seed) string {
	if r.sized {
		return fmt.Sprintf("  to see this run again: add check.Only(%d, %q) to check.Run", r.size, seed)
	}
	return fmt.Sprintf("  to see this run again: add check.Only(0, %q) to check.Run", seed)
}

// verdict says what is wrong with a run, or nothing.
func verdict(name string, r *run, did *explore.Run, o options) []string {
	out := &did.Outcome
	property, hint := "", r.hint
	switch {
	case r.broken:
		property = r.property
	case out.Kind == explore.Finished, out.Kind == explore.Left && o.left, out.Kind == explore.Leaked && o.left:
		if len(out.Races) == 0 {
			return nil
		}
		property = "no data races"
	default:
		property = properties[out.Kind]
	}
	if hint == "" && !r.broken {
		hint = hints[out.Kind]
	}
	head := fmt.Sprintf("✗ %s: %s", name, property)
	if r.sized {
		head += fmt.Sprintf(" (with size %d)", r.size)
	}
	report := []string{head}
	switch {
	case r.broken && r.detail != "":
		report = append(report, "  "+r.detail)
	case !r.broken && out.Message != "" && out.Kind != explore.Deadlocked:
		report = append(report, "  "+out.Headline())
	}
	for _, race := range out.Races {
		report = append(report, "  race: "+race)
	}
	if len(out.Goroutines) > 0 && !r.broken {
		report = append(report, "  goroutines that are left:")
		for _, g := range out.Goroutines {
			report = append(report, "    "+g)
		}
	}
	if printed := strings.TrimRight(out.Output, "\n"); printed != "" {
		report = append(report, "  it printed:")
		lines := strings.Split(printed, "\n")
		for i, l := range lines {
			if i == mostPrinted {
				report = append(report, fmt.Sprintf("    … %d more lines", len(lines)-i))
				break
			}
			report = append(report, "    "+l)
		}
	}
	if hint != "" {
		report = append(report, "  hint: "+hint)
	}
	return report
}

// mostPrinted is how many lines of a run's output are told.
const mostPrinted = 8

// properties are what every function is to have, by how a run ends that does not.
var properties = map[explore.Kind]string{
	explore.Left:       "no goroutine goes on when the function has returned",
	explore.Leaked:     "no goroutine is left waiting when the function has returned",
	explore.Raced:      "no data races",
	explore.Deadlocked: "it ends",
	explore.Endless:    "it ends",
	explore.Panicked:   "it does not panic",
	explore.Fatal:      "it does not crash",
	explore.Exited:     "it does not exit",
}

// hints are those that are given where the check gives none.
var hints = map[explore.Kind]string{
	explore.Left:       "wait for what you start: a sync.WaitGroup, or a channel that is closed at the end.",
	explore.Leaked:     "look at the line where it waits: who should have sent, received, closed or cancelled there, and has returned before?",
	explore.Raced:      "two goroutines use this memory, and nothing orders them: a mutex, a channel or an atomic does.",
	explore.Deadlocked: "everybody waits for somebody else: look at the lines above, and ask of each who could wake it.",
	explore.Endless:    "a loop waits for something that nobody does.",
	explore.Panicked:   "send on a closed channel, close twice, a negative counter and a nil map are the usual ones; in some order of events it happens.",
}

// short is a value as text that fits into a line.
func short(v any) string {
	const most = 120
	text := fmt.Sprintf("%v", v)
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
