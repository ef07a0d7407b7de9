package stdlib

import (
	"fmt"
	"slices"
	"strings"
)

// An UnknownPackageError reports an import of a package that this kernel does
// not have.
type UnknownPackageError struct{ Path string }

func (e *UnknownPackageError) Error() string {
	last := e.Path[strings.LastIndex(e.Path, "/")+1:]
	switch {
	case e.Path == "C":
		return `import "C" cannot be used here: cells are run by an interpreter, which has no C compiler`
	case e.Path == "":
		return "import path is empty"
	case slices.Contains(strings.Split(e.Path, "/"), "internal"):
		return fmt.Sprintf("package %q is internal: only the module that it belongs to can import it", e.Path)
	case !strings.Contains(strings.SplitN(e.Path, "/", 2)[0], "."):
		msg := fmt.Sprintf("package %q is not in the standard library of %s", e.Path, GoVersion)
		if near := nearest(e.Path, last); near != "" {
			msg += fmt.Sprintf("; did you mean %q?", near)
		}
		return msg
	}
	msg := fmt.Sprintf("package %q is not part of this kernel", e.Path)
	if near := NearModule(e.Path); near != "" {
		msg += fmt.Sprintf("; did you mean %q?", near)
	}
	return msg
}

// NearModule returns the import path of a package beside the standard library
// that a wrong path has most likely meant, or the empty string.
func NearModule(path string) string {
	for _, p := range Modules() {
		if distance(path, p) < 3 {
			return p
		}
	}
	return ""
}

// Modules returns the import paths of the packages that are not part of the
// standard library, sorted.
func Modules() []string {
	return slices.DeleteFunc(Packages(), func(p string) bool {
		first, _, _ := strings.Cut(p, "/")
		return !strings.Contains(first, ".")
	})
}

// nearest returns a package that a wrong path may have meant: one with the
// same last element, or one that differs by a letter or two.
func nearest(path, last string) string {
	if paths := ByName(last); len(paths) > 0 {
		return paths[0]
	}
	best, least := "", 3
	for _, p := range Packages() {
		if d := distance(path, p); d < least {
			best, least = p, d
		}
	}
	return best
}

// distance is the Levenshtein distance between a and b in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
