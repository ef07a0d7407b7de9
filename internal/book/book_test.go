package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/internal/testenv"
)

// lessonFile writes a notebook of one cell that is expected to print something.
func lessonFile(t *testing.T, name, source, expected string) string {
	t.Helper()
	nb := notebook.New(source)
	nb.Cells[0].Metadata["gosched"] = map[string]any{"expect": map[string]any{"stdout": []any{expected}}}
	file := filepath.Join(t.TempDir(), name)
	if err := nb.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	return file
}

// What cells have shown is kept if it is what they are to show, and then stays as it is.
func TestStore(t *testing.T) {
	testenv.Need(t, "go")
	program := os.Getenv("GOSCHED_TEST_BIN")
	if program == "" {
		testenv.Skip(t, "$GOSCHED_TEST_BIN is not set")
	}
	right := lessonFile(t, "right.ipynb", `fmt.Println(6 * 7)`, "42")
	wrong := lessonFile(t, "wrong.ipynb", `fmt.Println(6 * 9)`, "42")
	before, err := os.ReadFile(wrong)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err = run(t.Context(), t.TempDir(), program, true, []string{right, wrong})
		if err == nil || !strings.Contains(err.Error(), wrong+" does not show what it says") || strings.Contains(err.Error(), right) {
			t.Errorf("one is wrong: %v", err)
		}
	}
	if after, err := os.ReadFile(wrong); err != nil || string(after) != string(before) {
		t.Errorf("the wrong one has become\n%s, %v", after, err)
	}
	nb, err := notebook.ReadFile(right)
	if err != nil {
		t.Fatal(err)
	}
	if outputs := nb.Cells[0].Outputs; len(outputs) != 1 || outputs[0].Text != "42\n" {
		t.Errorf("stored is %+v", outputs)
	}
	first, err := os.ReadFile(right)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), t.TempDir(), program, true, []string{right}); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(right); err != nil || string(again) != string(first) {
		t.Errorf("stored again it is\n%s, %v; was\n%s", again, err, first)
	}
}

func TestRefuses(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.ipynb")
	if err := run(t.Context(), t.TempDir(), "true", true, []string{missing}); err == nil || !strings.Contains(err.Error(), "missing.ipynb") {
		t.Errorf("a notebook that is not there: %v", err)
	}
	if err := run(t.Context(), t.TempDir(), missing, true, []string{lessonFile(t, "a.ipynb", "1", "")}); err == nil || !strings.Contains(err.Error(), "run ") {
		t.Errorf("a program that is not there: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ended, t.TempDir(), "true", true, nil); err == nil {
		t.Error("no error where the time is over")
	}
	t.Chdir(t.TempDir())
	if err := run(t.Context(), t.TempDir(), "true", true, nil); err == nil || !strings.Contains(err.Error(), "run this in the checkout") {
		t.Errorf("outside of the checkout: %v", err)
	}
}

// A book of one lesson has its page, with what the cells have shown.
func TestBookOfOneLesson(t *testing.T) {
	testenv.Full(t, "fetches Sphinx and Mermaid")
	testenv.Need(t, "go", "npm", "python3")
	root, err := checkout(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	nb := notebook.New("fmt.Println(6 * 7)")
	nb.Cells = slices.Insert(nb.Cells, 0, &notebook.Cell{ID: "title", Type: notebook.Markdown, Source: "# One\n\n```mermaid\ngraph LR\n    A --> B\n```"})
	nb.Cells[1].Outputs = []notebook.Output{{Type: notebook.Stream, Name: "stdout", Text: "42\n"}}
	nb.Metadata["language_info"] = map[string]any{"name": "go", "pygments_lexer": "go"}
	out := t.TempDir()
	if err := makeBook(t.Context(), root, filepath.Join(out, "source"), out, []*lesson{{"01-one", nb}}); err != nil {
		t.Fatal(err)
	}
	if saved, err := notebook.ReadFile(filepath.Join(out, "notebooks", "01-one.ipynb")); err != nil || len(saved.Cells) != 2 {
		t.Errorf("saved %+v, %v", saved, err)
	}
	html, err := os.ReadFile(filepath.Join(out, "html", "01-one.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<pre class="mermaid"`, "42", "mybinder.org"} {
		if !strings.Contains(string(html), want) {
			t.Errorf("no %s on the page", want)
		}
	}

	// What Sphinx warns of, and links that lead nowhere, are errors.
	nb.Cells[0].Source = "# One\n\n[two](02-two.ipynb)"
	if err := makeBook(t.Context(), root, filepath.Join(out, "again"), out, []*lesson{{"01-one", nb}}); err == nil || !strings.Contains(err.Error(), "02-two") {
		t.Errorf("a link to a lesson that is not there: %v", err)
	}
}
