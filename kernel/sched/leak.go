package sched

import (
	"bufio"
	"bytes"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"
)

// A LeakReport names goroutines that can never run again.
type LeakReport struct {
	Leaked []Info
	// Complete says that the garbage collector has examined every goroutine
	// that waits for a channel. Otherwise only those are named that wait for
	// what can never come, such as a nil channel: the program was not built
	// with GOEXPERIMENT=goroutineleakprofile.
	Complete bool
}

// Leaks finds the goroutines that can never run again, because nothing that
// can still run refers to the channels they wait for. It runs garbage
// collections. Goroutines that wait for locks, wait groups and conditions are
// not among them: who could wake those does not show in memory.
//
// The runtime never lets a goroutine run again that it has found leaked. When
// such a one is killed later it only leaves the session's list: its deferred
// calls do not run, and its memory is not freed.
func (s *Scheduler) Leaks() LeakReport {
	var r LeakReport
	r.Complete = s.collectLeaks()
	for _, in := range s.List() {
		if in.hopeless() || in.Leaked {
			r.Leaked = append(r.Leaked, in)
		}
	}
	return r
}

// hopeless reports whether the goroutine waits for what can never come.
func (in *Info) hopeless() bool {
	switch in.Kind {
	case KindReceiveNil, KindSendNil, KindSelectEmpty:
		return in.Blocked
	case KindSelect:
		for _, on := range in.On {
			if on.object != nil {
				return false
			}
		}
		return in.Blocked
	}
	return false
}

// collectLeaks asks the runtime for the goroutines that it finds leaked. Its
// profile tells goroutines apart by their labels only, so each blocked one gets
// a label of its own for the time being. It reports whether the runtime can
// tell at all.
func (s *Scheduler) collectLeaks() (complete bool) {
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		return false
	}
	s.timers.forget()
	s.leaks.Lock()
	defer s.leaks.Unlock()
	for _, g := range s.live() {
		if g.isBlocked() {
			g.labels.set(newLabel(leakLabel + strconv.Itoa(g.Number())))
			defer g.labels.set(g.exec.labels)
		}
	}
	runtime.GC() // what a sync.Pool holds is garbage only in the second collection
	var text bytes.Buffer
	if err := profile.WriteTo(&text, 1); err != nil {
		return false
	}
	leaked := readLeaks(&text)
	for _, g := range s.live() {
		if leaked[g.Number()] {
			g.mu.Lock()
			g.leaked = true
			g.mu.Unlock()
		}
	}
	return true
}

const leakLabel = "goroutine "

func (l *labelSet) set(first *label) {
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&l.list)), unsafe.Pointer(first))
}

// readLeaks reads the numbers of goroutines from a goroutineleak profile in its
// text form: paragraphs of
//
//	1 @ 0x43cd4e 0x40a56b …
//	# labels: {"gosched":"goroutine 17"}
//	#	0x40a56a	runtime.chanrecv+0x3aa	…
//
// A stack without one of our functions at its root is that of a native child,
// which has its parent's label.
func readLeaks(text *bytes.Buffer) map[int]bool {
	leaked := make(map[int]bool)
	number, depth := 0, 0
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.Contains(line, " @ 0x"):
			number, depth = 0, strings.Count(line, " 0x")
		case strings.HasPrefix(line, "# labels:"):
			if _, rest, ok := strings.Cut(line, `:"`+leakLabel); ok {
				digits, _, _ := strings.Cut(rest, `"`)
				number, _ = strconv.Atoi(digits)
			}
		case number != 0 && (strings.Contains(line, "sched.(*G).run+") ||
			strings.Contains(line, "sched.(*G).Adopt+") || depth >= maxRecorded):
			leaked[number] = true
		}
	}
	return leaked
}
