package modules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vendorWorld has a module with a vendor folder that the go command has made.
func vendorWorld(t *testing.T, goVersion string) *world {
	w := newWorld(t,
		"go.mod", "module example.com/own\n\ngo "+goVersion+"\n\nrequire (\n\texample.com/mid v1.0.0\n\texample.com/here v0.0.0\n)\n\nreplace example.com/here => ./here\n",
		"main.go", "package main\n\nimport (\n\t\"example.com/here\"\n\t\"example.com/mid\"\n)\n\nfunc main() { println(mid.Leaf(), here.Here) }\n",
		"here/go.mod", "module example.com/here\n",
		"here/here.go", "package here\n\nconst Here = \"replaced\"\n")
	w.goCommand(w.dir, w.env.Proxy, "mod", "tidy")
	w.goCommand(w.dir, w.env.Proxy, "mod", "vendor")
	w.emptyCache()
	w.env.Proxy = "off"
	w.reopen()
	return w
}

func TestVendor(t *testing.T) {
	w := vendorWorld(t, "1.24")
	if v := w.constant("example.com/leaf", "Version"); v != "v1.1.0" {
		t.Errorf("the version of leaf is %s", v)
	}
	if v := w.constant("example.com/here", "Here"); v != "replaced" {
		t.Errorf("here is %q", v)
	}
	dir := filepath.Join(w.dir, "vendor", "example.com", "leaf")
	w.write("vendor/example.com/leaf/more.go", "package leaf\n\nconst Patched = \"yes\"\n")
	w.reopen()
	if v := w.constant("example.com/leaf", "Patched"); v != "yes" {
		t.Errorf("what is in vendor is %q", v)
	}
	list, err := w.s.Modules(t.Context())
	if err != nil || len(list) != 4 || list[2].Path != "example.com/leaf" || list[2].Dir != dir || list[1].Replaced != "./here" {
		t.Errorf("the modules are %+v, %v", list, err)
	}
	if got := w.get("example.com/mid", "example.com/leaf@v1.1.0").Modules; len(got) != 2 || got[0].New {
		t.Errorf("got %+v", got)
	}
	before := w.tree()
	for query, words := range map[string][]string{
		"example.com/far":         {"example.com/far is not in " + filepath.Join(w.dir, "vendor"), "go mod vendor", "GOFLAGS=-mod=mod"},
		"example.com/leaf@v1.2.0": {"vendor holds example.com/leaf@v1.1.0", "go get example.com/leaf@v1.2.0"},
	} {
		_, err := w.tryGet(query)
		says(t, err, words...)
	}
	if after := w.tree(); len(after) != len(before) {
		t.Errorf("the cache has %v", after)
	}
	w.fails("example.com/far", "is not in", "go mod vendor")
	w.fails("example.com/own/vendor/example.com/leaf", `is imported as "example.com/leaf"`)

	// The flags of the go command.
	w.env.Mod = "mod"
	w.reopen()
	if _, err := w.l.Import(t.Context(), "example.com/leaf"); err == nil {
		t.Error("-mod=mod takes packages from the vendor folder")
	}
	w.env.Mod = "vendor"
	w.reopen()
	w.constant("example.com/leaf", "Patched")
}

