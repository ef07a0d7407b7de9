package assist_test

import (
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/assist"
	"github.com/gosched/gosched/kernel/cell"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/stdlib"
)

// before is what the session of the tests has run.
const before = `
import "strings"

// A Job is one piece of work.
type Job struct {
	ID   int // ID counts from one.
	Name string
	Done chan struct{}
	base
	secret bool
}
type base struct { Created string }

// Run does the job.
func (j *Job) Run(times int) error { return nil }
func (j Job) String() string { return "" }
func (b *base) Touch() {}

// Work starts workers.
func Work(n int, jobs <-chan Job) (<-chan string, error) { return nil, nil }

func Map[T, U any](xs []T, f func(T) U) []U { return nil }

const limit = 10
var jobs = make(chan Job, 3)
var results map[string][]*Job
var rd interface { Read(p []byte) (int, error); Close() error }
type Number interface { ~int | ~float64; Scale(by int) string }
var pair = struct { Left, Right int }{}
`

// checker is a session that has run the cell before, and nothing else: enough
// of one to give out types.
type checker struct{ imp types.Importer }

func (k checker) CheckLenient(src []byte) *assist.Checked {
	fset := token.NewFileSet()
	old, err := cell.Parse(fset, "cell 1", []byte(before))
	if err != nil {
		panic(err)
	}
	c, _ := cell.Parse(fset, "cell 2", src)
	file := &ast.File{Name: ast.NewIdent("main")}
	add := func(c *cell.Cell) {
		for _, s := range c.Imports {
			file.Decls = append(file.Decls, &ast.GenDecl{Tok: token.IMPORT, Specs: []ast.Spec{s}})
			file.Imports = append(file.Imports, s)
		}
	}
	add(old)
	add(c)
	file.Decls = append(file.Decls, old.Decls...)
	for _, d := range c.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.VAR {
			file.Decls = append(file.Decls, d)
		}
	}
	body := &ast.FuncDecl{
		Name: ast.NewIdent("cell"),
		Type: &ast.FuncType{Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{Lbrace: token.Pos(c.File.Base()), List: c.Stmts, Rbrace: token.Pos(c.File.Base() + c.File.Size())},
	}
	file.Decls = append(file.Decls, body)
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Scopes: map[ast.Node]*types.Scope{},
	}
	conf := types.Config{Error: func(error) {}, Importer: k.imp}
	pkg, _ := conf.Check("main", fset, []*ast.File{file}, info)
	runtime.KeepAlive(old) // its file leaves fset with it
	return &assist.Checked{Fset: fset, Cell: c, Info: info, Package: pkg, Scope: info.Scopes[body.Type]}
}

var sharedImporter = sync.OnceValue(func() types.Importer {
	return stdlib.NewImporter(token.NewFileSet())
})

func env() *assist.Env {
	imp := sharedImporter()
	return &assist.Env{
		Checker:  checker{imp},
		Importer: imp,
		Packages: []assist.Package{{"fmt", "fmt"}, {"strings", "strings"}, {"context", "context"}, {"text/template", "template"},
			{"html/template", "template"}, {"math/rand", "rand"}, {"math/rand/v2", "rand"}, {"net/http", "http"}},
		Doc: func(path, name string) string {
			return map[string]string{
				"strings": "Package strings does things to strings.\n", "strings.ToUpper": "ToUpper makes capitals. See [ToLower].\n",
				"strings.Builder": "A Builder builds.\n", "strings.Builder.Len": "Len counts.\n",
				"main.Job": "A Job is one piece of work.\n", "main.Job.Run": "Run does the job.\n", "main.Job.ID": "ID counts from one.\n",
				"fmt.Println": strings.Repeat("Many words. ", 100) + "\n\n" + strings.Repeat("More words. ", 100) + "\n",
				"builtin.int": "int is a signed integer.\n",
			}[strings.TrimSuffix(path+"."+name, ".")]
		},
		Value: func(name string) (string, bool) {
			v, ok := map[string]string{"limit": "wrong", "pair": "{Left:1 Right:2}"}[name]
			return v, ok
		},
		Magics: []assist.Magic{
			{Name: "goroutines", Line: true, Brief: "list goroutines", Help: func() string { return "list goroutines" }},
			{Name: "kill", Line: true, Brief: "stop goroutines", Help: func() string { return "stop goroutines" }, Arguments: func(before []string, _ string) []session.Match {
				if len(before) == 1 && before[0] == "cell" {
					return []session.Match{{Text: "3"}, {Text: "31"}, {Text: "4"}}
				}
				return []session.Match{{Text: "7"}, {Text: "all"}, {Text: "cell"}}
			}},
			{Name: "time", Line: true, Cell: true, Brief: "measure"},
			{Name: "trace", Cell: true, Brief: "draw"},
		},
	}
}

