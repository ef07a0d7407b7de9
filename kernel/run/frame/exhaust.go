package frame

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Running out of memory ends the process. The runtime's report would name the
// interpreter's calls; what can be foreseen is reported with the user's.

// Large is how many bytes an allocation must have to be foreseen: fewer do not
// take a session past its limit unnoticed (see [sched.Scheduler.Fatal]).
const Large = 16 << 20

// mostAnnounced is how many calls are told of a goroutine that the runtime may end
// the process for.
const mostAnnounced = 10

// Room makes sure that there is memory for n elements of the given size, or
// ends the process as the runtime would. The limit is the soft limit that
// debug.SetMemoryLimit was given, and what lies above it.
func (t *Thread) Room(n int, size uintptr) {
	if size == 0 || n <= 0 || uint64(n) < Large/uint64(size) {
		return
	}
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 {
		return
	}
	need := float64(n) * float64(size)
	hard := float64(limit) / 9 * 10
	fits := func() (used float64, ok, sure bool) {
		used, spare := memoryInUse()
		// A block is in one piece: either the system gives it, or there is one
		// among what the runtime has to spare, which cannot be told.
		sure = canMap(need)
		return used, need+used <= hard && (sure || need <= spare), sure
	}
	if _, ok, sure := fits(); ok && sure {
		return
	}
	runtime.GC()
	used, ok, sure := fits()
	if ok && !sure {
		var stack []string
		for _, p := range t.Cur.Places(mostAnnounced) {
			stack = append(stack, p.Func+"(...)", p.Where())
		}
		t.G.Announce(stack)
	}
	if !ok {
		t.Fatal(fmt.Sprintf("runtime: out of memory: cannot allocate %.0f-byte block (%.0f in use)\n", need, used), "out of memory")
	}
}

// memoryInUse is how many bytes the process has, without those that the
// runtime keeps for what is to come, and how many those are.
func memoryInUse() (used, spare float64) {
	sample := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(sample)
	spare = float64(sample[1].Value.Uint64()) + float64(sample[2].Value.Uint64())
	return float64(sample[0].Value.Uint64()) - spare, spare
}

// Growth makes sure that there is memory for a slice of length and capacity to
// get more elements.
func (t *Thread) Growth(length, more, capacity int, size uintptr) {
	if n := length + more; n > capacity {
		t.Room(max(n, capacity+capacity/4), size) // as much as append asks for
	}
}
