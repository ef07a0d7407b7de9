package modules

import (
	"fmt"
	"path/filepath"
	"strings"
)

// mayImport holds a cell to the rule of internal packages: a cell is as if it lay
// in the notebook's folder.
func (l *Loader) mayImport(pkgPath string) error {
	return internalTo(l.session.cellPath(), pkgPath)
}

// cellPath is the import path that the notebook's folder has.
func (s *Session) cellPath() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current()
	if len(s.work.mains) == 0 {
		return "main"
	}
	m := s.nearest()
	rel, err := filepath.Rel(m.dir, s.dir)
	if err != nil || rel == "." {
		return m.path
	}
	return m.path + "/" + filepath.ToSlash(rel)
}

// internalTo refuses an import of an internal package from outside of the folder
// in which it is internal.
func internalTo(importer, pkgPath string) error {
	elems := strings.Split(pkgPath, "/")
	i := len(elems) - 1
	for ; i >= 0 && elems[i] != "internal"; i-- {
	}
	if i < 0 {
		return nil
	}
	parent := strings.Join(elems[:i], "/")
	if _, ok := under(importer, parent); ok || parent == "" {
		return nil
	}
	return fmt.Errorf("package %q is internal: only packages in %s can import it", pkgPath, parent)
}
