package testrun

import (
	"slices"
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

// What package testing says of a test binary's own coverage is no part of what a suite
// prints; what looks like it and comes before is one.
func TestCoverageOfBinary(t *testing.T) {
	const own, report = "coverage: 5% of statements\n", "coverage: 76.1% of statements in ./...\n"
	for _, tt := range []struct {
		name, mode    string
		printed, want []string
	}{
		{"not built with -cover", "", []string{"x\n", "PASS\n", own}, []string{"x\n", "PASS\n", own}},
		{"a report", "set", []string{"x\n", "PASS\n", report}, []string{"x\n", "PASS\n"}},
		{"a test's own line", "set", []string{own, "PASS\n", report}, []string{own, "PASS\n"}},
		{"two of them", "atomic", []string{own, own, report}, []string{own, own}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			print := ofSuite(tt.mode, func(line string) { got = append(got, line) })
			for _, line := range tt.printed {
				print(line)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("of %q it prints %q, want %q", tt.printed, got, tt.want)
			}
		})
	}
}

// A suite prints the same, whatever the program was built with, and writes no profile.
func TestAllThatIsPrinted(t *testing.T) {
	var out lines
	s := Suite{Tests: []testing.InternalTest{{Name: "TestX", F: func(*testing.T) {
		if profile := testFlags().Lookup("test.coverprofile").Value.String(); profile != "" {
			t.Errorf("it is to write the profile %s", profile)
		}
	}}}}
	r, err := Run(t.Context(), s, Options{Print: out.print})
	if text := out.text.String(); err != nil || !r.OK || text != "PASS\n" {
		t.Errorf("%+v, %v; it prints %q", r, err, text)
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
