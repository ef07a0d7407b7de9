package modules

import (
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/kernel/stdlib"
)

// keeping is a loader of a session that finds what others have kept in a folder.
func (w *world) keeping(dir string) *Loader {
	fset := token.NewFileSet()
	w.l = NewLoader(fset, w.s, stdlib.NewImporter(fset))
	w.l.CheckLate()
	w.l.Keep(dir)
	return w.l
}

// described is what there is to know of a package: what it declares, and where, and
// how it is initialised.
func (w *world) described(p *Package) string {
	var b strings.Builder
	at := func(pos token.Pos) string {
		position := w.l.fset.Position(pos)
		return fmt.Sprintf("%s:%d:%d", filepath.Base(position.Filename), position.Line, position.Column)
	}
	var object func(o types.Object)
	seen := map[types.Type]bool{}
	var typ func(t types.Type)
	tuple := func(t *types.Tuple) {
		for v := range t.Variables() {
			fmt.Fprint(&b, " ", v.Kind(), " ")
			object(v)
		}
	}
	typ = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			typ(t.Rhs())
		case *types.Named:
			if t.Obj().Pkg() != p.Package {
				return
			}
			typ(t.Underlying())
			for m := range t.Methods() {
				object(m)
			}
		case *types.Struct:
			for f := range t.Fields() {
				object(f)
			}
		case *types.Signature:
			if r := t.Recv(); r != nil {
				fmt.Fprint(&b, "receiver ", r.Kind(), " ")
				object(r)
			}
			tuple(t.Params())
			tuple(t.Results())
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				object(m)
			}
		case interface{ Elem() types.Type }:
			typ(t.Elem())
		}
	}
	object = func(o types.Object) {
		if o.Pkg() == p.Package {
			fmt.Fprintln(&b, o, at(o.Pos()), o.Exported(), types.TypeString(o.Type().Underlying(), nil))
			if c, ok := o.(*types.Const); ok {
				fmt.Fprintln(&b, c.Val().ExactString(), c.Val().Kind())
			}
			typ(o.Type())
		}
	}
	scope := p.Package.Scope()
	for _, name := range scope.Names() {
		object(scope.Lookup(name))
	}
	for _, imp := range p.Package.Imports() {
		fmt.Fprintln(&b, "imports", imp.Path())
	}
	for i := range scope.NumChildren() {
		file := scope.Child(i)
		for _, name := range file.Names() {
			fmt.Fprintln(&b, "file", i, file.Lookup(name), at(file.Lookup(name).Pos()))
		}
	}
	for _, in := range p.Info.InitOrder {
		for _, v := range in.Lhs {
			fmt.Fprint(&b, v.Name(), " ", at(v.Pos()), ", ")
		}
		t := p.Info.Types[in.Rhs]
		fmt.Fprintln(&b, "are", types.ExprString(in.Rhs), at(in.Rhs.Pos()), at(in.Rhs.End()), t.Type, t.Value)
	}
	for _, e := range p.Embeds {
		fmt.Fprintln(&b, "embeds", e.Var, e.Files)
	}
	for _, s := range p.Statics {
		fmt.Fprintf(&b, "%s is %x, with %v in interfaces\n", s.Var, s.data, s.dynamic)
	}
	return b.String()
}

