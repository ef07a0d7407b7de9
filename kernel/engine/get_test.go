package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/goproxytest"

	"github.com/gosched/gosched/kernel/modules"
	"github.com/gosched/gosched/kernel/session"
)

// openWithProxy opens a notebook in a folder with files, whose modules come from
// the proxy that the tests of package modules have.
func openWithProxy(t *testing.T, files map[string]string) (nb *notebook, dir string) {
	t.Helper()
	srv, err := goproxytest.NewServer(filepath.Join("..", "modules", "testdata", "proxy"), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	for name, value := range map[string]string{
		"GOPROXY": srv.URL, "GOSUMDB": "off", "GOMODCACHE": t.TempDir(), "GOENV": "off", "GOWORK": "",
		"GOFLAGS": "-modcacherw", "GOPATH": t.TempDir(), "GOPRIVATE": "", "GONOPROXY": "", "GONOSUMDB": "", autoVariable: "", modules.CacheVariable: t.TempDir(),
	} {
		t.Setenv(name, value)
	}
	dir = t.TempDir()
	for name, text := range files {
		writeFile(t, filepath.Join(dir, name), text)
	}
	e, err := Open(Options{Kind: Direct, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return &notebook{t: t, e: e}, dir
}

// again opens another session in the same folder.
func (nb *notebook) again(dir string) *notebook {
	nb.t.Helper()
	e, err := Open(Options{Kind: Direct, Dir: dir})
	if err != nil {
		nb.t.Fatal(err)
	}
	nb.t.Cleanup(func() { e.Close() })
	return &notebook{t: nb.t, e: e}
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Duration(len(text)) * time.Second)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
}

// fails runs a cell that must fail, and returns what it says.
func (nb *notebook) fails(src string) string {
	nb.t.Helper()
	_, r := nb.exec(src)
	if r.Failure == nil {
		nb.t.Fatalf("%s\ndid not fail", src)
	}
	return strings.Join(r.Failure.Traceback, "\n")
}

func TestContract24_Get(t *testing.T) {
	nb, dir := openWithProxy(t, nil)
	text := nb.fails("import \"example.com/mid\"\nmid.Leaf()")
	if !strings.Contains(text, "%get example.com/mid") || strings.Contains(text, "undefined") {
		t.Errorf("without %%get it says %s", text)
	}
	tr, r := nb.exec("%get example.com/mid\nimport \"example.com/mid\"\nmid.Leaf()")
	if r.Failure != nil || r.Value == nil || r.Value.Data["text/plain"] != `"v1.1.0"` {
		t.Fatalf("after %%get: %v, %v", r.Value, r.Failure)
	}
	table := ""
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok {
			table, _ = d.Bundle.Data["text/plain"].(string)
		}
	}
	if want := "example.com/leaf  v1.1.0  new, needed by others\nexample.com/mid   v1.0.0  new"; table != want {
		t.Errorf("the table is\n%s\nwant\n%s", table, want)
	}
	nb.run("%get -save")
	if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err != nil || !strings.Contains(string(data), "example.com/mid v1.0.0") {
		t.Errorf("go.mod is %s, %v", data, err)
	}
	if text := nb.fails("%get -nonsense"); !strings.Contains(text, "%get MODULE") {
		t.Errorf("misused, it says %s", text)
	}
	if text := nb.fails("%get example.com/nowhere"); !strings.Contains(text, "there is no module") {
		t.Errorf("for what there is not it says %s", text)
	}
}

func TestContract24_AutomaticGet(t *testing.T) {
	nb, _ := openWithProxy(t, nil)
	nb.run("%get -auto on")
	if got := nb.run("import \"example.com/mid\"\nmid.Leaf()"); got != `=> "v1.1.0"` {
		t.Errorf("it gives %s", got)
	}
	nb.run("%get -auto off")
	nb.fails("import \"example.com/far\"\nfar.Leaf")
}

// Packages are initialised as in a program: each once, those that others import
// first, and then by path.
func TestContract24_Initialisation(t *testing.T) {
	nb, _ := openWithProxy(t, nil)
	got := nb.run("%get example.com/kinds/log\nimport (\n_ \"example.com/kinds/initz\"\n_ \"example.com/kinds/inita\"\n\"example.com/kinds/log\"\n)\nlog.All()")
	if want := `=> "b var, b, b again, a, z"`; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}
	if got := nb.run("import _ \"example.com/kinds/inita\"\nlog.All()"); got != `=> "b var, b, b again, a, z"` {
		t.Errorf("afterwards it is %s", got)
	}
}

