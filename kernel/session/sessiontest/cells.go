package sessiontest

import (
	"runtime"
	"strings"

	"github.com/gosched/gosched/kernel/session"
)

func contract2_Redeclare(t *T) {
	nb := t.open()
	nb.run(`x := 1
func get() int { return x }`)
	if got := nb.run(`get()`); got != "=> 1" {
		t.Errorf("get() = %s", got)
	}
	nb.run(`x := 7`)
	if got := nb.run(`get()`); got != "=> 7" {
		t.Errorf("after x := 7, get() = %s", got)
	}
	nb.run(`x := "seven"`)
	if got := nb.run(`x`); got != `=> "seven"` {
		t.Errorf("x = %s", got)
	}
	if got := nb.run(`get()`); got != "=> 7" {
		t.Errorf("get no longer compiles, so the old one stays: got %s", got)
	}
}

func contract3_Redefinition(t *T) {
	nb := t.open()
	nb.run(`type Counter struct{ n int }
c := Counter{n: 3}
p := &c`)
	nb.run(`func (c *Counter) Inc() { c.n++ }`)
	nb.run(`func (c Counter) Value() int { return c.n }
c.Inc()
p.Inc()`)
	if got := nb.run(`c.Value() + p.Value()`); got != "=> 10" {
		t.Errorf("methods of later cells: %s", got)
	}
	nb.run(`func double(c Counter) int { return 2 * c.Value() }`)
	nb.run(`func (c Counter) Value() int { return 100 * c.n }`)
	if got := nb.run(`double(c)`); got != "=> 1000" {
		t.Errorf("double after Value changed: %s", got)
	}
	nb.run(`type Counter struct{ name string; n int }
func (c Counter) Value() int { return len(c.name) }`)
	if got := nb.run(`double(Counter{name: "abc"})`); got != "=> 6" {
		t.Errorf("double after Counter changed: %s", got)
	}
	if got := nb.run(`c.Value()`); got != "=> 500" {
		t.Errorf("an old value keeps its type: %s", got)
	}
}

func contract3_EarlierMeaning(t *T) {
	nb := t.open()
	nb.run(`n := 1`)
	nb.run(`n := n + 1`)
	if got := nb.run(`n`); got != "=> 2" {
		t.Errorf("n = %s", got)
	}
	_, r := nb.exec(`fmt.Println(later)
later := 1`)
	if r.Failure == nil || !strings.Contains(r.Failure.Value, "undefined: later") {
		t.Errorf("use before declaration: %v", r.Failure)
	}
}

func contract8_Input(t *T) {
	nb := t.open()
	if got := nb.run(`var a, b int
n, err := fmt.Scan(&a, &b)
a + b`, "3 4"); got != "=> 7" {
		t.Errorf("Scan: %s", got)
	}
	nb = t.open()
	if got := nb.run(`line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
line`, "hello there"); got != `=> "hello there\n"` {
		t.Errorf("ReadString: %s", got)
	}
	_, r := nb.exec(`os.Exit(3)`)
	if r.Failure == nil || r.Failure.Value != "exit status 3" {
		t.Errorf("os.Exit: %v", r.Failure)
	}
}

// What a function that stays in use as it was refers to stays, too.
func contract3_OldValueOfARedeclaredVariable(t *T) {
	nb := t.open()
	nb.run(`data := []int{1, 2, 3}
func sum() (s int) { for _, x := range data { s += x }; return s }
func Each[T any](f func(int) T) (out []T) { for _, x := range data { out = append(out, f(x)) }; return out }
later := make(chan bool)
go func() { <-later; fmt.Println(data, len(Each(func(x int) string { return "" }))) }()`)
	first := nb.run(`data := "text"`)
	runtime.GC()
	runtime.GC()
	if got := nb.run(`sum()`); first != "" || got != "=> 6" {
		t.Errorf("sum() = %s", got)
	}
	tr, _ := nb.exec(`later <- true`)
	nb.s.Flush()
	_ = tr
	if got := nb.run(`len(Each(func(x int) int { return x }))`); got != "=> 3" {
		t.Errorf("a generic function: %s", got)
	}
}

func contract1_WholeProgram(t *T) {
	nb := t.open()
	const program = "package main\n\nimport \"fmt\"\n\nfunc init() { fmt.Println(\"init\") }\n\nfunc main() { fmt.Println(\"main\") }\n"
	for range 2 {
		if got := nb.run(program); got != "init\nmain\n" {
			t.Errorf("printed %q", got)
		}
	}
	// Who calls main gets one call, not two.
	if got := nb.run("func main() { fmt.Println(\"main\") }\nfmt.Println(\"first\")\nmain()"); got != "first\nmain\n" {
		t.Errorf("a cell that calls its main printed %q", got)
	}
	if got := nb.run("func main() { fmt.Println(\"main\") }\nfunc() { main() }()"); got != "main\nmain\n" {
		t.Errorf("a cell in which another function calls main printed %q", got)
	}
}

func contract4_Values(t *T) {
	nb := t.open()
	for src, want := range map[string]string{
		`1 + 2`:                              "=> 3",
		`x := 1`:                             "",
		`"a\tb"`:                             `=> "a\tb"`,
		`fmt.Println("x")`:                   "x\n",
		`[]int{1, 2}`:                        "=> [1 2]",
		"z := func() int { return 5 }\nz();": "",
		`errors.New("broken")`:               "=> broken",
		"a, b := 1, \"x\"\na, b":             `=> 1, "x"`,
		`strconv.Itoa(7), len("four"), nil == error(nil)`: `=> "7", 4, true`,
		`json.Marshal([]int{1})`:                          "=> [1], <nil>",
		"var mu sync.Mutex\nmu.Lock()\n&mu":               "=> *sync.Mutex, locked",
		"type P struct{ X, y int }\nP{1, 2}":              "=> P{X:1 y:2}",
		"type S struct{ n int }\nfunc (s S) String() string { return fmt.Sprint(\"S\", s.n) }\nS{3}": "=> S3",
	} {
		if got := nb.run(src); got != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
}

func contract5_CompileErrors(t *T) {
	nb := t.open()
	_, r := nb.exec("x := 1\nx + \"a\"")
	if r.Failure == nil || r.Failure.Name != session.CompileError || !strings.Contains(r.Failure.Value, "cell 1:2:") {
		t.Errorf("got %v", r.Failure)
	}
	if _, r := nb.exec("x"); r.Failure == nil {
		t.Error("a cell that did not compile has declared a variable")
	}
	nb.run("import \"os\"\nfunc unused() { y := 1 }")
}

func contract7_FailureKeepsWhatWasDone(t *T) {
	nb := t.open()
	if _, r := nb.exec("x := 1\nx = 2\npanic(1)\nx = 3"); r.Failure == nil {
		t.Fatal("no failure")
	}
	if got := nb.run("x"); got != "=> 2" {
		t.Errorf("x is %s", got)
	}
}
