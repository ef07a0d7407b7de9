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
		data, err := os.ReadFile(m.name)
		if err != nil {
			return nil, err
		}
		if f, err = modfile.Parse(m.name, data, nil); err != nil {
			return nil, broken(m.name, err)
		}
	} else {
		f = new(modfile.File)
		if err := f.AddModuleStmt(modPath); err != nil {
			return nil, err
		}
	}
	if len(s.work.mains) == 0 {
		if err := f.AddGoStmt(release(s.own)); err != nil {
			return nil, err
		}
	}
	if err := s.graph.raiseGo(f, s.selected); err != nil {
		return nil, err
	}
	indirect := map[string]bool{}
	for _, r := range f.Require {
		indirect[r.Mod.Path] = r.Indirect
	}
	var list []*modfile.Require
	others := s.work.requiredElsewhere(f)
	for _, path := range slices.Sorted(maps.Keys(s.roots)) {
		if others[path] && !s.asked[path] {
			continue
		}
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

// requiredElsewhere lists what modules of a workspace require, but for the one that
// has a go.mod file.
func (w *workspace) requiredElsewhere(f *modfile.File) map[string]bool {
	others := map[string]bool{}
	for _, m := range w.mains {
		if m.path == f.Module.Mod.Path {
			continue
		}
		for _, r := range m.file.Require {
			others[r.Mod.Path] = true
		}
	}
	for _, r := range f.Require {
		delete(others, r.Mod.Path)
	}
	return others
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
	file = filepath.Join(s.dir, "go.mod")
	if len(s.work.mains) > 0 {
		m := s.nearest()
		if len(s.work.mains) > 1 && !within(m.dir, s.dir) {
			return "", fmt.Errorf("the notebook lies in no module that %s uses, so there is no go.mod to save to", s.work.file)
		}
		file = m.name
	} else if isTemp(s.dir) {
		return "", fmt.Errorf("a go.mod in %s, where temporary files are, would count for nothing; move the notebook to a folder of its own", s.dir)
	}
	use := map[module.Version]bool{}
	for path, v := range selected {
		use[s.work.source(module.Version{Path: path, Version: v})] = true
	}
	sums := s.d.sums.lines(use, s.graph.read())
	// Checksums that nobody asks for do no harm; a go.mod without them is refused.
	if len(sums) > 0 {
		if err := replaceFile(sumFile(file), sums); err != nil {
			return "", fmt.Errorf("saving go.sum: %w", err)
		}
	}
	if err := replaceFile(file, data); err != nil {
		return "", fmt.Errorf("saving go.mod: %w", err)
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
	isNew := err != nil
	// It is written so that what was there is there again when that fails.
	err = transformLocked(file, func([]byte) ([]byte, error) { return data, nil })
	if err != nil && isNew {
		_ = os.Remove(file) // empty
	}
	var full *fs.PathError
	if errors.As(err, &full) && noSpace(full.Err) {
		return diskFull(full.Path)
	}
	return err
}

// within reports whether a folder is dir or lies in it.
func within(dir, folder string) bool {
	rel, err := filepath.Rel(dir, folder)
	return err == nil && filepath.IsLocal(rel)
}
