package modules

import (
	"errors"
	"go/constant"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

type constantValue = constant.Value

func TestGetAndImport(t *testing.T) {
	w := newWorld(t)
	w.fails("example.com/leaf", `"example.com/leaf" is in no module`, "%get example.com/leaf")
	got := w.get("example.com/mid")
	var have []string
	for _, m := range got.Modules {
		have = append(have, m.Path+"@"+m.Version)
	}
	if want := []string{"example.com/leaf@v1.1.0", "example.com/mid@v1.0.0"}; !slices.Equal(have, want) {
		t.Errorf("got %v, want %v", have, want)
	}
	if got.Downloaded != 2 {
		t.Errorf("%d modules were downloaded, want 2", got.Downloaded)
	}
	if v := w.constant("example.com/leaf", "Version"); v != "v1.1.0" {
		t.Errorf("the version of leaf is %s", v)
	}
	if got := w.get("example.com/leaf@v1.2.0"); !got.Changed {
		t.Error("another version changes nothing")
	}
	if v := w.constant("example.com/leaf", "Version"); v != "v1.2.0" {
		t.Errorf("the version of leaf is %s after it was raised", v)
	}
	for _, f := range w.tree() {
		if strings.Contains(f, "far@") {
			t.Errorf("%s was downloaded, which only a test needs", f)
		}
	}
}

func TestQueries(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"example.com/leaf":             "v1.2.0", // v1.9.0 has been retracted
		"example.com/leaf@latest":      "v1.2.0",
		"example.com/leaf@v1":          "v1.2.0",
		"example.com/leaf@v1.1":        "v1.1.0",
		"example.com/leaf@v1.0.0":      "v1.0.0",
		"example.com/leaf@<v1.2.0":     "v1.1.0",
		"example.com/leaf@<=v1.2.0":    "v1.2.0",
		"example.com/leaf@>v1.0.0":     "v1.1.0",
		"example.com/leaf@v1.3.0-rc.1": "v1.3.0-rc.1",
		"example.com/leaf/sub@v1.0.0":  "v1.0.0",
		"example.com/leaf/v2":          "v2.0.1",
		"example.com/past":             "v1.0.0", // v2.0.0+incompatible is older than modules
		"example.com/past@>v0.1.0":     "v1.0.0",
		"https://example.com/leaf/":    "v1.2.0",
	} {
		w.reopen()
		if got := w.get(query).Modules[0].Version; got != want {
			t.Errorf("%s is %s, want %s", query, got, want)
		}
	}
	w.reopen()
	w.get("example.com/leaf@v1.0.0")
	if got := w.get("example.com/leaf@patch").Modules[0].Version; got != "v1.0.0" {
		t.Errorf("patch is %s", got)
	}
	if got := w.get("example.com/leaf").Modules[0].Version; got != "v1.0.0" {
		t.Errorf("without a version it is %s, want the one in use", got)
	}
	if got := w.get("example.com/leaf@upgrade").Modules[0].Version; got != "v1.2.0" {
		t.Errorf("upgrade is %s", got)
	}
	w.get("example.com/leaf@none")
	if list, err := w.s.Modules(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("after none there are %v, %v", list, err)
	}
}

// What is chosen is what the go command chooses.
func TestSameVersionsAsGo(t *testing.T) {
	for _, queries := range [][]string{
		{"example.com/mid@v1.0.0"},
		{"example.com/old@v1.0.0"},
		{"example.com/far@v1.0.0", "example.com/mid@v1.0.0"},
		{"example.com/old@v1.0.0", "example.com/leaf@v1.3.0-rc.1"},
		{"example.com/leaf/v2@v2.0.1", "example.com/leaf@v1.0.0"},
	} {
		w := newWorld(t)
		w.get(queries...)
		ours, err := w.s.GoMod(t.Context(), "notebook")
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module notebook\n\ngo "+w.s.own+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		w.goCommand(dir, w.env.Proxy, append([]string{"get"}, queries...)...)
		theirs, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := requirements(t, ours), requirements(t, theirs); a != b {
			t.Errorf("%v requires\n%s\nand with the go command\n%s", queries, a, b)
		}
	}
}

