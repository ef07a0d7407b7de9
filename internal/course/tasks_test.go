package course

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// The checks of tasks stop the wrong answers that are kept for them, in
// testdata/tasks: there each is called after its task.
func TestTaskAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("trying many answers takes a while")
	}
	for _, file := range notebooks(t) {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := visited(t, file)
			kept := map[string]int{}
			for i, a := range v.answers {
				kept[a.task()]++
				passed, failed := verdicts(v.judged[i].check)
				if a.Right != passed || a.Right == failed {
					t.Errorf("%s; right: %t; the check says\n%s%s", a.Name, a.Right, said(v.judged[i].given), said(v.judged[i].check))
				}
			}
			for _, task := range v.tasks {
				if m, _ := ReadMetadata(task.Given); m.Role != RoleTask {
					continue
				}
				_, rest, _ := strings.Cut(task.Check.Source, `check.Run("`)
				of, _, _ := strings.Cut(rest, `"`)
				if kept[of] < wrongOfTask(name) {
					t.Errorf("%d wrong answers are kept for %s, want %d", kept[of], of, wrongOfTask(name))
				}
			}
		})
	}
}

// answersToTasks are the answers to a notebook's tasks that are kept for it, or none.
func answersToTasks(file string) ([]Answer, error) {
	answers, err := ReadAnswers(filepath.Join("testdata", "tasks", strings.TrimSuffix(filepath.Base(file), ".ipynb")+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return answers, err
}

// task is the name of the task that an answer to one is for.
func (a Answer) task() string {
	name, _, _ := strings.Cut(a.Name, ": ")
	return name
}

// wrongOfTask is how many wrong answers are kept for each task of a notebook, beside
// what it is given, at least.
func wrongOfTask(name string) int {
	if strings.Contains(name, "problems") {
		return 2
	}
	return 1
}
