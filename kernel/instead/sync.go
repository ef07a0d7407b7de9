package instead

import (
	"io"
	"os"
	"os/signal"
	"sync"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// What waits for other goroutines is known to the scheduler, with what it waits for, and
// can be stopped.

var (
	mutexSite     = &sched.Site{Type: "sync.Mutex"}
	rwMutexSite   = &sched.Site{Type: "sync.RWMutex"}
	waitGroupSite = &sched.Site{Type: "sync.WaitGroup"}
	condSite      = &sched.Site{Type: "sync.Cond"}
	onceSite      = &sched.Site{Type: "sync.Once"}

	// PipeReaderSite and PipeWriterSite are what waits for the ends of a pipe are for.
	PipeReaderSite = &sched.Site{Type: "io.PipeReader"}
	PipeWriterSite = &sched.Site{Type: "io.PipeWriter"}
)

func syncFunctions[C Caller]() map[string]any {
	return map[string]any{
		"(*sync.Mutex).Lock":       func(c C, m *sync.Mutex) { c.Goroutine().Lock(m, c.At(), c.SiteOr(mutexSite)) },
		"(*sync.Mutex).TryLock":    func(c C, m *sync.Mutex) bool { return c.Goroutine().TryLock(m) },
		"(*sync.RWMutex).Lock":     func(c C, m *sync.RWMutex) { c.Goroutine().RWLock(m, c.At(), c.SiteOr(rwMutexSite)) },
		"(*sync.RWMutex).TryLock":  func(c C, m *sync.RWMutex) bool { return c.Goroutine().TryRWLock(m) },
		"(*sync.RWMutex).Unlock":   func(c C, m *sync.RWMutex) { c.Goroutine().RWUnlock(m) },
		"(*sync.RWMutex).RLock":    func(c C, m *sync.RWMutex) { c.Goroutine().RLock(m, c.At(), c.SiteOr(rwMutexSite)) },
		"(*sync.RWMutex).TryRLock": func(c C, m *sync.RWMutex) bool { return c.Goroutine().TryRLock(m) },
		"(*sync.RWMutex).RUnlock":  func(c C, m *sync.RWMutex) { c.Goroutine().RUnlock(m) },
		"(*sync.WaitGroup).Add":    func(c C, wg *sync.WaitGroup, n int) { c.Goroutine().WaitGroupAdd(wg, n) },
		"(*sync.WaitGroup).Done":   func(c C, wg *sync.WaitGroup) { c.Goroutine().WaitGroupDone(wg) },
		"(*sync.WaitGroup).Wait":   func(c C, wg *sync.WaitGroup) { c.Goroutine().WaitGroupWait(wg, c.At(), c.SiteOr(waitGroupSite)) },
		"(*sync.Cond).Wait":        func(c C, cond *sync.Cond) { c.Goroutine().CondWait(cond, c.At(), c.SiteOr(condSite)) },
		"(*sync.Cond).Signal":      func(c C, cond *sync.Cond) { c.Goroutine().CondSignal(cond) },
		"(*sync.Cond).Broadcast":   func(c C, cond *sync.Cond) { c.Goroutine().CondBroadcast(cond) },
		"(*sync.Once).Do":          func(c C, o *sync.Once, f func()) { c.Goroutine().OnceDo(o, f, c.At(), c.SiteOr(onceSite)) },
		"time.Sleep":               func(c C, d time.Duration) { c.Goroutine().Sleep(d, c.At()) },
		"(*time.Timer).Reset":      reset[C],
		"(*io.PipeReader).Read": func(c C, r *io.PipeReader, b []byte) (int, error) {
			return c.Goroutine().PipeRead(r, b, c.At(), c.SiteOr(PipeReaderSite))
		},
		"(*io.PipeWriter).Write": func(c C, w *io.PipeWriter, b []byte) (int, error) {
			return c.Goroutine().PipeWrite(w, b, c.At(), c.SiteOr(PipeWriterSite))
		},
		"os/signal.Notify": func(c C, ch chan<- os.Signal, signals []os.Signal) {
			c.Goroutine().Scheduler().MarkExternal(sched.ChanPointer(ch))
			signal.Notify(ch, signals...)
		},
	}
}

// reset is t.Reset: a timer that calls a function may wake somebody.
func reset[C Caller](c C, t *time.Timer, d time.Duration) bool {
	if t.C != nil {
		return t.Reset(d)
	}
	g := c.Goroutine()
	g.Other(sched.Setting, unsafe.Pointer(t), c.At())
	active := t.Reset(d)
	g.Scheduler().WatchTimer(t, d)
	return active
}