// cut takes the cursor mark out of a source.
func cut(t *testing.T, marked string) (src string, cursor int) {
	t.Helper()
	cursor = strings.Index(marked, "‸")
	if cursor < 0 {
		t.Fatalf("no cursor in %q", marked)
	}
	return strings.Replace(marked, "‸", "", 1), cursor
}

func TestComplete(t *testing.T) {
	tests := []struct {
		name, src string
		replaced  string   // the text that is replaced
		want      []string // the first matches, in order
		not       []string // what must not be among them
	}{
		{"package", "strings.ToU‸", "ToU", []string{"ToUpper", "ToUpperSpecial"}, []string{"Builder"}},
		{"package, empty", "strings.‸", "", []string{"Builder", "Clone"}, []string{"explode", "limit"}},
		{"package, other case", "strings.tou‸", "tou", []string{"ToUpper"}, nil},
		{"package that is not imported", "context.WithC‸", "WithC", []string{"WithCancel", "WithCancelCause"}, nil},
		{"package of the cell", "import f \"fmt\"\nf.Pri‸", "Pri", []string{"Print", "Printf", "Println"}, nil},
		{"fields and methods", "j := Job{}\nj.‸", "", []string{"Created", "Done", "ID", "Name", "Run", "String", "Touch", "base", "secret"}, nil},
		{"pointer", "j := &Job{}\nj.R‸", "R", []string{"Run"}, nil},
		{"in the middle", "j := Job{}\nj.Na‸me = 1", "Na", []string{"Name"}, nil},
		{"before more code", "j := Job{}\nj.‸\nfmt.Println(1)\n", "", []string{"Created"}, nil},
		{"unexported of another package", "var b strings.Builder\nb.‸", "", []string{"Cap", "Grow", "Len"}, []string{"buf", "addr"}},
		{"call", "strings.NewReader(\"\").Re‸", "Re", []string{"Read", "ReadAt"}, nil},
		{"index", "results[\"a\"][0].I‸", "I", []string{"ID"}, nil},
		{"receive", "(<-jobs).N‸", "N", []string{"Name"}, nil},
		{"interface", "rd.‸", "", []string{"Close", "Read"}, nil},
		{"method expression", "Job.‸", "", []string{"Run", "String", "Touch"}, []string{"ID"}},
		{"anonymous struct", "pair.L‸", "L", []string{"Left"}, nil},
		{"type parameter", "func f[T Number](x T) { x.‸ }", "", []string{"Scale"}, nil},
		{"error", "_, err := Work(1, nil)\nerr.‸", "", []string{"Error"}, nil},
		{"chain over lines", "strings.\n\tToU‸", "ToU", []string{"ToUpper"}, nil},
		{"after range", "for _, r := range results { for _, q := range r { q.I‸ } }", "I", []string{"ID"}, nil},
		{"nothing known", "nobody.‸", "", nil, []string{"limit"}},
		{"a number has no members", "x := 1.‸", "", nil, []string{"limit"}},
		{"session names", "li‸", "li", []string{"limit"}, nil},
		{"session before keyword", "r‸", "r", []string{"rd", "results", "real", "recover", "rune", "range", "return", "rand"}, nil},
		{"locals first", "func f(resolve int) { res‸ }", "res", []string{"resolve", "results"}, nil},
		{"inner shadows", "func f(a int) { limit := \"\"; lim‸ }", "lim", []string{"limit"}, nil},
		{"not yet declared", "func f() { zed‸\n zedd := 1; _ = zedd }", "zed", nil, []string{"zedd"}},
		{"not out of scope", "func f() { { zedd := 1; _ = zedd }; zed‸ }", "zed", nil, []string{"zedd"}},
		{"top level of the cell", "zedd := 1\nze‸", "ze", []string{"zedd"}, nil},
		{"hoisted", "zed‸\nfunc zedd() {}", "zed", []string{"zedd"}, nil},
		{"in a closure", "go func(zedd int) {\n\tfor zeta := range 3 {\n\t\tze‸", "ze", []string{"zedd", "zeta"}, nil},
		{"unfinished call", "strings.ToUpper(li‸", "li", []string{"limit"}, nil},
		{"unfinished if", "if li‸", "li", []string{"limit"}, nil},
		{"unfinished select", "select {\ncase r := <-jo‸", "jo", []string{"jobs"}, nil},
		{"struct literal", "Job{‸}", "", []string{"Done: ", "ID: ", "Name: "}, nil},
		{"struct literal, keyed", "Job{ID: 1, ‸}", "", []string{"Done: ", "Name: ", "base: ", "secret: "}, []string{"ID: ", "limit"}},
		{"struct literal, value", "Job{ID: li‸}", "li", []string{"limit"}, nil},
		{"struct literal, unclosed", "jobs <- Job{ID: 1, N‸", "N", []string{"Name: "}, nil},
		{"struct literal in a slice", "[]Job{{I‸}}", "I", []string{"ID: "}, nil},
		{"struct literal in pointers", "[]*Job{{I‸}}", "I", []string{"ID: "}, nil},
		{"struct literal of a package", "import \"net/http\"\nhttp.Server{Ad‸}", "Ad", []string{"Addr: "}, nil},
		{"map literal", "map[string]int{li‸}", "li", []string{"limit"}, nil},
		{"keyword", "sel‸", "sel", []string{"select"}, nil},
		{"builtin", "mak‸", "mak", []string{"make"}, nil},
		{"package name", "conte‸", "conte", []string{"context"}, nil},
		{"empty", "‸", "", []string{"Job", "Map", "Number", "Work"}, []string{"select", "make", "context"}},
		{"comment", "// li‸", "", nil, []string{"limit"}},
		{"comment's end", "/* */ li‸", "li", []string{"limit"}, nil},
		{"string", "x := \"li‸\"", "", nil, []string{"limit"}},
		{"open string", "x := \"li‸", "", nil, []string{"limit"}},
		{"after a string", "x := \"a\" + li‸", "li", []string{"limit"}, nil},
		{"import", "import \"te‸\"", "te", []string{"text/template"}, nil},
		{"open import", "import (\n\t\"fmt\"\n\t\"math/‸", "math/", []string{"math/rand", "math/rand/v2"}, nil},
		{"magic", "x := 1\n%go‸", "%go", []string{"%goroutines"}, nil},
		{"magic, empty", "%‸", "%", []string{"%goroutines", "%kill", "%time", "%%time", "%%trace"}, nil},
		{"magic of the cell", "%%t‸", "%%t", []string{"%%time", "%%trace"}, []string{"%kill", "%time"}},
		{"magic's arguments", "%kill ‸", "", []string{"7", "all", "cell"}, []string{"%kill"}},
		{"magic's argument, begun", "%kill ce‸", "ce", []string{"cell"}, []string{"7"}},
		{"magic's second argument", "%kill cell 3‸", "3", []string{"3", "31"}, []string{"4"}},
		{"no such arguments", "%goroutines ‸", "", nil, []string{"all"}},
		{"modulo", "x := 5 %li‸", "li", []string{"limit"}, nil},
		{"unicode", "größe := 1\nä := grö‸", "grö", []string{"größe"}, nil},
	}
	e := env()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src, cursor := cut(t, tt.src)
			c, err := assist.Complete(context.Background(), e, src, cursor)
			if err != nil {
				t.Fatal(err)
			}
			if got := src[c.Start:c.End]; got != tt.replaced && len(c.Matches) > 0 {
				t.Errorf("replaces %q, want %q", got, tt.replaced)
			}
			texts := matchTexts(c)
			if len(texts) < len(tt.want) || !slices.Equal(texts[:len(tt.want)], tt.want) {
				t.Errorf("got %q, want %q first", texts[:min(len(texts), 12)], tt.want)
			}
			if tt.want == nil && tt.not == nil && len(texts) > 0 {
				t.Errorf("got %q, want nothing", texts)
			}
			for _, not := range tt.not {
				if slices.Contains(texts, not) {
					t.Errorf("offers %q", not)
				}
			}
		})
	}
}

