package check_test

import (
	"errors"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gosched/gosched/kernel/check"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A broken importer fails for some paths.
type broken struct {
	std   *stdlib.Importer
	fails map[string]error
	made  map[string]*types.Package // others than those of the standard library
}

func (b *broken) Import(path string) (*types.Package, error) {
	if err := b.fails[path]; err != nil {
		return nil, err
	}
	if p := b.made[path]; p != nil {
		return p, nil
	}
	return b.std.Import(path)
}

// missing is an error about which something can be done.
type missing struct{ path string }

func (m missing) Error() string { return m.path + " is missing; %get " + m.path }
func (m missing) Fix() (wrong, words, item string) {
	return m.path + " is missing", "put this line before the imports: %get", m.path
}

// openWith is a notebook whose packages are b's.
func openWith(t *testing.T, b *broken) *notebook {
	nb := open(t)
	b.std = stdlib.NewImporter(nb.fset)
	nb.s = check.New(check.Config{
		Fset: nb.fset, Importer: b, Resolve: stdlib.Resolve, GoVersion: stdlib.GoVersion,
		Sizes: types.SizesFor("gc", runtime.GOARCH),
	})
	return nb
}

func TestContract5_MissingImports(t *testing.T) {
	fails := map[string]error{"example.org/no": errors.New("go.mod is broken"), "example.org/nor": errors.New("go.mod is broken"), "strings": errors.New("strings is away")}
	for _, path := range []string{"example.org/go-yaml/v3", "example.org/uuid.go", "example.org/my-log", "example.org/a", "example.org/b"} {
		fails[path] = missing{path}
	}
	for _, test := range []struct {
		name, src string
		errors    []string
	}{
		{"one", `import "example.org/a"` + "\na.F()", []string{
			`1:8: example.org/a is missing` + "\n\t" + `put this line before the imports: %get example.org/a`}},
		{"two", "import \"example.org/a\"\nimport \"example.org/b\"\na.F(b.X)", []string{
			`1:8: example.org/a is missing`, `2:8: example.org/b is missing` + "\n\t" + `put this line before the imports: %get example.org/a example.org/b`}},
		{"names that paths suggest", "import \"example.org/go-yaml/v3\"\nimport \"example.org/uuid.go\"\nimport \"example.org/my-log\"\nyaml.F(uuid.F(log.F()))", []string{
			"1:8: example.org/go-yaml/v3 is missing", "2:8: example.org/uuid.go is missing",
			"3:8: example.org/my-log is missing\n\tput this line before the imports: %get example.org/go-yaml/v3 example.org/uuid.go example.org/my-log"}},
		{"under a name", "import x \"example.org/a\"\nx.F()", []string{"1:10: example.org/a is missing\n\tput this line before the imports: %get example.org/a"}},
		{"not used", "import _ \"example.org/a\"\nimport . \"example.org/b\"\n1", []string{
			"1:10: example.org/a is missing", "2:10: example.org/b is missing\n\tput this line before the imports: %get example.org/a example.org/b"}},
		{"of one cause", "import \"example.org/no\"\nimport \"example.org/nor\"\nno.F(nor.X)", []string{"1:8: go.mod is broken"}},
		{"that nobody wrote", "x := strings.ToUpper(\"a\")\ny := strings.ToLower(x)", []string{"1:6: strings is away"}},
		{"with another error", "import \"example.org/a\"\na.F(nowhere)", []string{
			"1:8: example.org/a is missing\n\tput this line before the imports: %get example.org/a", "2:5: undefined: nowhere"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := openWith(t, &broken{fails: fails}).check(test.src)
			var list check.ErrorList
			if !errors.As(err, &list) {
				t.Fatalf("the error is %v", err)
			}
			var got []string
			for _, e := range list {
				got = append(got, strings.TrimPrefix(e.Error(), "cell 1:"))
			}
			if !slices.Equal(got, test.errors) {
				t.Errorf("got\n%q\nwant\n%q", got, test.errors)
			}
		})
	}
}

// What was imported once may be away later.
func TestImportedBefore(t *testing.T) {
	b := &broken{fails: map[string]error{}}
	nb := openWith(t, b)
	nb.run("import \"strings\"\nimport . \"math\"\nstrings.ToUpper(\"a\")")
	b.fails["strings"], b.fails["math"] = errors.New("strings is away"), errors.New("math is away")
	if _, err := nb.check("strings.ToLower(\"A\")"); err == nil || !strings.Contains(err.Error(), "strings is away") {
		t.Errorf("the error is %v", err)
	}
	nb.run("1 + 1")
	if _, err := nb.check("Pi"); err == nil || !strings.Contains(err.Error(), "undefined: Pi") {
		t.Errorf("the error is %v", err)
	}
}

// What uses a package is built again when importing it gives another one.
func TestStale(t *testing.T) {
	version := func(result types.Type) *types.Package {
		p := types.NewPackage("example.org/lib", "lib")
		results := types.NewTuple(types.NewVar(token.NoPos, p, "", result))
		p.Scope().Insert(types.NewFunc(token.NoPos, p, "F", types.NewSignatureType(nil, nil, nil, nil, results, false)))
		p.MarkComplete()
		return p
	}
	b := &broken{made: map[string]*types.Package{"example.org/lib": version(types.Typ[types.Int])}}
	nb := openWith(t, b)
	nb.run("import \"example.org/lib\"\nfunc uses() any { return lib.F() }\nfunc not() {}")
	b.made["example.org/lib"] = version(types.Typ[types.String])
	if u := nb.unit("1"); len(u.Cells()) != 1 {
		t.Error("it is built again before anybody says so")
	}
	nb.s.Stale([]string{"example.org/lib"})
	u := nb.unit("1")
	var again []string
	for _, r := range nb.s.Rebuilt(u) {
		again = append(again, r.Decl.Name.Name)
	}
	if strings.Join(again, " ") != "uses" {
		t.Errorf("built again is %q", again)
	}
	nb.s.Commit(u, nil)
	if u := nb.unit("1"); len(u.Cells()) != 1 {
		t.Error("it is built again with each cell")
	}
}

func TestUnit(t *testing.T) {
	nb := open(t)
	nb.run("func f() int { return n }\nn := 1")
	u := nb.unit("n := \"2\"\nm := 3")
	if got := u.Body().Name.Name; got != u.Name || !strings.HasPrefix(got, check.CellFunction) {
		t.Errorf("the function of the statements is %s", got)
	}
	if len(u.Notes) != 1 || u.Notes[0].Err.Position.Filename != "cell 1" {
		t.Errorf("the notes are %v", u.Notes)
	}
	if !u.Own(nb.fset, u.Body().Body.List[0].Pos()) || u.Own(nb.fset, token.NoPos) {
		t.Error("what is written in the cell is not its own, or what is written nowhere is")
	}
	again := nb.unit("n := 5")
	for _, r := range nb.s.Rebuilt(again) {
		if again.Own(nb.fset, r.Decl.Pos()) {
			t.Errorf("%s is the cell's own", r.Decl.Name.Name)
		}
	}
	if len(again.Cells()) != 2 {
		t.Errorf("it is of %d cells", len(again.Cells()))
	}
	for msg, own := range map[string]bool{"n is bad": true, "n·old is bad": true, "result·0 is bad": false} {
		if text, ok := u.Plain(msg); ok != own || own && text != "n is bad" {
			t.Errorf("%q is %q, of the cell: %v", msg, text, ok)
		}
	}
}

// Who writes what other kernels have is told what there is here.
func TestOtherKernels(t *testing.T) {
	for name, text := range check.Instead {
		if _, err := open(t).check(name + "(1)"); err == nil || !strings.HasSuffix(err.Error(), "undefined: "+name+"\n\t"+text) {
			t.Errorf("of %s it says %v", name, err)
		}
	}
	for path, names := range check.InsteadIn {
		p := types.NewPackage(path, path[strings.LastIndexByte(path, '/')+1:])
		p.MarkComplete()
		for name, text := range names {
			nb := openWith(t, &broken{made: map[string]*types.Package{path: p}})
			if _, err := nb.check("import \"" + path + "\"\n" + p.Name() + "." + name + "(1)"); err == nil || !strings.HasSuffix(err.Error(), "undefined: "+p.Name()+"."+name+"\n\t"+text) {
				t.Errorf("of %s.%s it says %v", p.Name(), name, err)
			}
		}
	}
}
