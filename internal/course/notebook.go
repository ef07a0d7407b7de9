package course

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
)

// The parts that a cell can have in an exercise.
const (
	RoleExercise = "exercise"
	RoleCheck    = "check"
	RoleSolution = "solution"
	RoleHints    = "hints"
)

// The parts of a further task, of which a notebook can have many, and a question of
// the quiz.
const (
	RoleTask      = "task"
	RoleTaskCheck = "task-check"
	RoleTaskHelp  = "task-help"
	RoleQuestion  = "question"
)

// Metadata is what a cell says about itself.
type Metadata struct {
	Role   string       `json:"role"`
	Expect Expectation  `json:"expect"`
	Solved *Expectation `json:"solved"`
	Wrong  []Wrong      `json:"wrong"`

	// Of a question of the quiz.
	Answer string `json:"answer"`
	Why    string `json:"why"`
	Lesson string `json:"lesson"`
}

// Wrong is a wrong answer, and what the check shows for it.
type Wrong struct {
	Answer string      `json:"answer"`
	Expect Expectation `json:"expect"`
}

// ReadMetadata reads what a cell says about itself.
func ReadMetadata(cell *notebook.Cell) (Metadata, error) {
	var m Metadata
	value, ok := cell.Metadata["gosched"]
	if !ok {
		return m, nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return m, err
	}
	if err := strict(raw, &m); err != nil {
		return m, fmt.Errorf("metadata of cell %s: %w", cell.ID, err)
	}
	return m, nil
}

// An Exercise is the part of a notebook in which people write.
type Exercise struct {
	Given    *notebook.Cell
	Check    *notebook.Cell
	Solution string
	Metadata Metadata // of the check
}

// FindExercise finds the exercise of a notebook, nil if it has none.
func FindExercise(nb *notebook.Notebook) (*Exercise, error) {
	var e Exercise
	for _, cell := range nb.Cells {
		m, err := ReadMetadata(cell)
		if err != nil {
			return nil, err
		}
		switch m.Role {
		case "", RoleHints, RoleTask, RoleTaskCheck, RoleTaskHelp, RoleQuestion:
		case RoleExercise:
			e.Given = cell
		case RoleCheck:
			e.Check, e.Metadata = cell, m
		case RoleSolution:
			if e.Solution, err = fenced(cell.Source); err != nil {
				return nil, fmt.Errorf("cell %s: %w", cell.ID, err)
			}
		default:
			return nil, fmt.Errorf("cell %s has the role %q, which there is not", cell.ID, m.Role)
		}
	}
	switch {
	case e.Given == nil && e.Check == nil && e.Solution == "":
		return nil, nil
	case e.Given == nil || e.Check == nil || e.Solution == "":
		return nil, errors.New("an exercise wants a cell to write in, a check and a solution")
	case e.Metadata.Solved == nil:
		return nil, errors.New("the check does not say what to expect of the solution")
	}
	return &e, nil
}

// fenced returns the Go code in a Markdown text.
func fenced(markdown string) (string, error) {
	_, rest, ok := strings.Cut(markdown, "```go\n")
	code, _, closed := strings.Cut(rest, "\n```")
	if !ok || !closed {
		return "", errors.New("no Go code between ```go and ```")
	}
	return code, nil
}

// WithAnswers returns a copy of the notebook that goes on after its end: each
// answer is written and checked, the wrong ones first and the solution last.
// Wants are what the checks then show, in order; their cells are the last of
// the copy, two for each.
func (e *Exercise) WithAnswers(nb *notebook.Notebook) (again *notebook.Notebook, wants []Expectation) {
	again = &notebook.Notebook{Metadata: nb.Metadata, Cells: append([]*notebook.Cell(nil), nb.Cells...)}
	try := func(answer string, want Expectation) {
		again.Cells = append(again.Cells,
			&notebook.Cell{Type: notebook.Code, Source: answer},
			&notebook.Cell{Type: notebook.Code, Source: e.Check.Source, Metadata: e.Check.Metadata})
		wants = append(wants, want)
	}
	for _, w := range e.Metadata.Wrong {
		try(w.Answer, w.Expect)
	}
	try(e.Solution, *e.Metadata.Solved)
	return again, wants
}
