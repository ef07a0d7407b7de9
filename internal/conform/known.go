package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gosched/gosched/kernel/engine"
)

// known lists programs that fail, and why: program, mode, reason. A mode of
// "all" stands for every mode.
type known map[string]map[mode]string

// readKnown reads a list of known failures. A line is a program's name, a mode
// or several separated by commas, and the reason; # starts a comment.
func readKnown(path string) (known, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) == filepath.Dir(knownPath(engine.Direct)) {
		return known{}, nil // outside the module nothing is known
	}
	if err != nil {
		return nil, fmt.Errorf("reading the known failures: %w", err)
	}
	return parseKnown(path, string(text))
}

func parseKnown(path, text string) (known, error) {
	k := known{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 3 {
			return nil, fmt.Errorf("%s:%d: want a program, a mode and a reason", path, n)
		}
		reason := strings.Join(f[2:], " ")
		for m := range strings.SplitSeq(f[1], ",") {
			modes := []mode{mode(m)}
			switch {
			case m == "all":
				modes = allModes
			case !slices.Contains(allModes, mode(m)):
				return nil, fmt.Errorf("%s:%d: no mode %q", path, n, m)
			}
			for _, m := range modes {
				if k[f[0]] == nil {
					k[f[0]] = map[mode]string{}
				}
				if _, twice := k[f[0]][m]; twice {
					return nil, fmt.Errorf("%s:%d: %s in mode %s is listed twice", path, n, f[0], m)
				}
				k[f[0]][m] = reason
			}
		}
	}
	return k, nil
}
