package notebooks

import (
	"bytes"
	"io/fs"
	"testing"

	"github.com/gosched/gosched/internal/notebook"
)

// Learners get every notebook with all of its cells, of which none has been run.
func TestForLearners(t *testing.T) {
	names, err := fs.Glob(Files, "*.ipynb")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d notebooks, %v", len(names), err)
	}
	shown := 0
	for _, name := range names {
		course, err := Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		given, err := ForLearners.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		was, err := notebook.Parse(course)
		if err != nil {
			t.Fatal(err)
		}
		is, err := notebook.Parse(given)
		if err != nil {
			t.Fatal(err)
		}
		if len(is.Cells) != len(was.Cells) || is.Metadata[Mark] != nil {
			t.Errorf("%s: %d cells of %d, and a mark %v", name, len(is.Cells), len(was.Cells), is.Metadata[Mark])
			continue
		}
		for i, cell := range is.Cells {
			shown += len(was.Cells[i].Outputs)
			if len(cell.Outputs) > 0 || cell.ExecutionCount != 0 || cell.Source != was.Cells[i].Source {
				t.Errorf("%s: cell %s is not as nobody has run it", name, cell.ID)
			}
		}
	}
	if shown == 0 {
		t.Error("the course shows nothing")
	}
	if _, err := ForLearners.ReadFile("none.ipynb"); err == nil {
		t.Error("no error for a notebook that is not there")
	}
}

// What is not the course's is left as it is, and nonsense is told.
func TestBlank(t *testing.T) {
	own := []byte(`{"cells": [{"cell_type": "code", "id": "a", "execution_count": 7, "metadata": {}, "outputs": [], "source": "x"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)
	if got, err := Blank(own); err != nil || !bytes.Equal(got, own) {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := Blank([]byte("{")); err == nil {
		t.Error("no error for what is no notebook")
	}
}
