package testrun

import (
	"strings"
	"testing"

	"golang.org/x/perf/benchmath"
)

// Names are matched by what is asked for, or as go test does it.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		d        deps
		pat, str string
		want     bool
		fails    bool
	}{
		{deps{}, "^Test.$", "TestX", true, false},
		{deps{}, "^Test.$", "TestXY", false, false},
		{deps{}, "(", "TestX", false, true},
		{deps{match: func(pat, str string) (bool, error) { return pat == str, nil }}, "Test.", "Test.", true, false},
	} {
		if got, err := c.d.MatchString(c.pat, c.str); got != c.want || (err != nil) != c.fails {
			t.Errorf("%q and %q: %v, %v", c.pat, c.str, got, err)
		}
	}
}

// What only the go command can do is refused, and what a test has no use for is not
// there.
func TestOnlyGoTest(t *testing.T) {
	var d deps
	for name, err := range map[string]error{
		"a profile":        d.StartCPUProfile(nil),
		"another profile":  d.WriteProfileTo("heap", nil, 0),
		"fuzzing":          d.CoordinateFuzzing(0, 0, 0, 0, 0, nil, nil, "", ""),
		"a fuzzing worker": d.RunFuzzWorker(nil),
	} {
		if err != errNotHere {
			t.Errorf("%s: %v", name, err)
		}
	}
	if corpus, err := d.ReadCorpus("", nil); corpus != nil || err != nil || d.CheckCorpus(nil, nil) != nil || d.StopTestLog() != nil {
		t.Errorf("a corpus: %v, %v", corpus, err)
	}
	if mode, _, _ := d.InitRuntimeCoverage(); mode != "" {
		t.Errorf("coverage in mode %s", mode)
	}
}

// Options become flags of package testing, and are as before afterwards.
func TestOptions(t *testing.T) {
	before := testFlags().Lookup("test.benchtime").Value.String()
	var ran []string
	s := Suite{
		Tests:      []testing.InternalTest{{Name: "TestX", F: func(t *testing.T) { ran = append(ran, t.Name()) }}},
		Benchmarks: []testing.InternalBenchmark{{Name: "BenchmarkX", F: func(b *testing.B) { ran = append(ran, b.Name()) }}},
	}
	var out lines
	r, err := Run(t.Context(), s, Options{Bench: ".", BenchTime: "1x", Print: out.print})
	if err != nil || !r.OK || len(ran) == 0 || strings.Contains(strings.Join(ran, " "), "TestX") {
		t.Errorf("%+v, %v; with -bench only there ran %v", r, err, ran)
	}
	if _, err := Run(t.Context(), s, Options{Bench: ".", BenchTime: "soon", Print: out.print}); err == nil || !strings.Contains(err.Error(), "-benchtime") {
		t.Errorf("a time that is none: %v", err)
	}
	if now := testFlags().Lookup("test.benchtime").Value.String(); now != before {
		t.Errorf("the flag was %s and is %s", before, now)
	}
}

func TestSpread(t *testing.T) {
	for want, values := range map[string][]float64{
		"∞":   {1, 2},
		"":    {0, 0, 0, 0, 0, 0},
		"20%": {100, 100, 100, 80, 110, 100},
	} {
		m := Metric{Summary: benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)}
		if got := m.spread(); got != want {
			t.Errorf("of %v it is %q, want %q", values, got, want)
		}
	}
}
