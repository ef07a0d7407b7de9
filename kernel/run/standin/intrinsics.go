package standin

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
)

func siteOf(name, typ string) *sched.Site { return &sched.Site{Name: name, Type: typ} }

var (
	mutexSite     = siteOf("", "sync.Mutex")
	rwMutexSite   = siteOf("", "sync.RWMutex")
	waitGroupSite = siteOf("", "sync.WaitGroup")
	condSite      = siteOf("", "sync.Cond")
	onceSite      = siteOf("", "sync.Once")

	pipeReaderSite = siteOf("", "io.PipeReader")
	pipeWriterSite = siteOf("", "io.PipeWriter")
)

func funcName(f func()) string {
	if cl := frame.ClosureOf(*(*unsafe.Pointer)(unsafe.Pointer(&f))); cl != nil {
		return cl.Fn.Name()
	}
	return "func"
}

// unlock is m.Unlock(). Of an unlocked mutex it is fatal, and reported before
// the runtime does so that what was printed is not lost.
func UnlockMutex(t *frame.Thread, m *sync.Mutex) {
	if t.G.Clock() != nil {
		t.G.Unlock(m) // who controls it sees to that
		return
	}
	if t.World.Knows.MutexState && goruntime.IsUnlocked(m) {
		t.Fatal("", "sync: unlock of unlocked mutex")
	}
	t.G.Unlock(m)
}

