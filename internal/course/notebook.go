package course

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	Stored *Expectation `json:"stored"` // what is stored has to be this, if it is given
	// Engine is "direct" if the cell is about what only that engine has, or goes on
	// with what such a cell has left.
	Engine string `json:"engine"`

	// Of a question of the quiz.
	Answer string `json:"answer"`
	Why    string `json:"why"`
	Lesson string `json:"lesson"`
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

// IsProgram reports whether a cell is a whole program, as it would stand in a file.
func IsProgram(cell *notebook.Cell) bool {
	return strings.HasPrefix(cell.Source, "package main\n") && strings.Contains(cell.Source, "\nfunc main() {\n")
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

// WithSolution returns a copy of the notebook that goes on after its end: the solution is
// written, and checked. These two cells are the last of the copy.
func (e *Exercise) WithSolution(nb *notebook.Notebook) *notebook.Notebook {
	again := *nb
	again.Cells = append(slices.Clone(nb.Cells),
		&notebook.Cell{Type: notebook.Code, Source: e.Solution},
		&notebook.Cell{Type: notebook.Code, Source: e.Check.Source, Metadata: e.Check.Metadata})
	return &again
}
