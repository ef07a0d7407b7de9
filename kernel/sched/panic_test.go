package sched

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

type calls []Place

func (c calls) Places(most int) []Place { return c[:min(most, len(c))] }

// A panic is told once, after those that it came upon, and one that is raised again
// with the same value as the one that it was.
func TestEndedWith(t *testing.T) {
	nb := newNotebook(t)
	nb.cell(func(g *G) {
		var list any = []int{1} // not comparable
		first := g.Panics(list, calls{{Func: "main.f", Line: 1}})
		if !first.Is(list) || first.Is([]int{1}) || (*Panicking)(nil).Is(nil) {
			t.Error("a panic is known by its value, bit by bit")
		}
		again := g.Panics(list, nil)
		again.CameUpon(first)
		last := g.Panics(errors.New("last"), calls{{Func: "main.g", Line: 2}})
		last.CameUpon(again)
		last.CameUpon(first) // which it knows
		if v := first.Recover(); fmt.Sprint(v) != "[1]" || first.Recover() != nil {
			t.Errorf("recovered %v, and then again", v)
		}
		if (*Panicking)(nil).Recover() != nil || NoPanic.Recover() != nil {
			t.Error("something was recovered without a panic")
		}
		for range 3 {
			g.PanicRecovered()
		}
		g.CarryPanic(last)
		chain := g.EndedWith()
		if len(chain) != 2 || fmt.Sprint(chain[0].Value) != "[1]" || !chain[0].Recovered || !chain[0].Repanicked ||
			fmt.Sprint(chain[1].Value) != "last" || chain[1].Recovered || chain[1].Trace[0].Func != "main.g" {
			t.Errorf("ended with %v", chain)
		}
		if chain := g.EndedWith(); chain != nil {
			t.Errorf("the panics are told again: %v", chain)
		}
	})
}

// What no program recovers from ends the process, in Go's words.
func TestFatal(t *testing.T) {
	if os.Getenv("GOSCHED_TEST_FATAL") != "" {
		at := make(calls, 60)
		for i := range at {
			at[i] = Place{Func: fmt.Sprint("main.f", i), Cell: 1, Line: i + 1}
		}
		newNotebook(t).cell(func(g *G) { g.Fatal(os.Stderr, "before\n", "it is over", at) })
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestFatal$")
	cmd.Env = append(os.Environ(), "GOSCHED_TEST_FATAL=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Errorf("ended with %v, want exit status 2", err)
	}
	got := stderr.String()
	if !strings.HasPrefix(got, "before\nfatal error: it is over\n\ngoroutine 1 [running]:\nmain.f0(...)\n\tcell 1 line 1\nmain.f1(...)\n") ||
		!strings.Contains(got, "main.f49(...)\n\tcell 1 line 50\n...additional frames elided...\n") || strings.Contains(got, "main.f50") {
		t.Errorf("reported\n%s", got)
	}
}