// requirements are those of a go.mod, without the comments.
func requirements(t *testing.T, data []byte) string {
	f, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, r := range f.Require {
		list = append(list, r.Mod.String())
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// The module cache is one with the go command's, in both directions.
func TestSharesCacheWithGo(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/mid@v1.0.0")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module program\n\ngo 1.26\n\nrequire example.com/mid v1.0.0\n",
		"main.go": "package main\n\nimport \"example.com/mid\"\n\nfunc main() { println(mid.Leaf()) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if out := w.goCommand(dir, "off", "run", "."); out != "v1.1.0\n" {
		t.Errorf("the program prints %q", out)
	}
	w.goCommand(dir, "off", "mod", "verify")

	v := newWorld(t)
	v.goCommand(dir, v.env.Proxy, "mod", "download", "example.com/mid", "example.com/leaf@v1.1.0")
	v.env.Proxy = "off"
	v.reopen()
	v.get("example.com/mid@v1.0.0")
	if got := v.constant("example.com/leaf", "Version"); got != "v1.1.0" {
		t.Errorf("from the go command's cache: %s", got)
	}
}

// A failure leaves the cache and the session as they were.
func TestGetFails(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(w *world)
		query   string
		says    []string
	}{
		{"no such module", nil, "example.com/nowhere", []string{"there is no module example.com/nowhere", "pkg.go.dev"}},
		{"no such version", nil, "example.com/leaf@v7.0.0", []string{"example.com/leaf"}},
		{"no such minor version", nil, "example.com/leaf@v1.7", []string{"has no version v1.7", "%get example.com/leaf@v1.2.0"}},
		{"no such package", nil, "example.com/leaf/nowhere", []string{"there is no package example.com/leaf/nowhere"}},
		{"another name", nil, "example.com/wrong", []string{"calls itself example.com/right", "%get example.com/right"}},
		{"no path", nil, "uuid", []string{"begins with a host"}},
		{"no version", nil, "example.com/leaf@", []string{"the version comes after it"}},
		{"odd", nil, "example.com/le af", []string{"no path of a module"}},
		{"off", func(w *world) { w.env.Proxy = "off" }, "example.com/leaf", []string{"GOPROXY=off"}},
		{"direct", func(w *world) { w.env.Proxy = "direct" }, "example.com/leaf", []string{"its repository", "GOPROXY"}},
		{"private", func(w *world) { w.env.NoProxy = "example.com" }, "example.com/leaf", []string{"GOPRIVATE", "repository"}},
		{"no network", func(w *world) { w.env.Proxy = "http://127.0.0.1:1" }, "example.com/leaf", []string{"127.0.0.1:1 cannot be reached", "network"}},
		{"no address", func(w *world) { w.env.Proxy = "ftp://x" }, "example.com/leaf", []string{"GOPROXY holds"}},
		{"broken go.mod", func(w *world) { w.write("go.mod", "module m\n\nrequire example.com/leaf\n") }, "example.com/leaf", []string{"go.mod:3", "correct the line"}},
		{"go.mod without module", func(w *world) { w.write("go.mod", "go 1.26\n") }, "example.com/leaf", []string{"no module line"}},
		{"broken go.sum", func(w *world) { w.write("go.mod", "module m\n"); w.write("go.sum", "x y\n") }, "example.com/leaf", []string{"go.sum:1"}},
		{"go.work without module", func(w *world) { w.write("go.work", "go 1.26\n\nuse ./a\n") }, "example.com/leaf", []string{"go.work uses ./a"}},
		{"changed", func(w *world) {
			w.write("go.mod", "module m\n\ngo 1.26\n")
			w.write("go.sum", "example.com/leaf v1.0.0 h1:AAAA=\n")
		}, "example.com/leaf@v1.0.0", []string{"its checksum is h1:", "go.sum says h1:AAAA=", "is not used", "if go.sum is wrong, take its lines out"}},
		{"the notebook's own", func(w *world) { w.write("go.mod", "module example.com/leaf\n\ngo 1.26\n") }, "example.com/leaf", []string{"the module in which the notebook lies"}},
		{"not there to remove", nil, "example.com/leaf@none", []string{"not required"}},
		{"no db", func(w *world) { w.env.SumDB = "sum.golang.org http://127.0.0.1:1" }, "example.com/leaf", []string{"cannot be verified", "GONOSUMDB"}},
		{"no cache", func(w *world) {
			w.write("file", "")
			w.env.ModCache = filepath.Join(w.dir, "file", "cache")
		}, "example.com/leaf@v1.0.0", []string{"the module cache cannot be used", "GOMODCACHE"}},
		{"odd db", func(w *world) { w.env.SumDB = "nowhere" }, "example.com/leaf", []string{"GOSUMDB"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.prepare != nil {
				tt.prepare(w)
				w.reopen()
			}
			if tt.name == "no cache" {
				_, err := w.tryGet(tt.query)
				says(t, err, tt.says...)
				return
			}
			before := w.tree()
			_, err := w.tryGet(tt.query)
			says(t, err, tt.says...)
			for _, f := range w.tree() {
				// go.mod files that have been verified are no harm.
				// To know that a package is not in a module, one has to look.
				if !slices.Contains(before, f) && !strings.HasSuffix(f, ".mod") && tt.name != "no such package" {
					t.Errorf("%s is left in the cache", f)
				}
			}
			if len(w.s.asked) != 0 {
				t.Errorf("the session has %v", w.s.asked)
			}
		})
	}
}

