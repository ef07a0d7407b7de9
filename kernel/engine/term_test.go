package engine

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gosched/gosched/internal/testenv"
	"github.com/gosched/gosched/kernel/goruntime"
)

// A cell that is run again and again leaves next to nothing behind, and takes as
// long as it did at first.
func TestContract2_ATermOfRuns(t *testing.T) {
	if testenv.Raced {
		t.Skip("counts bytes")
	}
	heap := func() int64 {
		for range 3 { // what has a cleanup goes with the next collection
			runtime.GC()
			time.Sleep(5 * time.Millisecond)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for _, c := range []struct {
		name, src string
		most      int64 // bytes a run
	}{
		{"expression", "1 + 2", 2048},
		{"function", "func add(a, b int) int { return a + b }\nadd(1, 2)", 2048},
		{"variable of itself", "n := n + 1\nn", 2048},
		{"goroutine", "ch := make(chan int)\ngo func() { ch <- 1 }()\n<-ch", 2048},
		{"methods", `type point struct{ X, Y int }
func (p point) String() string { return fmt.Sprint(p.X, ",", p.Y) }
func (p *point) Move(d int) { p.X += d }
p := point{1, 2}
p.Move(1)
fmt.Println(p)`, 2048},
		{"error type", `type myErr struct{ code int }
func (e *myErr) Error() string { return fmt.Sprint("code ", e.code) }
func fail() error { return &myErr{3} }
var target *myErr
errors.As(fail(), &target)`, 2048},
		{"generic type", `type list[T any] struct{ items []T }
func (l *list[T]) add(v T) { l.items = append(l.items, v) }
type pair[K comparable, V any] struct { key K; value V }
func (p pair[K, V]) String() string { return fmt.Sprint(p.key, "=", p.value) }
type point struct { x int }
func (p point) Less(q point) bool { return p.x < q.x }
l := &list[pair[string, point]]{}
l.add(pair[string, point]{"a", point{1}})
var ps list[*point]
ps.add(&point{})
fmt.Println(l.items, len(ps.items))`, 2048},
		{"generic function", `func sum[T int | float64](xs ...T) (s T) { for _, x := range xs { s += x }; return s }
fmt.Println(sum(1, 2), sum(1.5, 2), slices.Max([]int{1, 2}))`, 2048},
	} {
		nb := open(t)
		nb.run("n := 0")
		const first, last = 300, 1300
		for range first {
			nb.run(c.src)
		}
		before := heap()
		for range last - first {
			nb.run(c.src)
		}
		left := (heap() - before) / (last - first)
		if left > c.most {
			t.Errorf("%s: %d bytes are left of every run", c.name, left)
		}
		t.Logf("%s: %d bytes are left of every run", c.name, left)
		runtime.KeepAlive(nb)
	}
}

// What somebody still has of a cell works on, when the session has let go of the
// rest.
func TestContract3_WhatIsLeftOfACell(t *testing.T) {
	nb := open(t)
	nb.run(`import "strings"
ask, answer := make(chan int), make(chan string)
var later []func() string
var kept []any`)
	part := `type shape interface{ area() int }
type square struct{ side int }
func (s square) area() int { return s.side * s.side }
func (s square) String() string { return fmt.Sprintf("%d²", s.side) }
func pair[A, B any](a A, b B) string { return fmt.Sprint(a, "/", b) }
func describe(s shape) string {
	type local struct { square; n int }
	var x any = local{square{2}, s.area()}
	return fmt.Sprintf("%v %d %T", x, x.(local).n, x)
}
type box[T any] struct{ v T }
func (b *box[T]) String() string { return fmt.Sprintf("[%v]", b.v) }
func (b *box[T]) set(v T) { b.v = v }
type setter[T any] interface{ set(T) }
func fails(n int) { var m map[int]int; m[n] = 1 }
`
	nb.run(part + `
go func() {
	for n := range ask {
		switch {
		case n < 0:
			answer <- func() (s string) { defer func() { s = fmt.Sprint(recover()) }(); fails(n); return }()
		case n == 0:
			answer <- describe(square{3}) + pair(square{1}, "x")
		default:
			var s any = square{n}
			_, is := kept[0].(square)
			answer <- fmt.Sprint(s, is, s.(shape).area(), strings.Repeat("a", n))
		}
	}
}()
kept = append(kept, square{5}, &box[int]{7}, &box[*square]{&square{8}}, map[string]box[[]square]{"a": {[]square{{9}}}})
later = append(later, func() string { return describe(square{4}) })
later = append(later, func() string {
	var x any = &box[float64]{}
	b := &box[int]{}
	_, is := kept[1].(*box[int])
	_, sets := any(b).(setter[int])
	b.set(1)
	_ = x
	return fmt.Sprint(b, is, sets)
})
time.AfterFunc(300*time.Millisecond, func() { answer <- describe(square{6}) })`)
	for range 100 { // of the first run, only what it started is left
		nb.run(part)
	}
	runtime.GC()
	for _, c := range []struct{ src, want string }{
		{"<-answer", `=> "2² 36 main.local"`},
		{"ask <- 0; <-answer", `=> "2² 9 main.local1²/x"`},
		{"ask <- -1; <-answer", `=> "assignment to entry in nil map"`},
		{"ask <- 2; <-answer", `=> "2² true 4aa"`},
		{"later[0]()", `=> "2² 16 main.local"`},
		{"kept[0].(square).area()", "=> 25"},
		{"fmt.Sprint(kept[1], kept[2])", `=> "[7] [8²]"`},
		{"kept[1].(setter[int]).set(70); kept[2].(*box[*square]).set(&square{80}); fmt.Sprint(kept[1:3])", `=> "[[70] [80²]]"`},
		{`b := kept[3].(map[string]box[[]square])["a"]; b.String()`, `=> "[[9²]]"`},
		{`later[1]()`, `=> "[1] true true"`},
		{"describe(kept[0].(shape))", `=> "2² 25 main.local"`},
	} {
		if got := nb.run(c.src); got != c.want {
			t.Errorf("%s: %s, want %s", c.src, got, c.want)
		}
	}
	// Where it fails is still known.
	_, r := nb.exec("later = nil\nfails(1)")
	at := fmt.Sprintf("cell %d line 15", nb.n-12)
	if tb := strings.Join(r.Failure.Traceback, "\n"); !strings.Contains(tb, "fails") || !strings.Contains(tb, at) {
		t.Errorf("no %q in\n%s", at, tb)
	}
}

// A cell with a type of many methods can be edited as often as one likes.
func TestContract2_MethodsWithoutEnd(t *testing.T) {
	if !goruntime.SlotsGrow {
		t.Skip("here they come to an end")
	}
	if testing.Short() || testenv.Raced {
		t.Skip("takes a while")
	}
	nb := open(t)
	for i := range 500 {
		want := fmt.Sprintln(i, i)
		if got := nb.run(fmt.Sprintf(`type T struct { *os.File; n%d int }
func (t T) String() string { return fmt.Sprint(%[1]d, " ", t.n%[1]d) }
fmt.Println(T{n%[1]d: %[1]d})`, i)); got != want {
			t.Fatalf("%d: got %q, want %q", i, got, want)
		}
	}
}
