package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/build/constraint"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gosched/gosched/internal/toolchain"
)

// readTree reads back what merge has laid out, for every target. What a target
// does not have yet is left out.
func readTree(dir string) (tree, error) {
	t := make(tree)
	for _, r := range toolchain.Releases() {
		for _, p := range platforms {
			t[target{r, p}] = newContent()
		}
	}
	for _, l := range layers() {
		data, err := os.ReadFile(filepath.Join(dir, "data", l.String()+".zip"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		entries, err := unzip(data)
		if err != nil {
			return nil, fmt.Errorf("archive %s: %w", l, err)
		}
		for tg, c := range t {
			if (l.release == "" || l.release == tg.release) && (l.platform == platform{} || l.platform == tg.platform) {
				for name, e := range entries {
					c.data[name] = e
				}
			}
		}
	}
	for _, glob := range append(generatedGlobs, "source/LICENSE") {
		files, err := filepath.Glob(filepath.Join(dir, glob))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			rel, err := filepath.Rel(dir, file)
			if err != nil {
				return nil, err
			}
			rel = filepath.ToSlash(rel)
			if strings.HasSuffix(rel, ".zip") || strings.HasPrefix(rel, "zz_data") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			if err := t.addFile(rel, src); err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

// addFile gives a file to the targets that it is for, under the name and with
// the text that it had before merge.
func (t tree) addFile(file string, src []byte) error {
	name, isGo := strings.CutSuffix(file, ".go")
	var only platform
	for _, p := range platforms {
		if rest, ok := strings.CutSuffix(name, "_"+p.String()); ok {
			name, only = rest, p
		}
	}
	for _, r := range toolchain.Releases() {
		name = strings.TrimSuffix(name, "_"+tag(r))
	}
	if isGo {
		name += ".go"
	}
	releases := toolchain.Releases()
	if _, rest, ok := bytes.Cut(src, []byte(header+"//go:build ")); ok {
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		expr, err := constraint.Parse("//go:build " + string(line))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		releases = slices.DeleteFunc(releases, func(r string) bool {
			return !expr.Eval(func(tag string) bool { return minor(tag) <= minor(r) })
		})
		src = bytes.Replace(src, []byte("//go:build "+string(line)+"\n\n"), nil, 1)
	}
	for tg, c := range t {
		if slices.Contains(releases, tg.release) && (only == platform{} || only == tg.platform) {
			c.files[name] = src
		}
	}
	return nil
}

// minor is the number that releases are ordered by: 27 for "go1.27".
func minor(release string) int {
	var n int
	if _, err := fmt.Sscanf(release, "go1.%d", &n); err != nil {
		return 0
	}
	return n
}
