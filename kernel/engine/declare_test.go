package engine

import (
	"strings"
	"testing"
)

// TestContract1_Declarations runs cells whose statements declare variables in
// every way that can share a name with something else.
func TestContract1_Declarations(t *testing.T) {
	for _, test := range []struct {
		name  string
		cells []string // the last one says what it prints and shows
		want  string
	}{
		{"calls that share an error", []string{
			"a, err := strconv.Atoi(\"1\")\nb, err := strconv.Atoi(\"2\")\nc, err := strconv.Atoi(\"x\")\nd, err := strconv.Atoi(\"4\")",
			"fmt.Println(a, b, c, d, err)"}, "1 2 0 4 <nil>\n"},
		{"every multi-value form", []string{
			"m := map[string]int{\"k\": 7}\nch := make(chan int, 2)\nch <- 1\nclose(ch)\nvar i any = \"s\"\n" +
				"v, ok := m[\"k\"]\nw, ok := m[\"none\"]\nx, ok := <-ch\ny, ok := <-ch\ns, ok := i.(string)\nn, ok := i.(int)",
			"fmt.Println(v, w, x, y, s, n, ok)"}, "7 0 1 0 s 0 false\n"},
		{"two names in turn", []string{
			"a, b := 1, 2\nc, b := 3, 4\nf := func() (int, int) { return a, b }\nd, a := f()\ne, b := f()\ng, a := f()",
			"fmt.Println(a, b, c, d, e, g)"}, "4 4 3 1 4 4\n"},
		{"declared by var before", []string{
			"var err error\na, err := strconv.Atoi(\"5\")\nb, err := strconv.Atoi(\"?\")\nc, err := strconv.Atoi(\"6\")",
			"fmt.Println(a, b, c, err)"}, "5 0 6 <nil>\n"},
		{"assigned types convert", []string{
			"var v any\nf := func() (int, string) { return 1, \"s\" }\na, v := f()\nb, v := f()",
			"fmt.Println(a, b, v)"}, "1 1 s\n"},
		{"shared with an earlier cell", []string{
			"a, err := strconv.Atoi(\"?\")\np := &err", "b, err := strconv.Atoi(\"1\")\nc, err := strconv.Atoi(\"2\")\nd, err := strconv.Atoi(\"3\")",
			"fmt.Println(*p, b, c, d)"}, "<nil> 1 2 3\n"},
		{"seen by a function of the cell", []string{
			"func last() error { return err }\na, err := strconv.Atoi(\"1\")\nb, err := strconv.Atoi(\"b\")\nfmt.Println(last(), a, b)\nc, err := strconv.Atoi(\"3\")",
			"fmt.Println(last(), c)"}, "<nil> 3\n"},

		{"labelled :=", []string{"n := 0\nlab:\nx := n * 2\nn++\nif n < 3 { goto lab }", "fmt.Println(x, n)"}, "4 3\n"},
		{"labelled var", []string{"n := 0\nlab: var x, y = n * 2, n\nn++\nif n < 3 { goto lab }", "fmt.Println(x, y, n)"}, "4 2 3\n"},
		{"labelled var without a value", []string{"n := 0\nlab: var x int\nx++\nn++\nif n < 3 { goto lab }", "fmt.Println(n, x > 0)"}, "3 true\n"},
		{"two labels", []string{"n := 0\na: b: x := n\nn++\nif n == 1 { goto a }\nif n == 2 { goto b }", "fmt.Println(x, n)"}, "2 3\n"},
		{"labelled, sharing", []string{"n := 0\na, err := strconv.Atoi(\"?\")\nlab: b, err := strconv.Atoi(\"2\")\nn++\nif n < 2 { goto lab }\nc, err := strconv.Atoi(\"3\")", "fmt.Println(a, b, c, err, n)"}, "0 2 3 <nil> 2\n"},
		{"labelled type and constant", []string{"if false { goto a; goto b }\na: type T int\nb: const c = 4", "var t T = c\nfmt.Println(t)"}, "4\n"},
		{"labelled loop", []string{"outer:\nfor i := range 3 { for { continue outer }; fmt.Print(i) }", "fmt.Println()"}, "\n"},

		{"a variable of a package's name", []string{"list := list.New()\nlist.PushBack(1)", "fmt.Println(list.Len())"}, "1\n"},
		{"the cell again", []string{"list := list.New()\nlist.PushBack(1)", "list := list.New()\nlist.PushBack(1)", "fmt.Println(list.Len())"}, "1\n"},
		{"imported before", []string{"import \"container/list\"", "list := list.New()\nlist.PushBack(1)", "list := list.New()", "fmt.Println(list.Len())"}, "0\n"},
		{"imported in the cell", []string{"import \"container/list\"\nlist := list.New()\nlist.PushBack(1)", "fmt.Println(list.Len())"}, "1\n"},
		{"imported under the name", []string{"import l \"container/list\"\nl := l.New()\nl.PushBack(1)", "fmt.Println(l.Len())"}, "1\n"},
		{"with an error", []string{"url, err := url.Parse(\"http://h/x\")\nfmt.Println(url.Host, err)", "url, err := url.Parse(\"http://i/x\")\nfmt.Println(url.Host, err)"}, "i <nil>\n"},
		{"var of a package's name", []string{"var time = time.Duration(3)", "fmt.Println(time)"}, "3ns\n"},
		{"in a closure", []string{"rand := func() any { return rand.IntN(1) }", "fmt.Println(rand())"}, "0\n"},
		{"before it is declared", []string{"n := list.New().Len()\nlist := []int{n}", "fmt.Println(list)"}, "[0]\n"},
		{"and from itself", []string{"time := time.Unix(0, 0).UTC()", "time := time.AddDate(1, 0, 0)", "fmt.Println(time.Year())"}, "1971\n"},
		{"imported again", []string{"list := list.New()", "import \"container/list\"", "fmt.Println(list.New().Len())"}, "0\n"},

		{"locals of packages' names", []string{"import (\n\"container/list\"\n\"fmt\"\n\"net/url\"\n\"time\"\n)",
			"func host(s string) string {\n\turl, err := url.Parse(s)\n\tif err != nil { return err.Error() }\n\treturn url.Host\n}\n" +
				"func length() int { list := list.New(); list.PushBack(1); return list.Len() }\n" +
				"func year(time time.Time) int { return time.Year() }\n" +
				"func (t T) m(fmt fmt.Stringer) string { return fmt.String() }\ntype T struct{}",
			"fmt.Println(host(\"http://h/x\"), length(), year(time.Time{}), T{}.m(time.Second))"}, "h 1 1 1s\n"},
		{"locals in every scope", []string{"import (\n\"strings\"\n\"sort\"\n\"bytes\"\n\"errors\"\n)",
			`type S struct{ X int }
func (strings S) get() int { return strings.X }
func f() (sort S) { sort.X = 4; return }
func g(v any) int {
	switch sort := v.(type) {
	case S:
		return sort.X
	}
	for _, strings := range []S{{5}} { if strings := (S{6}); strings.X > 5 { return strings.X } }
	return 0
}
func h() int {
	ch := make(chan S, 1)
	ch <- S{7}
	select {
	case bytes := <-ch:
		return bytes.X
	}
}
func k() int { x := func(errors S) int { return errors.X }; var sort = S{X: 1}; return x(S{8}) + sort.X }
func up() string { { strings := S{}; _ = strings.X }; return strings.ToUpper("up") }`,
			"fmt.Println(S{3}.get(), f().X, g(S{5}), g(1), h(), k(), up(), errors.New(\"e\"))"}, "3 4 5 6 7 9 UP e\n"},
		{"a generic's", []string{"import \"sort\"", "type N interface{ Len() int }\nfunc f[sort N](x sort) int { return x.Len() }\nfunc g[T N](sort T) int { return sort.Len() }",
			"fmt.Println(f(sort.IntSlice{1}), g(sort.IntSlice{1, 2}))"}, "1 2\n"},
		{"a constant's and a type's", []string{"import \"sort\"", "func f() (int, string) { const sort = time.Hour; type strings = time.Duration; return int(sort.Hours()), strings(0).String() }",
			"fmt.Println(f())\nfmt.Println(strings.ToLower(\"L\"))"}, "1 0s\nl\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb := open(t)
			var got string
			for _, src := range test.cells {
				got = nb.run(src)
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// What such cells must not say.
func TestContract5_Declarations(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"a, err := strconv.Atoi(\"1\")\nb, err := strconv.Atoi(\"1\")\nb, err := strconv.Atoi(\"1\")", "cell 1:3:8: no new variables on left side of :="},
		{"a, s := 1, \"\"\nb, s := strconv.Atoi(\"1\")\nc, s := strconv.Atoi(\"1\")", "cell 1:2:4: cannot use value of type error as string value in assignment (and 1 more)"},
		{"goto lab\nx := 1\nlab:\nfmt.Println(x)", "cell 1:1:6: goto lab jumps over variable declaration at line 2"},
		{"if true { goto lab }\nvar x = 1\nlab: y := x", "cell 1:1:16: goto lab jumps over variable declaration at line 2"},
		{"lab: x := 1", "cell 1:1:1: label lab declared and not used"},
		{"list := list.Nowhere()", "cell 1:1:14: undefined: list.Nowhere"},
		{"x := x.y", "cell 1:1:6: undefined: x"},
	} {
		_, r := open(t).exec(test.src)
		if r.Failure == nil || r.Failure.Value != test.want {
			t.Errorf("%s\n%v, want %s", test.src, r.Failure, test.want)
		} else if strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "·") {
			t.Errorf("made-up names in %q", r.Failure.Traceback)
		}
	}
}

// What calls one of fmt's functions that print is no value to show, whatever the
// cell calls the function, and what only looks like it is.
func TestContract4_Prints(t *testing.T) {
	for _, test := range []struct {
		cells []string
		want  string
	}{
		{[]string{`import f "fmt"`, `f.Println("x")`}, "x\n"},
		{[]string{`import . "fmt"`, `Println("x")`}, "x\n"},
		{[]string{`import . "fmt"
Print("x")`}, "x"},
		{[]string{`fmt.Fprintf(os.Stdout, "%d\n", 3)`}, "3\n"},
		{[]string{`(fmt.Println)("x")`}, "x\n"},
		{[]string{`fmt.Sprint("x")`}, `=> "x"`},
		{[]string{`type T struct{}
func (T) Println(s string) string { return s + s }
fmt := T{}`, `fmt.Println("x")`}, `=> "xx"`},
		{[]string{`func Println(s string) string { return s + s }`, `Println("x")`}, `=> "xx"`},
	} {
		nb := open(t)
		var got string
		for _, src := range test.cells {
			got = nb.run(src)
		}
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.cells, got, test.want)
		}
	}
}

