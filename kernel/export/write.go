package export

import (
	"embed"
	"fmt"
	"go/format"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gosched/gosched/kernel/display"
	"github.com/gosched/gosched/kernel/stdlib"
)

// written marks files that an export may write again.
const written = "written by gosched export"

// write makes the text of the program, and of its tests if it has any.
func (x *exporter) write() (main, test string) {
	var cells, tests, code strings.Builder
	var calls []string
	units := map[*state]*unit{}
	for _, u := range x.units {
		units[u.state] = u
	}
	testUses := map[string]bool{}
	for _, s := range x.states {
		for _, h := range s.Headings {
			fmt.Fprintf(&cells, "\n// %s\n", h)
		}
		u := units[s]
		if u == nil {
			fmt.Fprintf(&cells, "\n%s\n", leftOut(s))
			continue
		}
		b, err := x.bodyOf(u)
		if err != nil {
			x.leave(u, nothing, "%v", err)
			continue
		}
		mainUses := x.names.used
		for _, v := range x.versions {
			if v.in != u || !v.needed {
				continue
			}
			if v.isTest() {
				x.names.used = testUses
				fmt.Fprintf(&tests, "\n%s\n", x.declaration(v))
				x.names.used = mainUses
				continue
			}
			text := x.declaration(v)
			fmt.Fprintf(&cells, "\n%s\n", text)
			code.WriteString(text + "\n")
		}
		if len(b.vars) > 0 {
			fmt.Fprintf(&cells, "\n%s\n", strings.Join(b.vars, "\n"))
		}
		switch {
		case s.extent == declarations:
			fmt.Fprintf(&cells, "\n%s\n", leftOut(s))
		case b.empty:
			if b.text != "" {
				fmt.Fprintf(&cells, "\n%s\n", b.text)
			}
		default:
			code.WriteString(b.text + "\n")
			name := x.cellName(u)
			fmt.Fprintf(&cells, "\n%sfunc %s() {\n%s\n}\n", about(s), name, b.text)
			call := name + "()"
			if s.Failure != Passes {
				x.uses.fail = true
				call = "mayFail(" + name + ")"
			}
			calls = append(calls, call)
			if s.Failure == Passes && startsGoroutines(b.text) {
				calls = append(calls, "pause()")
			}
		}
		for _, path := range u.blank {
			x.names.used["_ "+path] = true
		}
	}
	x.uses.rest = startsGoroutines(code.String())
	if n := len(calls); n > 0 && calls[n-1] == "pause()" {
		calls = calls[:n-1]
	}
	if x.uses.rest {
		calls = append(calls, "rest()")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// Command %s is the notebook %s as a program, %s.\n//\n", x.o.Module[strings.LastIndexByte(x.o.Module, '/')+1:], x.o.Notebook, written)
	b.WriteString("// Its cells are functions that main calls in turn. What a later cell declares\n// anew has the number of that cell behind its name.\npackage main\n\n")
	b.WriteString(x.importClause(x.names.used))
	fmt.Fprintf(&b, "\nfunc main() {\n%s\n}\n", strings.Join(calls, "\n"))
	b.WriteString(cells.String())
	main = b.String()
	if tests.Len() > 0 {
		test = "// These are the notebook's tests, " + written + ".\n\npackage main\n\n" + x.importClause(testUses) + tests.String()
	}
	return main, test
}

var goroutines = regexp.MustCompile(`\bgo (func\b|[\pL_])|\.(Go|TryGo|AfterFunc)\(`)

// startsGoroutines reports whether there may be goroutines that outlive their
// cell. It may be wrong in that none does.
func startsGoroutines(text string) bool { return goroutines.MatchString(text) }

// about is the comment above a cell's function.
func about(s *state) string {
	switch s.Failure {
	case Panics:
		return fmt.Sprintf("// Cell %d is expected to panic.\n", s.Number)
	case Blocks:
		return fmt.Sprintf("// Cell %d is expected to wait for ever.\n", s.Number)
	}
	return ""
}

// leftOut is a cell as a comment, with the reason why it is one.
func leftOut(s *state) string {
	var b strings.Builder
	what := fmt.Sprintf("Cell %d is", s.Number)
	if s.Number == 0 {
		what = "A cell is"
	}
	if s.extent == declarations {
		what = fmt.Sprintf("The statements of cell %d are", s.Number)
	}
	fmt.Fprintf(&b, "// %s not part of the program: %s.\n//\n", what, strings.TrimSuffix(s.reason, "."))
	for line := range strings.Lines(strings.Trim(s.Source, "\n") + "\n") {
		b.WriteString(strings.TrimRight("//\t"+line, " \t\n") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// importClause imports the packages that a file uses.
func (x *exporter) importClause(used map[string]bool) string {
	if len(used) == 0 {
		return ""
	}
	var std, other []string
	for _, path := range slices.Sorted(maps.Keys(used)) {
		line := ""
		if blank, ok := strings.CutPrefix(path, "_ "); ok {
			path, line = blank, "_ "
			if used[path] {
				continue
			}
		} else if name := x.names.imports[path]; name != x.baseName(path) {
			line = name + " "
		}
		if path == display.Path {
			x.uses.display = true
			path = x.o.Module + "/display"
		}
		line += strconv.Quote(path)
		if strings.Contains(strings.Split(path, "/")[0], ".") || !stdlib.Has(path) { // of a module
			other = append(other, line)
		} else {
			std = append(std, line)
		}
	}
	text := "import (\n" + strings.Join(std, "\n") + "\n"
	if len(std) > 0 && len(other) > 0 {
		text += "\n"
	}
	return text + strings.Join(other, "\n") + "\n)\n"
}

// baseName is the name that a package gives itself.
func (x *exporter) baseName(path string) string {
	pkg, err := x.packages.Import(path)
	if err != nil {
		return ""
	}
	return pkg.Name()
}

//go:embed templates
var templates embed.FS

// addHelpers adds the functions that the cells' program uses.
func (x *exporter) addHelpers(m *Module) {
	for name, used := range map[string]bool{"show": x.uses.show, "rest": x.uses.rest, "fail": x.uses.fail} {
		if used {
			text, err := templates.ReadFile("templates/" + name + ".go.txt")
			if err != nil {
				panic(err) // it is embedded
			}
			m.Files[name+".go"] = text
		}
	}
	if x.uses.display {
		text, err := templates.ReadFile("templates/display.go.txt")
		if err != nil {
			panic(err)
		}
		m.Files["display/display.go"] = text
	}
}

// formatted is source as gofmt has it.
func formatted(text string) ([]byte, error) {
	out, err := format.Source([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("what was written is no Go: %w", err)
	}
	return out, nil
}
