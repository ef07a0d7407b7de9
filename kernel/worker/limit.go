package worker

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"
)

// MemoryLimitVariable names the environment variable that sets how much memory
// a session may use, such as 2GiB. "off" means no limit.
const MemoryLimitVariable = "GOSCHED_MEMORY_LIMIT"

const (
	mostMemory  = 4 << 30 // of the default limit
	leastMemory = 64 << 20
)

// MemoryLimit is the limit in bytes that value, the content of
// [MemoryLimitVariable], stands for: 0 for none. Empty means the default, 4 GiB
// or 60 % of what this machine or its container has, whichever is less.
func MemoryLimit(value string) (int64, error) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "":
		n := int64(mostMemory)
		if has := machineMemory(); has > 0 {
			n = min(n, has/10*6)
		}
		return max(n, leastMemory), nil
	case "off", "none":
		return 0, nil
	}
	n, err := parseSize(value)
	if err != nil {
		return 0, fmt.Errorf("%s is %q: %w; write a size such as 512MiB or 2GiB", MemoryLimitVariable, value, err)
	}
	if n < leastMemory {
		return 0, fmt.Errorf("%s is %q: a session needs at least %s", MemoryLimitVariable, value, formatSize(leastMemory))
	}
	return n, nil
}

// parseSize reads a number of bytes with an optional unit. KiB, MiB and GiB
// are powers of 1024, as in GOMEMLIMIT; K, M, G, KB, MB and GB mean the same
// here, as they do to most who write them.
func parseSize(s string) (int64, error) {
	s = strings.TrimSpace(s)
	end := strings.LastIndexAny(s, "0123456789.") + 1
	number, unit := s[:end], strings.ToLower(strings.TrimSpace(s[end:]))
	var shift int
	switch strings.TrimSuffix(strings.TrimSuffix(unit, "b"), "i") {
	case "":
	case "k":
		shift = 10
	case "m":
		shift = 20
	case "g":
		shift = 30
	case "t":
		shift = 40
	default:
		return 0, fmt.Errorf("unknown unit %q", s[end:])
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || v < 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, fmt.Errorf("no number of bytes")
	}
	v *= float64(int64(1) << shift)
	if v > math.MaxInt64/2 {
		return 0, fmt.Errorf("too large")
	}
	return int64(v), nil
}

func formatSize(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size {
			return strconv.FormatFloat(math.Round(float64(n)/float64(u.size)*10)/10, 'f', -1, 64) + " " + u.name
		}
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

// limitMemory puts this process under a limit in bytes, 0 for none: softly
// through the garbage collector, which works harder from nine tenths on, and
// hard where the system can.
func limitMemory(limit int64) error {
	if limit <= 0 {
		return nil
	}
	if soft := limit / 10 * 9; soft < debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(soft)
	}
	// Growing a stack copies it, so endless recursion must be found well
	// before it is taken for a lack of memory. Go's own limit is 1 GB.
	debug.SetMaxStack(int(min(1e9, limit/4)))
	return limitData(limit)
}

// A memoryWatch ends the process when it uses clearly more than its limit. It
// is what holds where the system enforces none; where it does, that comes
// first, since Go then reports which goroutine asked for too much.
//
// It looks often while a cell runs, and after each garbage collection
// otherwise: memory cannot grow without collections, and an idle process has
// next to none.
type memoryWatch struct {
	limit uint64

	mu      sync.Mutex
	running int
	stop    chan struct{}
}

const watchEvery = 50 * time.Millisecond

func newMemoryWatch(limit int64) *memoryWatch {
	w := &memoryWatch{}
	if limit > 0 {
		w.limit = uint64(limit + limit/8)
		w.afterCollection()
	}
	return w
}

func (w *memoryWatch) cellBegins() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running++
	if w.running == 1 && w.limit > 0 {
		w.stop = make(chan struct{})
		go w.watch(w.stop)
	}
}

func (w *memoryWatch) cellEnds() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	if w.running == 0 && w.limit > 0 {
		close(w.stop)
	}
}

func (w *memoryWatch) watch(stop chan struct{}) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.check()
		case <-stop:
			return
		}
	}
}

// afterCollection checks after the next garbage collection, and each later one.
func (w *memoryWatch) afterCollection() {
	type sentinel struct{ self *memoryWatch }
	runtime.AddCleanup(&sentinel{w}, func(w *memoryWatch) {
		w.check()
		w.afterCollection()
	}, w)
}

// check ends the process, with words like the runtime's own, if it uses too
// much.
func (w *memoryWatch) check() {
	sample := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(sample)
	used := sample[0].Value.Uint64() - sample[1].Value.Uint64()
	if used <= w.limit {
		return
	}
	fmt.Fprintf(os.Stderr, "fatal error: out of memory (%s in use)\n", formatSize(int64(used)))
	os.Exit(2)
}
