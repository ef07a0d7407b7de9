package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/engine"
)

// conformance runs programs in every mode, or in some, and fails for what the list of
// known failures does not say.
func conformance(t *testing.T, kind engine.Kind, programs []program, modes ...mode) []result {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs many programs")
	}
	testenv.Need(t, "go")
	k, err := readKnown(knownPath(kind))
	if err != nil {
		t.Fatal(err)
	}
	if len(modes) == 0 {
		modes = allModes
	}
	s := &suite{modes: modes, timeout: 60 * time.Second, parallel: 3, known: k, engine: kind}
	results, err := s.run(t.Context(), programs)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	writeTable(&table, results, s.modes)
	t.Logf("\n%s", &table)
	var remarks strings.Builder
	writeRemarks(&remarks, results)
	t.Log(remarks.String())
	for _, r := range results {
		if r.skipped != "" {
			t.Errorf("%s %s", r.program.name, r.skipped)
		}
		for m, cause := range r.unexpected() {
			t.Errorf("%s [%s] %s", r.program.name, m, lines(cause, 5))
		}
	}
	return results
}

func TestConformance_Guide(t *testing.T) {
	if !exists(guidePath()) {
		testenv.Skip(t, "the guide is not there: %s", guidePath())
	}
	programs, err := loadMarkdown(guidePath(), "guide")
	if err != nil {
		t.Fatal(err)
	}
	if len(programs) != 18 {
		t.Errorf("%d programs in the guide, want 18", len(programs))
	}
	for _, kind := range engine.Kinds() {
		t.Run(string(kind), func(t *testing.T) { conformance(t, kind, programs) })
	}
}

// The web scraper's numbers depend on who answers; here nobody does.
func TestConformance_GuideScraper(t *testing.T) {
	if !exists(guidePath()) {
		testenv.Skip(t, "the guide is not there: %s", guidePath())
	}
	programs, err := loadMarkdown(guidePath(), "guide")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if p.name != "guide/web_scraper.go" {
			continue
		}
		for _, m := range allModes {
			cells, err := split(p.source, m)
			if err != nil {
				t.Fatal(err)
			}
			o, err := runEngine(t.Context(), engine.Direct, cells, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(o.Stdout, "Errors encountered: 8\n") || o.End != (ending{endExit, "0"}) {
				t.Errorf("[%s] ended with %s and printed\n%s", m, o.End, o.Stdout)
			}
		}
		return
	}
	t.Error("the guide has no web_scraper.go")
}

// allVar is the environment variable that, when it is "1", has all of Go's tests
// run: about 800 programs, each built and then run in every mode, which takes ten
// minutes and more on two cores.
const allVar = "GOSCHED_TEST_CONFORM_ALL"

// sample is what is run of Go's tests otherwise; the full test command also runs
// the groups chan and ken, and every tenth of the rest.
var sample = regexp.MustCompile(`^gotest/(chan/s|ken/(str|cplx0|embed|rob)|closure|deferprint|recover[14]?\.go|range|method\d?\.go|interface/(fake|embed)|typeparam/(list|stringer|sets)|loopvar|label|goto)`)

func TestConformance_GoTest(t *testing.T) {
	programs, _, err := goTests(testRoot())
	if err != nil {
		testenv.Skip(t, "%v", err)
	}
	if os.Getenv(allVar) != "1" {
		var few []program
		for i, p := range programs {
			if sample.MatchString(p.name) || testenv.All() && (p.group == "chan" || p.group == "ken" || i%10 == 0) {
				few = append(few, p)
			}
		}
		programs = few
	}
	conformance(t, engine.Direct, programs)
}

// What the yaegi engine reaches: the shares of programs that run as they should, of each
// group. What fails is listed with a reason, and none of it gives a wrong answer in silence.
func TestConformance_Yaegi(t *testing.T) {
	if !testenv.All() {
		t.Skip("builds and runs many programs; the full test command does")
	}
	own, err := loadFolder(filepath.Join("testdata", "own"), "own")
	if err != nil {
		t.Fatal(err)
	}
	tests, _, err := goTests(testRoot())
	if err != nil {
		testenv.Skip(t, "%v", err)
	}
	wanted := map[string]float64{"own": 0.90, "chan": 0.83, "ken": 0.90, "typeparam": 0.80}
	programs := slices.DeleteFunc(append(own, tests...), func(p program) bool { return wanted[p.group] == 0 })
	modes := allModes
	if os.Getenv(allVar) != "1" { // a quarter of what no other test has built
		modes = []mode{modeCell}
		i := 0
		programs = slices.DeleteFunc(programs, func(p program) bool {
			i++
			return p.group == "typeparam" && i%4 != 0
		})
	}
	right, all := map[string]float64{}, map[string]float64{}
	for _, r := range conformance(t, engine.Yaegi, programs, modes...) {
		for _, cause := range r.cause {
			all[r.program.group]++
			if cause == "" {
				right[r.program.group]++
			}
		}
	}
	for group, share := range wanted {
		if is := right[group] / all[group]; !(is >= share) {
			t.Errorf("%s: %.1f %% are right, want %.0f %%", group, 100*is, 100*share)
		}
	}
}

// The project's own programs, with the output that the toolchain gave them.
// CONFORM_UPDATE=1 writes it anew.
func TestConformance_Own(t *testing.T) {
	programs, err := loadFolder(filepath.Join("testdata", "own"), "own")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("CONFORM_UPDATE") != "" {
		for _, p := range programs {
			n, err := runNative(t.Context(), p)
			if err != nil || n.BuildError != "" {
				t.Errorf("%s: %v", p.name, err)
				if n != nil {
					t.Error(n.BuildError)
				}
				continue
			}
			out := strings.TrimSuffix(filepath.Join("testdata", p.name), ".go") + ".out"
			if err := os.WriteFile(out, []byte(n.golden()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	for _, p := range programs {
		if p.golden == nil {
			t.Errorf("%s has no .out file", p.name)
		}
	}
	if _, err := exec.LookPath("go"); err == nil {
		conformance(t, engine.Direct, programs)
		return
	}
	asGolden(t, programs, allModes, exact)
}

// asGolden wants programs to give the output that is kept of them, but for what f leaves
// open.
func asGolden(t *testing.T, programs []program, modes []mode, f freedom) {
	for _, p := range programs {
		for _, m := range modes {
			t.Run(p.name+"/"+string(m), func(t *testing.T) {
				cells, err := split(p.source, m)
				if err != nil {
					t.Fatal(err)
				}
				o, err := runEngine(t.Context(), engine.Direct, cells, time.Minute)
				if err != nil {
					t.Fatal(err)
				}
				if got := o.golden(); f.reduce(got) != f.reduce(*p.golden) {
					t.Error(difference("output", f, *p.golden, got))
				}
			})
		}
	}
}

func TestConformance_Random(t *testing.T) {
	n := 4
	if testenv.All() {
		n = 40
	}
	conformance(t, engine.Direct, append(randomPrograms(1, n), numericPrograms(1, 1)...))
}

// With machine code from the first call on, and with none, programs do what Go does, as
// they do in all other tests with machine code of what is hot.
func TestConformance_MachineCode(t *testing.T) {
	programs, err := loadFolder(filepath.Join("testdata", "own"), "own")
	if err != nil {
		t.Fatal(err)
	}
	for _, jit := range []string{"always", "off"} {
		t.Run(jit, func(t *testing.T) {
			t.Setenv(engine.JITVariable, jit)
			conformance(t, engine.Direct, numericPrograms(1, 1))
			asGolden(t, programs, []mode{modeSource}, ordered) // that of goroutines is open
		})
	}
}
