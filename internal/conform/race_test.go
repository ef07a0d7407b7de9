package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
)

// TestRaces runs the tests of Go's race detector as cells: of those that race, 95 %
// are reported, and of the others none is.
func TestRaces(t *testing.T) {
	if testing.Short() {
		t.Skip("runs some hundred programs, many of which sleep")
	}
	testenv.Need(t, "go")
	files, err := loadRaceTests(raceTestsDir())
	if err != nil {
		testenv.Skip(t, "%v", err)
	}
	known, err := readKnownRaces()
	if err != nil {
		t.Fatal(err)
	}
	s := &raceSuite{timeout: time.Minute, parallel: 8, filter: regexp.MustCompile("")}
	results, err := s.run(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	racing, silent, unexpected := known.score(results)
	t.Logf("races reported %s, silent %s", racing, silent)
	for _, u := range unexpected {
		t.Error(u)
	}
	if racing.all < 200 || racing.right*100 < racing.all*95 {
		t.Errorf("races reported: %s", racing)
	}
	if silent.all < 100 || silent.right != silent.all {
		t.Errorf("silent: %s", silent)
	}
}

func TestRaceScore(t *testing.T) {
	result := func(name string, reported bool, problem string) raceResult {
		return raceResult{raceTest: raceTest{name: name}, reported: reported, problem: problem}
	}
	k := knownRaces{"TestRaceB": "why", "TestRaceC": "why", "TestRaceG": sometimes + "why"}
	racing, silent, unexpected := k.score([]raceResult{
		result("TestRaceA", false, ""), result("TestRaceB", false, ""), result("TestRaceC", true, ""), result("TestRaceD", true, ""),
		result("TestRaceG", true, ""), result("TestNoRaceE", true, ""), result("TestNoRaceF", false, "panic"), {raceTest: raceTest{name: "TestNoRaceS"}, skipped: true},
	})
	if racing != (raceScore{3, 5}) || silent != (raceScore{0, 2}) {
		t.Errorf("%v %v", racing, silent)
	}
	if got := strings.Join(unexpected, "; "); got != "TestRaceA is not reported; TestRaceC is reported, and is listed as a known miss: why; TestNoRaceE is reported:\n; TestNoRaceF: panic" {
		t.Error(got)
	}
}