func matchTexts(c session.Completion) []string {
	var texts []string
	for _, m := range c.Matches {
		texts = append(texts, m.Text)
	}
	return texts
}

func TestCompleteKindsAndSignatures(t *testing.T) {
	tests := []struct{ src, text, kind, signature string }{
		{"Wor‸", "Work", "function", "(n int, jobs <-chan Job) (<-chan string, error)"},
		{"Ma‸", "Map", "function", "[T, U any](xs []T, f func(T) U) []U"},
		{"Jo‸", "Job", "type", "struct"},
		{"job‸", "jobs", "variable", "chan Job"},
		{"lim‸", "limit", "constant", "untyped int = 10"},
		{"str‸", "strings", "module", `import "strings"`},
		{"conte‸", "context", "module", `import "context"`},
		{"Job{}.ru‸", "Run", "method", "(times int) error"},
		{"Job{}.na‸", "Name", "field", "string"},
		{"Job{Na‸", "Name: ", "field", "string"},
		{"sel‸", "select", "keyword", ""},
		{"fals‸", "false", "constant", "untyped bool = false"},
		{"%ki‸", "%kill", "magic", "stop goroutines"},
	}
	e := env()
	for _, tt := range tests {
		src, cursor := cut(t, tt.src)
		c, err := assist.Complete(context.Background(), e, src, cursor)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(c.Matches, func(m session.Match) bool { return m.Text == tt.text })
		if i < 0 {
			t.Errorf("%s: no %s in %q", tt.src, tt.text, matchTexts(c))
			continue
		}
		if m := c.Matches[i]; m.Kind != tt.kind || m.Signature != tt.signature {
			t.Errorf("%s: %+v, want %s %q", tt.src, m, tt.kind, tt.signature)
		}
	}
}

