package modules

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const kinds = "example.com/kinds/"

func newKinds(t *testing.T) *world {
	w := newWorld(t)
	w.get("example.com/kinds/log")
	return w
}

// load imports a package and returns what the loader has of it.
func (w *world) load(pkgPath string) *Package {
	w.t.Helper()
	pkg, err := w.l.Import(w.t.Context(), pkgPath)
	if err != nil {
		w.t.Fatalf("import %q: %v", pkgPath, err)
	}
	return w.l.Of(pkg)
}

func TestBuildConstraints(t *testing.T) {
	w := newKinds(t)
	p := w.load(kinds + "tags")
	var names []string
	for _, f := range p.Files {
		names = append(names, filepath.Base(w.l.fset.Position(f.Pos()).Filename))
	}
	if want := []string{"pure.go", "unix.go"}; !slices.Equal(names, want) {
		t.Errorf("the files are %v, want %v", names, want)
	}
}

// What cannot be run is refused by name.
func TestRefusedPackages(t *testing.T) {
	w := newKinds(t)
	w.fails(kinds+"asm", "Add (asm.go:3) is written in assembly (add.s)")
	w.fails(kinds+"cgo", "needs cgo (cgo.go)")
	w.fails(kinds+"windows", "build constraints exclude all")
	w.fails(kinds+"program", "is a program")
	w.fails(kinds+"internal/hidden", "is internal: only packages in example.com/kinds")
	w.fails(kinds+"broken", "does not compile here", "broken.go:3:13")
	w.fails(kinds+"two", "files of two packages, a and b")
	w.fails(kinds+"noembed", "//go:embed nothing.txt: no files match")
	w.fails(kinds+"nowhere", "there is no package", "the version in use", "%get example.com/kinds/nowhere@latest")
	if got := w.constant(kinds+"open", "Name"); got != "hidden" {
		t.Errorf("by way of its own module, hidden is %q", got)
	}
}

func TestEmbed(t *testing.T) {
	w := newKinds(t)
	p := w.load(kinds + "embed")
	var names []string
	for _, e := range p.Embeds {
		for _, f := range e.Files {
			names = append(names, e.Var+":"+f)
		}
	}
	want := []string{"Text:hello.txt", "Bytes:hello.txt", "FS:data/", "FS:hello.txt", "FS:hidden/", "FS:data/a.txt", "FS:data/more/", "FS:data/more/b.txt", "FS:hidden/.dot"}
	if !slices.Equal(names, want) {
		t.Errorf("embedded is\n%v, want\n%v", names, want)
	}
	var text string
	var bytes []byte
	for i, v := range []any{&text, &bytes} {
		if err := p.Embeds[i].Fill(reflect.ValueOf(v).Elem()); err != nil {
			t.Fatal(err)
		}
	}
	if text != "hello\n" || string(bytes) != text {
		t.Errorf("%q and %q", text, bytes)
	}
	var n int
	if err := p.Embeds[0].Fill(reflect.ValueOf(&n).Elem()); err == nil {
		t.Error("an int is filled")
	}
	if err := p.Embeds[2].Fill(reflect.ValueOf(&text).Elem()); err == nil {
		t.Error("a string takes several files")
	}
	var files embed.FS
	if err := p.Embeds[2].Fill(reflect.ValueOf(&files).Elem()); err != nil {
		t.Fatal(err)
	}
	if data, err := files.ReadFile("data/more/b.txt"); err != nil || len(data) == 0 {
		t.Errorf("in the file system is %q, %v", data, err)
	}
	lost := p.Embeds[1]
	lost.Files = []string{"lost.txt"}
	if err := lost.Fill(reflect.ValueOf(&bytes).Elem()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there any more: %v", err)
	}
}

