package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// readPackageList reads packages.txt: import paths, one a line, # comments.
func readPackageList(name string) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var paths []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			paths = append(paths, line)
		}
	}
	return paths, nil
}

func isInternal(path string) bool {
	return slices.Contains(strings.Split(path, "/"), "internal")
}

func isSourceModule(w *world, path string) bool { return false }

func addModule(dir, module string) error { return fmt.Errorf("not yet") }
