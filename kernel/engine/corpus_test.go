package engine

import (
	"bufio"
	"context"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/session"
)

// corpusEnv makes the test binary run the files that it reads the names of.
const corpusEnv = "GOSCHED_TEST_CORPUS"

// TestCorpusChild is what such a process runs.
func TestCorpusChild(t *testing.T) {
	if os.Getenv(corpusEnv) == "" {
		return // it is for the processes that other tests start
	}
	runCorpus()
}

// runCorpus runs each file that stdin names as a cell, and then some cells that
// show that the session is alive. It says what it is about to do before it does
// it, so that whoever listens knows what it died of.
func runCorpus() {
	debug.SetMaxStack(64 << 20) // what a kernel with little memory has
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println("begin", lines.Text())
		src, err := os.ReadFile(lines.Text())
		if err != nil {
			fmt.Println("bad", err)
			continue
		}
		fmt.Println("end", corpusCell(string(src)))
	}
}

func corpusCell(src string) string {
	e, err := New()
	if err != nil {
		return err.Error()
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	exec := func(n int, src string) session.Result {
		return e.Execute(ctx, session.Cell{ID: fmt.Sprint(n), Number: n, Source: src}, &transcript{})
	}
	exec(1, "alive := 41")
	how := "ran"
	for i, src := range append(topLevel(src), src) {
		r := exec(i+2, src)
		if r.Failure == nil {
			continue
		}
		switch how = string(r.Failure.Name); r.Failure.Name {
		case session.CompileError, session.CommandError, session.Panic, session.Deadlock, session.Exit, session.Goexit:
		default:
			return how + ": " + r.Failure.Value
		}
	}
	if r := exec(1, "alive + 1"); r.Failure != nil || r.Value.Data["text/plain"] != "42" {
		return how + ", and then the session was not as it had been"
	}
	return how
}

// topLevel returns the declarations of a file, each to be a cell.
func topLevel(src string) []string {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var cells []string
	for _, d := range f.Decls {
		from, to := fset.Position(d.Pos()).Offset, fset.Position(d.End()).Offset
		cells = append(cells, src[from:to])
	}
	return cells
}

// hostile are cells on which one stage or another could recurse for too long.
var hostile = map[string]string{
	"anonymous cycle":  "type I interface { m() interface { I } }\nvar i I\nfmt.Println(i)",
	"endless generic":  "type G[T any] interface { m() interface { G[*T] } }\nvar g G[int]\nfmt.Println(g)",
	"endless struct":   "type G[T any] struct { next *G[*T] }\nvar g G[int]\nfmt.Println(g)",
	"endless calls":    "func f[T any](n int) { if n > 0 { f[*T](n - 1) } }\nf[int](3)",
	"parentheses":      "x := " + strings.Repeat("(", 9000) + "1" + strings.Repeat(")", 9000),
	"pointers":         "var x " + strings.Repeat("*", 40_000) + "int\nfmt.Println(x)",
	"slices":           "var x " + strings.Repeat("[]", 9000) + "int\nfmt.Println(x)",
	"sums":             "x := 1" + strings.Repeat(" + y", 2000) + "\nfmt.Println(x)",
	"sums of calls":    "f := func() int { return 1 }\nx := f()" + strings.Repeat(" + f()", 3000) + "\nfmt.Println(x)",
	"calls in calls":   "func f(x int) int { return x }\nx := " + strings.Repeat("f(", 3000) + "1" + strings.Repeat(")", 3000),
	"functions":        "f := " + strings.Repeat("func() { ", 3000) + strings.Repeat("}", 3000),
	"blocks":           strings.Repeat("{ ", 9000) + strings.Repeat("}", 9000),
	"ifs":              strings.Repeat("if true { ", 1000) + strings.Repeat("}", 1000),
	"elses":            "x := 1\nif x == 0 { }" + strings.Repeat(" else if x == 0 { }", 500),
	"structs":          "var x " + strings.Repeat("struct{ x ", 4000) + "int" + strings.Repeat("}", 4000) + "\nfmt.Println(x)",
	"interfaces":       "var x " + strings.Repeat("interface{ m() ", 4000) + "int" + strings.Repeat("}", 4000) + "\nfmt.Println(x)",
	"literals":         "x := " + strings.Repeat("[]any{", 3000) + strings.Repeat("}", 3000),
	"selectors":        "type T struct { t *T }\nvar t T\nx := t" + strings.Repeat(".t", 3000),
	"negations":        "x := " + strings.Repeat("-", 9000) + "1",
	"chain of types":   "type T0 struct{}\n" + chain("type T%d struct { T%d }\n", 300) + "var x T300\nfmt.Println(x)",
	"chain of vars":    "var x0 = 1\n" + chain("var x%d = x%d\n", 1000) + "x1000",
	"chain of consts":  "const x0 = 1\n" + chain("const x%d = x%d\n", 1000) + "x1000",
	"chain of funcs":   "func x0() int { return 1 }\n" + chain("func x%d() int { return x%d() }\n", 1000) + "x1000()",
	"huge constant":    "const x = 1 << 500 << 500 << 500 << 500 << 500\nx >> 2490",
	"array of arrays":  "var x " + strings.Repeat("[1000]", 20) + "int",
	"itself in itself": "type T [2]T\nvar x T",
}

func chain(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1, i)
	}
	return b.String()
}

// TestContract14_HostileCells runs cells that are deep, endless or wrong in ways
// that the type checker's own tests are, read from the toolchain: each ends with
// an error or a result, and the session lives on.
func TestContract14_HostileCells(t *testing.T) {
	var files []string
	dir := t.TempDir()
	for name, src := range hostile {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	runChildren(t, files)
}

func TestContract14_CheckersCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("runs hundreds of files")
	}
	testenv.FindGo()
	root := filepath.Join(build.Default.GOROOT, "src", "internal", "types", "testdata")
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Skipf("the toolchain has no tests of the type checker: %v", err)
	}
	runChildren(t, files)
}

// runChildren has processes of their own run files.
func runChildren(t *testing.T, files []string) {
	ends := map[string]int{}
	for len(files) > 0 {
		files = corpusChild(t, files, ends)
	}
	t.Log(ends)
}

// corpusChild has a process of its own run files until it dies, and returns
// those that it has not come to.
func corpusChild(t *testing.T, files []string, ends map[string]int) []string {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCorpusChild$")
	cmd.Env = append(os.Environ(), corpusEnv+"=1")
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	patience := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer patience.Stop()
	lines := bufio.NewScanner(out)
	current := ""
	for lines.Scan() {
		patience.Reset(time.Minute)
		what, rest, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "begin":
			current = rest
			files = files[1:]
		case "end":
			ends[rest]++
			if strings.ContainsAny(rest, ":,") {
				t.Errorf("%s: %s", current, rest)
			}
			current = ""
		}
	}
	if err := cmd.Wait(); err != nil || current != "" {
		t.Errorf("%s: %v\n%s", current, err, stderr.String()[:min(stderr.Len(), 1500)])
	}
	return files
}