// What a session has checked of a published package, the next one finds, and it is
// the same.
func TestKept(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/kept")
	dir := t.TempDir()
	load := func() (string, int32) {
		l := w.keeping(dir)
		p := w.load("example.com/kept")
		return w.described(p), l.checked.Load()
	}
	want, checked := load()
	if checked != 3 {
		t.Errorf("the first session checks %d packages, want 3", checked)
	}
	if !strings.Contains(want, "private") || !strings.Contains(want, "embeds hello") || !strings.Contains(want, "wide is") {
		t.Fatalf("the package is not what it should be:\n%s", want)
	}
	same := func(what string, want int32, description string) {
		t.Helper()
		got, checked := load()
		if checked != want {
			t.Errorf("%s: %d packages are checked, want %d", what, checked, want)
		}
		if got != description {
			t.Errorf("%s: the package differs\n%s", what, firstDifference(got, description))
		}
	}
	same("the second session", 0, want)

	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 6 {
		t.Fatalf("kept are %v, %v; want two entries for each of three packages", entries, err)
	}
	for _, spoil := range []struct {
		name string
		do   func(string, []byte) error
	}{
		{"cut off", func(f string, b []byte) error { return os.WriteFile(f, b[:len(b)/2], 0o666) }},
		{"empty", func(f string, _ []byte) error { return os.WriteFile(f, nil, 0o666) }},
		{"of another program", func(f string, _ []byte) error { return os.WriteFile(f, []byte(strings.Repeat("x", 1000)), 0o666) }},
		{"a folder", func(f string, _ []byte) error {
			if err := os.Remove(f); err != nil {
				return err
			}
			return os.Mkdir(f, 0o777)
		}},
	} {
		for _, e := range entries {
			file := filepath.Join(dir, e.Name())
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil.do(file, data); err != nil {
				t.Fatal(err)
			}
		}
		same(spoil.name, 3, want)
		if spoil.name == "a folder" {
			for _, e := range entries {
				if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
					t.Fatal(err)
				}
			}
			same("after folders", 3, want)
		}
		same("mended", 0, want)
	}
}

// Bytes that are whole and mean nothing are an error, never a panic.
func TestKeptNonsense(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/kept")
	dir := t.TempDir()
	l := w.keeping(dir)
	p := w.load("example.com/kept/sub")
	want := w.described(p)
	data, ok := l.store.get(p.key)
	if !ok {
		t.Fatal("nothing is kept")
	}
	for i := range data {
		spoiled := append([]byte(nil), data...)
		spoiled[i] ^= 0x55
		for _, d := range [][]byte{spoiled, data[:i]} {
			if err := l.store.put(p.key, d); err != nil {
				t.Fatal(err)
			}
			l := w.keeping(dir)
			_, _ = l.Import(t.Context(), "example.com/kept/sub") // whatever comes of it
		}
	}
	if err := l.store.put(p.key, data); err != nil {
		t.Fatal(err)
	}
	w.keeping(dir)
	if got := w.described(w.load("example.com/kept/sub")); got != want {
		t.Errorf("in the end it differs\n%s", firstDifference(got, want))
	}
}

