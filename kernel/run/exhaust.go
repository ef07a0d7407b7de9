package run

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Running out of memory ends the process. The runtime's report would name the
// interpreter's calls; what can be foreseen is reported with the user's.

// large is how many bytes an allocation must have to be foreseen: fewer do not
// take a session past its limit unnoticed (see [sched.Scheduler.Fatal]).
const large = 16 << 20

// room makes sure that there is memory for n elements of the given size, or
// ends the process as the runtime would. The limit is the soft limit that
// debug.SetMemoryLimit was given, and what lies above it.
func (t *thread) room(n int, size uintptr) {
	if size == 0 || n <= 0 || uint64(n) < large/uint64(size) {
		return
	}
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 {
		return
	}
	need := float64(n) * float64(size)
	hard := float64(limit) / 9 * 10
	if need+memoryInUse() <= hard {
		return
	}
	runtime.GC()
	if used := memoryInUse(); need+used > hard {
		t.fatal(fmt.Sprintf("runtime: out of memory: cannot allocate %.0f-byte block (%.0f in use)\n", need, used), "out of memory")
	}
}

// memoryInUse is how many bytes the process has, without those that the
// runtime keeps for what is to come.
func memoryInUse() float64 {
	sample := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) - float64(sample[1].Value.Uint64()) - float64(sample[2].Value.Uint64())
}

// growth makes sure that there is memory for a slice of length and capacity to
// get more elements.
func (t *thread) growth(length, more, capacity int, size uintptr) {
	if n := length + more; n > capacity {
		t.room(max(n, capacity+capacity/4), size) // as much as append asks for
	}
}
