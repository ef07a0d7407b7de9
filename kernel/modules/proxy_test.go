package modules

import (
	"context"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/goproxytest"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/stdlib"
)

// A world is a proxy with the modules of testdata/proxy, and a module cache.
type world struct {
	t   *testing.T
	env Env
	dir string // of the notebook
	// What the go command is given: the proxy, GOWORK and GOFLAGS.
	proxy, work, flags string

	s *Session
	l *Loader
}

// newWorld has the given files in the notebook's folder, which may be named in
// pairs of name and content.
func newWorld(t *testing.T, files ...string) *world {
	t.Helper()
	srv, err := goproxytest.NewServer(filepath.Join("testdata", "proxy"), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	cache := t.TempDir()
	t.Cleanup(func() {
		if err := removeTree(cache); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, dir: t.TempDir(), proxy: srv.URL, work: "off", flags: "-mod=mod", env: Env{
		Proxy: srv.URL, SumDB: "off", ModCache: cache, SumDBDir: t.TempDir(), Work: "",
	}}
	for i := 0; i < len(files); i += 2 {
		w.write(files[i], files[i+1])
	}
	w.reopen()
	return w
}

func (w *world) reopen() {
	fset := token.NewFileSet()
	w.s = Open(w.dir, stdlib.GoVersion, w.env)
	w.l = NewLoader(fset, w.s, stdlib.NewImporter(fset))
}

func (w *world) write(name, content string) {
	w.t.Helper()
	file := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

// get gets modules, which must succeed.
func (w *world) get(queries ...string) *Got {
	w.t.Helper()
	got, err := w.tryGet(queries...)
	if err != nil {
		w.t.Fatalf("get %v: %v", queries, err)
	}
	return got
}

func (w *world) tryGet(queries ...string) (*Got, error) {
	var qs []Query
	for _, text := range queries {
		q, err := ParseQuery(text)
		if err != nil {
			return nil, err
		}
		qs = append(qs, q)
	}
	return w.s.Get(w.t.Context(), qs, nil)
}

// constant imports a package and returns the value of one of its constants.
func (w *world) constant(pkgPath, name string) string {
	w.t.Helper()
	pkg, err := w.l.Import(w.t.Context(), pkgPath)
	if err != nil {
		w.t.Fatalf("import %q: %v", pkgPath, err)
	}
	o := pkg.Scope().Lookup(name)
	if o == nil {
		w.t.Fatalf("%s has no %s", pkgPath, name)
	}
	c, ok := o.(interface{ Val() constantValue })
	if !ok {
		w.t.Fatalf("%s.%s is no constant", pkgPath, name)
	}
	return strings.Trim(c.Val().ExactString(), `"`)
}

// fails imports a package, which must fail with words.
func (w *world) fails(pkgPath string, words ...string) {
	w.t.Helper()
	_, err := w.l.Import(context.Background(), pkgPath)
	says(w.t, err, words...)
}

// says wants words in an error, and the error to be short.
func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", words)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error is %q, want %q in it", err, word)
		}
	}
	if len(err.Error()) > 600 {
		t.Errorf("the error has %d characters: %v", len(err.Error()), err)
	}
}

// tree lists the files of the module cache, without the locks.
func (w *world) tree() []string {
	var files []string
	err := filepath.WalkDir(w.env.ModCache, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && !strings.HasSuffix(path, ".lock") {
			rel, _ := filepath.Rel(w.env.ModCache, path)
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

// emptyCache has nothing been downloaded yet.
func (w *world) emptyCache() {
	w.t.Helper()
	if err := removeTree(w.env.ModCache); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Mkdir(w.env.ModCache, 0o777); err != nil {
		w.t.Fatal(err)
	}
}

// goCommand runs the go command in a folder, with the world's proxy and cache.
func (w *world) goCommand(dir string, proxy string, args ...string) string {
	w.t.Helper()
	testenv.Need(w.t, "go")
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY="+proxy, "GOMODCACHE="+w.env.ModCache, "GONOSUMDB=*", "GOSUMDB=off",
		"GOFLAGS="+w.flags, "GOWORK="+w.work, "GOENV=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
