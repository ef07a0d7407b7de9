package sched

import (
	"bytes"
	"io"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/stacks"
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
	s.wakers.Forget()
	leakCheck.Lock()
	defer leakCheck.Unlock()
	live := s.live()
	for _, g := range live {
		g.labels.set(newLabel(stacks.Label(g.Number())))
	}
	runtime.GC() // what a sync.Pool holds is garbage only in the second collection
	s.lots.Hide(s.seesQueues() && s.seesStacks())
	var text bytes.Buffer
	err := profile.WriteTo(&text, 1)
	forgetLeaks(profile, s.lots.Hidden()...)
	s.lots.Show()
	leaked := stacks.Leaked(&text, roots...)
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
// leaked, of whatever session: it looks once more, and sees what they wait for, and
// what is waited for in queues.
func forgetLeaks(profile *pprof.Profile, queues ...goruntime.Queue) {
	_, labels := stacks.All()
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
	runtime.KeepAlive(queues)
}

func (l *labelSet) set(first *label) {
	atomic.StorePointer((*unsafe.Pointer)(unsafe.Pointer(&l.List)), unsafe.Pointer(first))
}
