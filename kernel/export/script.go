package export

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/mod/modfile"
)

// Script is the program in one file, which `go run` takes as it is. Packages of modules
// it cannot bring along; a comment says how to get them.
func (m *Module) Script(module string) ([]byte, error) {
	s := &script{imports: map[string]string{}, used: map[string]bool{}, standIn: module + "/display"}
	names := slices.Sorted(maps.Keys(m.Files))
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasSuffix(n, ".go") })
	// What the cells import keeps its names.
	first := func(n string) int { return max(slices.Index([]string{"main.go", "main_test.go"}, n), -1) }
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(uint(first(a)), uint(first(b))) })
	for _, n := range names {
		if err := s.parse(n, m.Files[n]); err != nil {
			return nil, err
		}
	}
	s.prefix = "display"
	for s.taken() {
		s.prefix += "_"
	}
	var header, bodies strings.Builder
	for _, f := range s.files {
		head, body := f.text(s)
		if f.name == "main.go" {
			header.WriteString(head)
		}
		bodies.WriteString(body)
	}
	header.WriteString(needs(m.Files["go.mod"]))
	return formatted(header.String() + "package main\n\n" + s.importClause() + bodies.String())
}

// importClause imports what all files do.
func (s *script) importClause() string {
	imported := func(line string) string { return line[strings.IndexByte(line, '"'):] }
	lines := slices.SortedFunc(maps.Keys(s.used), func(a, b string) int { return strings.Compare(imported(a), imported(b)) })
	if len(lines) == 0 {
		return ""
	}
	text, more := "import (\n", ""
	for _, line := range lines {
		if host, _, _ := strings.Cut(imported(line), "/"); strings.Contains(host, ".") { // of a module
			more += line + "\n"
		} else {
			text += line + "\n"
		}
	}
	if more != "" {
		text += "\n" + more
	}
	return text + ")\n"
}

// needs says which modules a program is to be given, as a comment.
func needs(goMod []byte) string {
	f, err := modfile.ParseLax("go.mod", goMod, nil)
	if err != nil || len(f.Require) == 0 {
		return ""
	}
	var list []string
	for _, r := range f.Require {
		if !r.Indirect {
			list = append(list, r.Mod.Path+"@"+r.Mod.Version)
		}
	}
	return "//\n// It needs modules: go mod init notebook && go get " + strings.Join(list, " ") + "\n"
}

// A script is a program that becomes one file.
type script struct {
	files   []*scriptFile
	imports map[string]string // by name, paths
	used    map[string]bool   // lines of the import clause
	standIn string            // the path of what stands in for gosched/display
	prefix  string            // of the names that it declares
}

// A scriptFile is one of the files that come together.
type scriptFile struct {
	name    string
	source  []byte
	fset    *token.FileSet
	syntax  *ast.File
	changes edits
}

func (s *script) parse(name string, text []byte) error {
	f := &scriptFile{name: name, source: text, fset: token.NewFileSet()}
	var err error
	// Names that parsing does not find are those of imports, or of other files.
	if f.syntax, err = parser.ParseFile(f.fset, name, text, parser.ParseComments); err != nil {
		return err
	}
	s.files = append(s.files, f)
	return nil
}

// taken reports whether names that begin with the prefix may be somebody else's.
func (s *script) taken() bool {
	return slices.ContainsFunc(s.files, func(f *scriptFile) bool {
		return f.syntax.Name.Name == "main" && strings.Contains(string(f.source), s.prefix) && slices.ContainsFunc(allNames(f.syntax), func(n string) bool {
			rest, ok := strings.CutPrefix(n, s.prefix)
			return ok && rest != "" && unicode.IsUpper(rune(rest[0]))
		})
	})
}

func allNames(f *ast.File) (list []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			list = append(list, id.Name)
		}
		return true
	})
	return list
}

// inStandIn is the name that something of package display has in the script.
func (s *script) inStandIn(name string) string {
	return s.prefix + strings.ToUpper(name[:1]) + name[1:]
}

// text is what stands above a file's package clause, and what is below its imports.
func (f *scriptFile) text(s *script) (head, body string) {
	renamed := map[string]string{} // imports
	display := ""
	start := f.offset(f.syntax.Name.End())
	for _, spec := range f.syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if imported == s.standIn {
			display = cmp.Or(name, "display")
			continue
		}
		if name == "_" {
			s.used["_ "+spec.Path.Value] = true
			continue
		}
		name = cmp.Or(name, path.Base(imported))
		other := name
		for s.imports[other] != "" && s.imports[other] != imported {
			other += "_"
		}
		s.imports[other] = imported
		switch {
		case other != name:
			renamed[name] = other
			s.used[other+" "+spec.Path.Value] = true
		case spec.Name != nil:
			s.used[name+" "+spec.Path.Value] = true
		default:
			s.used[spec.Path.Value] = true
		}
	}
	for _, d := range f.syntax.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			start = f.offset(g.End())
		}
	}
	ofDisplay := f.syntax.Name.Name == "display"
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && id.Obj == nil {
				switch {
				case id.Name == display:
					f.changes.replace(f.offset(n.Pos()), f.offset(n.End()), s.inStandIn(n.Sel.Name))
				case renamed[id.Name] != "":
					f.changes.replace(f.offset(id.Pos()), f.offset(id.End()), renamed[id.Name])
				}
			}
		case *ast.Ident:
			if ofDisplay && n.Obj != nil && f.syntax.Scope.Lookup(n.Name) == n.Obj {
				f.changes.replace(f.offset(n.Pos()), f.offset(n.End()), s.inStandIn(n.Name))
			}
		}
		return true
	})
	head = string(f.source[:f.offset(f.syntax.Package)])
	return head, f.changes.apply(f.source, span{start, len(f.source)})
}

func (f *scriptFile) offset(p token.Pos) int { return f.fset.Position(p).Offset }
