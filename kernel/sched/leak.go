package sched

import (
	"bufio"
	"bytes"
	"io"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/report"
)

// Leaks finds the goroutines that can never run again, because nothing that
// can still run refers to the channels, locks, wait groups and conditions that
// they wait for. It runs garbage collections.
func (s *Scheduler) Leaks() report.Leaks {
	var r report.Leaks
	r.Complete = s.collectLeaks()
	for _, in := range s.List() {
		if in.Hopeless() || in.Leaked {
			r.Leaked = append(r.Leaked, in)
		}
	}
	return r
}

// leakCheck is held for writing while the runtime looks for leaked goroutines,
// and for reading while one is stopped: the runtime does not let one go on that
// it has found leaked, until it is told to forget that. Its verdict is on all
// goroutines of the process, whosever session they belong to.
var leakCheck sync.RWMutex

// collectLeaks asks the runtime for the goroutines that it finds leaked. Its
// profile tells goroutines apart by their labels only, so each gets a label of
// its own for the time being. It reports whether the runtime can tell at all.
func (s *Scheduler) collectLeaks() (complete bool) {
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		return false
	}
	s.timers.forget()
	leakCheck.Lock()
	defer leakCheck.Unlock()
	live := s.live()
	for _, g := range live {
		g.labels.set(newLabel(leakLabel + strconv.Itoa(g.Number())))
	}
	runtime.GC() // what a sync.Pool holds is garbage only in the second collection
	s.lots.looking.Store(true)
	defer s.lots.looking.Store(false)
	witnesses := append(s.lots.witness(), s.witnesses...)
	var text bytes.Buffer
	err := profile.WriteTo(&text, 1)
	forgetLeaks(profile)
	s.witnesses = release(witnesses)
	leaked := readLeaks(&text)
	for _, g := range live {
		g.labels.set(g.exec.labels)
		if err == nil {
			g.mu.Lock()
			g.leaked = leaked[g.Number()]
			g.mu.Unlock()
		}
	}
	return err == nil
}

// WriteLeakProfile is profile.WriteTo for the runtime's profile of leaked
// goroutines, which a program asks for itself: those that it names can be stopped
// all the same.
func WriteLeakProfile(profile *pprof.Profile, w io.Writer, debug int) error {
	var b bytes.Buffer // w may be code of the session, and is not called under the lock
	err := lookForLeaks(profile, &b, debug)
	if _, werr := w.Write(b.Bytes()); err == nil {
		err = werr
	}
	return err
}

func lookForLeaks(profile *pprof.Profile, w io.Writer, debug int) error {
	leakCheck.Lock()
	defer leakCheck.Unlock()
	defer forgetLeaks(profile)
	return profile.WriteTo(w, debug)
}

// forgetLeaks has the runtime let those goroutines go on again that it has found
// leaked, of whatever session: it looks once more, and sees what they wait for.
func forgetLeaks(profile *pprof.Profile) {
	_, labels := profileAll()
	seen := make([]*private, 0, len(labels))
	for _, l := range labels {
		if g := gOfLabel(l); g != nil {
			g.mu.Lock()
			if g.own != 0 {
				seen = append(seen, g.private())
			}
			g.mu.Unlock()
		}
	}
	_ = profile.WriteTo(io.Discard, 1)
	runtime.KeepAlive(seen)
}

const leakLabel = "goroutine "

func (l *labelSet) set(first *label) {
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&l.List)), unsafe.Pointer(first))
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
