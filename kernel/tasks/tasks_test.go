package tasks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/notebooks"
)

// The course that is carried along has what the commands promise: each task a name of
// its own, what is given, and a solution.
func TestTheCourse(t *testing.T) {
	c, err := Read(notebooks.Files)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Tasks) < 19 {
		t.Errorf("%d tasks", len(c.Tasks))
	}
	seen := map[string]string{}
	for _, task := range c.Tasks {
		if other, ok := seen[task.Name]; ok {
			t.Errorf("%s is a task of %s and of %s", task.Name, other, task.Notebook)
		}
		seen[task.Name] = task.Notebook
		if task.Name == "" || task.Given == "" || task.Solution == "" {
			t.Errorf("a task without a name, something given or a solution: %+v", task)
		}
		if got := c.Find(task.Name); got == nil || got.Given != task.Given {
			t.Errorf("%s is not found", task.Name)
		}
	}
}

func TestRecord(t *testing.T) {
	r := Record{Path: filepath.Join(t.TempDir(), "a", "b.jsonl")}
	if all, err := r.Read(); err != nil || all != nil {
		t.Errorf("before anything: %v, %v", all, err)
	}
	first := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	for _, e := range []Entry{{Task: "x", When: first}, {Task: "x", When: first.Add(time.Hour)}, {Quiz: &Score{3, 20}, When: first}, {Quiz: &Score{9, 20}, When: first}} {
		if err := r.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	all, err := r.Read()
	if err != nil || len(all) != 3 || !all[0].When.Equal(first) || all[2].Quiz.Right != 9 {
		t.Errorf("%+v, %v", all, err)
	}
	if info, err := os.Stat(r.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the record is for the learner only: %v, %v", info.Mode(), err)
	}
}

func TestQuiz(t *testing.T) {
	c := &Course{Questions: []Question{{1, "a", "so it is", "01-x", "abc"}, {2, "c", "by rule", "02-y", "abc"}}}
	a := Answers{}
	for number, wrong := range map[int]string{0: "a", 3: "a", 1: "d", 2: "ab"} {
		if _, err := c.Give(a, number, wrong); err == nil {
			t.Errorf("question %d takes %q", number, wrong)
		}
	}
	if text, err := c.Give(a, 1, "A "); err != nil || text != "1: a" {
		t.Errorf("%q, %v", text, err)
	}
	score, lines := c.Judge(a, nil)
	if text := strings.Join(lines, "\n"); score != (Score{1, 2}) || !strings.Contains(text, "02-y") || strings.Contains(text, "by rule") {
		t.Errorf("%v %s", score, text)
	}
	_, lines = c.Judge(a, &Score{0, 2})
	if text := strings.Join(lines, "\n"); !strings.Contains(text, "(+1)") || !strings.Contains(text, "2: open, right is c: by rule") {
		t.Error(text)
	}
}
