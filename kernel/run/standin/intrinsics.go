package standin

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
)

func siteOf(name, typ string) *sched.Site { return &sched.Site{Name: name, Type: typ} }

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
		"context.AfterFunc": func(t *frame.Thread, args, res []unsafe.Pointer) {
			f, m := arg[func()](args[1]), t.World
			stop := context.AfterFunc(arg[context.Context](args[0]),
				t.G.Callback(t.Here(), funcName(f), func(g *sched.G) {
					g.Other(sched.Called, nil, nil)
					m.CallFunc(g, f)
				}))
			set(res, 0, stop)
		},

		"(*sync.Mutex).Unlock": func(t *frame.Thread, args, _ []unsafe.Pointer) { UnlockMutex(t, arg[*sync.Mutex](args[0])) },
		"(*sync.WaitGroup).Go": func(t *frame.Thread, args, _ []unsafe.Pointer) {
			f, m := arg[func()](args[1]), t.World
			body := func(g *sched.G) { m.CallFunc(g, f) }
			if fr := t.EnterFunc(f); fr != nil {
				body = fr.Body().Run
			}
			t.G.WaitGroupGo(arg[*sync.WaitGroup](args[0]), t.Here(), funcName(f), body)
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
