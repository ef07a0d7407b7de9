package sessiontest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// wants runs cells one after the other; each must print and show what is wanted,
// or where that begins with "error: " fail with a failure of that text.
func (nb *notebook) wants(cells ...[2]string) {
	nb.t.Helper()
	for _, c := range cells {
		tr, r := nb.exec(c[0])
		got := tr.stdout()
		if r.Value != nil {
			text, _ := r.Value.Data["text/plain"].(string)
			got += "=> " + text
		}
		if r.Failure != nil {
			got = "error: " + r.Failure.Value
		}
		if got != c[1] {
			nb.t.Errorf("%s\n%q, want %q (on stderr %q)", c[0], got, c[1], tr.stderr())
		}
	}
}

// shown is the plain text of what a cell shows.
func (nb *notebook) shown(src string) string {
	nb.t.Helper()
	tr, r := nb.exec(src)
	if r.Failure != nil {
		nb.t.Fatalf("%s: %v", src, r.Failure)
	}
	var b strings.Builder
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok {
			text, _ := d.Bundle.Data["text/plain"].(string)
			b.WriteString(text)
		}
	}
	return b.String()
}

// inFolder runs the rest of the test in an empty folder of its own.
func (t *T) inFolder() string {
	t.Helper()
	folder := t.TempDir()
	t.Chdir(folder)
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		return real
	}
	return folder
}

func commandsShell(t *T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a Unix shell")
	}
	t.inFolder()
	nb := t.open()
	nb.wants(
		[2]string{"!echo hi", "hi\n"},
		[2]string{"!*echo here", "here\n"},
		[2]string{"$echo here", "here\n"},
		[2]string{"!ls", ""},
		[2]string{"ok := true\n!ok", "=> false"},
		[2]string{"file := \"a b.txt\"\nn := 3\nwords := []string{\"x\", \"y z\"}\nraw := []byte(\"raw\")", ""},
		[2]string{"!echo \"$file\" ${n} $raw; for w in $words; do echo -$w; done", "a b.txt 3 raw\n-x\n-y\n-z\n"},
		[2]string{"!echo one \\\n  two", "one two\n"},
		[2]string{"fmt.Println(\"first\")\n!echo second", "first\nsecond\n"},
		[2]string{"!touch \"$file\"\n!ls", "a b.txt\n"},
		[2]string{"!*echo as gonb has it", "as gonb has it\n"},
		[2]string{"$ echo as gophernotes has it", "as gophernotes has it\n"},
		[2]string{"//gonb:!echo in a comment\nfmt.Println(2)", "in a comment\n2\n"},
		[2]string{"!exit 3", "error: exit status 3"},
		[2]string{"!exit 3 || true", "error: exit status 3"},
		[2]string{"!sh -c false || true", ""},
		[2]string{"!kill -9 $$", "error: ended by a signal: killed"},
		[2]string{"!no-such-program-here", "error: exit status 127: there is no such command"},
		[2]string{"%%script no-such-program-here\nx", "error: there is no program no-such-program-here on this machine"},
		[2]string{"!cat", ""}, // no input is no endless wait
		[2]string{"%%sh one two\necho $2 $n; read x; echo $x.\nexit 0", "two 3\n.\n"},
		[2]string{"%%time\n%%sh\nexit 4", "error: exit status 4"},
		[2]string{"%%script cat\n func { \" not Go", " func { \" not Go"},
		[2]string{"%sh echo $n", "3\n"},
		[2]string{"!go mod tidy", "error: %get github.com/google/uuid, for example, downloads a module for cells to import"},
	)
	tr, r := nb.exec("!echo bad >&2")
	if r.Failure != nil || tr.stderr() != "bad\n" {
		t.Errorf("on stderr: %v, %q", r.Failure, tr.stderr())
	}
}