func TestContract24_WhatPackagesAreMadeOf(t *testing.T) {
	nb, _ := openWithProxy(t, nil)
	nb.run("%get example.com/kinds/log")
	for src, want := range map[string]string{
		"import \"example.com/kinds/embed\"\nb, err := embed.FS.ReadFile(\"data/more/b.txt\")\nfmt.Printf(\"%s%s%q%v\", embed.Text, embed.Bytes, b, err)":  "hello\nhello\n\"b\\n\"<nil>",
		"import \"example.com/kinds/table\"\na, s := table.Last()\nfmt.Println(a, s, table.Bytes[200], table.Mixed[:4], table.M[\"b\"], len(table.Bytes))": "122 last 65535 [1 2.5 114 s] -2.5 202\n",
		"import \"example.com/kinds/link\"\nlink.Random()":  "=> true",
		"import \"example.com/kinds/tags\"\ntags.Add(1, 2)": "=> 3",
	} {
		if got := nb.run(src); got != want {
			t.Errorf("%s\ngives %s, want %s", src, got, want)
		}
	}
	if text := nb.fails("link.Secret()"); !strings.Contains(text, "runtime.secretThing") {
		t.Errorf("a link into the runtime says %s", text)
	}
}

// A changed file of the notebook's own module is loaded with the next cell, and
// what uses it is built again.
func TestContract24_OwnPackages(t *testing.T) {
	nb, dir := openWithProxy(t, map[string]string{
		"go.mod":     "module example.com/own\n\ngo 1.26\n",
		"greet/g.go": "package greet\n\nfunc Hello(s string) string { return \"Hello, \" + s }\n",
	})
	nb.run("import \"example.com/own/greet\"\nfunc f() string { return greet.Hello(\"you\") }")
	if got := nb.run("f()"); got != `=> "Hello, you"` {
		t.Errorf("f gives %s", got)
	}
	writeFile(t, filepath.Join(dir, "greet/g.go"), "package greet\n\nfunc Hello(s string) string { return \"Welcome, \" + s }\n\nfunc More() int { return 1 }\n")
	tr, r := nb.exec("f()")
	if r.Failure != nil || r.Value.Data["text/plain"] != `"Welcome, you"` {
		t.Errorf("after the change f gives %v, %v", r.Value, r.Failure)
	}
	if note := tr.errs.String(); !strings.Contains(note, "example.com/own/greet has changed") {
		t.Errorf("the note is %q", note)
	}
	if got := nb.run("greet.More()"); got != "=> 1" {
		t.Errorf("the new function gives %s", got)
	}
	writeFile(t, filepath.Join(dir, "greet/g.go"), "package greet\n\nfunc Hello(s string) string { return 1 }\n")
	if text := nb.fails("greet.Hello(\"x\")"); !strings.Contains(text, filepath.Join("greet", "g.go")+":3:") {
		t.Errorf("a mistake in the file says %s", text)
	}
	if got := nb.run("1 + 1"); got != "=> 2" {
		t.Errorf("a cell that has nothing to do with it gives %s", got)
	}
	writeFile(t, filepath.Join(dir, "greet/g.go"), "package greet\n\nfunc Hello(s string) string { return \"Mended, \" + s }\n")
	tr, r = nb.exec("f()")
	if r.Failure != nil || r.Value.Data["text/plain"] != `"Mended, you"` {
		t.Errorf("after the mistake is mended f gives %v, %v", r.Value, r.Failure)
	}
	if note := tr.errs.String(); !strings.Contains(note, "example.com/own/greet has changed") {
		t.Errorf("when it is mended the note is %q", note)
	}
	if tr, _ = nb.exec("f()"); tr.errs.String() != "" {
		t.Errorf("then nothing has changed, and a note says %q", tr.errs.String())
	}
}

// What a package embeds belongs to its files.
func TestContract24_OwnEmbedded(t *testing.T) {
	nb, dir := openWithProxy(t, map[string]string{
		"go.mod":           "module example.com/own\n\ngo 1.26\n",
		"texts/t.go":       "package texts\n\nimport \"embed\"\n\n//go:embed hello.txt\nvar Hello string\n\n//go:embed more\nvar More embed.FS\n",
		"texts/hello.txt":  "hello",
		"texts/more/a.txt": "a",
	})
	const names = "list, _ := texts.More.ReadDir(\"more\")\ntexts.Hello + fmt.Sprint(len(list))"
	if got := nb.run("import \"example.com/own/texts\"\n" + names); got != `=> "hello1"` {
		t.Errorf("it gives %s", got)
	}
	writeFile(t, filepath.Join(dir, "texts/hello.txt"), "welcome")
	if got := nb.run(names); got != `=> "welcome1"` {
		t.Errorf("with another file it gives %s", got)
	}
	writeFile(t, filepath.Join(dir, "texts/more/b.txt"), "b")
	if got := nb.run(names); got != `=> "welcome2"` {
		t.Errorf("with one more file it gives %s", got)
	}
}