func TestTables(t *testing.T) {
	w := newKinds(t)
	p := w.load(kinds + "table")
	tables := map[string]*Static{}
	for i := range p.Statics {
		tables[p.Statics[i].Var] = &p.Statics[i]
	}
	if len(tables) != 4 {
		t.Fatalf("there are %d tables, want 4", len(tables))
	}
	var list [202]uint16
	var mixed []any
	var m map[string]float64
	type pair struct {
		a uint8
		B string
	}
	var pairs []*pair
	for name, v := range map[string]any{"Bytes": &list, "Mixed": &mixed, "M": &m, "pairs": &pairs} {
		if err := tables[name].Fill(reflect.ValueOf(v).Elem(), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list[0] != 1 || list[63] != 32 || list[64] != 0 || list[200] != 0xffff || list[201] != 'a' {
		t.Errorf("the list is %v", list)
	}
	if want := []any{1, 2.5, 'r', "s", -3, -1.5}; !reflect.DeepEqual(mixed[:6], want) {
		t.Errorf("mixed begins with %#v, want %#v", mixed[:6], want)
	}
	if len(m) != 64 || m["b"] != -2.5 {
		t.Errorf("the map is %v", m)
	}
	if last := pairs[len(pairs)-1]; last.a != 'z' || last.B != "last" {
		t.Errorf("the last pair is %v", *last)
	}
	var wrong [3]uint16
	if err := tables["Bytes"].Fill(reflect.ValueOf(&wrong).Elem(), nil); err == nil {
		t.Error("a table fits into three elements")
	}
	if o := p.Package.Scope().Lookup("Bytes"); o.Type().String() != "[202]uint16" {
		t.Errorf("the type of the list is %s", o.Type())
	}
}

// Packages of the module in which the notebook lies come from its folders.
func TestOwnPackages(t *testing.T) {
	w := newWorld(t,
		"go.mod", "module example.com/own\n\ngo 1.26\n\nrequire example.com/mid v1.0.0\n",
		"util/util.go", "package util\n\nimport \"example.com/own/internal/deep\"\n\nconst Name = \"one \" + deep.Name\n",
		"internal/deep/deep.go", "package deep\n\nconst Name = \"deep\"\n",
		"a/a.go", "package a\n\nimport _ \"example.com/own/b\"\n",
		"b/b.go", "package b\n\nimport _ \"example.com/own/a\"\n",
		"nested/go.mod", "module example.com/own/nested\n",
		"nested/n.go", "package nested\n",
	)
	if got := w.constant("example.com/own/util", "Name"); got != "one deep" {
		t.Errorf("Name is %q", got)
	}
	if got := w.constant("example.com/own/internal/deep", "Name"); got != "deep" {
		t.Errorf("the own internal package has %q", got)
	}
	w.fails("example.com/own/a", "import cycle: example.com/own/a imports example.com/own/b imports example.com/own/a; one of these imports must go")
	w.fails("example.com/own/none", "there is no package", "has no folder of that name")
	w.fails("example.com/own/nested", "there is no package")
	w.fails("example.com/mid", "module example.com/mid@v1.0.0, which has not been downloaded", "%get example.com/mid")
	w.get("example.com/mid")
	if got := w.constant("example.com/leaf", "Version"); got != "v1.1.0" {
		t.Errorf("leaf is %s", got)
	}

	changed, dependent := w.l.Refresh(t.Context())
	if len(changed)+len(dependent) > 0 {
		t.Errorf("nothing was changed, and %v, %v are loaded anew", changed, dependent)
	}
	w.write("internal/deep/deep.go", "package deep\n\nconst Name = \"deeper\"\n")
	later(t, filepath.Join(w.dir, "internal/deep/deep.go"))
	changed, dependent = w.l.Refresh(t.Context())
	if !slices.Equal(changed, []string{"example.com/own/internal/deep"}) || !slices.Equal(dependent, []string{"example.com/own/util"}) {
		t.Errorf("changed are %v, dependent %v", changed, dependent)
	}
	if got := w.constant("example.com/own/util", "Name"); got != "one deeper" {
		t.Errorf("Name is %q after the change", got)
	}
	w.write("util/util.go", "package util\n\nvar A int = \"a\"\nvar B = undefined\n")
	later(t, filepath.Join(w.dir, "util/util.go"))
	w.l.Refresh(t.Context())
	w.fails("example.com/own/util", filepath.Join("util", "util.go")+":3:13", "undefined: undefined")
	w.write("util/util.go", "package util\n\nfunc (\n")
	later(t, filepath.Join(w.dir, "util/util.go"))
	w.l.Refresh(t.Context())
	w.fails("example.com/own/util", "syntax error", "util.go:3")
}

// later makes sure that a file has another time than before.
func later(t *testing.T, file string) {
	now := time.Now().Add(time.Second)
	if err := os.Chtimes(file, now, now); err != nil {
		t.Fatal(err)
	}
}

func TestReplaceAndWork(t *testing.T) {
	w := newWorld(t,
		"go.mod", "module example.com/own\n\ngo 1.26\n\nrequire (\n\texample.com/leaf v1.0.0\n\texample.com/far v1.0.0\n)\n\n"+
			"replace example.com/leaf => ./leaf\n\nreplace example.com/far => example.com/mid v1.0.0\n",
		"leaf/go.mod", "module example.com/leaf\n",
		"leaf/leaf.go", "package leaf\n\nconst Version = \"replaced\"\n",
	)
	if got := w.constant("example.com/leaf", "Version"); got != "replaced" {
		t.Errorf("leaf is %s", got)
	}
	w.get("example.com/far")
	p := w.load("example.com/far")
	if p.Package.Name() != "mid" {
		t.Errorf("far is package %s, want mid", p.Package.Name())
	}
	list, err := w.s.Modules(t.Context())
	if err != nil || len(list) != 3 || list[2].Replaced != filepath.Join(w.dir, "leaf") {
		t.Errorf("the modules are %+v, %v", list, err)
	}
	v := newWorld(t,
		"go.work", "go 1.26\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod", "module example.com/a\n\ngo 1.26\n",
		"a/a.go", "package a\n\nimport \"example.com/b\"\n\nconst Name = \"a \" + b.Name\n",
		"b/go.mod", "module example.com/b\n\ngo 1.26\n",
		"b/b.go", "package b\n\nconst Name = \"b\"\n",
	)
	if got := v.constant("example.com/a", "Name"); got != "a b" {
		t.Errorf("Name is %q", got)
	}
	v.env.Work = "off"
	v.reopen()
	v.fails("example.com/a", "in no module")
}

// A go.mod that changes is read again.
func TestGoModChanges(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/leaf@v1.0.0", "example.com/leaf@v1.2.0")
	w.write("go.mod", "module example.com/own\n\ngo 1.26\n\nrequire example.com/leaf v1.2.0\n")
	w.write("x/x.go", "package x\n\nconst Name = \"x\"\n")
	w.l.Refresh(t.Context())
	if got := w.constant("example.com/own/x", "Name"); got != "x" {
		t.Errorf("Name is %q", got)
	}
	if got := w.constant("example.com/leaf", "Version"); got != "v1.2.0" {
		t.Errorf("leaf is %s", got)
	}
}

func TestReadEnv(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "env")
	if err := os.WriteFile(file, []byte("# written\nGOPROXY=https://written\nGOFLAGS=-tags=a,b -v\nGOMODCACHE=/written\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	read := func(settings ...string) (Env, error) {
		return readEnv(func(name string) string {
			for _, s := range settings {
				if v, ok := strings.CutPrefix(s, name+"="); ok {
					return v
				}
			}
			return ""
		})
	}
	e, err := read("GOENV=off", "GOPATH="+filepath.FromSlash("/p"))
	if err != nil || e.Proxy != defaultProxy || e.SumDB != defaultSumDB || e.ModCache != filepath.FromSlash("/p/pkg/mod") {
		t.Errorf("the defaults are %+v, %v", e, err)
	}
	e, err = read("GOENV="+file, "GOMODCACHE=/mine", "GOPRIVATE=example.com/*")
	if err != nil || e.Proxy != "https://written" || e.ModCache != "/mine" || !slices.Equal(e.Tags, []string{"a", "b"}) {
		t.Errorf("what is written is %+v, %v", e, err)
	}
	if !e.private("example.com/x") || e.private("example.org/x") || e.verified("example.com/x/y") || !e.verified("example.org/x") {
		t.Error("GOPRIVATE is not heeded")
	}
	for _, tt := range []struct {
		settings []string
		verified bool
	}{
		{[]string{"GOSUMDB=off"}, false}, {[]string{"GONOSUMCHECK=1"}, false}, {[]string{"GONOSUMCHECK=0"}, true},
		{[]string{"GOFLAGS=-insecure"}, false}, {[]string{"GONOSUMDB=example.com"}, false}, {[]string{"GONOPROXY=example.com"}, true},
	} {
		e, err := read(append(tt.settings, "GOENV=off", "GOPATH=/p")...)
		if err != nil || e.verified("example.com/x") != tt.verified {
			t.Errorf("with %v checksums are looked up: %v, %v", tt.settings, !tt.verified, err)
		}
	}
	e, err = read(`GOFLAGS='-ldflags=-s -w' "-tags=a b" -mod=vendor -modfile=alt.mod -modcacherw`, "GOENV=off", "GOPATH=/p")
	if err != nil || e.Mod != "vendor" || e.ModFile != "alt.mod" || !e.Writable || len(e.Tags) != 1 {
		t.Errorf("of GOFLAGS it is %+v, %v", e, err)
	}
	for _, bad := range []string{`GOFLAGS='-mod=mod`, "GOFLAGS=mod", "GOFLAGS=-mod=maybe", "GOMODCACHE=relative"} {
		if _, err := read(bad, "GOENV=off", "GOPATH=/p"); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}
