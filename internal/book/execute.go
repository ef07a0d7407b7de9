package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gosched/gosched/internal/course"
	"github.com/gosched/gosched/internal/notebook"
)

// A lesson is a notebook with what its cells have shown.
type lesson struct {
	name string // without .ipynb
	nb   *notebook.Notebook
}

const (
	atOnce   = 2 // notebooks that run at the same time
	attempts = 4 // some cells measure, and a busy machine upsets them
)

// judge says what is wrong with what cells have shown.
type judge func([]*notebook.Cell) error

// execute runs the notebooks. What cells show passes the judge, or it is an error.
func execute(ctx context.Context, program string, files []string, right judge) ([]*lesson, error) {
	lessons := make([]*lesson, len(files))
	errs := make([]error, len(files))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, file := range files {
		group.Go(func() error {
			lessons[i], errs[i] = executeOne(ctx, program, file, right)
			return nil
		})
	}
	return lessons, errors.Join(group.Wait(), errors.Join(errs...))
}

func executeOne(ctx context.Context, program, file string, right judge) (*lesson, error) {
	l := &lesson{name: strings.TrimSuffix(filepath.Base(file), ".ipynb")}
	nb, err := notebook.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for range attempts {
		if l.nb, err = course.Execute(ctx, program, nb); err != nil {
			return nil, fmt.Errorf("run %s: %w", file, err)
		}
		if err = right(l.nb.Cells); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s does not show what it says: %w", file, err)
	}
	return l, nil
}

// save writes the notebooks with their outputs.
func save(dir string, lessons []*lesson) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, l := range lessons {
		if err := l.nb.WriteFile(filepath.Join(dir, l.name+".ipynb")); err != nil {
			return err
		}
	}
	return nil
}