// A mistake in a package is one of those that import it, until it is mended.
func TestContract24_MistakeBelow(t *testing.T) {
	nb, dir := openWithProxy(t, map[string]string{
		"go.mod":   "module example.com/own\n\ngo 1.26\n",
		"low/l.go": "package low\n\nfunc N() int { return 1 }\n",
		"top/t.go": "package top\n\nimport \"example.com/own/low\"\n\nfunc N() int { return 10 * low.N() }\n",
	})
	nb.run("import \"example.com/own/top\"\nfunc f() int { return top.N() }")
	if got := nb.run("f()"); got != "=> 10" {
		t.Errorf("f gives %s", got)
	}
	for _, body := range []string{"return x", "return", "}"} {
		writeFile(t, filepath.Join(dir, "low/l.go"), "package low\n\n// "+body+"\nfunc N() int { "+body+" }\n")
		if got := nb.run("f()"); got != "=> 10" {
			t.Errorf("%q: what was there before gives %s", body, got)
		}
	}
	writeFile(t, filepath.Join(dir, "low/l.go"), "package low\n\nfunc N() int { return 2 }\n")
	if got := nb.run("f()"); got != "=> 20" {
		t.Errorf("after the mistake is mended f gives %s", got)
	}
}

// Goroutines of modules belong to the cell, and stop with it.
func TestContract24_GoroutinesOfModules(t *testing.T) {
	nb, _ := openWithProxy(t, map[string]string{
		"go.mod":    "module example.com/own\n\ngo 1.26\n",
		"spin/s.go": "package spin\n\nimport \"fmt\"\n\nfunc Start() { go func() { fmt.Println(\"from a module\"); for { } }(); select {} }\n",
	})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	tr := &transcript{}
	r := nb.e.Execute(ctx, session.Cell{ID: "1", Number: 1, Source: "import \"example.com/own/spin\"\nspin.Start()"}, tr)
	if r.Failure == nil || r.Failure.Name != "interrupted" || r.Goroutines != 0 {
		t.Errorf("it ends with %v and %d goroutines", r.Failure, r.Goroutines)
	}
	if got := tr.stdout(); got != "from a module\n" {
		t.Errorf("it prints %q", got)
	}
}

// Imports are completed with the packages of the notebook's module and of those that
// it has got.
func TestContract24_Completion(t *testing.T) {
	nb, _ := openWithProxy(t, map[string]string{
		"go.mod":               "module example.com/own\n\ngo 1.26\n",
		"greet/g.go":           "package greet\n",
		"internal/deep/d.go":   "package deep\n",
		"cmd/tool/main.go":     "package main\n",
		"testdata/x/x.go":      "package x\n",
		"other/go.mod":         "module example.com/other\n",
		"other/o.go":           "package other\n",
		"greet/only_x_test.go": "package greet_test\n",
	})
	offered := func(src string) (list []string) {
		c, err := nb.e.Complete(t.Context(), src, len(src))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range c.Matches {
			list = append(list, m.Text)
		}
		return list
	}
	for _, src := range []string{"import \"example.com/", "import (\n\t\"fmt\"\n\tx \"example.com/"} {
		list := offered(src)
		for _, want := range []string{"example.com/own/greet", "example.com/own/internal/deep"} {
			if !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, want) }) {
				t.Errorf("after %q it offers %q, without %s", src, list, want)
			}
		}
		for _, s := range list {
			for _, no := range []string{"tool", "testdata", "other"} {
				if strings.Contains(s, no) {
					t.Errorf("after %q it offers %s", src, s)
				}
			}
		}
	}
	nb.run("%get example.com/mid")
	if list := offered("import \"example.com/m"); !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, "example.com/mid") }) {
		t.Errorf("after %%get it offers %q", list)
	}
	if list := offered("example.com/"); len(list) > 0 {
		t.Errorf("outside of an import it offers %q", list)
	}
}

