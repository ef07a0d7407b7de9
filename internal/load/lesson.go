package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
)

// A lesson is a notebook as learners run it.
type lesson struct {
	name  string
	dir   string
	cells []cell
}

// A cell is one press of Run.
type cell struct {
	name    string // of the notebook, and the number among its code cells
	source  string
	mayFail bool
}

// readLessons reads notebooks.
func readLessons(paths []string) ([]lesson, error) {
	var lessons []lesson
	for _, path := range paths {
		nb, err := notebook.ReadFile(path)
		if err != nil {
			return nil, err
		}
		l := lesson{name: strings.TrimSuffix(filepath.Base(path), ".ipynb"), dir: filepath.Dir(path)}
		number := 0
		for _, c := range nb.Cells {
			if c.Type != notebook.Code {
				continue
			}
			number++
			if c.Tagged("skip-execution") || strings.TrimSpace(c.Source) == "" {
				continue
			}
			l.cells = append(l.cells, cell{
				name:    fmt.Sprintf("%s, cell %d", l.name, number),
				source:  c.Source,
				mayFail: c.Tagged("raises-exception"),
			})
		}
		if len(l.cells) > 0 {
			lessons = append(lessons, l)
		}
	}
	if len(lessons) == 0 {
		return nil, errors.New("which notebooks? For example: notebooks/*.ipynb")
	}
	return lessons, nil
}
