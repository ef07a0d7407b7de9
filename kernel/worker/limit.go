package worker

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// MemoryLimitVariable names the environment variable that sets how much memory
// a session may use, such as 2GiB. "off" means no limit.
const MemoryLimitVariable = "GOSCHED_MEMORY_LIMIT"

const (
	mostMemory  = 2 << 30 // of the default limit
	leastMemory = 64 << 20
)

// MemoryLimit is the limit in bytes that value, the content of
// [MemoryLimitVariable], stands for: 0 for none. Empty means the default, 2 GiB
// or 60 % of what this machine or its container has, whichever is less: enough
// to learn with, and little enough that a cell that allocates without end is
// stopped in about two seconds (touching a gigabyte takes most of one).
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
	n, err := ParseSize(value)
	if err != nil {
		return 0, fmt.Errorf("%s is %q: %w; write a size such as 512MiB or 2GiB", MemoryLimitVariable, value, err)
	}
	if n < leastMemory {
		return 0, fmt.Errorf("%s is %q: a session needs at least %s", MemoryLimitVariable, value, formatSize(leastMemory))
	}
	return n, nil
}

// ParseSize reads a number of bytes with an optional unit. KiB, MiB and GiB
// are powers of 1024, as in GOMEMLIMIT; K, M, G, KB, MB and GB mean the same
// here, as they do to most who write them.
func ParseSize(s string) (int64, error) {
	s = strings.TrimSpace(s)
	end := strings.LastIndexAny(s, "0123456789.") + 1
	if end == 0 {
		return 0, errors.New("no number of bytes")
	}
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
		return 0, fmt.Errorf("unknown unit %q", strings.TrimSpace(s[end:]))
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || v < 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, errors.New("no number of bytes")
	}
	v *= float64(int64(1) << shift)
	if v > math.MaxInt64/2 {
		return 0, errors.New("too large")
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
	if soft := softLimit(limit); soft < debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(soft)
	}
	// Growing a stack copies it, so endless recursion must be found well
	// before it is taken for a lack of memory. Go's own limit is 1 GB.
	debug.SetMaxStack(int(min(1e9, limit/4)))
	return limitData(limit)
}

// softLimit is what the collector tries to stay under.
func softLimit(limit int64) int64 { return limit / 10 * 9 }

// headroom is how much more than the limit the system gives: what a session
// takes while it is being asked to end by itself, and so to say where it is.
func headroom(limit int64) int64 { return max(limit/16, 64<<20) }

// A memoryWatch ends the process when it cannot stay under its limit: when a
// collection leaves more than the soft limit, after which the collector would
// run without end and to no avail, when the collector is so late that the limit
// is in use, and when clearly more than that is, which is what holds where the
// system enforces none.
//
// It looks often while a cell runs, and after each garbage collection
// otherwise: memory cannot grow without collections, and an idle process has
// next to none.
type memoryWatch struct {
	soft, limit, hard uint64
	doomed            atomic.Bool
	session           atomic.Pointer[session.Engine] // nil before it has begun

	timer   *time.Timer
	mu      sync.Mutex
	running int
}

const watchEvery = 50 * time.Millisecond

func newMemoryWatch(limit int64) *memoryWatch {
	w := &memoryWatch{}
	if limit > 0 {
		w.soft, w.limit = uint64(softLimit(limit)), uint64(limit)
		w.hard = uint64(limit + headroom(limit) + limit/8 + threadSlack)
		w.timer = time.AfterFunc(time.Hour, w.tick)
		w.timer.Stop()
		w.afterCollection()
	}
	return w
}

func (w *memoryWatch) cellBegins() { w.count(+1) }
func (w *memoryWatch) cellEnds()   { w.count(-1) }

func (w *memoryWatch) count(change int) {
	if w.timer == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running += change
	switch {
	case w.running == 0:
		w.timer.Stop()
	case w.running == 1 && change > 0:
		w.timer.Reset(watchEvery)
	}
}

func (w *memoryWatch) tick() {
	next := watchEvery
	if w.check() {
		next /= 10
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running > 0 {
		w.timer.Reset(next)
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

// check ends the process if it uses too much, and reports whether that is near.
func (w *memoryWatch) check() (near bool) {
	sample := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(sample)
	value := func(i int) uint64 { return sample[i].Value.Uint64() }
	used := value(0) - value(1)
	// What the last collection left, and stacks and tables.
	needed := used - value(2) - value(3) - value(4) + value(5)
	if used > w.hard {
		outOfMemoryExit(used)
	}
	if (needed > w.soft || used > w.limit) && !w.doomed.Swap(true) {
		w.doom(used)
	}
	return used > w.soft/10*9
}

// doom has the session end with what its goroutines do. If none of them does
// anything but ask for memory, in compiled code, it then meets the limit at
// once, so that Go reports which goroutine that is. If nobody does, the process
// ends without.
func (w *memoryWatch) doom(used uint64) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(math.MaxInt64)
	if s := w.session.Load(); s != nil {
		(*s).Fatal("out of memory")
		time.Sleep(endTime)
	}
	if tightenData() {
		time.Sleep(doomTime)
	}
	outOfMemoryExit(used)
}

// endTime is how long a session is given to end by itself: its goroutines are
// asked for it in loops and calls, but what they are at may be a block of a
// gigabyte, and the machine busy.
const endTime = time.Second

// doomTime is how long a doomed process is given to fail by itself.
const doomTime = 500 * time.Millisecond

// stderr is the process's own; a program may assign os.Stderr.
var stderr = os.Stderr

// outOfMemoryExit ends the process with words like the runtime's own.
func outOfMemoryExit(used uint64) {
	fmt.Fprintf(stderr, "fatal error: out of memory (%s in use)\n", formatSize(int64(used)))
	os.Exit(2)
}