// Functions of modules are made ready when they are first called, whichever way that
// is, and by many at a time.
func TestContract24_FunctionsWhenTheyAreCalled(t *testing.T) {
	nb, _ := openWithProxy(t, nil)
	nb.run("%get example.com/late\nimport \"example.com/late\"")
	for _, tt := range []struct{ src, want string }{
		{"late.Order()", `=> "first, second"`},
		{"x := late.New(1)\nx.Add(2).Add(3).String() + x.Unnamed(1) + x.Same(1, \"a\", \"b\")", `=> "<6>unnameda6b"`},
		{"fmt.Println(x.Base, late.Local())", "<6> <7>\n"},
		{"f := x.Base.String\ng := (*late.Base).Add\ng(x.Base, 1)\nf() + x.String()", `=> "<6><7>"`},
		{"late.Sorted(\"ccc\", \"a\", \"bb\")", `=> ["a" "bb" "ccc"]`},
		{"late.Loop()", "=> [3 3 3]"},
		{"late.Lengths(\"a\", \"bb\")", "=> [1 2]"},
		{"late.Recovers().Error()", `=> "recovered: here"`},
		{"results := make(chan int)\nfor i := range 20 {\n\tgo func() { results <- late.Fib(i % 10) }()\n}\nsum := 0\nfor range 20 {\n\tsum += <-results\n}\nsum", "=> 176"},
		{"var s fmt.Stringer = x\ndefer late.Fib(3)\nfunc() string { return s.String() }()", `=> "<7>"`},
	} {
		if got := nb.run(tt.src); got != tt.want {
			t.Errorf("%s\ngives %s, want %s", tt.src, got, tt.want)
		}
	}
	if text := nb.fails("late.Broken()"); !strings.Contains(text, "example.com/late") || !strings.Contains(text, "undefined: doesNotExist") || !strings.Contains(text, "late.Broken") {
		t.Errorf("a function that does not compile says\n%s", text)
	}
}

// A session for which another one has checked a package runs it as that one does.
func TestContract24_KeptPackages(t *testing.T) {
	nb, dir := openWithProxy(t, nil)
	cells := []string{
		"import \"example.com/kept\"\nkept.All()",
		"kept.All()",
		"fmt.Println(kept.Use(nil, kept.Values{}, nil, nil), kept.ErrKept, kept.Level, kept.Third, kept.Rune)",
		"fmt.Printf(\"%T %T %+v\", kept.Node{}, kept.Same{}, kept.Node{})",
		"import \"example.com/kept/refers\"\nvar q refers.Queue\nfmt.Println(refers.Base(\"a/b\"), q.Push(1), q.Push(2), q.Prev().Value, (*refers.Queue).Prev(&q).Value)",
		"import \"path/filepath\"\nfmt.Println(filepath.Dir(refers.Base(\"a/b\")))",
		"import (\n\"example.com/kept/generic\"\n\"time\"\n)\ngeneric.Three()",
		"generic.Sum(generic.Map(new(generic.List[string]).Add(\"abc\").Add(\"x\"), func(s string) float64 { return float64(len(s)) / 8 }))",
		"type length string\nfunc (l *length) Less(m length) bool { return len(*l) < len(m) }\ngeneric.Least(length(\"abc\"), \"xy\", \"abcd\")",
		"tree := (*generic.Tree[time.Time, string])(nil).Put(time.Unix(2, 0), \"two\").Put(time.Unix(1, 0), \"one\").Put(time.Unix(3, 0), \"three\")\nfor _, v := range tree.All { fmt.Println(v) }",
		"fmt.Printf(\"%T %v\", tree, new(generic.List[kept.Node]).Len())",
	}
	outcome := func(nb *notebook) (list []string) {
		nb.run("%get example.com/kept")
		for _, src := range cells {
			list = append(list, nb.run(src))
		}
		return append(list, nb.fails("kept.Fail(2)"), nb.fails("kept.Nothing"))
	}
	first := outcome(nb)
	for _, want := range []string{"[blank init 1 deferred 2 deferred 2 init 3]", "9 2 by 2 3 [2 x [[98]] {2} 2.5]"} {
		if !strings.Contains(first[0], want) {
			t.Errorf("%s does not have %s", first[0], want)
		}
	}
	for i, want := range map[int]string{4: "b 2 3 1 1\n", 5: ".\n", 6: "=> 3", 7: "=> 0.5", 8: `=> "xy"`, 9: "one\ntwo\nthree\n", 10: "*generic.Tree[time.Time,string] 0"} {
		if first[i] != want {
			t.Errorf("%s\nsays %s, want %s", cells[i], first[i], want)
		}
	}
	for range 2 {
		nb = nb.again(dir)
		for i, got := range outcome(nb) {
			if got != first[i] {
				t.Errorf("the next session says\n%s\nnot\n%s", got, first[i])
			}
		}
	}
}

// What is wrong with a go.work is told once, however many imports wait for it.
func TestContract24_BrokenWorkspace(t *testing.T) {
	nb, _ := openWithProxy(t, map[string]string{"go.work": "go 1.21\nuse ./nowhere\n"})
	text := nb.fails("import (\n\"example.com/leaf\"\n\"example.com/mid\"\n)\nfmt.Println(leaf.Version, mid.Leaf())")
	if n := strings.Count(text, "no go.mod is"); n != 1 {
		t.Errorf("it is told %d times:\n%s", n, text)
	}
}
