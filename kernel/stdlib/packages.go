package stdlib

import (
	"slices"
	"strings"
	"sync"
)

// Packages returns the import paths of all packages that a cell can import,
// sorted, without unsafe.
func Packages() []string {
	var paths []string
	for line := range strings.Lines(packageList) {
		path, _, _ := strings.Cut(line, " ")
		paths = append(paths, path)
	}
	return paths
}

// Has reports whether a cell can import path. It is true for unsafe.
func Has(path string) bool {
	return path == "unsafe" || Name(path) != ""
}

// Name returns the name that the package with the given import path declares,
// or the empty string if there is no such package.
func Name(path string) string {
	return names()[path]
}

// names are those of all packages.
var names = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(packageList) {
		path, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		all[path] = name
	}
	return all
})

// preferred says which of several packages with one name a program most
// likely means, where that is not the one with the shortest path.
var preferred = map[string][]string{
	// The functions that math/rand/v2 and crypto/rand share are Int and
	// little else, and who writes rand.Int() means a pseudo-random number.
	// crypto/rand before math/rand, whose Read is deprecated in favour of it.
	"rand":     {"math/rand/v2", "crypto/rand", "math/rand"},
	"template": {"text/template", "html/template"},
	"pprof":    {"runtime/pprof", "net/http/pprof"},
	"scanner":  {"text/scanner", "go/scanner"},
}

// ByName returns the import paths of the packages called name, the one that
// is most likely meant first: the choices of goimports with two exceptions
// (math/rand/v2 before crypto/rand, and text/ before go/ and html/), then
// the standard library before modules, then the path with the fewest elements.
func ByName(name string) []string {
	if name == "unsafe" {
		return []string{"unsafe"}
	}
	var paths []string
	for line := range strings.Lines(packageList) {
		if path, n, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " "); n == name {
			paths = append(paths, path)
		}
	}
	order := preferred[name]
	rank := func(path string) int {
		if i := slices.Index(order, path); i >= 0 {
			return i
		}
		first, rest, _ := strings.Cut(path, "/")
		if strings.Contains(first, ".") {
			return 2000 + strings.Count(rest, "/")
		}
		return 1000 + strings.Count(rest, "/")
	}
	slices.SortStableFunc(paths, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return len(a) - len(b)
	})
	return paths
}

// Resolve chooses the package that code means which uses the given names of a
// package called name: among those of [ByName] the first one that has them
// all, or else the first that has the most, for then the rest are mistakes
// that are best reported against it. It reports false if no package has that
// name.
func Resolve(name string, symbols []string) (path string, ok bool) {
	paths := ByName(name)
	if len(paths) == 0 {
		return "", false
	}
	if len(paths) == 1 {
		return paths[0], true
	}
	best, most := paths[0], -1
	for _, p := range paths {
		names, n := exportedNames(p), 0
		for _, s := range symbols {
			if strings.Contains(names, " "+s+" ") {
				n++
			}
		}
		if n > most {
			best, most = p, n
		}
	}
	return best, true
}
