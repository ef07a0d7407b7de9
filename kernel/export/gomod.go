package export

import (
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// importsOf lists what the files of a module import.
func importsOf(m *Module) ([]string, error) {
	var list []string
	for name, text := range m.Files {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			return nil, err
		}
		for _, s := range f.Imports {
			if path, err := strconv.Unquote(s.Path.Value); err == nil {
				list = append(list, path)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
