package engine

import (
	"context"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/session"
)

// displays are the bundles that were displayed.
func (tr *transcript) displays() (list []session.Bundle) {
	for _, ev := range tr.events {
		if d, ok := ev.(session.Display); ok {
			list = append(list, d.Bundle)
		}
	}
	return list
}

// coverage runs %cover and returns the text that it shows.
func (nb *notebook) coverage(src string) string {
	nb.t.Helper()
	tr, r := nb.exec(src)
	if r.Failure != nil {
		nb.t.Fatalf("%s fails: %s\n%s", src, r.Failure, strings.Join(r.Failure.Traceback, "\n"))
	}
	for _, b := range tr.displays() {
		if text, ok := b.Data["text/plain"].(string); ok {
			return text
		}
	}
	nb.t.Fatalf("%s shows nothing and prints %s", src, tr.stdout())
	return ""
}

const covered = `func Abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
func TestAbs(t *testing.T) { Abs(1) }
`

func TestContract25_Cover(t *testing.T) {
	skipNested(t)
	nb := open(t)
	got := nb.coverage(covered + "%cover")
	want := `function  where          statements  reached
Abs       cell 1 line 1      2 of 3    66.7%

Abs, cell 1: 66.7%
     1 | func Abs(n int) int {
✓    2 | 	if n < 0 {
✗    3 | 		return -n
     4 | 	}
✓    5 | 	return n
     6 | }

✓ reached   ✗ not reached   ~ partly`
	if got != want {
		t.Errorf("it shows\n%s\nwant\n%s", got, want)
	}
	if out, failure := nb.suite("%test -cover"); failure != "" || !strings.HasSuffix(out, "coverage: 66.7% of statements\n") {
		t.Errorf("%%test -cover prints %q (%s)", out, failure)
	}
	tr, _ := nb.exec("%cover")
	if markup := tr.displays()[0].Data["text/html"].(string); !strings.Contains(markup, `<span class="gc-m" title="not reached">✗    3  		return -n`) {
		t.Errorf("in HTML it is\n%s", markup)
	}
	if out := nb.run("Abs(-3)"); out != "=> 3" {
		t.Errorf("afterwards Abs(-3) is %s", out)
	}
}

// shapes is a package with all kinds of statements, of which its tests reach a part.
const shapes = `// Rest is reached in part.
func Rest(n int) (s string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	if n < 0 {
		panic("negative")
	} else if n == 1 {
		s = "one"
	} else if f := func() int { return 2 }; n == f() {
		s = "two"
	} else {
		s = "many"
	}
	{
		s += "!"
		{
			s += "?"
		}
	}
	const big = 100
	var unused int
	_ = unused
	return s, nil
}

func Loops(n int) (sum int) {
outer:
	for i := 0; i < n; i++ {
		switch {
		case i == 3:
			continue outer
		case i == 5:
			break outer
		case i == 90:
			sum = -1
			fallthrough
		case i == 91:
			sum--
		default:
			sum += i
		}
	}
	for range 3 {
		if sum > 1000 {
			break
		}
	}
	i := 0
again:
	i++
	if i < 3 {
		goto again
	}
	for {
		if i++; i > 10 {
			return sum
		}
	}
}

func Kind(x any) string {
	switch v := x.(type) {
	case int, int64:
		return "number"
	case string:
		if v == "" {
			return "empty"
		}
		return "text"
	case error:
	case nil:
		return "nil"
	}
	switch x {
	}
	return "other"
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (x T, ok bool) {
	if len(s.items) == 0 {
		return x, false
	}
	x = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}
func (s Stack[T]) Len() int { return len(s.items) }
func (s Stack[T]) Never() int {
	n := 0
	for _, x := range s.items {
		_ = x
		n++
	}
	return n
}

type Celsius float64

func (c Celsius) String() string {
	if c > 1000 {
		return "hot"
	}
	return fmt.Sprintf("%.1f", float64(c))
}

func Map[T, U any](list []T, f func(T) U) []U {
	var out []U
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

func Wait(c chan int, d time.Duration) (n int) {
	select {
	case n = <-c:
		n++
	case <-time.After(d):
		n = -1
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		if n > 0 {
			n *= 2
		} else {
			n = 0
		}
	}()
	<-done
	return
}

func Each(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func Sum(n int) (s int) {
	for x := range Each(n) {
		if x == 4 {
			break
		}
		s += x
	}
	return
}

func Empty() {}

func Nothing(b bool) {
	if b {
	}
	for range 0 {
	}
	Empty()
}

func Add(a, b int) int { return a + b }
func Sub(a, b int) int { return a - b }

var Ops = map[string]func(int, int) int{"+": Add, "-": Sub}
`

