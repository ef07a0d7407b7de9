//go:build !js

package compile_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
)

// many is a program of functions that are called once, so that what it takes is what
// it takes to compile them.
func many(functions int) string {
	var b strings.Builder
	b.WriteString("type point struct { x, y int; next *point }\n")
	for i := range functions {
		fmt.Fprintf(&b, `
func f%[1]d(a []int, p *point, x float64) (int, float64) {
	s := %[1]d
	for i := 0; i < len(a); i++ {
		switch {
		case a[i]%%3 == 0:
			s += a[i] * 7
		case a[i] > s:
			a[i] ^= s << 2
		default:
			x = x*0.5 + float64(a[i])
		}
		for q := p; q != nil; q = q.next {
			q.x, q.y = q.y+s, q.x-a[i]
			if q.x > 100 || q.y < -100 { s -= q.x & 0xff; q.x = 0 }
		}
	}
	if s < 0 { return g%[1]d(-s), x }
	return g%[1]d(s), -x
}
func g%[1]d(n int) int { if n&1 == 0 { return n/2 + 1 }; return 3*n + 1 }
`, i)
	}
	b.WriteString("func main() {\n\ta := []int{1, 2, 3}\n\tp := &point{1, 2, &point{3, 4, nil}}\n")
	for i := range functions {
		fmt.Fprintf(&b, "\tf%d(a, p, 1.5)\n", i)
	}
	b.WriteString("}\n")
	return b.String()
}

func processorTime() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// What it takes to compile functions, of processor time for an SSA instruction: to
// closures ("off"), with what may become machine code prepared ("on"), and to machine
// code ("always").
func BenchmarkCompiling(b *testing.B) {
	if !goruntime.MachineKnown {
		b.Skip("there is no machine code here")
	}
	const functions = 200
	src := many(functions)
	for _, mode := range []string{"off", "on", "always"} {
		b.Run(mode, func(b *testing.B) {
			var took time.Duration
			instructions := 0
			for range b.N {
				s := compiledWith(b, src, mode)
				for _, m := range s.Pkg.Members {
					if fn, ok := m.(*ssa.Function); ok {
						for _, blk := range fn.Blocks {
							instructions += len(blk.Instrs)
						}
					}
				}
				before := processorTime()
				s.Run("main")
				took += processorTime() - before
			}
			b.ReportMetric(took.Seconds()*1e6/float64(instructions), "µs/instruction")
		})
	}
}
