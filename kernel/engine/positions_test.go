package engine

import (
	"strings"
	"testing"
)

// What a traceback says of a place does not depend on the session, and is what
// Go says: of deferred calls that run as a function returns, the return
// statement where Go compiles them there, and the closing brace else.
func TestContract6_Positions(t *testing.T) {
	const src = `func where() string {
	pcs := make([]uintptr, 10)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	f, _ := frames.Next()
	return fmt.Sprint(f.Function, ":", f.Line)
}
func note() { fmt.Println(where()) }
func early(n int) int {
	defer note()
	if n > 1 {
		return n
	}
	return -n
}
func implicit(n int) {
	defer note()
	for i := range n {
		if i > 3 {
			return
		}
	}
	if n > 9 {
		n++
	}
}
func looped(n int) int {
	for range n {
		defer note()
	}
	return n
}
func many(n int) int {
	defer note(); defer note(); defer note(); defer note()
	if n == 1 { return 1 }
	if n == 2 { return 2 }
	if n == 3 { return 3 }
	return 4
}
func over(n int) int {
	for x := range slices.Values([]int{1, 2}) {
		defer note()
		if x == n {
			return x
		}
	}
	return 0
}
early(1)
early(2)
implicit(1)
implicit(5)
looped(1)
many(2)
_ = over(2)
`
	const want = `main.early:13
main.early:11
main.implicit:25
main.implicit:19
main.looped:31
main.many:38
main.many:38
main.many:38
main.many:38
main.over:47
main.over:47
`
	const broken = `func f(n int) {
	defer func() { panic("late") }()
	if n > 10 {
		fmt.Println("more")
	}
	if n > 20 {
		return
	}
}
f(3)`
	const trace = "main.f.func1(...)\n\tcell 2 line 2\nmain.f(...)\n\tcell 2 line 9\nmain(...)\n\tcell 2 line 10"
	for i := range 50 {
		nb := open(t)
		if i < 2 {
			if got := nb.run(src); got != want {
				t.Fatalf("session %d: got\n%s\nwant\n%s", i, got, want)
			}
		} else {
			nb.n++
		}
		_, r := nb.exec(broken)
		if r.Failure == nil {
			t.Fatal("no panic")
		}
		if got := strings.Join(r.Failure.Traceback, "\n"); !strings.Contains(got, trace) {
			t.Fatalf("session %d: got\n%s\nwant\n%s", i, got, trace)
		}
	}
}

// A function that a panic calls finds the calls that the panic left on its stack.
func TestContract6_StackWhilePanicking(t *testing.T) {
	nb := open(t)
	got := nb.run(`func functions(stack string) string {
	var out []string
	for line := range strings.Lines(stack) {
		if name, ok := strings.CutSuffix(line, "(...)\n"); ok {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}
type node struct{ next *node }
func (n *node) depth() int { return 1 + n.next.depth2() }
func (n *node) depth2() int { return 1 + n.next.depth() }
func measure(n *node) (d int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
			fmt.Println(functions(string(debug.Stack())))
			buf := make([]byte, 4096)
			fmt.Println(functions(string(buf[:runtime.Stack(buf, false)])))
		}
	}()
	return n.depth(), nil
}
_, err := measure(&node{&node{}})
fmt.Println(err)
defer func() { recover(); fmt.Println(functions(string(debug.Stack()))) }()
sort.Slice([]int{2, 1}, func(i, j int) bool { panic("in a callback") })`)
	const want = `main.measure.func1 panic main.(*node).depth main.(*node).depth2 main.(*node).depth main.measure main
main.measure.func1 panic main.(*node).depth main.(*node).depth2 main.(*node).depth main.measure main
runtime error: invalid memory address or nil pointer dereference
main.func1 panic main.func2 main
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
