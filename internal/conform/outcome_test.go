package main

import (
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/testenv"
)

func TestNativeEnd(t *testing.T) {
	const trace = "\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/x.go:3 +0x1d\nexit status 2\n"
	for _, tt := range []struct {
		stderr string
		code   int
		rest   string
		end    ending
	}{
		{"hello\n", 3, "hello\n", ending{endExit, "3"}},
		{"hello\n", 2, "hello\n", ending{endExit, "2"}},
		{"panic: not a trace\n", 2, "panic: not a trace\n", ending{endExit, "2"}},
		{"out\npanic: boom" + trace, 2, "out\n", ending{endPanic, "boom"}},
		{"panic: one [recovered]\n\tpanic: two" + trace, 2, "", ending{endPanic, "two"}},
		{"panic: one\n\ttwo" + trace, 2, "", ending{endPanic, "one\ntwo"}},
		{"panic: boom [recovered, repanicked]" + trace, 2, "", ending{endPanic, "boom"}},
		{"panic: (main.T) {…}" + trace, 2, "", ending{endPanic, "(main.T)"}},
		{"panic: at 0xc000012345 x" + trace, 2, "", ending{endPanic, "at 0x? x"}},
		{"a\nfatal error: all goroutines are asleep - deadlock!" + trace, 2, "a\n", ending{endFatal, "all goroutines are asleep - deadlock!"}},
	} {
		rest, end := nativeEnd(tt.stderr, tt.code)
		if rest != tt.rest || end != tt.end {
			t.Errorf("nativeEnd(%q, %d) = %q, %v; want %q, %v", tt.stderr, tt.code, rest, end, tt.rest, tt.end)
		}
	}
}

func TestFreedomOf(t *testing.T) {
	for _, tt := range []struct {
		texts []string
		want  freedom
	}{
		{[]string{"a\nb\n", "a\nb\n"}, exact},
		{[]string{"a\nb\n", "b\na\n"}, ordered},
		{[]string{"a 1ms\nb\n", "b\na 2.5s\n"}, numbers},
		{[]string{"a 1\n", "a 1\na 2\n"}, counts},
		{[]string{"a\n", "b\n"}, open},
	} {
		if got := freedomOf(tt.texts); got != tt.want {
			t.Errorf("freedomOf(%q) = %d, want %d", tt.texts, got, tt.want)
		}
	}
}

func TestCompare(t *testing.T) {
	ok := ending{endExit, "0"}
	runs := func(texts ...string) *native {
		n := &native{}
		for _, s := range texts {
			n.Runs = append(n.Runs, outcome{Stdout: s, End: ok})
		}
		return n
	}
	for _, tt := range []struct {
		name string
		n    *native
		got  outcome
		want string // what the difference is about; "" for none
	}{
		{"equal", runs("a\nb\n"), outcome{Stdout: "a\nb\n", End: ok}, ""},
		{"order", runs("a\nb\n"), outcome{Stdout: "b\na\n", End: ok}, "stdout line 1"},
		{"free order", runs("a\nb\n", "b\na\n"), outcome{Stdout: "b\na\n", End: ok}, ""},
		{"free order, other line", runs("a\nb\n", "b\na\n"), outcome{Stdout: "b\nc\n", End: ok}, "stdout line"},
		{"late", runs("a\nb\n"), outcome{Stdout: "b\na\n", End: ok, Late: true, PartsOut: []string{"a\n", "b\n"}}, ""},
		{"late, one cell", runs("a\nb\n"), outcome{Stdout: "b\na\n", End: ok, Late: true, PartsOut: []string{"b\na\n"}}, "another place"},
		{"missing newline", runs("a\n"), outcome{Stdout: "a", End: ok}, "stdout line 2"},
		{"extra", runs("a\n"), outcome{Stdout: "a\nb\n", End: ok}, "stdout line 2"},
		{"tail wanted", runs("a\nb\n"), outcome{Stdout: "a\n", TailOut: "b\n", End: ok}, ""},
		{"tail not wanted", runs("a\n"), outcome{Stdout: "a\n", TailOut: "b\n", End: ok}, ""},
		{"may be missing", runs("a\n", "a\nb\n"), outcome{Stdout: "a\n", End: ok}, ""},
		{"may come", runs("a\n", "b\na\n"), outcome{Stdout: "a\nb\n", End: ok}, ""},
		{"must come", runs("a\n", "a\nb\n"), outcome{Stdout: "b\n", End: ok}, "stdout line 2"},
		{"must not come", runs("a\n", "a\nb\n"), outcome{Stdout: "a\nb\nc\n", End: ok}, "stdout line 3"},
		{"stderr", runs("a\n"), outcome{Stdout: "a\n", Stderr: "x\n", End: ok}, "stderr line 1"},
		{"end", runs("a\n"), outcome{Stdout: "a\n", End: ending{endPanic, "x"}}, "ended with panic x, natively with exit 0"},
		{"status", runs("a\n"), outcome{Stdout: "a\n", End: ending{endExit, "1"}}, "ended with exit 1"},
	} {
		d := tt.n.compare(tt.got)
		if (d == "") != (tt.want == "") || !strings.Contains(d, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, d, tt.want)
		}
	}
}