const shapesTests = `func TestShapes(t *testing.T) {
	for _, n := range []int{-1, 2, 3} {
		Rest(n)
	}
	Loops(10)
	Kind(1)
	Kind("a")
	Kind(1.5)
	var s Stack[string]
	s.Push("a")
	s.Pop()
	if s.Len() != 0 {
		t.Error(s.Len())
	}
	fmt.Sprint(Celsius(20))
	Map([]int{1}, func(n int) string { return "" })
	c := make(chan int, 1)
	c <- 1
	Wait(c, time.Hour)
	if Sum(9) != 6 {
		t.Error(Sum(9))
	}
	Nothing(false)
	if Ops["+"](1, 2) != 3 {
		t.Error("+")
	}
}
`

// What is counted is what go test -cover counts, of each function and of all.
func TestContract25_CoverSameAsGo(t *testing.T) {
	skipNested(t)
	if testing.Short() {
		t.Skip("go test takes seconds")
	}
	testenv.Need(t, "go")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module example.com/shapes\n\ngo 1.25\n",
		"shapes.go":      "package shapes\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n\n" + shapes,
		"shapes_test.go": "package shapes\n\nimport (\n\t\"fmt\"\n\t\"testing\"\n\t\"time\"\n)\n\n" + shapesTests,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-trimpath", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	summary := regexp.MustCompile(`coverage: \S+ of statements`)
	all := summary.FindString(run("test", "-coverprofile", "c.out", "."))
	want := map[string][]string{} // the shares of functions, by their names without receivers
	for line := range strings.Lines(run("tool", "cover", "-func", "c.out")) {
		if f := strings.Fields(line); len(f) == 3 && f[0] != "total:" {
			want[f[1]] = append(want[f[1]], f[2])
		}
	}
	nb := open(t)
	nb.run(shapes)
	nb.run(shapesTests)
	text := nb.coverage("%cover")
	if got := summary.FindString(nb.stdout("%test -cover")); got != all {
		t.Errorf("it is %q, and go says %q", got, all)
	}
	got := map[string][]string{}
	for _, f := range rows(text) {
		name := f[0][strings.LastIndexByte(f[0], '.')+1:]
		got[name] = append(got[name], f[len(f)-1])
	}
	for name, w := range want {
		if g := got[name]; !slices.Equal(g, w) && !(w[0] == "0.0%" && g == nil) {
			t.Errorf("%s: %v, and go says %v", name, g, w)
		}
	}
	if len(want) < 15 {
		t.Errorf("go lists only %d functions", len(want))
	}
}

// rows are those of the table that a profile begins with.
func rows(text string) (list [][]string) {
	table, _, _ := strings.Cut(text, "\n\n")
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); strings.HasSuffix(f[len(f)-1], "%") {
			list = append(list, f)
		}
	}
	return list
}

// stdout is what a cell prints.
func (nb *notebook) stdout(src string) string {
	nb.t.Helper()
	tr, r := nb.exec(src)
	if r.Failure != nil {
		nb.t.Fatalf("%s fails: %s", src, r.Failure)
	}
	return tr.stdout()
}

// The session is what it was: values keep their types, and functions that variables
// hold are counted and go on.
func TestContract25_CoverLeavesTheSession(t *testing.T) {
	skipNested(t)
	nb := open(t)
	nb.run("type Shape interface{ Area() float64 }\ntype Square struct{ A float64 }\nfunc (s Square) Area() float64 { return double(s.A) * s.A / 2 }\nfunc double(x float64) float64 { return 2 * x }")
	nb.run("shapes := []Shape{Square{2}}\nvar f = double\ncount := 0\ntype Pair[T any] struct{ a, b T }\nfunc (p *Pair[T]) Swap() { p.a, p.b = p.b, p.a; count++ }\np := &Pair[int]{1, 2}")
	nb.run("func TestValues(t *testing.T) {\n\tif shapes[0].Area() != 4 || f(2) != 4 {\n\t\tt.Error(shapes[0].Area(), f(2))\n\t}\n\tp.Swap()\n}")
	for range 3 {
		text := nb.coverage("%cover")
		for _, f := range rows(text) {
			if f[len(f)-1] != "100.0%" {
				t.Errorf("%s is reached in part:\n%s", f[0], text)
			}
		}
		if n := len(rows(text)); n != 3 {
			t.Errorf("%d functions:\n%s", n, text)
		}
	}
	for src, want := range map[string]string{
		"count": "=> 3", "*p": "=> Pair[int]{a:2 b:1}", "var s Square = shapes[0].(Square)\ns.Area()": "=> 4", "f(4)": "=> 8",
		"var q *Pair[int] = p\nq.a": "=> 2",
	} {
		if got := nb.run(src); got != want {
			t.Errorf("%s gives %s, want %s", src, got, want)
		}
	}
	// One that is declared anew counts as it is now.
	nb.run("func double(x float64) float64 {\n\tif x > 1000 {\n\t\treturn 0\n\t}\n\treturn x + x\n}")
	if text := nb.coverage("%cover"); !strings.Contains(text, "double        cell") || !strings.Contains(text, "66.7%") {
		t.Errorf("after double is declared anew it shows\n%s", text)
	}
}