// TestVendorFollows: what `go mod vendor` renews between two cells is loaded anew.
func TestVendorFollows(t *testing.T) {
	w := vendorWorld(t, "1.24")
	w.constant("example.com/leaf", "Version")
	w.env.Proxy = w.proxy
	mod, err := os.ReadFile(filepath.Join(w.dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	w.write("go.mod", strings.Replace(string(mod), "leaf v1.1.0", "leaf v1.2.0", 1))
	w.goCommand(w.dir, w.proxy, "mod", "tidy")
	w.l.Refresh(t.Context())
	w.fails("example.com/leaf", "does not agree with "+filepath.Join(w.dir, "go.mod"), "example.com/leaf@v1.2.0 is required", "`go mod vendor` renews it")
	w.goCommand(w.dir, w.proxy, "mod", "vendor")
	w.l.Refresh(t.Context())
	if v := w.constant("example.com/leaf", "Version"); v != "v1.2.0" {
		t.Errorf("the version of leaf is %s", v)
	}
}

// TestVendorOfOldModules: by itself the folder counts since go 1.14 only.
func TestVendorOfOldModules(t *testing.T) {
	w := newWorld(t,
		"go.mod", "module example.com/own\n\ngo 1.13\n\nrequire example.com/hand v1.0.0\n",
		"vendor/modules.txt", "# example.com/hand v1.0.0\nexample.com/hand\n",
		"vendor/example.com/hand/hand.go", "package hand\n\nconst Made = \"by hand\"\n")
	w.env.Proxy = "off"
	w.reopen()
	if _, err := w.l.Import(t.Context(), "example.com/hand"); err == nil {
		t.Error("the vendor folder of a module for go 1.13 is heeded")
	}
	w.env.Mod = "vendor"
	w.reopen()
	w.constant("example.com/hand", "Made")
	w.write("vendor/modules.txt", "# example.com/hand v1.0.1\nexample.com/hand\n")
	w.reopen()
	w.fails("example.com/hand", "example.com/hand@v1.0.0 is required, and v1.0.1 is there")
}

func TestVendorOfWorkspaces(t *testing.T) {
	w := newWorld(t,
		"go.work", "go 1.24\n\nuse ./a\nuse ./b\n",
		"a/go.mod", "module example.com/a\n\ngo 1.24\n\nrequire example.com/leaf v1.0.0\n",
		"a/a.go", "package a\n\nimport \"example.com/leaf\"\n\nconst Version = leaf.Version\n",
		"b/go.mod", "module example.com/b\n\ngo 1.24\n\nrequire example.com/leaf v1.1.0\n",
		"b/b.go", "package b\n\nimport _ \"example.com/leaf\"\n")
	w.work = ""
	w.flags = " "
	w.goCommand(w.dir, w.env.Proxy, "work", "vendor")
	w.emptyCache()
	w.env.Proxy = "off"
	w.reopen()
	if v := w.constant("example.com/a", "Version"); v != "v1.1.0" {
		t.Errorf("the version of leaf is %s", v)
	}
	w.write("b/go.mod", "module example.com/b\n\ngo 1.24\n\nrequire example.com/leaf v1.2.0\n")
	w.l.Refresh(t.Context())
	w.fails("example.com/a", "does not agree", "`go work vendor` renews it")
	w.env.Work = "off" // then it is nobody's
	w.write("go.mod", "module example.com/top\n\ngo 1.24\n")
	w.reopen()
	w.fails("example.com/leaf", "is in no module that this session has")
}

// TestModFile: -modfile of GOFLAGS has another file in the place of go.mod.
func TestModFile(t *testing.T) {
	w := newWorld(t,
		"go.mod", "module example.com/own\n\ngo 1.24\n",
		"alt/alt.mod", "module example.com/own\n\ngo 1.24\n\nrequire example.com/leaf v1.0.0\n\nreplace example.com/here => ./here\n",
		"here/go.mod", "module example.com/here\n\ngo 1.24\n",
		"here/here.go", "package here\n\nconst Here = \"replaced\"\n",
		"own/own.go", "package own\n\nconst Own = \"mine\"\n")
	w.env.ModFile = filepath.Join("alt", "alt.mod")
	w.reopen()
	if v := w.constant("example.com/own/own", "Own"); v != "mine" {
		t.Errorf("the module's folder has %q", v)
	}
	w.get("example.com/leaf", "example.com/here")
	if v := w.constant("example.com/leaf", "Version"); v != "v1.0.0" {
		t.Errorf("the version of leaf is %s", v)
	}
	if v := w.constant("example.com/here", "Here"); v != "replaced" {
		t.Errorf("here is %q", v)
	}
	if _, err := w.s.Save(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if sum, err := os.ReadFile(filepath.Join(w.dir, "alt", "alt.sum")); err != nil || !strings.Contains(string(sum), "example.com/leaf v1.0.0 h1:") {
		t.Errorf("alt.sum is %q, %v", sum, err)
	}
	if data, err := os.ReadFile(filepath.Join(w.dir, "go.mod")); err != nil || strings.Contains(string(data), "require") {
		t.Errorf("go.mod is %q, %v", data, err)
	}
}

// TestTemporaryFolder: a go.mod beside temporary files counts for nothing, and none
// is written there.
func TestTemporaryFolder(t *testing.T) {
	w := newWorld(t, "go.mod", "module example.com/rest\n", "x/x.go", "package x\n")
	t.Setenv("TMPDIR", w.dir)
	w.reopen()
	if file := w.s.File(); file != "" {
		t.Errorf("%s is heeded", file)
	}
	_, err := w.s.Save(t.Context(), "m")
	says(t, err, "would count for nothing", "move the notebook")
}
