package main

import (
	"strings"
	"testing"
)

const splitSource = `package main

import "fmt"
import "os"

var a = b + 1

type T struct{ n int }

func (t T) String() string { return name(t.n) }

var b = f()

func f() int { return 2 }

// name is documented.
func name(n int) string { return fmt.Sprint("T", n, second) }

var first, second = g()

func g() (int, int) { return 1, 2 }

func init() { a++ }

var t = T{3}

func show() fmt.Stringer { return t }

func even(n int) bool { return n == 0 || odd(n-1) }
func odd(n int) bool  { return n != 0 && even(n-1) }

func main() {
	x := a
	if x > 5 {
		goto end
	}
	x++
end:
	fmt.Println(x, even(x), show())
	y := func() int { return x }
	defer fmt.Println("deferred")
	fmt.Println(y())
	os.Exit(0)
}
`

// join writes cells so that they can be compared: a line for each, with the
// first line of each of its declarations or statements.
func join(cells []string) string {
	var b strings.Builder
	for _, c := range cells {
		var firsts []string
		for part := range strings.SplitSeq(c, "\n\n") {
			head, _, _ := strings.Cut(part, "\n")
			firsts = append(firsts, head)
		}
		b.WriteString(strings.Join(firsts, " | ") + "\n")
	}
	return b.String()
}

func TestSplit(t *testing.T) {
	const body = `x := a
if x > 5 {
y := func() int { return x }
defer fmt.Println("deferred")
`
	tests := map[mode]string{
		modeSource: `import "fmt"
var a = b + 1 | type T struct{ n int } | func (t T) String() string { return name(t.n) } | var b = f() | func f() int { return 2 } | // name is documented. | var first, second = g() | func g() (int, int) { return 1, 2 }
var t = T{3}
func show() fmt.Stringer { return t }
func even(n int) bool { return n == 0 || odd(n-1) } | func odd(n int) bool  { return n != 0 && even(n-1) }
func init() { a++ }
` + body,
		modeDeps: `import "fmt"
type T struct{ n int }
func f() int { return 2 }
func g() (int, int) { return 1, 2 }
func even(n int) bool { return n == 0 || odd(n-1) } | func odd(n int) bool  { return n != 0 && even(n-1) }
var b = f()
var a = b + 1
var first, second = g()
// name is documented.
func (t T) String() string { return name(t.n) }
var t = T{3}
func show() fmt.Stringer { return t }
func init() { a++ }
` + body,
	}
	source, _, _ := strings.Cut(tests[modeSource], body)
	tests[modeMain] = source + "x := a\n" // and all that follows
	tests[modeRerun] = strings.Replace(source, "func show() fmt.Stringer { return t }\n", strings.Repeat("func show() fmt.Stringer { return t }\n", 2), 1)
	tests[modeRerun] = strings.Replace(tests[modeRerun], "func even", tests[modeRerun][strings.Index(tests[modeRerun], "func even"):strings.Index(tests[modeRerun], "func init")]+"func even", 1) + "x := a\n"
	for m, want := range tests {
		cells, err := split(splitSource, m)
		if err != nil {
			t.Fatal(err)
		}
		if got := join(cells); got != want {
			t.Errorf("%s: cells begin with\n%swant\n%s", m, got, want)
		}
	}
	cells, err := split(splitSource, modeCell)
	if err != nil || len(cells) != 1 || cells[0] != splitSource {
		t.Errorf("as one cell: %d cells, %v", len(cells), err)
	}
}

// A main whose names hide others, or that calls itself, stays a function.
func TestSplitKeepsMain(t *testing.T) {
	for _, body := range []string{
		"x := 1; println(x)",
		"if false { main() }",
		"len := 3; println(len)",
		"var fmt = 2; println(fmt)",
	} {
		src := "package main\n\nimport \"fmt\"\n\nvar x = fmt.Sprint()\n\nfunc main() { " + body + " }\n"
		cells, err := split(src, modeSource)
		if err != nil {
			t.Fatal(err)
		}
		if last := cells[len(cells)-1]; !strings.HasPrefix(last, "func main()") {
			t.Errorf("%s: the last cell is %q", body, last)
		}
	}
}

func TestMend(t *testing.T) {
	src := `package main

import (
	"fmt"
	"os"
)

func main() {
	x, y := 1, 2
	for i, v := range []int{1} {
		println(i)
	}
	if z := 3; true {
		fmt.Println(y)
	}
	var w int
}
`
	want := `package main

import (
	"fmt"
	_ "os"
)

func main() {
	x, y := 1, 2; _ = x;
	for i, v := range []int{1} {; _ = v;
		println(i)
	}
	if z := 3; true {; _ = z;
		fmt.Println(y)
	}
	var w int; _ = w;
}
`
	if got := mend(src); got != want {
		t.Errorf("mended to\n%s", got)
	}
	if got := mend(want); got != want {
		t.Errorf("a program without faults was changed to\n%s", got)
	}
}

func TestLate(t *testing.T) {
	const src = `package main

import "sync"

func worker(id int) { println(id) }

func other() {}

func main() {
	var wg sync.WaitGroup
	go worker(1)
	go func() { println(2) }()
	wg.Go(func() { other() })
}
`
	const want = `package main; import conformTime "time"

import "sync"

func worker(id int) { conformTime.Sleep(conformTime.Millisecond); println(id) }

func other() {}

func main() {
	var wg sync.WaitGroup
	go worker(1)
	go func() { conformTime.Sleep(conformTime.Millisecond); println(2) }()
	wg.Go(func() { conformTime.Sleep(conformTime.Millisecond); other() })
}
`
	if got := late(src); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	const still = "package main\n\nfunc main() {}\n"
	if got := late(still); got != still {
		t.Errorf("got\n%s\nof what starts no goroutine", got)
	}
}
