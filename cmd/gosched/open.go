package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gosched/gosched/internal/notebook"
)

// path resolves a file name of the command line.
func (p *process) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}

// openNotebook opens a notebook, or makes one of a Go file. Name is what people
// call it.
func openNotebook(name, path string) (*notebook.File, error) {
	if filepath.Ext(name) == ".go" {
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if notebook.HasMarkers(string(source)) {
			return notebook.FromPercent(string(source)).File()
		}
		return notebook.New(string(source)).File()
	}
	nb, err := notebook.Open(path)
	if err != nil {
		return nil, err
	}
	if spec, ok := nb.Metadata["kernelspec"].(map[string]any); ok {
		if language, ok := spec["language"].(string); ok && language != "" && language != "go" {
			return nil, errors.Join(fmt.Errorf("%s is a notebook for %s, and gosched runs Go", name, language), nb.Close())
		}
	}
	return nb, nil
}
