package course

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel/session"
)

// answersTo are the answers to a lesson's exercise that are kept for it, or none.
func answersTo(t *testing.T, lesson string) []Answer {
	t.Helper()
	path := filepath.Join("testdata", "answers", strings.TrimSuffix(lesson, ".ipynb")+".txt")
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	answers, err := ReadAnswers(path)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

var rounds = flag.Int("rounds", 2, "how often each kept answer to an exercise is judged")

// How many answers are kept for an exercise at least.
const (
	minRight = 4
	minWrong = 12
)

// A check lets every right answer pass and stops every wrong one, whatever is wrong
// with it: sleeps, races, leaks, sizes that are taken for granted, values that get
// lost, loops that burn a core. It does so each time, as it chooses the schedules.
func TestAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("trying hundreds of answers takes a while")
	}
	for _, file := range notebooks(t) {
		lesson := filepath.Base(file)
		answers := answersTo(t, lesson)
		if answers == nil {
			continue
		}
		t.Run(lesson, func(t *testing.T) {
			t.Parallel()
			nb := read(t, file)
			exercise, err := FindExercise(nb)
			if err != nil {
				t.Fatal(err)
			}
			right, wrong := 0, 0
			tried := &notebook.Notebook{Metadata: metadata, Cells: []*notebook.Cell{code("given", exercise.Given.Source)}}
			for round := range *rounds {
				for i, a := range answers {
					tried.Cells = append(tried.Cells,
						code(fmt.Sprintf("answer-%d-%d", round, i), a.Source), code(fmt.Sprintf("check-%d-%d", round, i), exercise.Check.Source))
					if a.Right {
						right++
					} else {
						wrong++
					}
				}
			}
			if right < *rounds*minRight || wrong < *rounds*minWrong {
				t.Errorf("%d right and %d wrong answers, want %d and %d at least", right / *rounds, wrong / *rounds, minRight, minWrong)
			}
			cells := run(t, tried).Cells[1:]
			for i := range *rounds * len(answers) {
				a, judged := answers[i%len(answers)], cells[2*i+1]
				passed, failed := verdicts(judged)
				switch {
				case a.Right && (failed || !passed):
					t.Errorf("the right answer %q is refused:\n%s", a.Name, said(judged))
				case !a.Right && (passed || !failed):
					t.Errorf("the wrong answer %q passes:\n%s", a.Name, said(judged))
				}
			}
		})
	}
}

func code(id, source string) *notebook.Cell {
	return &notebook.Cell{ID: id, Type: notebook.Code, Source: source, Metadata: map[string]any{}}
}

// verdicts says what a check has said.
func verdicts(cell *notebook.Cell) (passed, failed bool) {
	for _, o := range cell.Outputs {
		passed = passed || o.Type == notebook.Stream && strings.HasPrefix(o.Text, "✓ ")
		failed = failed || o.Type == notebook.Error && o.EName == string(session.CheckFailed)
	}
	return passed, failed
}

// said is all that a cell has shown, for people.
func said(cell *notebook.Cell) string {
	var b strings.Builder
	for _, o := range cell.Outputs {
		b.WriteString(o.Text + strings.Join(o.Traceback, "\n"))
	}
	return b.String()
}