func TestParseKnown(t *testing.T) {
	k, err := parseKnown("known.txt", "# comment\n\na/b.go cell,deps it is hard\nc.go all never\n")
	if err != nil {
		t.Fatal(err)
	}
	if k["a/b.go"][modeCell] != "it is hard" || k["a/b.go"][modeSource] != "" || k["c.go"][modeSource] != "never" {
		t.Errorf("parsed %v", k)
	}
	for _, bad := range []string{"a.go cell\n", "a.go fast reason\n", "a.go cell x\na.go all y\n"} {
		if _, err := parseKnown("known.txt", bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// The list of known failures fails in both directions.
func TestUnexpected(t *testing.T) {
	r := result{
		cause: map[mode]string{modeCell: "", modeSource: "differs", modeDeps: "differs", modeMain: "", modeRerun: "differs"},
		known: map[mode]string{modeCell: "reason", modeSource: "reason", modeMain: "sometimes: slow", modeRerun: "sometimes: slow"},
	}
	u := r.unexpected()
	if len(u) != 2 || u[modeDeps] != "differs" || !strings.Contains(u[modeCell], "passes, and is listed") {
		t.Errorf("unexpected: %v", u)
	}
}

// In which order goroutines print is found out only where it matters, and then kept.
func TestCompareWidely(t *testing.T) {
	testenv.Need(t, "go")
	if testing.Short() {
		t.Skip("builds programs")
	}
	t.Setenv(testenv.CacheVar, t.TempDir())
	p := program{name: "order.go", source: `package main

import (
	"fmt"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() {
			fmt.Println(i)
			wg.Done()
		}()
	}
	wg.Wait()
}
`}
	printed := func(text string) outcome { return outcome{Stdout: text, End: ending{endExit, "0"}} }
	n, err := runNative(t.Context(), p)
	if err != nil || n.Wide {
		t.Fatalf("%+v, %v", n, err)
	}
	for _, tt := range []struct {
		text        string
		right, wide bool
	}{
		{n.Runs[0].Stdout, true, false}, {"0\n1\n3\n", false, true}, {"0\n1\n2\n", true, true}, {"2\n1\n0\n", true, true}, {"0\n1\n", false, true},
	} {
		difference, err := n.compareWidely(t.Context(), p, printed(tt.text))
		if err != nil || (difference == "") != tt.right || n.Wide != tt.wide {
			t.Errorf("of %q it says %q, %v; it knows %d runs", tt.text, difference, err, len(n.Runs))
		}
	}
	if kept, err := runNative(t.Context(), p); err != nil || !kept.Wide || len(kept.Runs) != len(n.Runs) {
		t.Errorf("kept is %+v, %v", kept, err)
	}
}
