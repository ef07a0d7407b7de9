package compile_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/gosched/gosched/internal/conform/random"
)

// Random functions of numbers, slices and structs, run by closures and by machine
// code: whatever is computed must be the same.

// differs runs a program both ways and says how the outcomes differ, if they do.
func differs(t testing.TB, src string) string {
	t.Helper()
	want, got := compiledWith(t, src, "off").Run("main"), compiledWith(t, src, "always").Run("main")
	if want.Printed == got.Printed && want.Failed() == got.Failed() {
		return ""
	}
	wl, gl := strings.Split(want.Printed+want.Failed(), "\n"), strings.Split(got.Printed+got.Failed(), "\n")
	for i := range wl {
		if i >= len(gl) || wl[i] != gl[i] {
			g := "(end)"
			if i < len(gl) {
				g = gl[i]
			}
			return fmt.Sprintf("line %d is\n%s\nand not\n%s", i+1, g, wl[i])
		}
	}
	return "there is more"
}

// noneDiffers runs random programs, until one does not do the same with machine code.
func noneDiffers(t *testing.T, program func(seed uint64) string) {
	t.Helper()
	first, n := uint64(0), uint64(60)
	if testing.Short() {
		n = 10
	}
	if _, err := fmt.Sscanf(os.Getenv("GOSCHED_TEST_RANDOM"), "%d+%d", &first, &n); err == nil {
		t.Logf("%d programs from %d on", n, first)
	}
	for seed := first; seed < first+n; seed++ {
		src := program(seed)
		if d := differs(t, src); d != "" {
			t.Errorf("seed %d: %s\n%s", seed, d, src)
			return
		}
	}
}

func TestRandomMachineCode(t *testing.T) { noneDiffers(t, random.Fault) }

// Random programs of pointers, which find what the garbage collector was not told of,
// above all with GOGC=1 and GODEBUG=clobberfree=1.
func TestRandomPointersInMachineCode(t *testing.T) {
	defer collecting(t.Context())()
	noneDiffers(t, random.Pointers)
}

// collecting has garbage collected all the time until it is told to stop: code is left
// wherever it stores a pointer.
func collecting(ctx context.Context) (stop func()) {
	over := make(chan bool)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer close(over)
		for ctx.Err() == nil {
			runtime.GC()
		}
	}()
	return func() { cancel(); <-over }
}

func FuzzMachineCode(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		src := random.Fault(seed)
		if d := differs(t, src); d != "" {
			t.Errorf("seed %d: %s\n%s", seed, d, src)
		}
	})
}
