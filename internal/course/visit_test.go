package course

import (
	"strings"
	"sync"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
)

// A visit is what came of a notebook in a session that goes on after its end: with the
// solutions of its tasks, and then with the answers that are kept for them. Several tests
// look at it.
type visit struct {
	ran       *notebook.Notebook // the notebook by itself
	tasks     []*Exercise
	solutions []tried  // of the tasks
	answers   []Answer // to them
	judged    []tried  // the answers
}

// tried is what somebody has written, and the check of it.
type tried struct{ given, check *notebook.Cell }

var visits sync.Map // from files to *onlyVisit

type onlyVisit struct {
	sync.Once
	visit *visit // nil if it has failed, which the test says that has made it
}

// visited is the visit of a notebook, which is made once.
func visited(t *testing.T, file string) *visit {
	t.Helper()
	kept, _ := visits.LoadOrStore(file, new(onlyVisit))
	only := kept.(*onlyVisit)
	only.Do(func() { only.visit = goThrough(t, file) })
	if only.visit == nil {
		t.Fatal("going through the notebook has failed in another test")
	}
	return only.visit
}

func goThrough(t *testing.T, file string) *visit {
	t.Helper()
	nb, tasks := withTasks(t, file)
	answers, err := answersToTasks(file)
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{tasks: tasks, answers: answers}
	whole := *nb.solved
	for _, a := range answers {
		check := ""
		for _, task := range tasks {
			if strings.Contains(task.Check.Source, `check.Run("`+a.task()+`"`) {
				check = task.Check.Source
			}
		}
		if check == "" {
			t.Fatalf("an answer to %s, which there is not", a.task())
		}
		whole.Cells = append(whole.Cells, code("answer", a.Source), code("check", check))
	}
	ran := run(t, &whole)
	own, rest := ran.Cells[:len(nb.Cells)], ran.Cells[len(nb.Cells):]
	for ; len(rest) > 0; rest = rest[2:] {
		pair := tried{rest[0], rest[1]}
		if len(v.solutions) < len(tasks) {
			v.solutions = append(v.solutions, pair)
		} else {
			v.judged = append(v.judged, pair)
		}
	}
	if len(v.judged) != len(answers) {
		t.Fatalf("%d of %d answers have been tried", len(v.judged), len(answers))
	}
	alone := *ran
	alone.Cells = own
	v.ran = &alone
	return v
}
