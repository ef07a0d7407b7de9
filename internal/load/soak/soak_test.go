package soak

import (
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/kernelproc"
	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

// A kernel is used without rest: for seconds, or for as long as $GOSCHED_TEST_SOAK
// says.
func TestSoak(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("what the system says of processes is read from Linux's /proc")
	}
	program := os.Getenv("GOSCHED_TEST_BIN")
	if program == "" {
		if testing.Short() {
			t.Skip("-short, and $GOSCHED_TEST_BIN is not set: building gosched takes long")
		}
		testenv.Need(t, "go")
		var err error
		if program, err = kernelproc.Build(t.Context(), t.TempDir()); err != nil {
			t.Fatal(err)
		}
	}
	c := Config{Program: program, Seed: 1, For: 5 * time.Second, Every: 2 * time.Second, Timeout: time.Minute, Kills: 100, Out: t.Output()}
	if text := os.Getenv("GOSCHED_TEST_SOAK"); text != "" {
		var err error
		if c.For, err = time.ParseDuration(text); err != nil {
			t.Fatalf("$GOSCHED_TEST_SOAK: %v", err)
		}
		c.Every, c.Kills, c.Seed = c.For/15, 3000, uint64(time.Now().UnixNano())
	}
	r, err := Run(t.Context(), c)
	if r != nil {
		r.Print(t.Output())
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.Cells < 20 || len(r.ByKind) < 5 || len(r.Looks) < 3 {
		t.Errorf("not much was done: %+v", r)
	}
	first, last := r.Looks[0], r.Looks[len(r.Looks)-1]
	if last.Trivial > 5*first.Trivial+20*time.Millisecond || last.MethodsTime > 5*first.MethodsTime+20*time.Millisecond {
		t.Errorf("cells take %v and %v, at first %v and %v", last.Trivial, last.MethodsTime, first.Trivial, first.MethodsTime)
	}
	if last.Memory > 250<<20 {
		t.Errorf("%d MB are used", last.Memory>>20)
	}
	if last.Goroutines > first.Goroutines+echoes+20 || last.Files > first.Files+10 {
		t.Errorf("%d goroutines and %d files, at first %d and %d", last.Goroutines, last.Files, first.Goroutines, first.Files)
	}
}

// The model knows what a session would.
func TestModel(t *testing.T) {
	var m model
	m.funcs[0] = &function{times: 3, calls: true}
	m.funcs[1] = &function{times: 4}
	if got, ok := m.call(0, 5); got != 35 || !ok {
		t.Errorf("call: %d, %t", got, ok)
	}
	m.funcs[1] = nil
	if _, ok := m.call(0, 5); ok {
		t.Error("a function calls what is not declared")
	}
	// The same seed makes the same cells, and all kinds of them.
	all := func() (sources string, seen map[string]bool) {
		var m model
		var b strings.Builder
		seen = map[string]bool{}
		r := rand.New(rand.NewPCG(7, 0))
		for range 2000 {
			s := m.next(r, 500)
			seen[s.kind] = true
			b.WriteString(s.source + "\n")
		}
		return b.String(), seen
	}
	a, seen := all()
	if b, _ := all(); a != b {
		t.Error("the same seed makes other cells")
	}
	if len(seen) != len(kinds)+1 {
		t.Errorf("kinds %v", seen)
	}
}

// What is not as it should be is an error.
func TestCompare(t *testing.T) {
	for name, w := range map[string]want{
		"result": {result: "3"}, "output": {stdout: "a\n"}, "failure": {fails: "x"},
	} {
		if err := w.compare(reply("ok")); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := (want{}).compare(reply("ok")); err != nil {
		t.Error(err)
	}
	if err := (want{}).compare(reply("error")); err == nil {
		t.Error("a failure passes")
	}
}

func reply(status string) *wiretest.Result {
	return &wiretest.Result{Reply: &wire.Message{Content: []byte(`{"status": "` + status + `"}`)}}
}