// An archive that breaks off, or holds something else, is never in the cache.
func TestBrokenArchive(t *testing.T) {
	w := newWorld(t)
	real := w.env.Proxy
	for name, zip := range map[string]string{"cut short": "PK\x03\x04", "no archive": "<html>", "empty": ""} {
		srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".zip") {
				_, _ = rw.Write([]byte(zip))
				return
			}
			http.Redirect(rw, r, real+r.URL.Path, http.StatusFound)
		}))
		w.env.Proxy = srv.URL
		w.reopen()
		_, err := w.tryGet("example.com/leaf@v1.0.0")
		srv.Close()
		says(t, err, "example.com/leaf@v1.0.0", "broken")
		for _, f := range w.tree() {
			if !strings.HasSuffix(f, ".mod") {
				t.Errorf("%s: %s is left in the cache", name, f)
			}
		}
	}
	w.env.Proxy = real
	w.reopen()
	w.get("example.com/leaf@v1.0.0")
}

// What was being extracted when a process died is extracted again.
func TestPartialModule(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/leaf@v1.0.0")
	m := module.Version{Path: "example.com/leaf", Version: "v1.0.0"}
	dir, _ := w.s.d.dir(m)
	partial, _ := w.s.d.file(m, "partial")
	if err := os.WriteFile(partial, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "leaf.go")); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	w.get("example.com/leaf@v1.0.0")
	if got := w.constant("example.com/leaf", "Version"); got != "v1.0.0" {
		t.Errorf("the version is %s", got)
	}
}

// The checksum database is asked, and what it does not confirm is not used.
func TestChecksumDatabase(t *testing.T) {
	honest := newWorld(t)
	honest.get("example.com/leaf@v1.0.0")
	right := map[string]string{}
	for m, h := range honest.s.d.sums.added {
		right[m.Path+" "+m.Version] = h
	}
	skey, vkey, err := note.GenerateKey(nil, "sum.example.com")
	if err != nil {
		t.Fatal(err)
	}
	serve := func(zipSum string) string {
		db := sumdb.NewTestServer(skey, func(path, vers string) ([]byte, error) {
			return []byte(path + " " + vers + " " + zipSum + "\n" + path + " " + vers + "/go.mod " + right[path+" "+vers+"/go.mod"] + "\n"), nil
		})
		mux := http.NewServeMux()
		for _, p := range sumdb.ServerPaths {
			mux.Handle(p, sumdb.NewServer(db))
		}
		srv := httptest.NewServer(mux)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	w := newWorld(t)
	w.env.SumDB = vkey + " " + serve(right["example.com/leaf v1.0.0"])
	w.reopen()
	w.get("example.com/leaf@v1.0.0")
	w.env.Proxy, w.env.SumDB = "off", vkey+" http://127.0.0.1:1" // what was answered is kept
	w.reopen()
	w.get("example.com/leaf@v1.0.0")

	v := newWorld(t)
	v.env.SumDB = vkey + " " + serve("h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	v.reopen()
	_, err = v.tryGet("example.com/leaf@v1.0.0")
	says(t, err, "its checksum is h1:", "the checksum database sum.example.com says h1:AAAA")
	for _, f := range v.tree() {
		if strings.HasSuffix(f, ".zip") || strings.HasSuffix(f, ".go") {
			t.Errorf("%s is in the cache", f)
		}
	}
	v.env.NoSumDB = "example.com/*"
	v.reopen()
	v.get("example.com/leaf@v1.0.0")
}

// A proxy that refuses says why, in its words, and what to do is told.
func TestRefused(t *testing.T) {
	w := newWorld(t)
	for status, words := range map[int][]string{
		http.StatusForbidden:          {"refuses it (403 Forbidden: ask Ann)", "~/.netrc"},
		http.StatusBadRequest:         {"does not take it for a module (400 Bad Request: ask Ann)"},
		http.StatusServiceUnavailable: {"answers 503 Service Unavailable: ask Ann", "try again later"},
		http.StatusGone:               {"there is no module example.com/leaf"},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			http.Error(rw, "ask Ann\nor Bob", status)
		}))
		w.env.Proxy = srv.URL
		w.reopen()
		_, err := w.tryGet("example.com/leaf")
		srv.Close()
		says(t, err, words...)
		if files := w.tree(); len(files) > 0 {
			t.Errorf("the cache has %v", files)
		}
	}
}

func TestWarnings(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"example.com/leaf@v1.9.0": "retracted by its author: It was a mistake.",
		"example.com/leaf@v1.2.0": "",
		"example.com/past":        "the module is deprecated: Use example.com/leaf.",
	} {
		if got := w.get(query).Modules[0].Warning; got != want {
			t.Errorf("of %s it is said %q, want %q", query, got, want)
		}
	}
	// Without a network, what is in the cache can be had all the same.
	w.env.Proxy = "off"
	w.reopen()
	_, err := w.tryGet("example.com/leaf")
	says(t, err, "GOPROXY=off", "the module cache has v1.9.0: %get example.com/leaf@v1.9.0")
	if m := w.get("example.com/leaf@v1.9.0").Modules[0]; m.Warning != "" {
		t.Errorf("of %+v something is said", m)
	}
}

