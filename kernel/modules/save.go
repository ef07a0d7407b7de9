package modules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// GoMod returns the session's requirements as a go.mod file: the one above the
// notebook with what has been added, or one for a module of the given path.
func (s *Session) GoMod(ctx context.Context, modPath string) ([]byte, error) {
	if _, err := s.list(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.goMod(modPath)
}

func (s *Session) goMod(modPath string) ([]byte, error) {
	var f *modfile.File
	if len(s.work.mains) > 0 {
		m := s.nearest()
		data, err := os.ReadFile(filepath.Join(m.dir, "go.mod"))
		if err != nil {
			return nil, err
		}
		if f, err = modfile.Parse(filepath.Join(m.dir, "go.mod"), data, nil); err != nil {
			return nil, broken(filepath.Join(m.dir, "go.mod"), err)
		}
	} else {
		f = new(modfile.File)
		if err := f.AddModuleStmt(modPath); err != nil {
			return nil, err
		}
		if err := f.AddGoStmt(s.own); err != nil {
			return nil, err
		}
	}
	indirect := map[string]bool{}
	for _, r := range f.Require {
		indirect[r.Mod.Path] = r.Indirect
	}
	var list []*modfile.Require
	for _, path := range slices.Sorted(maps.Keys(s.roots)) {
		was, known := indirect[path]
		list = append(list, &modfile.Require{
			Mod:      module.Version{Path: path, Version: s.roots[path]},
			Indirect: !s.asked[path] && (was || !known),
		})
	}
	f.SetRequireSeparateIndirect(list)
	f.Cleanup()
	return f.Format()
}

// nearest is the main module that the notebook lies in, or else the first.
func (s *Session) nearest() mainModule {
	best := s.work.mains[0]
	for _, m := range s.work.mains {
		if within(m.dir, s.dir) && (!within(best.dir, s.dir) || len(m.dir) > len(best.dir)) {
			best = m
		}
	}
	return best
}

// Save writes the requirements to the go.mod above the notebook, or to a new one
// in its folder for a module of the given path, and the checksums to the go.sum
// beside it. It returns the file's name.
func (s *Session) Save(ctx context.Context, modPath string) (file string, err error) {
	selected, err := s.list(ctx)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := s.goMod(modPath)
	if err != nil {
		return "", err
	}
	dir := s.dir
	if len(s.work.mains) > 0 {
		dir = s.nearest().dir
	}
	use := map[module.Version]bool{}
	for path, v := range selected {
		use[s.work.source(module.Version{Path: path, Version: v})] = true
	}
	sums := s.d.sums.lines(use)
	file = filepath.Join(dir, "go.mod")
	if err := replaceFile(file, data); err != nil {
		return "", fmt.Errorf("saving go.mod: %w", err)
	}
	if len(sums) > 0 {
		if err := replaceFile(filepath.Join(dir, "go.sum"), sums); err != nil {
			return "", fmt.Errorf("saving go.sum: %w", err)
		}
	}
	s.reread()
	return file, nil
}

// replaceFile writes a file that the go command may be reading. What is there
// already is not written again.
func replaceFile(file string, data []byte) error {
	was, err := os.ReadFile(file)
	if err == nil && bytes.Equal(was, data) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return writeLocked(file, bytes.NewReader(data), 0o666)
}

// within reports whether a folder is dir or lies in it.
func within(dir, folder string) bool {
	rel, err := filepath.Rel(dir, folder)
	return err == nil && filepath.IsLocal(rel)
}