// What a program prints comes while it runs, and an interrupt ends it.
func commandsShellInterrupt(t *T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a Unix shell")
	}
	t.inFolder()
	nb := t.open()
	for _, src := range []string{"!echo ready; sleep 100", "%%sh\ntrap '' INT\necho ready\nsleep 100\nsleep 100"} {
		ctx, cancel := context.WithCancel(t.Context())
		tr := &transcript{}
		done := make(chan session.Result, 1)
		go func() { done <- nb.s.Execute(ctx, session.Cell{ID: "x", Number: 1, Source: src}, tr) }()
		if !until(func() bool { return tr.stdout() == "ready\n" }) {
			t.Fatalf("%s: nothing was printed while it ran", src)
		}
		start := time.Now()
		cancel()
		select {
		case r := <-done:
			if r.Failure == nil || r.Failure.Name != session.Interrupted {
				t.Errorf("%s: %v", src, r.Failure)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("%s: took %v to stop", src, took)
			}
		case <-time.After(patience):
			t.Fatalf("%s: does not stop", src)
		}
	}
	nb.wants([2]string{"!echo on", "on\n"})
}

func commandsFiles(t *T) {
	folder := t.inFolder()
	nb := t.open()
	if err := os.Mkdir("data", 0o777); err != nil {
		t.Fatal(err)
	}
	nb.wants(
		[2]string{"%pwd", folder + "\n"},
		[2]string{"%cd data", filepath.Join(folder, "data") + "\n"},
		[2]string{"w, _ := os.Getwd(); filepath.Base(w)", `=> "data"`},
		[2]string{"%cd -", folder + "\n"},
		[2]string{"%cd", folder + "\n"},
		[2]string{"%cd nowhere", "error: there is no file or folder nowhere"},
		[2]string{"%env GOSCHED_X=1", "GOSCHED_X=1\n"},
		[2]string{"%env GOSCHED_Y a b", "GOSCHED_Y=a b\n"},
		[2]string{"os.Getenv(\"GOSCHED_Y\")", `=> "a b"`},
		[2]string{"x := 7", ""},
		[2]string{"%env GOSCHED_X=$x-$GOSCHED_Y", "GOSCHED_X=7-a b\n"},
		[2]string{"%env GOSCHED_X", "7-a b\n"},
		[2]string{"%env GOSCHED_Z_NOT", "error: GOSCHED_Z_NOT is not set"},

		[2]string{"%%writefile data/a.txt\none\n  two {{", "wrote 13 B to data/a.txt\n"},
		[2]string{"%%writefile -a data/a.txt\nthree\n", "added 6 B to data/a.txt\n"},
		[2]string{"b, _ := os.ReadFile(\"data/a.txt\"); string(b)", `=> "one\n  two {{\nthree\n"`},
		[2]string{"%%writefile data/a.txt\nnew", "wrote 4 B to data/a.txt, in place of what was there\n"},
		[2]string{"%%writefile", "error: %%writefile is written %%writefile [-a] FILE; %help writefile says more"},
		[2]string{"%%writefile no/folder.txt\nx", "error: there is no file or folder no/folder.txt"},

		[2]string{"%%writefile lib.go\npackage lib\n\nimport \"strings\"\n\nfunc Loud(s string) string { return strings.ToUpper(s) }\nfmt.Println(os.Args[1:])", "wrote 113 B to lib.go\n"},
		[2]string{"%run lib.go a \"b c\"", "[a b c]\n"},
		[2]string{"Loud(\"hi\")", `=> "HI"`},
		[2]string{"%run lib", "error: lib is neither a .go file nor a notebook (.ipynb)"},
		[2]string{"%run missing.go", "error: there is no file or folder missing.go"},
		[2]string{"%%writefile prog.go\npackage main\n\nfunc main() { fmt.Println(\"ran\") }", "wrote 49 B to prog.go\n"},
		[2]string{"%run prog.go", "ran\n"},
		[2]string{"%%writefile bad.go\nvar y int = \"s\"", "wrote 16 B to bad.go\n"},
		[2]string{"%run bad.go", "error: bad.go:1:13: cannot use \"s\" (untyped string constant) as int value in variable declaration"},
		[2]string{"%%writefile self.go\n%run self.go", "wrote 13 B to self.go\n"},
		[2]string{"%run self.go", "error: files that run each other: 20 deep"},
	)
	nb2 := t.open()
	nb2.wants(
		[2]string{"%history", ""},
		[2]string{"a := 1", ""},
		[2]string{"%%sh\necho not saved", "not saved\n"},
		[2]string{"undefined_name", "error: cell 4:1:1: undefined: undefined_name"},
		[2]string{"%pwd\nfmt.Println(a + 1)", folder + "\n2\n"},
		[2]string{"%history", "1  %history\n2  a := 1\n3  %%sh\n   echo not saved\n4  undefined_name\n5  %pwd\n   fmt.Println(a + 1)\n"},
		[2]string{"%history 3", "error: no cells are remembered beyond this session; %history lists those of this one"},
		[2]string{"%save all.go", "wrote 4 cells to all.go\n"},
		[2]string{"%save all.ipynb", "wrote 5 cells to all.ipynb\n"},
	)
	if got, err := os.ReadFile("all.go"); err != nil || string(got) != "// cell 2\n\na := 1\n\n// cell 5\n\nfmt.Println(a + 1)\n" {
		t.Errorf("%v\n%s", err, got)
	}
	nb3 := t.open()
	nb3.wants(
		[2]string{"%run all.go", "2\n"},
		[2]string{"a", "=> 1"},
		[2]string{"%reset\na", "error: cell 3:2:1: undefined: a"},
	)
	if err := os.Remove("all.go"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("nb.ipynb", []byte(`{"cells":[{"cell_type":"markdown","metadata":{},"source":"hi"},`+
		`{"cell_type":"code","metadata":{},"outputs":[],"execution_count":null,"source":"q := 5\nfmt.Println(q)"},`+
		`{"cell_type":"code","metadata":{},"outputs":[],"execution_count":null,"source":"panic(q)"}],"metadata":{},"nbformat":4,"nbformat_minor":5}`), 0o666); err != nil {
		t.Fatal(err)
	}
	tr, r := nb3.exec("%run nb.ipynb")
	if r.Failure == nil || r.Failure.Name != session.Panic || tr.stdout() != "5\n" || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "nb.ipynb cell 2:1") {
		t.Errorf("%%run nb.ipynb: %q, %v", tr.stdout(), r.Failure)
	}
}

