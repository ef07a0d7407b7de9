package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gosched/gosched/kernel/session"
)

// lessons is a course of one notebook, with an exercise, a task and a question.
func lessons(t *testing.T) fstest.MapFS {
	t.Helper()
	help := func(name string) string {
		return "<details>\n<summary>Hint 1</summary>\n\nfirst of " + name + "\n\n</details>\n<details>\n<summary>Hint 2</summary>\n\nsecond\n\n</details>\n" +
			"<details>\n<summary><b>Solution</b> (click)</summary>\n\n```go\nfunc " + name + "() int { return 1 }\n```\n\n</details>"
	}
	var cells []any
	add := func(kind, role, source string, more map[string]any) {
		facts := map[string]any{"role": role}
		for k, v := range more {
			facts[k] = v
		}
		cell := map[string]any{"id": role, "cell_type": kind, "metadata": map[string]any{"gosched": facts}, "source": source}
		if kind == "code" {
			cell["outputs"], cell["execution_count"] = []any{}, nil
		}
		cells = append(cells, cell)
	}
	add("code", "exercise", "func one() int {\n\treturn 0\n}", nil)
	add("code", "check", `check.Run("one", func(t *check.T) {})`, nil)
	add("markdown", "solution", help("one"), nil)
	add("markdown", "hints", help("one"), nil)
	add("code", "task", "func two() int { return 0 }", nil)
	add("code", "task-check", `check.Run("two of them", func(t *check.T) {})`, nil)
	add("markdown", "task-help", help("two"), nil)
	add("markdown", "question", "What?\n\n* **a** this\n* **b** that\n", map[string]any{"answer": "b", "why": "because", "lesson": "01-first"})
	content, err := json.Marshal(map[string]any{"cells": cells, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 5})
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"01-first.ipynb": {Data: content}}
}

// openLearner opens a session on that course, with a record in a file.
func openLearner(t *testing.T, record string) *notebook {
	t.Helper()
	e, err := Open(Options{Kind: Direct, Dir: t.TempDir(), Course: lessons(t), Progress: record})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return &notebook{t: t, e: e}
}

func TestLearnerHints(t *testing.T) {
	nb := openLearner(t, "")
	if _, r := nb.exec("%hint"); r.Failure == nil || !strings.Contains(r.Failure.Value, "which task?") {
		t.Errorf("nothing is checked yet: %v", r.Failure)
	}
	if _, r := nb.exec("%hint ome"); r.Failure == nil || !strings.Contains(r.Failure.Value, "did you mean one?") {
		t.Errorf("no such task: %v", r.Failure)
	}
	nb.exec("func one() int { return 0 }\nimport \"gosched/check\"\ncheck.Run(\"one\", func(t *check.T) { t.Equal(one(), 1, \"it is one\") })")
	for _, test := range []struct{ src, want string }{
		{"%hint", "one, hint 1 of 2: first of one"},
		{"%hint", "one, hint 2 of 2: second"},
		{"%hint", "those were all 2 hints"},
		{"%solution", "func one() int { return 1 }"},
		{"%hint two of them", "two of them, hint 1 of 2: first of two"},
		{"%solution", "func two() int { return 1 }"},
	} {
		if got := nb.run(test.src); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s, want %s", test.src, got, test.want)
		}
	}
}

func TestLearnerReset(t *testing.T) {
	nb := openLearner(t, "")
	for _, test := range []struct{ src, want string }{
		{"%reset exercise one", "func one() int {\n\treturn 0\n}"},
		{"%%reset exercise\nfunc two( { broken", "func two() int { return 0 }"},
		{"%reset exercise two of them", "func two() int { return 0 }"},
		{"%reset exercise\nfunc one() int { return 7 }", "func one() int {\n\treturn 0\n}"},
	} {
		if _, r := nb.exec(test.src); r.Failure != nil || r.Rewrite != test.want {
			t.Errorf("%s\n%v, the cell becomes %q, want %q", test.src, r.Failure, r.Rewrite, test.want)
		}
	}
	if _, r := nb.exec("%%reset x\n1"); r.Failure == nil || !strings.Contains(r.Failure.Value, "%%reset exercise") {
		t.Errorf("%%%%reset x: %v", r.Failure)
	}
}

