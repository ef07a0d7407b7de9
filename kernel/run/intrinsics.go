package run

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/session"
)

// set writes a result.
func set[T any](res []unsafe.Pointer, i int, v T) {
	if i < len(res) {
		*(*T)(res[i]) = v
	}
}

// at returns where the thread is, for reports.
func (t *thread) at() sched.Stack {
	if t.cur == nil {
		return nil
	}
	return t.cur
}

func (t *thread) here() sched.Place {
	if t.cur != nil {
		if ps := t.cur.Places(1); len(ps) > 0 {
			return ps[0]
		}
	}
	return sched.Place{}
}

// siteOr is what the call that runs works on, as the source names it.
func (t *thread) siteOr(other *sched.Site) *sched.Site {
	if t.site != nil {
		return t.site
	}
	return other
}

func siteOf(name, typ string) *sched.Site { return &sched.Site{Name: name, Type: typ} }

var (
	mutexSite     = siteOf("", "sync.Mutex")
	rwMutexSite   = siteOf("", "sync.RWMutex")
	waitGroupSite = siteOf("", "sync.WaitGroup")
	condSite      = siteOf("", "sync.Cond")
	onceSite      = siteOf("", "sync.Once")
)

// callFunc calls a func() value on a goroutine that is g's own.
func (m *Machine) callFunc(g *sched.G, f func()) {
	m.withThread(g, func(t *thread) {
		if nf := t.enterFunc(f); nf != nil {
			nf.exec()
			nf.leave()
		} else {
			f()
		}
	})
}

// enterFunc makes the frame for a call of f, or returns nil if f is compiled.
func (t *thread) enterFunc(f func()) *frame {
	cl := closureOf(*(*unsafe.Pointer)(unsafe.Pointer(&f)))
	if cl == nil {
		return nil
	}
	nf := cl.fn.enter(t, nil)
	nf.setFree(cl.free)
	return nf
}

func funcName(f func()) string {
	if cl := closureOf(*(*unsafe.Pointer)(unsafe.Pointer(&f))); cl != nil {
		return cl.fn.name()
	}
	return "func"
}

// unlock is m.Unlock(). Of an unlocked mutex it is fatal, and reported before
// the runtime does so that what was printed is not lost.
func (t *thread) unlock(m *sync.Mutex) {
	// The state is the mutex's first word; 0 is unlocked, with nobody waiting.
	if atomic.LoadInt32((*int32)(unsafe.Pointer(m))) == 0 {
		t.fatal("", "sync: unlock of unlocked mutex")
	}
	t.g.Unlock(m)
}

// exit is what os.Exit does to a cell.
func (t *thread) exit(code int) {
	t.g.Exit(code, &session.Failure{
		Name:      "exit",
		Value:     fmt.Sprintf("exit status %d", code),
		Traceback: []string{fmt.Sprintf("exit status %d: a goroutine of this cell called os.Exit", code)},
	})
}