func commandsVariables(t *T) {
	nb := t.open()
	nb.wants(
		[2]string{"%vars", "no variables yet\n"},
		[2]string{"%list", "nothing is declared yet\n"},
		[2]string{"%reset nothing", "error: nothing is not declared"},
		[2]string{"type Point struct{ X, Y int }\nfunc (p Point) String() string { panic(\"must not be called\") }\n" +
			"n, s, list := 42, \"text\", []int{1, 2, 3}\nages := map[string]int{\"a\": 1}\nch := make(chan Point, 3)\nch <- Point{}\n" +
			"p := &Point{1, 2}\nvar e error\nlong := make([]byte, 5000)\nwhen := time.Duration(1500) * time.Millisecond\n" +
			"func double(x int) int { return 2 * x }\nconst limit = 10", ""},
		[2]string{"var mu sync.Mutex\nmu.Lock()\nwg := new(sync.WaitGroup)\nwg.Add(2)\nraw := []byte(`{\"plain\": 1}`)\nnow := time.Now()", ""},
	)
	text := nb.shown("%vars")
	if strings.Contains(text, "m=+") {
		t.Errorf("%%vars: a time with its monotonic clock in\n%s", text)
	}
	for _, want := range []string{"name", "type", "value", "size", "n ", " int ", " 42 ", `"text"`, "[1 2 3]", "1 entry", "chan Point", "1 of 3 filled", "&{X:1 Y:2}", "nil", "len 5000", "5.0 kB", "1.5s", " locked ", " counter 2 ", `"{\"plain\": 1}"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%%vars: no %q in\n%s", want, text)
		}
	}
	if text := nb.shown("%vars l*"); !strings.Contains(text, "list") || strings.Contains(text, "ages") {
		t.Errorf("%%vars l*:\n%s", text)
	}
	if text := nb.run("%list"); !strings.Contains(text, "double  func(x int) int") || !strings.Contains(text, "limit") || !strings.Contains(text, "Point") || !strings.Contains(text, "var chan Point") {
		t.Errorf("%%list:\n%s", text)
	}
	nb.wants(
		[2]string{"%reset n double", "forgot n, double\n"},
		[2]string{"n", "error: cell 10:1:1: undefined: n"},
		[2]string{"func twice() int { return len(list) }", ""},
		[2]string{"%reset list", "forgot list\n"},
		[2]string{"twice()", "=> 3"},
		[2]string{"list := []string{\"a\"}\ntwice()", "=> 1"},
	)
	if out := nb.run("%reset"); !strings.HasPrefix(out, "forgot ") {
		t.Errorf("%%reset: %q", out)
	}
	nb.wants([2]string{"%vars", "no variables yet\n"}, [2]string{"s := 1\ns", "=> 1"})
}

func commandsCell(t *T) {
	nb := t.open()
	nb.wants(
		[2]string{"%%capture out\nfmt.Println(\"hidden\")\n7", ""},
		[2]string{"out", `=> "hidden\n"`},
		[2]string{"%%capture\nfmt.Println(\"hidden\")", ""},
		[2]string{"%%capture\npanic(\"seen\")", "error: seen"},
		[2]string{"%%capture 1x\nfmt.Println()", "error: %%capture is written %%capture [NAME]; %help capture says more"},
		[2]string{"go fmt.Println(1)\n%%capture\n2", "error: cell 6:2:1: syntax error: a line with %% must stand before the Go code of its cell"},
	)
	for src, want := range map[string]string{
		"%%html\n<b>x</b> {{":        "text/html:<b>x</b> {{",
		"%%markdown\n*x* {":          "text/markdown:*x* {",
		"%%latex\n$x^2$":             "text/latex:$x^2$",
		"%%svg\n<svg></svg>":         "image/svg+xml:<svg></svg>",
		"%%mermaid\ngraph LR; a-->b": "text/vnd.mermaid:graph LR; a-->b",
		"%%javascript\nlet x = 1":    "application/javascript:let x = 1",
	} {
		tr, r := nb.exec(src)
		mime, text, _ := strings.Cut(want, ":")
		found := false
		for _, ev := range tr.events {
			if d, ok := ev.(session.Display); ok {
				got, _ := d.Bundle.Data[mime].(string)
				found = found || strings.TrimSpace(got) == text
			}
		}
		if r.Failure != nil || !found {
			t.Errorf("%s: %v, shows %v", src, r.Failure, tr.events)
		}
	}
	for _, test := range []struct{ src, out, rewrite string }{
		{"%fmt\nx:=1\nfmt.Println( x )", "1\n", "x := 1\nfmt.Println(x)"},
		{"%%fmt\nif true{\nfmt.Println(x)}", "", "if true {\n\tfmt.Println(x)\n}"},
		{"y := 1", "", ""},
		{"%fmt on", "", ""},
		{"!echo  a\nz:=1 ;", "a\n", "!echo  a\nz := 1"},
		{"z := 2", "", ""},
		{"%%sh\ntrue ;  true", "", ""},
		{"%fmt off", "", ""},
		{"z  :=  2", "", ""},
	} {
		tr, r := nb.exec(test.src)
		if r.Failure != nil || r.Rewrite != test.rewrite || tr.stdout() != test.out {
			t.Errorf("%s\n%v, %q, rewritten as %q", test.src, r.Failure, tr.stdout(), r.Rewrite)
		}
	}
}

var flagNumber atomic.Int64

// Cells that were written for gonb or gophernotes.
func commandsOfOtherKernels(t *T) {
	nb := t.open()
	// Flags are the process's, and other sessions of this one may have run.
	who := fmt.Sprintf("who%d", flagNumber.Add(1))
	nb.wants(
		[2]string{"import (\n\t\"flag\"\n\t\"fmt\"\n)\n\nvar who = flag.String(\"" + who + "\", \"world\", \"whom\")\n\nfunc greet() { fmt.Println(\"hello,\", *who) }\n\n%%\ngreet()", "hello, world\n"},
		[2]string{"%% --" + who + "=gopher\ngreet()", "hello, gopher\n"},
		[2]string{"%args --" + who + "=\"a b\"", ""},
		[2]string{"%main\ngreet()", "hello, a b\n"},
		[2]string{"%args", "[\"--" + who + "=a b\"]\n"},
		[2]string{"//gonb:%% --" + who + "=you\ngreet()", "hello, you\n"},
		[2]string{"//gonb: only a comment\n1", "=> 1"},
		[2]string{"s := `\n//gonb:%vars\n`\nlen(s)", "=> 14"},
		[2]string{"%%\nfmt.Println(1)", "1\n"},
		[2]string{"%env GOSCHED_GONB yes", "GOSCHED_GONB=yes\n"},
		[2]string{"func tuple() (x, y, z int) {\n    return 3, 5, 7\n}\n\nvar a, _, c = tuple()\n\n%%\nfmt.Println(a, c)", "3 7\n"},
		[2]string{"%rm a c", "forgot a, c\n"},
		[2]string{"package main\nimport \"fmt\"\n\nfunc main() {\n    fmt.Println(\"once\")\n}\n\nmain()", "once\n"},
	)
	again := fmt.Sprintf("who%d", flagNumber.Add(1))
	nb.wants([2]string{"var name = flag.String(\"" + again + "\", \"world\", \"whom\")\n%args --" + again + "=gonb\n%%\nfmt.Println(*name)", "gonb\n"})
	nb.run(fmt.Sprintf("folder := %q", t.inFolder()))
	nb.run("%%writefile ${folder}/a.txt\nhello")
	nb.run("%cd ..\n%cd $folder")
	nb.wants([2]string{"b, _ := os.ReadFile(\"a.txt\")\nfmt.Println(string(b))", "hello\n\n"})
}