// Of what a package that has been kept imports, nothing is read before code is checked
// that names it.
func TestKeptRefersToImports(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/kept")
	dir := t.TempDir()
	w.keeping(dir)
	w.load("example.com/kept/refers")
	w.keeping(dir)
	p := w.load("example.com/kept/refers")
	read := func() string {
		var list []string
		for _, imp := range p.Package.Imports() {
			if imp.Complete() {
				list = append(list, imp.Path())
			}
		}
		return strings.Join(list, " ")
	}
	if got := read(); got != "" {
		t.Errorf("read are %q, want none, as names of types do", got)
	}
	body, err := p.Body(p.Package.Scope().Lookup("Base").(*types.Func))
	if err != nil || len(body.Uses()) != 1 || body.Uses()[0].Path() != "path/filepath" {
		t.Fatalf("the body is %v, %v", body, err)
	}
	if got, want := read(), "path/filepath"; got != want {
		t.Errorf("with a body, read are %q, want %q", got, want)
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range w {
		if i >= len(g) || g[i] != w[i] {
			return fmt.Sprintf("line %d is\n%s\nwant\n%s", i+1, strings.Join(g[min(i, len(g)):min(i+1, len(g))], ""), w[i])
		}
	}
	return "there is more"
}

// Packages that can change are not kept, nor is what imports them.
func TestNotKept(t *testing.T) {
	w := newWorld(t,
		"go.mod", "module example.com/own\n\ngo 1.21\n\nrequire (\n\texample.com/kept v1.0.0\n\texample.com/leaf v1.0.0\n)\n\nreplace example.com/leaf => ./leaf\n",
		"own.go", "package own\n\nimport _ \"example.com/kept/sub\"\nimport _ \"example.com/leaf\"\n",
		"leaf/go.mod", "module example.com/leaf\n",
		"leaf/leaf.go", "package leaf\n",
	)
	w.get("example.com/kept@v1.0.0")
	dir := t.TempDir()
	for i, want := range []int32{3, 2} {
		l := w.keeping(dir)
		w.load("example.com/own")
		if got := l.checked.Load(); got != want {
			t.Errorf("session %d checks %d packages, want %d", i+1, got, want)
		}
	}
}

// The key of types is that of what a package imports, too.
func TestKeptWithOtherImports(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/mid", "example.com/leaf@v1.1.0")
	dir := t.TempDir()
	for i, step := range []struct {
		version string
		checked int32
	}{{"v1.1.0", 2}, {"v1.1.0", 0}, {"v1.2.0", 2}, {"v1.2.0", 0}, {"v1.1.0", 0}} {
		w.get("example.com/leaf@" + step.version)
		l := w.keeping(dir)
		p := w.load("example.com/mid")
		if got := l.checked.Load(); got != step.checked {
			t.Errorf("%d: with %s, %d packages are checked, want %d", i, step.version, got, step.checked)
		}
		if want := l.Of(p.Package.Imports()[0]); want == nil {
			t.Errorf("%d: what it imports is not what is loaded", i)
		}
	}
}

// Many packages are read back at a time, and are the same.
func TestManyKept(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/kept")
	dir := t.TempDir()
	w.keeping(dir)
	want := w.described(w.load("example.com/kept"))
	l := w.keeping(dir)
	l.few = 0
	got := w.described(w.load("example.com/kept"))
	if got != want || l.checked.Load() != 0 {
		t.Errorf("%d packages are checked; read back, %s", l.checked.Load(), firstDifference(got, want))
	}
}

// What is kept is found where the package is, also if the path of another module is
// more like its own; and not when its module is gone.
func TestKeptIsFoundInItsModule(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/outer", "example.com/outer/inner")
	dir := t.TempDir()
	for i, want := range []int32{2, 0} {
		l := w.keeping(dir)
		for path, module := range map[string]string{"example.com/outer/inner/deep": "example.com/outer@v1.0.0", "example.com/outer/inner": "example.com/outer/inner@v1.0.0"} {
			if p := w.load(path); p.Module != module {
				t.Errorf("session %d has %s from %s, want %s", i+1, path, p.Module, module)
			}
		}
		if got := l.checked.Load(); got != want {
			t.Errorf("session %d checks %d packages, want %d", i+1, got, want)
		}
	}
	if err := removeTree(filepath.Join(w.env.ModCache, "example.com", "outer@v1.0.0")); err != nil {
		t.Fatal(err)
	}
	w.keeping(dir)
	w.fails("example.com/outer/inner/deep", "has not been downloaded")
}

func TestStoreIsBounded(t *testing.T) {
	s := &store{dir: filepath.Join(t.TempDir(), "new", "types")}
	if err := s.put("key", []byte("data")); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i := range 10 {
		key := fmt.Sprint(i)
		if err := s.put(key, make([]byte, 1000-sumSize)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(s.file(key), now, now.Add(-time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	left := func() string {
		var b strings.Builder
		entries, _ := os.ReadDir(s.dir)
		for _, e := range entries {
			b.WriteString(e.Name() + " ")
		}
		return b.String()
	}
	s.pruneTo(20_000)
	if got, want := left(), "0 1 2 3 4 5 6 7 8 9 key "; got != want {
		t.Errorf("left are %s, want %s", got, want)
	}
	s.pruneTo(9000)
	if got, want := left(), "0 1 2 3 key "; got != want {
		t.Errorf("of too much, left are %s, want %s", got, want)
	}
	if _, ok := s.get("9"); ok {
		t.Error("what has been deleted is there")
	}
	if got, ok := s.get("key"); !ok || string(got) != "data" {
		t.Errorf("key has %q, %v", got, ok)
	}
	entries, _ := os.ReadDir(s.dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s is left behind", e.Name())
		}
	}
}