func TestInspect(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // parts of the plain text, none: not found
	}{
		{"function", "Wo‸rk(1, nil)", []string{"func Work(n int, jobs <-chan Job) (<-chan string, error)"}},
		{"function's end", "Work‸(1, nil)", []string{"func Work("}},
		{"arguments", "Work(1, ‸)", []string{"func Work("}},
		{"open arguments", "Work(1, ‸", []string{"func Work("}},
		{"string argument", "strings.ToUpper(\"ab‸c\")", []string{"func strings.ToUpper(s string) string", "ToUpper makes capitals. See ToLower."}},
		{"nested call", "Work(len(‸", []string{"func len(v) int"}},
		{"after a nested call", "Work(len(\"\"), ‸", []string{"func Work("}},
		{"in a literal", "Map([]int{1, ‸", []string{"func Map[T, U any]"}},
		{"method", "j := &Job{}\nj.Ru‸n(1)", []string{"func (*Job).Run(times int) error", "Run does the job."}},
		{"field", "j := &Job{}\nj.I‸D", []string{"field ID int", "ID counts from one."}},
		{"type", "var j Jo‸b", []string{"type Job struct {\n\tID int", "A Job is one piece of work.", "func (*Job) Run(times int) error"}},
		{"type of a package", "var b strings.Build‸er", []string{"type strings.Builder struct {\n\t// and other fields\n}", "A Builder builds."}},
		{"method of a package", "var b strings.Builder\nb.Le‸n()", []string{"func (*strings.Builder).Len() int", "Len counts."}},
		{"package", "strin‸gs.ToUpper", []string{`import "strings"`, "Package strings does things"}},
		{"package that is not imported", "contex‸t.Background()", []string{`import "context"`}},
		{"name in it", "context.Backgrou‸nd()", []string{"func context.Background() context.Context"}},
		{"import", "import \"stri‸ngs\"", []string{`import "strings"`, "Package strings does things"}},
		{"variable", "pai‸r", []string{"var pair struct{Left int; Right int}", "value: {Left:1 Right:2}"}},
		{"local", "func f(pair int) { _ = pai‸r }", []string{"var pair int"}},
		{"constant", "limi‸t", []string{"const limit untyped int = 10"}},
		{"channel", "job‸s <- Job{}", []string{"var jobs chan Job"}},
		{"own documentation", "// F is new.\nfunc F(x int) {}\nF‸(1)", []string{"func F(x int)", "F is new."}},
		{"field's own documentation", "type T struct {\n\tA int // A is new.\n}\nT{}.A‸", []string{"field A int", "A is new."}},
		{"declaration", "zed‸d := 1.5", []string{"var zedd float64"}},
		{"keyword", "sel‸ect {}", []string{"keyword select", "picks one at random"}},
		{"builtin", "ma‸ke(chan int)", []string{"func make(T, size ...int) T"}},
		{"basic type", "var x in‸t", []string{"type int", "int is a signed integer."}},
		{"nil", "x = ni‸l", []string{"zero value of pointers"}},
		{"magic", "%kil‸l 3", []string{"%kill", "stop goroutines"}},
		{"broken cell", "func f( {\nWor‸k(1", []string{"func Work("}},
		{"nothing", "x := 1 + ‸ 2", nil},
		{"unknown", "nobo‸dy", nil},
		{"unknown member", "strings.Nobo‸dy", nil},
		{"number", "x := 12‸3", nil},
		{"comment", "// Wor‸k", nil},
	}
	e := env()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src, cursor := cut(t, tt.src)
			got, err := assist.Inspect(context.Background(), e, src, cursor, 1)
			if err != nil {
				t.Fatal(err)
			}
			if got.Found != (tt.want != nil) {
				t.Fatalf("found %v: %v", got.Found, got.Bundle.Data)
			}
			if !got.Found {
				return
			}
			text := got.Bundle.Data["text/plain"].(string)
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			if md := got.Bundle.Data["text/markdown"].(string); !strings.HasPrefix(md, "```go\n") {
				t.Errorf("the Markdown is\n%s", md)
			}
		})
	}
}

