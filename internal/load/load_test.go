package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/notebook"
)

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, test := range []struct {
		sorted  []time.Duration
		percent int
		want    time.Duration
	}{
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 100, 100},
		{hundred[:1], 50, 1},
		{hundred[:1], 99, 1},
		{hundred[:3], 50, 2},
		{hundred[:10], 99, 10},
	} {
		if got := quantile(test.sorted, test.percent); got != test.want {
			t.Errorf("%d %% of %d: %d, want %d", test.percent, len(test.sorted), got, test.want)
		}
	}
	if got := distributionOf(nil); got != (distribution{}) {
		t.Errorf("of nothing: %v", got)
	}
}

func TestNumbers(t *testing.T) {
	if got, err := numbers("10, 20"); err != nil || len(got) != 2 || got[1] != 20 {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "0", "-1", "ten", "10,"} {
		if got, err := numbers(bad); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
}

// writeLesson writes a notebook and returns its path.
func writeLesson(t *testing.T, sources ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lesson.ipynb")
	nb := notebook.New(sources...)
	for _, c := range nb.Cells {
		if strings.Contains(c.Source, "panic") {
			c.Metadata["tags"] = []any{"raises-exception"}
		}
		if strings.Contains(c.Source, "select {}") {
			c.Metadata["tags"] = []any{"skip-execution"}
		}
	}
	if err := nb.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadLessons(t *testing.T) {
	lessons, err := readLessons([]string{writeLesson(t, "x := 1", " ", "select {}", `panic("no")`)})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range lessons[0].cells {
		names = append(names, c.name)
	}
	if got := strings.Join(names, "; "); got != "lesson, cell 1; lesson, cell 4" || !lessons[0].cells[1].mayFail {
		t.Errorf("%s, %+v", got, lessons[0].cells)
	}
	if _, err := readLessons(nil); err == nil {
		t.Error("no notebooks are not refused")
	}
}

func needProgram(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		t.Skipf("this needs Linux: %v", err)
	}
	program := os.Getenv("GOSCHED_TEST_BIN")
	if program == "" && testing.Short() {
		t.Skip("-short, and $GOSCHED_TEST_BIN is not set: building gosched takes long")
	}
	return program
}

// A small workshop with real kernels: everything is counted, nothing fails,
// and idle kernels use no processor time.
func TestWorkshop(t *testing.T) {
	program := needProgram(t)
	var out strings.Builder
	result := filepath.Join(t.TempDir(), "result.json")
	err := run(t.Context(), &out, []string{
		"-gosched", program, "-json", result, "-learners", "3", "-work", "6s", "-think", "100ms", "-arrive", "1s", "-idle", "3s",
		writeLesson(t,
			"ch := make(chan int)\ngo func() { for i := range 3 { ch <- i }; close(ch) }()",
			"for v := range ch { fmt.Println(v) }",
			`panic("on purpose")`,
		),
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	content, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	var reports []report
	if err := json.Unmarshal(content, &reports); err != nil || len(reports) != 1 {
		t.Fatalf("%v: %s", err, content)
	}
	r := reports[0]
	if r.Learners != 3 || r.Open.Count < 3 || r.Cells < 6 || r.First.Count < 3 || r.Together.Count != 3*togetherTimes {
		t.Errorf("not everyone did everything: %+v", r)
	}
	if r.FreshMemory.Mean < 1<<20 || r.Memory.Max < r.Memory.Mean {
		t.Errorf("memory: %+v, %+v", r.FreshMemory, r.Memory)
	}
	if r.FreshCPU > 0.01 || r.IdleCPU > 0.01 {
		t.Errorf("idle kernels use %.3f and %.3f of a processor", r.FreshCPU, r.IdleCPU)
	}
	for _, want := range []string{"3 learners\n", "failures: 0"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
}

// A cell that fails is told, with its name, and fails the command.
func TestWorkshopWithFailure(t *testing.T) {
	program := needProgram(t)
	var out strings.Builder
	err := run(t.Context(), &out, []string{
		"-gosched", program, "-learners", "1", "-work", "1s", "-think", "10ms", "-arrive", "0", "-idle", "100ms",
		writeLesson(t, "fmt.Println(1)", "undefined()"),
	})
	if err == nil || !strings.Contains(out.String(), "lesson, cell 2: ") {
		t.Errorf("error %v; output:\n%s", err, &out)
	}
}

// What cannot be measured is told before anybody works.
func TestRefuses(t *testing.T) {
	lesson := writeLesson(t, "1")
	missing := filepath.Join(t.TempDir(), "missing")
	for want, args := range map[string][]string{
		"flag provided but not defined": {"-lerners", "3"},
		"is not a number of learners":   {"-learners", "many", lesson},
		"missing.ipynb":                 {missing + ".ipynb"},
		"start a kernel":                {"-gosched", missing, "-learners", "1", lesson},
	} {
		var out strings.Builder
		if err := run(t.Context(), &out, args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("load %q: %v, want %s", args, err, want)
		}
	}
}

// A kernel is used for a while and comes out well.
func TestSoaks(t *testing.T) {
	program := needProgram(t)
	var out strings.Builder
	if err := run(t.Context(), &out, []string{"-gosched", program, "-soak", "3s", "-seed", "7", "-kills", "0"}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if !strings.Contains(out.String(), "one kernel for 3s, seed 7\n") {
		t.Errorf("output:\n%s", &out)
	}
}
