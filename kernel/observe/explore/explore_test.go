package explore

import (
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/sched/control"
)

func TestSeeds(t *testing.T) {
	tests := []struct {
		seed Seed
		text string
	}{
		{Walk(17), "w17"},
		{Priorities(3, 2, 80), "p2x80n3"},
		{Steps(nil), "s0"},
		{Steps([]int{0, 0}), "s0"},
		{Steps([]int{1, 0, 2, 0, 0}), "s102"},
		{Steps([]int{0, 0, 0, 1}), "sa1"},
		{Steps(append(make([]int, 30), 12)), "sz00(12)"},
	}
	for _, test := range tests {
		if got := test.seed.String(); got != test.text {
			t.Errorf("%+v is %s, want %s", test.seed, got, test.text)
		}
		back, err := ParseSeed(test.text)
		if err != nil || back.String() != test.text {
			t.Errorf("%s: %v, %v", test.text, back, err)
		}
	}
	for _, bad := range []string{"", "w", "w-1", "wx", "p", "p0x1n1", "p1x0n1", "p1n2", "s(", "s(1", "s!", "x1", "17"} {
		if s, err := ParseSeed(bad); err == nil {
			t.Errorf("%q is %v", bad, s)
		}
	}
}

func FuzzParseSeed(f *testing.F) {
	for _, s := range []string{"w17", "p2x80n3", "s0120c1", "s(12)z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		seed, err := ParseSeed(text)
		if err != nil {
			return
		}
		again, err := ParseSeed(seed.String())
		if err != nil || again.String() != seed.String() {
			t.Errorf("%q is %s, which is %s: %v", text, seed, again, err)
		}
		strategy := seed.Strategy()
		for n := 1; n < 5; n++ {
			candidates := make([]control.Candidate, n)
			for i := range candidates {
				candidates[i].Thread = i
			}
			if i := strategy.Next(n-1, candidates); i < 0 || i >= n {
				t.Errorf("%s chose %d of %d", seed, i, n)
			}
			if i := strategy.Pick(n + 1); i < 0 || i > n {
				t.Errorf("%s picked %d of %d", seed, i, n+1)
			}
		}
	})
}

// TestExhaustive goes through the orders of steps of two threads with three steps
// each, which have nothing, or all, in common.
func TestExhaustive(t *testing.T) {
	run := func(shared, whole bool) (complete, cut int) {
		x := Exhaustive{Whole: whole}
		for {
			s := x.Strategy()
			left := []int{3, 3}
			last := -1
			for left[0]+left[1] > 0 {
				var candidates []control.Candidate
				for thread, n := range left {
					if n > 0 {
						object := 1 + thread
						if shared {
							object = 1
						}
						candidates = append(candidates, control.Candidate{Thread: thread, Objects: []int{object}})
					}
				}
				i := s.Next(last, candidates)
				if i < 0 {
					break
				}
				last = candidates[i].Thread
				left[last]--
			}
			if x.Cut() {
				cut++
			} else {
				complete++
			}
			if !x.More() {
				return complete, cut
			}
		}
	}
	for _, test := range []struct {
		shared, whole bool
		want          int
	}{{true, false, 20}, {true, true, 20}, {false, true, 20}, {false, false, 1}} {
		if complete, cut := run(test.shared, test.whole); complete != test.want {
			t.Errorf("%+v: %d schedules, and %d cut short", test, complete, cut)
		}
	}
}

func TestTable(t *testing.T) {
	var table Table
	for i := range 30 {
		r := Run{Seed: Walk(uint64(i)), Steps: 10 + i, Changes: i, Outcome: Outcome{Output: "fine\n"}}
		if i%10 == 3 {
			r.Outcome = Outcome{Kind: Deadlocked, Message: "all goroutines are asleep", Goroutines: []string{"main, waits: <chan receive>"}}
		}
		table.Add(r)
	}
	table.Took = 1234 * time.Millisecond
	table.Outside = []string{"IO wait"}
	text := table.Text()
	for _, want := range []string{"30 schedules tried in 1.23s: the cell can end in 2 ways", "     3   10 %  w3 ", "    27   90 %  w0 ", "prints │ fine", "not under control: IO wait"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %q", text, want)
		}
	}
	if strings.Index(text, "deadlock") > strings.Index(text, "fine") {
		t.Error("the worst does not come first")
	}
	rare := Run{Seed: Walk(99), Outcome: table.Rows()[0].Outcome}
	rare.Outcome.Output = "rare\n"
	table.Add(rare)
	if worst := table.Worst(); worst.Outcome.Output != "rare\n" {
		t.Errorf("of the worst it is not the rarest: %v", worst)
	}
	page := table.HTML()
	for _, want := range []string{"<code>%%replay w3</code>", "&lt;chan receive&gt;", "✗ deadlock"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s\nlacks %q", page, want)
		}
	}
	for i := range 50 {
		table.Add(Run{Outcome: Outcome{Output: strings.Repeat("x\n", i)}})
	}
	if text := table.Text(); !strings.Contains(text, "more") || strings.Count(text, "\n") > 12*maxRows {
		t.Error(text)
	}
}

func TestAlike(t *testing.T) {
	got := strings.Join(Alike([]string{"main, waits", "b", "a", "b"}), "|")
	if got != "main, waits|a|2 × b" {
		t.Error(got)
	}
}