func commandsCompletion(t *T) {
	folder := t.inFolder()
	for _, name := range []string{"notes.txt", "nothing.go"} {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "none"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOSCHED_COMPLETED", "1")
	nb := t.open()
	nb.run("novel := 1")
	for src, want := range map[string]string{
		"%run no":           "none/ notes.txt nothing.go",
		"%cd no":            "none/",
		"!cat no":           "none/ notes.txt nothing.go",
		"%%writefile not":   "notes.txt nothing.go",
		"%%sh\ncat not":     "notes.txt nothing.go",
		"%%sh\nfmt.Pri":     "",
		"%vars no":          "novel",
		"%reset no":         "novel",
		"%env GOSCHED_COMP": "GOSCHED_COMPLETED",
		"%wri":              "",
		"%%wri":             "%%writefile",
		"%fmt o":            "off on",
	} {
		c, err := nb.s.Complete(t.Context(), src, len(src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text)
		}
		if strings.Join(slices.Sorted(slices.Values(got)), " ") != want {
			t.Errorf("%s: %v, want %s", src, got, want)
		}
	}
	for src, want := range map[string]string{
		"%%sh\necho {":   "incomplete",
		"%%sh\necho {\n": "complete",
		"!ls":            "complete",
	} {
		c, err := nb.s.IsComplete(t.Context(), src)
		if err != nil || c.Status != want {
			t.Errorf("%s: %v, %v", src, c, err)
		}
	}
}
