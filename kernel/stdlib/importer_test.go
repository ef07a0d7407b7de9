package stdlib

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"sync"
	"testing"
)

func mustImport(t *testing.T, imp *Importer, path string) *types.Package {
	t.Helper()
	pkg, err := imp.Import(path)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func TestImportAll(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	for _, path := range append(Packages(), "unsafe", ShadowPath) {
		pkg := mustImport(t, imp, path)
		if pkg.Path() != path || !pkg.Complete() {
			t.Errorf("%s: got %v, complete %v", path, pkg, pkg.Complete())
		}
		if again := mustImport(t, imp, path); again != pkg {
			t.Errorf("%s: two packages", path)
		}
	}
	// Type data were read while everything from source that they refer to was
	// there.
	for _, path := range Packages() {
		for _, q := range mustImport(t, imp, path).Imports() {
			if q != imp.packages.Get(q.Path()) {
				t.Errorf("%s refers to another %s", path, q.Path())
			}
		}
	}
}

// However a package is reached, it is the same one, also where compiled
// packages refer to one that is run from source, in either order.
func TestOnePackagePerPath(t *testing.T) {
	for _, order := range [][]string{{"strings", "iter", "slices"}, {"slices", "iter", "strings"}, {"iter", "strings", "slices"}} {
		imp := NewImporter(token.NewFileSet())
		for _, path := range order {
			mustImport(t, imp, path)
		}
		src, err := imp.Source("iter")
		if err != nil || src == nil {
			t.Fatalf("source of iter: %v, %v", src, err)
		}
		lines := mustImport(t, imp, "strings").Scope().Lookup("Lines").(*types.Func)
		values := mustImport(t, imp, "slices").Scope().Lookup("Values").(*types.Func)
		seq := src.Package.Scope().Lookup("Seq")
		for _, f := range []*types.Func{lines, values} {
			if got := f.Signature().Results().At(0).Type().(*types.Named).Obj(); got != seq {
				t.Errorf("imported %q: %s returns another iter.Seq", order, f.FullName())
			}
		}
		if imp.packages.Get("iter") != src.Package || mustImport(t, imp, "iter") != src.Package {
			t.Error("Import and Source give different packages")
		}
	}
}

func TestSourceOfCompiledPackage(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	if src, err := imp.Source("fmt"); src != nil || err != nil {
		t.Errorf("Source(fmt) = %v, %v, want neither", src, err)
	}
	if src, err := imp.Source("nowhere"); src != nil || err == nil {
		t.Errorf("Source(nowhere) = %v, %v, want an error", src, err)
	}
}

func TestCheckProgram(t *testing.T) {
	const src = `package main
import ("context"; "fmt"; "maps"; "net/http"; "slices"; "strings"; "sync/atomic"; "golang.org/x/sync/errgroup"; "unsafe")
var p atomic.Pointer[http.Server]
func main() {
	for l := range strings.Lines("a\nb") { fmt.Print(l) }
	names := slices.Sorted(maps.Keys(map[string]int{"a": 1}))
	var seq = slices.Collect(strings.SplitSeq("a,b", ","))
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return ctx.Err() })
	fmt.Println(names, seq, p.Load().Addr, unsafe.Sizeof(p))
}`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "main.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: NewImporter(fset)}
	if _, err := conf.Check("main", fset, []*ast.File{f}, nil); err != nil {
		t.Error(err)
	}
}

func TestImportConcurrently(t *testing.T) {
	imp := NewImporter(token.NewFileSet())
	paths := []string{"net/http", "slices", "fmt", "strings", "go/types", "maps", "iter", ShadowPath}
	got := make([][]*types.Package, 8)
	var wg sync.WaitGroup
	for i := range got {
		got[i] = make([]*types.Package, len(paths))
		wg.Go(func() {
			for j := range paths {
				k := (i + j) % len(paths)
				pkg, err := imp.Import(paths[k])
				if err != nil {
					t.Error(err)
					return
				}
				got[i][k] = pkg
				_ = pkg.Scope().Names()
			}
		})
	}
	wg.Wait()
	for i := range got {
		for k := range paths {
			if got[i][k] != got[0][k] {
				t.Errorf("%s: two packages", paths[k])
			}
		}
	}
}

func TestUnknownPackage(t *testing.T) {
	tests := map[string]string{
		"":                   "empty",
		"C":                  "no C compiler",
		"internal/abi":       "is internal",
		"net/htp":            `did you mean "net/http"?`,
		"http":               `did you mean "net/http"?`,
		"rand":               `did you mean "math/rand/v2"?`,
		"completely/else":    "is not in the standard library of " + GoVersion,
		"github.com/foo/bar": "is not part of this kernel",
		nativePath:           "is not part of this kernel",

		"golang.org/x/sync/errgrup": `did you mean "golang.org/x/sync/errgroup"?`,
	}
	for path, want := range tests {
		_, err := NewImporter(token.NewFileSet()).Import(path)
		if unknown := new(UnknownPackageError); !errors.As(err, &unknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("import %q: error %v, want one with %q", path, err, want)
		}
	}
}

func BenchmarkImport(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "slices", ShadowPath} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewImporter(token.NewFileSet()).Import(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
