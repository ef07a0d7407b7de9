package compile_test

import (
	"strings"
	"testing"
)

// What only calls held that are over is garbage, and what variables held that are
// another value now. (What a call holds that goes on, it keeps: see RATIONALE.)
func TestCallsLetGo(t *testing.T) {
	const head = `
import ("runtime"; "time")
type big struct { data [1 << 16]byte; next *big }
var gone = make(chan bool, 1)
func made() *big {
	b := new(big)
	runtime.AddCleanup(b, func(int) { gone <- true }, 0)
	return b
}
func use(b *big) { b.data[0]++ }
func collected() bool {
	for range 300 {
		runtime.GC()
		select { case <-gone: return true; case <-time.After(5*time.Millisecond): }
	}
	return false
}
`
	for _, tt := range []struct{ name, src string }{
		{"a variable of the package", `var p *big; func f() { set(); p = nil; println(collected()) }; func set() { p = made(); use(p) }`},
		{"a call that has returned", `func f() { set(); println(collected()) }; func set() { use(made()) }`},
		{"a deferred call", `func f() { set(); println(collected()) }; func set() { b := made(); defer use(b) }`},
		{"a call that a panic ended", `func f() { set(); println(collected()) }; func set() { defer func() { recover() }(); b := made(); use(b); panic(1) }`},
		{"many calls", `func f() { set(3); println(collected()) }; func set(n int) { if n > 0 { set(n-1); return }; use(made()) }`},
		{"a captured variable", `func f() { var b *big; func() { b = made(); use(b); b = nil }(); println(collected()) }`},
		{"an element", `func f() { m := map[int]*big{}; func() { m[1] = made(); use(m[1]) }(); delete(m, 1); println(collected(), len(m)) }`},
		{"a local that is another value now", `func f() { b := made(); use(b); b = nil; println(collected(), b == nil) }`},
		{"a local that is not read any more", `func f() { b := made(); use(b); println(collected()) }`},
		{"a slice", `func f() { s := []*big{made()}; use(s[0]); s = nil; println(collected(), s == nil) }`},
		{"an interface", `func f() { var a any = made(); use(a.(*big)); println(collected()) }`},
		{"a struct", `type two struct { n int; b *big }; func pair() two { return two{1, made()} }
			func f() { p := pair(); use(p.b); println(collected()) }`},
		{"a result of several", `func twice() (*big, int) { return made(), 1 }; func f() { b, n := twice(); use(b); println(collected(), n) }`},
		{"a result that nobody wants", `func twice() (*big, int) { return made(), 1 }; func f() { _, n := twice(); println(collected(), n) }`},
		{"a parameter", `func f() { g(made()) }; func g(b *big) { use(b); println(collected()) }`},
		{"before a loop", `func f() { b := made(); use(b); ok := false
			for i := 0; i < 300 && !ok; i++ { runtime.GC(); select { case <-gone: ok = true; default: time.Sleep(5*time.Millisecond) } }
			println(ok) }`},
		{"before the next receive", `func f() { c := make(chan *big); done := make(chan bool)
			go func() { for b := range c { use(b) }; done <- true }()
			c <- made(); println(collected()); close(c); <-done }`},
		{"in one branch", `func f() { b := made(); if b.data[0] == 0 { use(b) } else { println(b) }; println(collected()) }`},
		{"a goroutine that has ended", `func f() { done := make(chan bool); go func() { use(made()); done <- true }(); <-done; println(collected()) }`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if r := compiled(t, head+tt.src).Run("f"); !strings.HasPrefix(r.Printed, "true") || r.Failed() != "" {
				t.Errorf("it is kept: printed %q, %s", r.Printed, r.Failed())
			}
		})
	}
}

// What is still read is kept: by a loop's next round, after a wait, by what has a
// part of it, and by what runs after a panic.
func TestCallsKeep(t *testing.T) {
	const head = `
import ("runtime"; "time")
type node struct { n int; next *node }
func list(n int) (l *node) { for i := range n { l = &node{i, l} }; return }
func sum(l *node) (s int) { for ; l != nil; l = l.next { s += l.n }; return }
func pause() { runtime.GC(); time.Sleep(time.Millisecond); c := make(chan int, 1); c <- 1; <-c }
`
	for _, tt := range []struct{ name, src, want string }{
		{"over a call", `func f() { l := list(3); pause(); println(sum(l)) }`, "3"},
		{"in a loop", `func f() { l := list(3); t := 0; for range 3 { pause(); t += sum(l) }; println(t) }`, "9"},
		{"from round to round", `func f() { var last *node; for i := range 3 { pause(); if last != nil { println(last.n) }; last = &node{n: i} } }`, "0\n1"},
		{"exchanged in a loop", `func f() { a, b := list(2), list(3); for range 3 { pause(); a, b = b, a }; println(sum(a), sum(b)) }`, "3 1"},
		{"a part of it", `func f() { l := list(3); p := &l.n; l = nil; pause(); println(*p) }`, "2"},
		{"an element's place", `func f() { s := []int{1, 2, 3}; i := 1; p := &s[i]; for range 2 { pause(); *p++ }; println(s[1]) }`, "4"},
		{"a parameter", `func g(l *node, n int) int { pause(); if n == 0 { return sum(l) }; return g(l, n-1) }; func f() { println(g(list(3), 3)) }`, "3"},
		{"a captured variable", `func f() { l := list(3); g := func() int { return sum(l) }; pause(); println(g()) }`, "3"},
		{"a named result after a panic", `func g() (l *node) { defer func() { recover() }(); l = list(3); pause(); panic(1) }; func f() { println(sum(g())) }`, "3"},
		{"a deferred call's", `func g(l *node) { defer func() { println(sum(l)) }(); pause() }; func f() { g(list(3)) }`, "3"},
		{"a string iterated over", `func f() { s := string([]byte("ab")); for _, r := range s { pause(); println(r) } }`, "97\n98"},
		{"a map iterated over", `func f() { m := map[int]*node{1: list(3)}; for k, v := range m { pause(); println(k, sum(v)) } }`, "1 3"},
		{"one of two results", `func g() (*node, *node) { return list(2), list(3) }; func f() { a, b := g(); pause(); println(sum(a)); pause(); println(sum(b)) }`, "1\n3"},
		{"an iterator's", `func all(l *node) func(func(int) bool) { return func(yield func(int) bool) { for ; l != nil; l = l.next { if !yield(l.n) { return } } } }
			func f() { l := list(3); for n := range all(l) { pause(); println(n) } }`, "2\n1\n0"},
		{"a switch's", `func f() { var a any = list(3); pause(); switch v := a.(type) { case *node: pause(); println(sum(v)) } }`, "3"},
		{"what is sent", `func f() { c := make(chan *node); go func() { c <- list(3) }(); pause(); println(sum(<-c)) }`, "3"},
		{"a goto", `func f() { l, i := list(3), 0
			again: pause(); i++; if i < 3 { goto again }; println(sum(l)) }`, "3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if r := compiled(t, head+tt.src).Run("f"); strings.TrimSpace(r.Printed) != tt.want || r.Failed() != "" {
				t.Errorf("printed %q, want %q, %s", r.Printed, tt.want, r.Failed())
			}
		})
	}
}