// What is right once is kept beyond the session.
func TestLearnerProgress(t *testing.T) {
	record := filepath.Join(t.TempDir(), "new", "progress.jsonl")
	nb := openLearner(t, record)
	const pass = "import \"gosched/check\"\ncheck.Run(\"two of them\", func(t *check.T) {})\ncheck.Run(\"my own\", func(t *check.T) {})"
	nb.run(pass)
	nb.run(pass)
	nb.exec("check.Run(\"one\", func(t *check.T) { t.Want(false, \"never\") })")
	lines, err := os.ReadFile(record)
	if err != nil || strings.Count(string(lines), "\n") != 1 {
		t.Errorf("the record has %q, %v; want one line", lines, err)
	}
	if err := os.WriteFile(record, append([]byte("no JSON\n"), lines...), 0o600); err != nil {
		t.Fatal(err)
	}
	shown := shownBy(openLearner(t, record), "%progress 01")
	for _, want := range []string{"01-first", "one", "–", "two of them", "✓ ", "1 of 2 done"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%%progress says nothing of %q:\n%s", want, shown)
		}
	}
	if _, r := nb.exec("%progress 07"); r.Failure == nil {
		t.Error("a notebook that there is not is listed")
	}
}

func TestLearnerClass(t *testing.T) {
	nb := openLearner(t, "")
	if _, r := nb.exec("%progress class"); r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "GOSCHED_HUB_PROGRESS") {
		t.Errorf("without a hub: %v", r.Failure)
	}
	nb.e.learner.class = filepath.Join(t.TempDir(), "progress.json")
	for content, want := range map[string][]string{
		`{"learners": 3, "tasks": {"one": {"done": 2}, "of another course": {"done": 1}}}`:                              {"2 of 3", "1 tasks that nobody"},
		`{"learners": 3, "tasks": {"one": {"done": 1, "names": ["ada"]}, "two of them": {"done": 1, "names": ["bo"]}}}`: {"1 of 3", "ada", "bo", "0 tasks that nobody"},
	} {
		if err := os.WriteFile(nb.e.learner.class, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		shown := shownBy(nb, "%progress class")
		for _, w := range want {
			if !strings.Contains(shown, w) {
				t.Errorf("%s: nothing of %q in\n%s", content, w, shown)
			}
		}
	}
}

func TestLearnerQuiz(t *testing.T) {
	record := filepath.Join(t.TempDir(), "progress.jsonl")
	nb := openLearner(t, record)
	if got := nb.run("import \"gosched/check\"\ncheck.Score()"); !strings.Contains(got, "No question is answered yet") {
		t.Error(got)
	}
	if _, r := nb.exec("check.Answer(1, \"c\")"); r.Failure == nil || r.Failure.Name != session.CheckFailed {
		t.Errorf("an answer that there is not: %v", r.Failure)
	}
	if got := nb.run("check.Answer(1, \"?\")\ncheck.Score()"); !strings.Contains(got, "0 of 1 right, 1 open") || !strings.Contains(got, "01-first") || strings.Contains(got, "because") {
		t.Errorf("before: %s", got)
	}
	if got := nb.run("check.Answer(1, \"a\")\ncheck.Score()"); !strings.Contains(got, "0 of 1 right. Before: 0 of 1 (+0).") || !strings.Contains(got, "1: a, right is b: because (01-first)") {
		t.Errorf("after: %s", got)
	}
	if got := nb.run("check.Answer(1, \"b\")\ncheck.Score()"); !strings.Contains(got, "1 of 1 right. Before: 0 of 1 (+1).") {
		t.Errorf("after: %s", got)
	}
	if shown := shownBy(nb, "%progress"); !strings.Contains(shown, "Quiz: 0 of 1, then 0 of 1, then 1 of 1 right.") {
		t.Error(shown)
	}
}

// shownBy is the text of what a cell shows.
func shownBy(nb *notebook, src string) string {
	nb.t.Helper()
	tr, r := nb.exec(src)
	if r.Failure != nil {
		nb.t.Fatal(r.Failure)
	}
	var b strings.Builder
	for _, event := range tr.events {
		if d, ok := event.(session.Display); ok {
			text, _ := d.Bundle.Data["text/plain"].(string)
			b.WriteString(text)
		}
	}
	return b.String()
}
