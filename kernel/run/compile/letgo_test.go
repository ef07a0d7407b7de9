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
		{"a goroutine that has ended", `func f() { done := make(chan bool); go func() { use(made()); done <- true }(); <-done; println(collected()) }`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := compiled(t, head+tt.src).Run("f"); !strings.HasPrefix(r.Printed, "true") || r.Failed() != "" {
				t.Errorf("it is kept: printed %q, %s", r.Printed, r.Failed())
			}
		})
	}
}