func TestInspectMarkdown(t *testing.T) {
	for src, want := range map[string]string{
		"strings.ToUpper":                   "```go\nfunc strings.ToUpper(s string) string\n```\n\nToUpper makes capitals. See [ToLower](https://pkg.go.dev/strings#ToLower).\n",
		"// F is like [G].\nfunc F() {}\nF": "```go\nfunc F()\n```\n\nF is like G.\n",
		"pair":                              "```go\nvar pair struct{Left int; Right int}\n```\n\nvalue:\n```text\n{Left:1 Right:2}\n```\n",
	} {
		i, err := assist.Inspect(context.Background(), env(), src, len(src), 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := i.Bundle.Data["text/markdown"]; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestInspectDetail(t *testing.T) {
	e := env()
	src := "import \"fmt\"\nfmt.Println"
	var lengths []int
	for detail := range 2 {
		i, err := assist.Inspect(context.Background(), e, src, len(src), detail)
		if err != nil || !i.Found {
			t.Fatal(i, err)
		}
		lengths = append(lengths, len(i.Bundle.Data["text/plain"].(string)))
	}
	if lengths[0] > 1600 || lengths[1] < 2400 {
		t.Errorf("%d bytes without detail, %d with it", lengths[0], lengths[1])
	}
}

// TestEveryOffset asks at each byte of a few sources, and of their beginnings:
// nothing may panic, and what is replaced is at the cursor.
func TestEveryOffset(t *testing.T) {
	e := env()
	for _, src := range []string{
		"import (\n\t\"fmt\"\n)\n%kill 3\nfunc f(j Job) { for i := range 3 { fmt.Println(j.ID, \"ä\", i) } }\nx := Job{ID: 1}\nx.Run(`é`)",
		"select {\ncase r := <-jobs:\n\tr.Name = 'x' /* c */ + 1.5\ndefault:\n}",
		"\xff\x00 x.y. {{{ ((( \"",
	} {
		for n := range len(src) + 1 {
			for _, s := range []string{src, src[:n]} {
				c, err := assist.Complete(context.Background(), e, s, n)
				if err != nil || c.Start > n || c.End < n || c.Start < 0 || c.End > len(s) {
					t.Errorf("%q at %d: %v %v", s, n, c, err)
				}
				if _, err := assist.Inspect(context.Background(), e, s, n, 0); err != nil {
					t.Errorf("%q at %d: %v", s, n, err)
				}
			}
		}
	}
}

func TestOutOfRangeAndEmptyEnv(t *testing.T) {
	for _, cursor := range []int{-5, 1000} {
		if _, err := assist.Complete(context.Background(), &assist.Env{}, "sel", cursor); err != nil {
			t.Error(err)
		}
		if _, err := assist.Inspect(context.Background(), &assist.Env{}, "sel", cursor, 0); err != nil {
			t.Error(err)
		}
	}
	c, _ := assist.Complete(context.Background(), &assist.Env{}, "mak", 3)
	if !slices.Equal(matchTexts(c), []string{"make"}) {
		t.Errorf("without a checker: %q", matchTexts(c))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := assist.Complete(ctx, env(), "x.", 2); err == nil {
		t.Error("cancelled, and no error")
	}
}

func TestFormat(t *testing.T) {
	if got, err := assist.Format("x:=1"); got != "x := 1" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := assist.Format("x :="); err == nil {
		t.Error("no error for a syntax error")
	}
}

func TestCompleteIsQuick(t *testing.T) {
	e := env()
	_, _ = assist.Complete(context.Background(), e, "strings.", 8) // imports
	start := time.Now()
	const n = 20
	for range n {
		if _, err := assist.Complete(context.Background(), e, "strings.", 8); err != nil {
			t.Fatal(err)
		}
	}
	if d := time.Since(start) / n; d > 500*time.Millisecond {
		t.Errorf("%v each", d)
	}
}
