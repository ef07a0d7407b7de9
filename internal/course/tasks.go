package course

import (
	"fmt"
	"strings"

	"github.com/gosched/gosched/internal/notebook"
)

// FindTasks finds the tasks of a notebook beside its exercise.
func FindTasks(nb *notebook.Notebook) ([]*Exercise, error) {
	var all []*Exercise
	var task Exercise
	for _, cell := range nb.Cells {
		m, err := ReadMetadata(cell)
		if err != nil {
			return nil, err
		}
		switch m.Role {
		case RoleTask:
			if task.Given != nil {
				return nil, fmt.Errorf("the task before cell %s has no solution", cell.ID)
			}
			task.Given = cell
		case RoleTaskCheck:
			task.Check, task.Metadata = cell, m
		case RoleTaskHelp:
			_, solution, _ := strings.Cut(cell.Source, "Solution</b>")
			if task.Solution, err = fenced(solution); err != nil {
				return nil, fmt.Errorf("cell %s: %w", cell.ID, err)
			}
			if task.Given == nil || task.Check == nil || task.Metadata.Solved == nil {
				return nil, fmt.Errorf("the task of cell %s wants a cell to write in, and a check that says what to expect of the solution", cell.ID)
			}
			done := task
			all, task = append(all, &done), Exercise{}
		}
	}
	if task.Given != nil {
		return nil, fmt.Errorf("the task of cell %s has no solution", task.Given.ID)
	}
	return all, nil
}
