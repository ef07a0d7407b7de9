package vet

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/gosched/gosched/kernel/stdlib"
)

// pkg type-checks source.
func pkg(t testing.TB, name, src string) Package {
	t.Helper()
	p := Package{Fset: token.NewFileSet(), Sizes: types.SizesFor("gc", "amd64")}
	var err error
	p.File, err = parser.ParseFile(p.Fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	p.Info = &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{GoVersion: "go1.26", Importer: stdlib.NewImporter(p.Fset), Sizes: p.Sizes}
	if p.Types, err = conf.Check("main", p.Fset, []*ast.File{p.File}, p.Info); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAnalysers checks each analyser of the suite against a file named for it,
// in which a comment // want "regexp" stands on every line with a warning.
func TestAnalysers(t *testing.T) {
	want := regexp.MustCompile("// want [\"`](.*)[\"`]")
	for _, a := range suite {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", a.Name+".go")
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p := pkg(t, file, string(src))
			warnings, err := New().Check(p)
			if err != nil {
				t.Error(err)
			}
			got := map[int]string{}
			mine := false
			for _, w := range warnings {
				got[p.Fset.Position(w.Pos).Line] += w.Analyzer + ": " + w.Message + "\n"
				mine = mine || w.Analyzer == a.Name
			}
			if !mine {
				t.Errorf("%s has found nothing", a.Name)
			}
			for i, line := range strings.Split(string(src), "\n") {
				m := want.FindStringSubmatch(line)
				switch {
				case m == nil && got[i+1] != "":
					t.Errorf("line %d: unexpected %s", i+1, got[i+1])
				case m != nil && !regexp.MustCompile(m[1]).MatchString(got[i+1]):
					t.Errorf("line %d: got %q, want %s", i+1, got[i+1], m[1])
				}
			}
		})
	}
}

// TestFailing checks that analysers which fail or panic cost nobody else
// anything.
func TestFailing(t *testing.T) {
	v := New()
	panics := &analysis.Analyzer{Name: "panics", Run: func(*analysis.Pass) (any, error) { panic("odd") }}
	fails := &analysis.Analyzer{Name: "fails", Run: func(p *analysis.Pass) (any, error) {
		p.Reportf(1, "not to be seen")
		return nil, fmt.Errorf("odd")
	}}
	needs := &analysis.Analyzer{Name: "needs", Requires: []*analysis.Analyzer{panics}, Run: func(*analysis.Pass) (any, error) { return nil, nil }}
	for i, a := range []*analysis.Analyzer{panics, fails, needs} {
		v.suite = slices.Insert(v.suite, i, rule{Analyzer: a, at: anything})
	}
	warnings, err := v.Check(pkg(t, "x.go", "package main\nimport \"fmt\"\nfunc main() { fmt.Printf(\"%d\", \"x\") }\n"))
	const want = "analyser panics: odd\nanalyser fails: odd\nanalyser panics: odd"
	if err == nil || err.Error() != want {
		t.Errorf("error: %v, want %s", err, want)
	}
	if len(warnings) != 1 || warnings[0].Analyzer != "printf" {
		t.Errorf("warnings: %v", warnings)
	}
}

// TestImports checks that a package gets back the imports that it had.
func TestImports(t *testing.T) {
	p := pkg(t, "x.go", "package main\nimport \"net/http\"\nfunc f(r *http.Response) { r.Body.Close() }\nfunc main() {}\n")
	before := fmt.Sprint(p.Types.Imports())
	if _, err := New().Check(p); err != nil {
		t.Error(err)
	}
	if after := fmt.Sprint(p.Types.Imports()); after != before {
		t.Errorf("imports were %s, are %s", before, after)
	}
}