func TestContract5_MissingImports(t *testing.T) {
	_, r := open(t).exec(`import "example.com/go-chart"
import "example.com/plot/v2"
import y "example.com/y"
import "example.com/errors"
import "gopkg.in/yaml.v3"
import . "example.com/dot"
a := chart.Style{}
func f(x *chart.Box) plot.Plot { return x.Plot(y.Z) }
yaml.Marshal(errors.Wrap(nil, "x"))
nowhere`)
	if r.Failure == nil {
		t.Fatal("it did not fail")
	}
	text := strings.Join(r.Failure.Traceback, "\n")
	if n := strings.Count(text, "is in no module that this session has"); n != 6 {
		t.Errorf("%d missing packages are named, want 6", n)
	}
	const line = "%get example.com/go-chart example.com/plot/v2 example.com/y example.com/errors gopkg.in/yaml.v3 example.com/dot\n"
	if n := strings.Count(text, "%get"); n != 1 || !strings.Contains(text, line) {
		t.Errorf("what to do is said %d times:\n%s", n, text)
	}
	if n := strings.Count(text, "undefined: "); n != 1 || !strings.Contains(text, "undefined: nowhere") {
		t.Errorf("%d names are undefined, want 1:\n%s", n, text)
	}
}

func TestContract5_PackageAsValue(t *testing.T) {
	nb := open(t)
	for _, src := range []string{"fmt", "x := strings", "import \"os\"\nos", "os"} {
		_, r := nb.exec(src)
		if r.Failure == nil || !strings.Contains(strings.Join(r.Failure.Traceback, "\n"), "there is a package ") {
			t.Errorf("%s: %v", src, r.Failure)
		}
	}
}

func TestContract5_TooLarge(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"x := make([]int, 1<<40)", "cell 1:1:10: this slice is too large: 1099511627776 elements of type int have 8796093022208 bytes"},
		{"x := []int{1 << 40: 1}", "cell 1:1:11: this slice is too large: "},
		{"x := new([1 << 40]byte)", "cell 1:1:9: this value is too large: "},
		{"x := [1 << 40]byte{}", "cell 1:1:1: variable x is too large: "},
		{"x := make([]int, 1<<58)", "runtime error: makeslice: len out of range"},
	} {
		if _, r := open(t).exec(test.src); r.Failure == nil || !strings.HasPrefix(r.Failure.Value, test.want) {
			t.Errorf("%s: %v, want %s", test.src, r.Failure, test.want)
		}
	}
}
