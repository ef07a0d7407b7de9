package main

import (
	"fmt"
	"go/token"
	"strings"
)

// writeNames makes the list of packages with their names, and the exported
// names of those packages that share a name with another.
func writeNames(out content, w *world, release string) error {
	count := make(map[string]int)
	var paths []string
	for _, path := range w.paths() {
		if path != nativePath && !isInternal(path) {
			paths = append(paths, path)
			count[w.packages[path].Name]++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "package stdlib\n\n// GoVersion is the Go release whose standard library the tables describe.\nconst GoVersion = %q\n\n", release)
	b.WriteString("// packageList has a line \"path name\" for each package, sorted by path.\nconst packageList = \"\" +\n")
	for i, path := range paths {
		plus := " +"
		if i == len(paths)-1 {
			plus = ""
		}
		fmt.Fprintf(&b, "%q%s\n", path+" "+w.packages[path].Name+"\n", plus)
	}
	b.WriteString("\n// exportedNames returns the exported names of a package that shares its name\n// with another, with a space before and after each.\nfunc exportedNames(path string) string {\nswitch path {\n")
	for _, path := range paths {
		if count[w.packages[path].Name] < 2 {
			continue
		}
		fmt.Fprintf(&b, "case %q:\nreturn \" ", path)
		scope := w.packages[path].Types.Scope()
		for _, name := range scope.Names() {
			if token.IsExported(name) {
				b.WriteString(name + " ")
			}
		}
		b.WriteString("\"\n")
	}
	b.WriteString("}\nreturn \"\"\n}\n")
	return out.goFile("zz_packages.go", b.String())
}