// Where a rule does not apply, its analyser would have found nothing, and noted nothing
// for later packages: in no declaration of what the analysers are tried with.
func TestRules(t *testing.T) {
	files, err := filepath.Glob("testdata/*.go")
	if err != nil {
		t.Fatal(err)
	}
	const values = "package main\nvar x, y = 1, []int{2}\nvar c = make(chan int)\nfunc cell() { x = x; x, y[0] = y[0], x; c <- x; for { select { case x = <-c: default: return } } }\nfunc main() {}\n"
	sources := []string{values, hundredLines}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(src))
	}
	left := map[string]int{}
	for _, src := range sources {
		whole := pkg(t, "x.go", src)
		for _, d := range whole.File.Decls {
			p := whole
			p.File = &ast.File{Package: whole.File.Package, Name: whole.File.Name, Decls: []ast.Decl{d}}
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "cell" {
				p.Body = f
			}
			info := *whole.Info
			info.Uses = map[*ast.Ident]types.Object{}
			ast.Inspect(d, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && whole.Info.Uses[id] != nil {
					info.Uses[id] = whole.Info.Uses[id]
				}
				return true
			})
			p.Types.SetImports(used(&info))
			unlink := link(p.File, p.Info)
			has := syntaxOf(p)
			for _, a := range suite {
				if a.applies(has, p.Types) {
					continue
				}
				left[a.Name]++
				v := New()
				c := &checker{v: v, p: p, done: map[*analysis.Analyzer]*result{}}
				if p.Body != nil {
					c.body = p.Info.Defs[p.Body.Name]
				}
				if r := c.run(a.Analyzer); r.err != nil || len(r.warnings) > 0 || len(v.facts) > 0 {
					t.Errorf("%s: %v, found %v, noted %v in line %d of\n%s", a.Name, r.err, r.warnings, v.facts, p.Fset.Position(d.Pos()).Line, src)
				}
			}
			unlink()
		}
		if src != values {
			continue
		}
		if warnings, err := New().Check(pkg(t, "x.go", values)); err != nil || len(warnings) != 1 || warnings[0].Analyzer != "assign" {
			t.Errorf("without calls: %v, %v", warnings, err)
		}
	}
	for _, a := range suite {
		if always := a.at&anything != 0; always != (left[a.Name] == 0) {
			t.Errorf("%s was left out %d times", a.Name, left[a.Name])
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	p := pkg(b, "x.go", hundredLines)
	v := New()
	for b.Loop() {
		if _, err := v.Check(p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAnalyser measures each analyser with what it needs.
func BenchmarkAnalyser(b *testing.B) {
	p := pkg(b, "x.go", hundredLines)
	for _, a := range suite {
		b.Run(a.Name, func(b *testing.B) {
			v := New()
			v.suite = []rule{a}
			for b.Loop() {
				if _, err := v.Check(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// hundredLines is a program of about a hundred lines.
var hundredLines = func() string {
	var s strings.Builder
	s.WriteString("package main\nimport (\"context\"; \"errors\"; \"fmt\"; \"net/http\"; \"sync\"; \"sync/atomic\"; \"time\"; \"log/slog\"; \"sort\")\nfunc main() {}\n")
	for i := range 6 {
		fmt.Fprintf(&s, `
type S%[1]d struct {
	mu sync.Mutex
	n  atomic.Int64
	m  map[string][]int
}
func (s *S%[1]d) Run(ctx context.Context, jobs <-chan int) (sum int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for j := range jobs {
		wg.Add(1)
		go func() { defer wg.Done(); s.mu.Lock(); s.m[fmt.Sprint(j)] = append(s.m[fmt.Sprint(j)], j); s.mu.Unlock() }()
		select { case <-ctx.Done(): return sum, fmt.Errorf("after %%d: %%w", j, ctx.Err()); default: }
		sum += j << 3
	}
	wg.Wait()
	resp, err := http.Get("http://localhost/")
	if err != nil { slog.Error("get", "err", err); return 0, errors.Join(err, ctx.Err()) }
	sort.Ints(s.m["a"])
	return sum + resp.StatusCode, resp.Body.Close()
}
`, i)
	}
	return s.String()
}()
