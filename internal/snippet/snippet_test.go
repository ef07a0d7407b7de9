package snippet_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/run"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/control"
)

func compiled(t *testing.T, src string) *snippet.Snippet {
	s := snippet.Build(t, src)
	return s.On(run.New(s.Config("")))
}

// What comes of a run is told in the words of goldens.
func TestGoldenWords(t *testing.T) {
	for src, want := range map[string]string{
		`func f() { println("out") }`: "out\n",
		`func f() { panic("oh") }`:    "panic oh\n",
		`func f() { select {} }`:      "fatal error all goroutines are asleep - deadlock!\n",
		"import \"os\"\nfunc f() { os.Stdout.WriteString(\"x\\n\"); os.Exit(3) }": "x\nexit 3\n",
	} {
		if got := compiled(t, src).Run("f").Golden(); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := compiled(t, `func f() { for {} }`).RunContext(ctx, "f").Golden(); got != "interrupted\n" {
		t.Errorf("a run that is interrupted: %q", got)
	}
}

func TestRuns(t *testing.T) {
	const src = `
import ("fmt"; "time")
var n int
func init() { n++ }
func f() { n++; println(n); c := make(chan bool); go func() { c <- true }(); <-c; time.Sleep(time.Hour) }
func g() { println(n); var s string; fmt.Scan(&s); println(s) }
`
	s := compiled(t, src)
	tape := new(snippet.Tape)
	if r := s.RunControlled("f", new(control.Fair), tape); r.Printed != "2\n" || r.Outcome.Kind != sched.Returned {
		t.Errorf("under control: %q, %v", r.Printed, r.Outcome.Kind)
	}
	if text := tape.String(); !strings.Contains(text, "write8 n :4\n") || !strings.Contains(text, "send c :5\n") {
		t.Errorf("told was\n%s", text)
	}
	s.Input = []string{"word"}
	if r := s.Call("g"); r.Stderr != "2\nword\n" {
		t.Errorf("another call: %q", r.Stderr)
	}
	if r := s.RunStopped("f", "sleep"); r.Outcome.Kind != sched.Interrupted {
		t.Errorf("stopped: %v", r.Outcome.Kind)
	}
	if d := s.Dump("f"); !strings.HasPrefix(d, "f()\ncell 1 line 5;") {
		t.Errorf("the dump is\n%s", d)
	}
}

// An observed run does what another does, and is told; a function can be run on a goroutine
// of a cell by itself; who asks for input that there is not waits.
func TestRunsOtherwise(t *testing.T) {
	const src = `
import "fmt"
var n int
func f() { n++; c := make(chan bool, 1); c <- true; println(n) }
func g() { var s string; fmt.Scan(&s) }
`
	s := compiled(t, src)
	tape := new(snippet.Tape)
	if r := s.RunObserved("f", &sched.Observation{Detector: tape}); r.Printed != "1\n" || r.Outcome.Kind != sched.Returned {
		t.Errorf("observed: %q, %v", r.Printed, r.Outcome.Kind)
	}
	if text := tape.String(); !strings.Contains(text, "write8 n :4\n") || !strings.Contains(text, "send c :4") {
		t.Errorf("told was\n%s", text)
	}
	if r := s.Do(func(*sched.G) { panic("oh") }); r.Failed() != "oh" || r.Outcome.Kind != sched.Panicked {
		t.Errorf("a function that panics: %+v", r.Outcome)
	}
	if r := s.Do(func(*sched.G) {}); r.Failed() != "" || r.Outcome.Kind != sched.Returned || r.Printed != "" {
		t.Errorf("a function that does nothing: %+v", r.Outcome)
	}
	s.Input = []string{}
	if r := s.RunStopped("g", "input"); r.Outcome.Kind != sched.Interrupted {
		t.Errorf("a question without an answer: %v", r.Outcome.Kind)
	}
}

// Lines may come in another order only where there are goroutines.
func TestIs(t *testing.T) {
	p := snippet.Program{Src: "func f() {}", Want: "a\nb\n"}
	if !p.Is("a\nb\n") || p.Is("b\na\n") {
		t.Error("the order of lines is not looked at")
	}
	p.Src = "func f() { go func() {}() }"
	if !p.Is("b\na\n") || p.Is("b\n") {
		t.Error("the order of lines is looked at, or the lines are not")
	}
	if n := len(snippet.Programs(t)); n < 60 {
		t.Errorf("%d programs", n)
	}
}

func TestGolden(t *testing.T) {
	snippet.Golden(t, "golden.txtar", func(_ *testing.T, src string) string { return strings.ToUpper(src) })
}
