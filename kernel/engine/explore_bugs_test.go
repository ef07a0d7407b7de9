package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/gosched/gosched/kernel/observe/explore"
	"github.com/gosched/gosched/kernel/session"
)

// exploring explores a cell and returns the table of its outcomes.
func (nb *notebook) exploring(src string, p plan) *explore.Table {
	nb.t.Helper()
	nb.n++
	var table *explore.Table
	tr := &transcript{}
	nb.e.explored = func(t *explore.Table) { table = t }
	defer func() { nb.e.explored, nb.e.planned = nil, nil }()
	nb.e.planned = &p
	r := nb.e.Execute(context.Background(), session.Cell{ID: "x", Number: 1, Source: "%%explore\n" + src}, tr)
	if r.Failure != nil {
		nb.t.Fatalf("%s\n%s", r.Failure, strings.Join(r.Failure.Traceback, "\n"))
	}
	return table
}

var bugKinds = map[string]explore.Kind{
	"deadlock": explore.Deadlocked, "leak": explore.Leaked, "panic": explore.Panicked,
	"race": explore.Raced, "fatal": explore.Fatal, "endless": explore.Endless,
}

// TestExploreFindsBugs explores small programs of the kinds that studies of Go's
// bugs name, and each one mended: every bug is found, and no mended program is blamed.
func TestExploreFindsBugs(t *testing.T) {
	skipRacing(t)
	const dir = "../observe/explore/testdata/bugs"
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) < 40 {
		t.Fatalf("%d programs, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(text)
			_, finds, ok := strings.Cut(string(a.Comment), "finds: ")
			if finds = strings.TrimSpace(finds); !ok || len(a.Files) != 2 {
				t.Fatal("the file is not as it should be")
			}
			nb := open(t)
			const runs, mended = 1000, 300
			table := nb.exploring(string(a.Files[0].Data), plan{runs: runs})
			found := false
			for _, r := range table.Rows() {
				if finds == "output" {
					found = found || len(table.Rows()) > 1 && !r.Outcome.Bad()
				} else {
					found = found || r.Outcome.Kind == bugKinds[finds] && r.Outcome.Bad() || finds == "race" && len(r.Outcome.Races) > 0
				}
			}
			if !found {
				t.Errorf("no %s was found:\n%s", finds, table.Text())
			}
			t.Log(table.Text())
			table = nb.exploring(string(a.Files[1].Data), plan{runs: mended})
			for _, r := range table.Rows() {
				if r.Outcome.Bad() || len(table.Rows()) > 1 {
					t.Errorf("the mended program is blamed:\n%s", table.Text())
					break
				}
			}
			t.Log(table.Text())
		})
	}
}

// bugs are the programs of the suite, by name: with the bug, and mended.
func bugs(t *testing.T) map[string][2]string {
	t.Helper()
	files, err := filepath.Glob("../observe/explore/testdata/bugs/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][2]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if a := txtar.Parse(text); len(a.Files) == 2 {
			all[strings.TrimSuffix(filepath.Base(file), ".txt")] = [2]string{string(a.Files[0].Data), string(a.Files[1].Data)}
		}
	}
	return all
}

// TestReplaySameEveryTime replays each outcome of each program, also in another
// session.
func TestReplaySameEveryTime(t *testing.T) {
	skipRacing(t)
	const again = 10
	for name, src := range bugs(t) {
		nb := open(t)
		table := nb.exploring(src[0], plan{runs: 100})
		for _, seed := range []explore.Seed{explore.Walk(1), explore.Priorities(2, 3, 50)} {
			if rows := nb.exploring(src[0], plan{runs: again, seed: &seed}).Rows(); len(rows) != 1 {
				t.Errorf("%s: seed %s has %d outcomes: %+v", name, seed, len(rows), rows)
			}
		}
		other := open(t)
		for _, row := range table.Rows() {
			seed, err := explore.ParseSeed(row.Example.Seed.String())
			if err != nil {
				t.Fatal(err)
			}
			for _, nb := range []*notebook{nb, other} {
				rows := nb.exploring(src[0], plan{runs: again, seed: &seed}).Rows()
				if len(rows) != 1 || rows[0].Outcome.Headline() != row.Outcome.Headline() || rows[0].Outcome.Output != row.Outcome.Output ||
					rows[0].Example.Steps != row.Example.Steps {
					t.Errorf("%s: seed %s was\n%+v\nand is, in %d ways,\n%+v", name, seed, row, len(rows), rows[0])
				}
			}
		}
	}
}

// TestExhaustiveLeavesNothingOut compares the outcomes of all schedules with those
// that are found when schedules are left out that come to the same.
func TestExhaustiveLeavesNothingOut(t *testing.T) {
	skipRacing(t)
	compared := 0
	for name, srcs := range bugs(t) {
		for _, src := range srcs {
			nb := open(t)
			all := nb.exploring(src, plan{runs: 600, whole: true})
			if !all.All {
				continue // too many
			}
			few := nb.exploring(src, plan{runs: 600})
			compared++
			if !few.All || few.Runs() > all.Runs() {
				t.Errorf("%s: %s, of %d", name, few.Summary(), all.Runs())
			}
			kinds := func(t *explore.Table) string {
				var list []string
				for _, r := range t.Rows() {
					if r.Outcome.Kind == explore.Raced {
						r.Outcome.Kind = explore.Finished // whether a race is seen differs between runs that come to the same
					}
					list = append(list, r.Outcome.Races...)
					list = append(list, r.Outcome.Headline()+" "+strings.Join(r.Outcome.Goroutines, "|")+" "+r.Outcome.Output)
				}
				slices.Sort(list)
				return strings.Join(slices.Compact(list), "\n")
			}
			if a, b := kinds(all), kinds(few); a != b {
				t.Errorf("%s: of %d schedules\n%s\nof %d\n%s", name, all.Runs(), a, few.Runs(), b)
			}
		}
	}
	t.Log(compared, "programs compared")
	if compared < 30 {
		t.Error("too few programs are small enough")
	}
}