// intrinsicTable lists the stand-ins by the full name of what they stand for.
func intrinsicTable() map[string]intrinsic {
	return map[string]intrinsic{
		"fmt.Print": func(t *thread, args, res []unsafe.Pointer) {
			b := fmt.Append(nil, arg[[]any](args[0])...)
			t.g.Print(b)
			set(res, 0, len(b))
			set[error](res, 1, nil)
		},
		"fmt.Println": func(t *thread, args, res []unsafe.Pointer) {
			b := fmt.Appendln(nil, arg[[]any](args[0])...)
			t.g.Print(b)
			set(res, 0, len(b))
			set[error](res, 1, nil)
		},
		"fmt.Printf": func(t *thread, args, res []unsafe.Pointer) {
			b := fmt.Appendf(nil, arg[string](args[0]), arg[[]any](args[1])...)
			t.g.Print(b)
			set(res, 0, len(b))
			set[error](res, 1, nil)
		},
		"fmt.Scan": func(t *thread, args, res []unsafe.Pointer) {
			n, err := fmt.Fscan(t.m.streams.stdin, arg[[]any](args[0])...)
			set(res, 0, n)
			set(res, 1, err)
		},
		"fmt.Scanln": func(t *thread, args, res []unsafe.Pointer) {
			n, err := fmt.Fscanln(t.m.streams.stdin, arg[[]any](args[0])...)
			set(res, 0, n)
			set(res, 1, err)
		},
		"fmt.Scanf": func(t *thread, args, res []unsafe.Pointer) {
			n, err := fmt.Fscanf(t.m.streams.stdin, arg[string](args[0]), arg[[]any](args[1])...)
			set(res, 0, n)
			set(res, 1, err)
		},

		"os.Exit": func(t *thread, args, _ []unsafe.Pointer) { t.exit(arg[int](args[0])) },

		"runtime.Goexit":       func(*thread, []unsafe.Pointer, []unsafe.Pointer) { runtime.Goexit() },
		"runtime.NumGoroutine": func(t *thread, _, res []unsafe.Pointer) { set(res, 0, t.g.Scheduler().Count()) },

		"time.Sleep": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.Sleep(arg[time.Duration](args[0]), t.at())
		},
		"time.AfterFunc": func(t *thread, args, res []unsafe.Pointer) {
			d, f := arg[time.Duration](args[0]), arg[func()](args[1])
			m := t.m
			timer := t.g.Scheduler().AfterFunc(t.g, d, t.here(), funcName(f), func(g *sched.G) { m.callFunc(g, f) })
			set(res, 0, timer)
		},
		"(*time.Timer).Reset": func(t *thread, args, res []unsafe.Pointer) {
			timer, d := arg[*time.Timer](args[0]), arg[time.Duration](args[1])
			active := timer.Reset(d)
			if timer.C == nil {
				t.g.Scheduler().WatchTimer(timer, d)
			}
			set(res, 0, active)
		},

		"context.WithTimeout": func(t *thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithTimeout(arg[context.Context](args[0]), arg[time.Duration](args[1]))
			t.g.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.WithDeadline": func(t *thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithDeadline(arg[context.Context](args[0]), arg[time.Time](args[1]))
			t.g.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.WithTimeoutCause": func(t *thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithTimeoutCause(arg[context.Context](args[0]), arg[time.Duration](args[1]), arg[error](args[2]))
			t.g.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.WithDeadlineCause": func(t *thread, args, res []unsafe.Pointer) {
			ctx, cancel := context.WithDeadlineCause(arg[context.Context](args[0]), arg[time.Time](args[1]), arg[error](args[2]))
			t.g.Scheduler().WatchContext(ctx)
			set(res, 0, ctx)
			set(res, 1, cancel)
		},
		"context.AfterFunc": func(t *thread, args, res []unsafe.Pointer) {
			f, m := arg[func()](args[1]), t.m
			stop := context.AfterFunc(arg[context.Context](args[0]),
				t.g.Callback(t.here(), funcName(f), func(g *sched.G) { m.callFunc(g, f) }))
			set(res, 0, stop)
		},

		"os/signal.Notify": func(t *thread, args, _ []unsafe.Pointer) {
			ch := *(*chan<- os.Signal)(args[0])
			t.g.Scheduler().MarkExternal(sched.ChanPointer(ch))
			signal.Notify(ch, arg[[]os.Signal](args[1])...)
		},

		"(*sync.Mutex).Lock": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.Lock(arg[*sync.Mutex](args[0]), t.at(), t.siteOr(mutexSite))
		},
		"(*sync.Mutex).Unlock": func(t *thread, args, _ []unsafe.Pointer) { t.unlock(arg[*sync.Mutex](args[0])) },
		"(*sync.RWMutex).Lock": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.RWLock(arg[*sync.RWMutex](args[0]), t.at(), t.siteOr(rwMutexSite))
		},
		"(*sync.RWMutex).Unlock": func(t *thread, args, _ []unsafe.Pointer) { t.g.RWUnlock(arg[*sync.RWMutex](args[0])) },
		"(*sync.RWMutex).RLock": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.RLock(arg[*sync.RWMutex](args[0]), t.at(), t.siteOr(rwMutexSite))
		},
		"(*sync.RWMutex).RUnlock": func(t *thread, args, _ []unsafe.Pointer) { t.g.RUnlock(arg[*sync.RWMutex](args[0])) },
		"(*sync.WaitGroup).Add": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.WaitGroupAdd(arg[*sync.WaitGroup](args[0]), arg[int](args[1]))
		},
		"(*sync.WaitGroup).Done": func(t *thread, args, _ []unsafe.Pointer) { t.g.WaitGroupDone(arg[*sync.WaitGroup](args[0])) },
		"(*sync.WaitGroup).Wait": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.WaitGroupWait(arg[*sync.WaitGroup](args[0]), t.at(), t.siteOr(waitGroupSite))
		},
		"(*sync.WaitGroup).Go": func(t *thread, args, _ []unsafe.Pointer) {
			f, m := arg[func()](args[1]), t.m
			body := func(g *sched.G) { m.callFunc(g, f) }
			if fr := t.enterFunc(f); fr != nil {
				body = m.running(fr)
			}
			t.g.WaitGroupGo(arg[*sync.WaitGroup](args[0]), t.here(), funcName(f), body)
		},
		"(*sync.Cond).Wait": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.CondWait(arg[*sync.Cond](args[0]), t.at(), t.siteOr(condSite))
		},
		"(*sync.Cond).Signal":    func(t *thread, args, _ []unsafe.Pointer) { t.g.CondSignal(arg[*sync.Cond](args[0])) },
		"(*sync.Cond).Broadcast": func(t *thread, args, _ []unsafe.Pointer) { t.g.CondBroadcast(arg[*sync.Cond](args[0])) },
		"(*sync.Once).Do": func(t *thread, args, _ []unsafe.Pointer) {
			t.g.OnceDo(arg[*sync.Once](args[0]), arg[func()](args[1]), t.at(), t.siteOr(onceSite))
		},

		"(*os.File).Write": func(t *thread, args, res []unsafe.Pointer) {
			f, b := arg[*os.File](args[0]), arg[[]byte](args[1])
			n, err := t.m.streams.of(f).Write(b)
			set(res, 0, n)
			set(res, 1, err)
		},
		"(*os.File).WriteString": func(t *thread, args, res []unsafe.Pointer) {
			f, s := arg[*os.File](args[0]), arg[string](args[1])
			n, err := t.m.streams.of(f).WriteString(s)
			set(res, 0, n)
			set(res, 1, err)
		},
		"(*os.File).Read": func(t *thread, args, res []unsafe.Pointer) {
			f, b := arg[*os.File](args[0]), arg[[]byte](args[1])
			n, err := t.m.streams.of(f).Read(b)
			set(res, 0, n)
			set(res, 1, err)
		},
	}
}
