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
			nb := read(t, file)
			tasks, err := FindTasks(nb)
			if err != nil {
				t.Fatal(err)
			}
			if exercise, err := FindExercise(nb); err != nil {
				t.Fatal(err)
			} else if exercise != nil {
				tasks = append(tasks, exercise)
			}
			if len(tasks) == 0 {
				return
			}
			answers, err := ReadAnswers(filepath.Join("testdata", "tasks", strings.TrimSuffix(name, ".ipynb")+".txt"))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			kept := map[string]int{}
			again := *nb
			for _, a := range answers {
				of, _, _ := strings.Cut(a.Name, ": ")
				kept[of]++
				found := false
				for _, task := range tasks {
					if strings.Contains(task.Check.Source, `check.Run("`+of+`"`) {
						found = true
						again.Cells = append(again.Cells, code("answer", a.Source), code("check", task.Check.Source))
					}
				}
				if !found {
					t.Fatalf("an answer to %s, which there is not", of)
				}
			}
			for _, task := range tasks {
				if m, _ := ReadMetadata(task.Given); m.Role != RoleTask {
					continue
				}
				_, rest, _ := strings.Cut(task.Check.Source, `check.Run("`)
				of, _, _ := strings.Cut(rest, `"`)
				if kept[of] < wrongOfTask(name) {
					t.Errorf("%d wrong answers are kept for %s, want %d", kept[of], of, wrongOfTask(name))
				}
			}
			cells := run(t, &again).Cells[len(nb.Cells):]
			for i, a := range answers {
				passed, failed := verdicts(cells[2*i+1])
				if a.Right != passed || a.Right == failed {
					t.Errorf("%s; right: %t; the check says\n%s%s", a.Name, a.Right, said(cells[2*i]), said(cells[2*i+1]))
				}
			}
		})
	}
}

// wrongOfTask is how many wrong answers are kept for each task of a notebook, beside
// what it is given, at least.
func wrongOfTask(name string) int {
	if strings.Contains(name, "problems") {
		return 2
	}
	return 1
}