func TestNetrc(t *testing.T) {
	n := parseNetrc("machine a login ann password x\nmachine b\n\tlogin bob\n\tpassword y\nmacdef m\nmachine c login evil password z\n\nmachine d login dan password p default login any password q machine e login eve password r\n")
	for host, want := range map[string]string{"a": "ann:x", "b": "bob:y", "c": ":", "d": "dan:p", "e": ":", "f": ":"} {
		user, password, ok := n.find(host)
		if got := user + ":" + password; got != want || ok != (want != ":") {
			t.Errorf("for %s it is %q, want %q", host, got, want)
		}
	}
	// It is sent by https alone, to the host that it is for.
	var got []string
	srv := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		got = append(got, user+":"+password)
		http.NotFound(rw, r)
	}))
	defer srv.Close()
	c := newClient()
	c.http = *srv.Client()
	for _, machine := range []string{"127.0.0.1", "127.0.0.2"} {
		c.netrc = func() netrc { return netrc{{machine, "ann", "x"}} }
		if _, err := c.get(t.Context(), srv.URL); !errors.Is(err, errNotThere) {
			t.Fatal(err)
		}
	}
	if want := []string{"ann:x", ":"}; !slices.Equal(got, want) {
		t.Errorf("what is sent is %v, want %v", got, want)
	}
}

func TestSave(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/old@v1.0.0")
	file, err := w.s.Save(t.Context(), "notebook")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(w.dir, "go.mod"); file != want {
		t.Errorf("saved to %s, want %s", file, want)
	}
	// The go command is content with it, without a network.
	w.write("main.go", "package main\n\nimport \"example.com/old\"\n\nfunc main() { println(old.Leaf()) }\n")
	if out := w.goCommand(w.dir, "off", "run", "-mod=readonly", "."); out != "v1.2.0\n" && out != "v1.1.0\n" {
		t.Errorf("the program prints %q", out)
	}
	w.goCommand(w.dir, "off", "mod", "verify")
}

// The next session has all checksums of what it reads to know the module graph, so that
// it need not ask the database.
func TestSaveSums(t *testing.T) {
	w := newWorld(t)
	w.get("example.com/old@v1.0.0")
	w.get("example.com/leaf@latest")
	if _, err := w.s.Save(t.Context(), "notebook"); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	list, err := w.s.Modules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(w.dir, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	read := w.s.graph.read()
	for _, m := range list {
		delete(read, module.Version{Path: m.Path, Version: m.Version})
	}
	if len(read) == 0 {
		t.Fatal("nothing is read of versions that are not chosen")
	}
	for m := range read {
		if !strings.Contains(string(sums), m.Path+" "+m.Version+"/go.mod h1:") {
			t.Errorf("go.sum has nothing of the go.mod of %s:\n%s", m, sums)
		}
	}
}

// TestSaveInWorkspace: what one module of a workspace requires is not saved to
// another.
func TestSaveInWorkspace(t *testing.T) {
	w := newWorld(t,
		"go.work", "go 1.24\n\nuse ./a\nuse ./b\n",
		"a/go.mod", "module example.com/a\n\ngo 1.24\n",
		"b/go.mod", "module example.com/b\n\ngo 1.24\n\nrequire example.com/leaf v1.1.0\n")
	_, err := w.s.Save(t.Context(), "m")
	says(t, err, "the notebook lies in no module", "go.work")
	w.dir = filepath.Join(w.dir, "a")
	w.reopen()
	read := func() string {
		file, err := w.s.Save(t.Context(), "m")
		if err != nil || file != filepath.Join(w.dir, "go.mod") {
			t.Fatalf("saved to %s, %v", file, err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if text := read(); strings.Contains(text, "require") {
		t.Errorf("what nobody has asked for is saved: %s", text)
	}
	w.get("example.com/leaf")
	if text := read(); !strings.Contains(text, "require example.com/leaf v1.1.0\n") {
		t.Errorf("what has been asked for is not saved: %s", text)
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"example.com/leaf", "example.com/leaf@v1", "@", "a@b@c", "https://github.com/x/y/", "uuid", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(text)
		if err == nil && module.CheckPath(q.Path) != nil {
			t.Errorf("%q is taken for the path %q", text, q.Path)
		}
		if _, err := parseProxies(text); err == nil && strings.Trim(text, ",| ") == "" {
			t.Errorf("%q is taken for a list of proxies", text)
		}
	})
}
