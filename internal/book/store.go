package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gosched/gosched/internal/course"
	"github.com/gosched/gosched/internal/notebook"
)

// storeAll keeps what the cells of notebooks have shown in their files. Those that did
// not show what they say, which have no lesson, stay as they are.
func storeAll(files []string, lessons []*lesson) error {
	var errs []error
	for i, l := range lessons {
		if l == nil {
			continue
		}
		if err := storeOne(files[i], l.nb); err != nil {
			errs = append(errs, fmt.Errorf("store %s: %w", files[i], err))
		}
	}
	return errors.Join(errs...)
}

func storeOne(file string, run *notebook.Notebook) error {
	nb, err := notebook.ReadFile(file)
	if err != nil {
		return err
	}
	stored, err := course.Store(nb, run)
	if err != nil {
		return err
	}
	var before, after bytes.Buffer
	if err := errors.Join(nb.Write(&before), stored.Write(&after)); err != nil {
		return err
	}
	if bytes.Equal(before.Bytes(), after.Bytes()) {
		return nil
	}
	say("new in %s", filepath.Base(file))
	return os.WriteFile(file, after.Bytes(), 0o644)
}