// intrinsicTable lists the stand-ins by the full name of what they stand for.
func intrinsicTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"runtime.Goexit": func(*frame.Thread, []unsafe.Pointer, []unsafe.Pointer) { runtime.Goexit() },

		"time.Sleep": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.Sleep(arg[time.Duration](args[0]), t.At())
		},
		"time.AfterFunc": func(t *frame.Thread, args, res []unsafe.Pointer) {
			d, f := arg[time.Duration](args[0]), arg[func()](args[1])
			m := t.World
			run := func(g *sched.G) { m.CallFunc(g, f) }
			var made func(*time.Timer)
			if t.G.Observed() {
				run, made = firing(t, run)
			}
			timer := t.G.Scheduler().AfterFunc(t.G, d, t.Here(), funcName(f), run)
			if made != nil {
				made(timer)
			}
			set(res, 0, timer)
		},
		"(*time.Timer).Reset": func(t *frame.Thread, args, res []unsafe.Pointer) {
			timer, d := arg[*time.Timer](args[0]), arg[time.Duration](args[1])
			if timer.C == nil {
				t.G.Other(sched.Setting, unsafe.Pointer(timer), t.At())
			}
			active := timer.Reset(d)
			if timer.C == nil {
				t.G.Scheduler().WatchTimer(timer, d)
			}
			set(res, 0, active)
		},

		"context.WithTimeout": func(t *frame.Thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithTimeout(arg[context.Context](args[0]), arg[time.Duration](args[1]))
			t.G.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.WithDeadline": func(t *frame.Thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithDeadline(arg[context.Context](args[0]), arg[time.Time](args[1]))
			t.G.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.WithTimeoutCause": func(t *frame.Thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithTimeoutCause(arg[context.Context](args[0]), arg[time.Duration](args[1]), arg[error](args[2]))
			t.G.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.WithDeadlineCause": func(t *frame.Thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithDeadlineCause(arg[context.Context](args[0]), arg[time.Time](args[1]), arg[error](args[2]))
			t.G.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.AfterFunc": func(t *frame.Thread, args, res []unsafe.Pointer) {
			f, m := arg[func()](args[1]), t.World
			stop := context.AfterFunc(arg[context.Context](args[0]),
				t.G.Callback(t.Here(), funcName(f), func(g *sched.G) {
					g.Other(sched.Called, nil, nil)
					m.CallFunc(g, f)
				}))
			set(res, 0, stop)
		},

		"os/signal.Notify": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			ch := *(*chan<- os.Signal)(args[0])
			t.G.Scheduler().MarkExternal(sched.ChanPointer(ch))
			signal.Notify(ch, arg[[]os.Signal](args[1])...)
		},

		"(*sync.Mutex).Lock": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.Lock(arg[*sync.Mutex](args[0]), t.At(), t.SiteOr(mutexSite))
		},
		"(*sync.Mutex).TryLock": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, t.G.TryLock(arg[*sync.Mutex](args[0])))
		},
		"(*sync.RWMutex).TryLock": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, t.G.TryRWLock(arg[*sync.RWMutex](args[0])))
		},
		"(*sync.RWMutex).TryRLock": func(t *frame.Thread, args, res []unsafe.Pointer) {
			set(res, 0, t.G.TryRLock(arg[*sync.RWMutex](args[0])))
		},
		"(*sync.Mutex).Unlock": func(t *frame.Thread, args, _ []unsafe.Pointer) { UnlockMutex(t, arg[*sync.Mutex](args[0])) },
		"(*sync.RWMutex).Lock": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.RWLock(arg[*sync.RWMutex](args[0]), t.At(), t.SiteOr(rwMutexSite))
		},
		"(*sync.RWMutex).Unlock": func(t *frame.Thread, args, _ []unsafe.Pointer) { t.G.RWUnlock(arg[*sync.RWMutex](args[0])) },
		"(*sync.RWMutex).RLock": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.RLock(arg[*sync.RWMutex](args[0]), t.At(), t.SiteOr(rwMutexSite))
		},
		"(*sync.RWMutex).RUnlock": func(t *frame.Thread, args, _ []unsafe.Pointer) { t.G.RUnlock(arg[*sync.RWMutex](args[0])) },
		"(*sync.WaitGroup).Add": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.WaitGroupAdd(arg[*sync.WaitGroup](args[0]), arg[int](args[1]))
		},
		"(*sync.WaitGroup).Done": func(t *frame.Thread, args, _ []unsafe.Pointer) { t.G.WaitGroupDone(arg[*sync.WaitGroup](args[0])) },
		"(*sync.WaitGroup).Wait": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.WaitGroupWait(arg[*sync.WaitGroup](args[0]), t.At(), t.SiteOr(waitGroupSite))
		},
		"(*sync.WaitGroup).Go": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			f, m := arg[func()](args[1]), t.World
			body := func(g *sched.G) { m.CallFunc(g, f) }
			if fr := t.EnterFunc(f); fr != nil {
				body = m.Running(fr)
			}
			t.G.WaitGroupGo(arg[*sync.WaitGroup](args[0]), t.Here(), funcName(f), body)
		},
		"(*sync.Cond).Wait": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.CondWait(arg[*sync.Cond](args[0]), t.At(), t.SiteOr(condSite))
		},
		"(*sync.Cond).Signal":    func(t *frame.Thread, args, _ []unsafe.Pointer) { t.G.CondSignal(arg[*sync.Cond](args[0])) },
		"(*sync.Cond).Broadcast": func(t *frame.Thread, args, _ []unsafe.Pointer) { t.G.CondBroadcast(arg[*sync.Cond](args[0])) },
		"(*sync.Once).Do": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			t.G.OnceDo(arg[*sync.Once](args[0]), arg[func()](args[1]), t.At(), t.SiteOr(onceSite))
		},
	}
}

// firing has a function that a timer of an observed goroutine calls tell so: what was
// done before the timer was set happened before. The timer itself is to be given to
// made.
func firing(t *frame.Thread, f func(g *sched.G)) (run func(g *sched.G), made func(*time.Timer)) {
	var timer atomic.Pointer[time.Timer]
	set := unsafe.Pointer(&timer) // until there is a timer
	t.G.Other(sched.Setting, set, t.At())
	return func(g *sched.G) {
		g.Other(sched.Fired, set, nil)
		g.Other(sched.Fired, unsafe.Pointer(timer.Load()), nil)
		f(g)
	}, func(made *time.Timer) { timer.Store(made) }
}
