package engine

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/stdlib"
	"github.com/gosched/gosched/kernel/vet"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A golden file is a notebook: cells that start with a line "-- cell --", each
// with what it gives after a line "-- gives --".
const (
	cellLine  = "-- cell --\n"
	givesLine = "-- gives --\n"
)

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// golden runs each notebook in a folder and compares what each cell gives.
func golden(t *testing.T, folder string, gives func(tr *transcript, failure []string) string) {
	if *update && stdlib.GoVersion != goldenRelease {
		t.Fatalf("golden files are written with %s", goldenRelease)
	}
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files in %s: %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, rest, _ := strings.Cut(string(text), cellLine)
			nb := open(t)
			var got strings.Builder
			got.WriteString(head)
			for part := range strings.SplitSeq(rest, cellLine) {
				src, want, _ := strings.Cut(part, givesLine)
				checkVet(t, nb, strings.TrimSuffix(src, "\n"))
				tr, r := nb.exec(strings.TrimSuffix(src, "\n"))
				var failure []string
				if r.Failure != nil {
					failure = append([]string{string(r.Failure.Name) + ": " + r.Failure.Value}, r.Failure.Traceback...)
				}
				is := colour.ReplaceAllString(gives(tr, failure), "")
				got.WriteString(cellLine + src + givesLine + is)
				if want = inThisRelease(want); is != want && !*update {
					t.Errorf("cell %d:\n%s\ngives:\n%s\nwant:\n%s", nb.n, src, is, want)
				}
			}
			if *update {
				if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// checkVet checks that no analyser fails on a cell that compiles.
func checkVet(t *testing.T, nb *notebook, src string) {
	c, err := cell.Parse(nb.e.fset, "cell 0", []byte(src))
	if err != nil {
		return
	}
	u, err := nb.e.session.Check(c)
	if err != nil {
		return
	}
	if _, err := nb.e.vet(c, u); err != nil {
		t.Errorf("%s\n%v", src, err)
	}
}

// TestWarnings compares what vet says, and that cells succeed nevertheless.
func TestWarnings(t *testing.T) {
	golden(t, "vet", func(tr *transcript, failure []string) string {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		out := tr.errs.String()
		if len(failure) > 0 {
			out += failure[0] + "\n"
		}
		return out
	})
}

// A cell with which an analyser fails runs, and says so.
func TestWarnings_AnalyserFails(t *testing.T) {
	nb := open(t)
	nb.e.vetter = vet.New(
		&analysis.Analyzer{Name: "fails", Doc: "fails", Run: func(*analysis.Pass) (any, error) { return nil, errors.New("no such luck") }},
		&analysis.Analyzer{Name: "panics", Doc: "panics", Run: func(*analysis.Pass) (any, error) { panic("out of paper") }},
	)
	tr, r := nb.exec("import \"fmt\"\nfmt.Printf(\"%d\\n\", \"x\")\n6 * 7")
	if r.Failure != nil || r.Value.Data["text/plain"] != "42" {
		t.Errorf("the cell: %v %v", r.Failure, r.Value)
	}
	want := "vet: cell 1:2:13: fmt.Printf format %d has arg \"x\" of wrong type string\n" +
		"note: vet has not looked at all of this cell, which runs all the same: analyser fails: no such luck\n" +
		"note: vet has not looked at all of this cell, which runs all the same: analyser panics: out of paper\n"
	if got := tr.errs.String(); got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
}