// Where something cannot be built again, types stay as they are.
func TestContract25_CoverWhatDoesNotCompile(t *testing.T) {
	skipNested(t)
	nb := open(t)
	nb.run("type P struct{ n int }\nfunc (p P) N() int { return p.n }\nfunc pick(p P) P { return p }")
	nb.run("p := P{1}")
	nb.run("q := pick(p)\nfunc N() int { return q.N() }")
	nb.run("p := 5")
	text := nb.coverage("func TestN(t *testing.T) { N(); pick(q) }\n%cover")
	if !strings.Contains(text, "note: methods are not counted") || len(rows(text)) != 2 || strings.Contains(text, "0.0% ") {
		t.Errorf("it shows\n%s", text)
	}
	if got := nb.run("var r P = q\nr.N() + N()"); got != "=> 2" {
		t.Errorf("afterwards a value gives %s", got)
	}
}

func TestContract25_CoverAndOthers(t *testing.T) {
	skipNested(t)
	nb := open(t)
	nb.run("func TestAbs(t *testing.T) { if Abs(-1) != 2 { t.Error(\"no\") } }\n" + "func Abs(n int) int {\n\tif n < 0 { return -n }\n\treturn n\n}\nfunc TestSpin(t *testing.T) { Abs(1); for {} }")
	tr, r := nb.exec("%cover Abs")
	if r.Failure == nil || r.Failure.Name != session.TestFailure || len(tr.displays()) != 1 {
		t.Errorf("a failing test ends with %v and shows %v", r.Failure, tr.displays())
	} else if text := tr.displays()[0].Data["text/plain"].(string); !strings.Contains(text, "✓    3 | \tif n < 0 { return -n }\n✗    4 |") {
		t.Errorf("it shows\n%s", text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	nb.n++
	r = nb.e.Execute(ctx, session.Cell{ID: "1", Number: nb.n, Source: "%cover Spin"}, &transcript{})
	if r.Failure == nil || r.Failure.Name != session.Interrupted {
		t.Errorf("an interrupt ends it with %v", r.Failure)
	}
	for src, want := range map[string]string{
		"%test -cover ./x": "command error: what is counted are the functions of cells, and ./x is a package",
		"%cover (":         "command error: \"(\" is no regular expression: error parsing regexp: missing closing ): `(`",
		"%cover Missing":   `command error: no test is called like "Missing"`,
	} {
		if _, failure := nb.suite(src); failure != want {
			t.Errorf("%s fails with %q, want %q", src, failure, want)
		}
	}
	nb.run("func TestFine(t *testing.T) { time.Sleep(time.Hour); Abs(-1) }")
	if out, failure := nb.suite("%test Fine -virtual -cover"); failure != "" || !strings.HasSuffix(out, "coverage: 66.7% of statements\n") {
		t.Errorf("with -virtual it prints %q (%s)", out, failure)
	}
	nb.run("func TestBoth(t *testing.T) {\n\tvar wg sync.WaitGroup\n\tfor range 2 { wg.Go(func() { Abs(1) }) }\n\twg.Wait()\n}")
	if !testenv.Raced { // what is noted without a lock
		if out, failure := nb.suite("%test Both -race -cover"); failure != "" || !strings.HasSuffix(out, "coverage: 66.7% of statements\n") {
			t.Errorf("with -race it prints %q (%s)", out, failure)
		}
	}
	if got := nb.run("Abs(-2)"); got != "=> 2" {
		t.Errorf("afterwards a function gives %s", got)
	}
}

// Nothing of the counting is left in the functions.
func TestContract25_CoverCostsNothingAfterwards(t *testing.T) {
	skipNested(t)
	nb := open(t)
	nb.run("func Count(n int) (s int) {\n\tfor i := range n {\n\t\tif i%3 == 0 { s++ }\n\t}\n\treturn s\n}\nfunc TestCount(t *testing.T) { Count(10) }")
	code := func() string {
		var b strings.Builder
		x := nb.e.session.Lookup("Count")
		fn := nb.e.program.Function(x.(*types.Func))
		if _, err := fn.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`# [^\n]*`).ReplaceAllString(b.String(), "")
	}
	before := code()
	nb.coverage("%cover")
	if after := code(); after != before || strings.Contains(after, frame.ReachedVariable) {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
}
