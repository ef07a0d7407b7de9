package standin

import (
	"context"
	"runtime"
	"time"
	"unsafe"
	"weak"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
)

// Goroutines that have a clock of their own are given functions of package time, and
// contexts with deadlines, that go by it. They are in the form of the code that is
// for observed goroutines only, so that others do not pay for it.

// A virtualCall stands in for a compiled function where the thread has a clock.
type virtualCall func(t *frame.Thread, clock sched.Clock, args, res []unsafe.Pointer)

// IsVirtual reports whether a call of fn may depend on a clock, or on chance.
func (l *Library) IsVirtual(fn *ssa.Function) bool {
	obj := fn.Object()
	return obj != nil && obj.Pkg() != nil &&
		(l.Virtuals[funcname.Full(fn)] != nil || RandomMethod(obj.Pkg().Path(), fn) != nil)
}

// virtualTable lists the stand-ins by the full name of what they stand for.
func virtualTable() map[string]virtualCall {
	return map[string]virtualCall{
		"time.Now": func(_ *frame.Thread, c sched.Clock, _, res []unsafe.Pointer) { set(res, 0, localTime(c.Now())) },
		"time.Since": func(_ *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			set(res, 0, c.Now().Sub(arg[time.Time](args[0])))
		},
		"time.Until": func(_ *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			set(res, 0, arg[time.Time](args[0]).Sub(c.Now()))
		},
		"time.Sleep": func(t *frame.Thread, c sched.Clock, args, _ []unsafe.Pointer) {
			c.Sleep(t.G, arg[time.Duration](args[0]), t.At())
		},
		"runtime.Gosched": func(t *frame.Thread, c sched.Clock, _, _ []unsafe.Pointer) {
			runtime.Gosched()
			c.Sleep(t.G, 0, t.At())
		},

		"time.NewTimer": func(_ *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			set(res, 0, newTimer(c, arg[time.Duration](args[0])))
		},
		"time.After": func(_ *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			set(res, 0, newTimer(c, arg[time.Duration](args[0])).C)
		},
		"time.NewTicker": func(_ *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			set(res, 0, newTicker(c, arg[time.Duration](args[0])))
		},
		"time.Tick": func(_ *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			var ch <-chan time.Time
			if d := arg[time.Duration](args[0]); d > 0 {
				ch = newTicker(c, d).C
			}
			set(res, 0, ch)
		},
		"time.AfterFunc": func(t *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			d, f := arg[time.Duration](args[0]), arg[func()](args[1])
			m := t.World
			timer := new(time.Timer)
			call, made := firing(t, func(g *sched.G) { m.CallFunc(g, f) })
			made(timer)
			running := &virtualTimer{timer: c.AfterFunc(t.G, d, t.Here(), funcName(f), call)}
			c.Keep(weak.Make(timer), running)
			set(res, 0, timer)
		},
		"(*time.Timer).Stop": func(_ *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			timer := arg[*time.Timer](args[0])
			if v := virtualOf(c, timer); v != nil {
				set(res, 0, v.stop())
			} else {
				set(res, 0, timer.Stop())
			}
		},
		"(*time.Timer).Reset": func(t *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			timer, d := arg[*time.Timer](args[0]), arg[time.Duration](args[1])
			t.G.Other(sched.Setting, unsafe.Pointer(timer), t.At())
			if v := virtualOf(c, timer); v != nil {
				set(res, 0, v.reset(d, 0))
			} else {
				set(res, 0, timer.Reset(d))
			}
		},
		"(*time.Ticker).Stop": func(_ *frame.Thread, c sched.Clock, args, _ []unsafe.Pointer) {
			ticker := arg[*time.Ticker](args[0])
			if v := virtualOf(c, ticker); v != nil {
				v.stop()
			} else {
				ticker.Stop()
			}
		},
		"(*time.Ticker).Reset": func(_ *frame.Thread, c sched.Clock, args, _ []unsafe.Pointer) {
			ticker, d := arg[*time.Ticker](args[0]), arg[time.Duration](args[1])
			if v := virtualOf(c, ticker); v != nil && d > 0 {
				v.reset(d, d)
			} else {
				ticker.Reset(d)
			}
		},

		"context.WithTimeout": func(t *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			withVirtualDeadline(t, c, arg[context.Context](args[0]), c.Now().Add(arg[time.Duration](args[1])), nil, res)
		},
		"context.WithDeadline": func(t *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			withVirtualDeadline(t, c, arg[context.Context](args[0]), arg[time.Time](args[1]), nil, res)
		},
		"context.WithTimeoutCause": func(t *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			withVirtualDeadline(t, c, arg[context.Context](args[0]), c.Now().Add(arg[time.Duration](args[1])), arg[error](args[2]), res)
		},
		"context.WithDeadlineCause": func(t *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			withVirtualDeadline(t, c, arg[context.Context](args[0]), arg[time.Time](args[1]), arg[error](args[2]), res)
		},
		"context.AfterFunc": func(t *frame.Thread, c sched.Clock, args, res []unsafe.Pointer) {
			ctx, f, m := arg[context.Context](args[0]), arg[func()](args[1]), t.World
			t.G.Other(sched.Calling, nil, t.At())
			stop := c.WhenClosed(t.G, sched.ChanPointer(ctx.Done()), t.Here(), funcName(f), func(g *sched.G) {
				g.Other(sched.Called, nil, nil)
				m.CallFunc(g, f)
			})
			set(res, 0, stop)
		},
	}
}

// localTime is as time.Now has it.
func localTime(at time.Time) time.Time { return at.Local() }

// A virtualTimer is what is behind a timer or ticker that goes by a clock.
type virtualTimer struct {
	timer sched.ClockTimer
	ch    chan time.Time // nil if it calls a function
}

// stop and reset leave nothing in the channel, and count what was there as not
// having fired, as package time does.
func (v *virtualTimer) stop() bool { return v.drain(v.timer.Stop()) }

func (v *virtualTimer) reset(d, period time.Duration) bool {
	was := v.drain(v.timer.Stop())
	v.timer.Reset(d, period)
	return was
}

func (v *virtualTimer) drain(was bool) bool {
	select {
	case <-v.ch: // not ready if nil
		return true
	default:
		return was
	}
}

func virtualOf[T any](c sched.Clock, p *T) *virtualTimer {
	v, _ := c.Kept(weak.Make(p)).(*virtualTimer)
	return v
}

// start begins to send on a channel.
func (v *virtualTimer) start(c sched.Clock, d, period time.Duration) {
	v.ch = make(chan time.Time, 1)
	v.timer = c.Timer(d, period, func(now time.Time) {
		select {
		case v.ch <- localTime(now):
		default:
		}
	}, func() bool { return len(v.ch) > 0 })
}

func newTimer(c sched.Clock, d time.Duration) *time.Timer {
	v := new(virtualTimer)
	v.start(c, d, 0)
	timer := &time.Timer{C: v.ch}
	c.Keep(weak.Make(timer), v)
	return timer
}

func newTicker(c sched.Clock, d time.Duration) *time.Ticker {
	if d <= 0 {
		return time.NewTicker(d) // panics in Go's words
	}
	v := new(virtualTimer)
	v.start(c, d, d)
	ticker := &time.Ticker{C: v.ch}
	c.Keep(weak.Make(ticker), v)
	return ticker
}

// WithDeadline makes a context whose deadline passes by a clock.
func withVirtualDeadline(t *frame.Thread, c sched.Clock, parent context.Context, deadline time.Time, cause error, res []unsafe.Pointer) {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	var ctx context.Context
	var cancel context.CancelFunc
	if d, ok := parent.Deadline(); ok && d.Before(deadline) {
		ctx, cancel = context.WithCancel(parent)
	} else {
		var expire func()
		ctx, cancel, expire = goruntime.WithDeadline(parent, deadline, cause)
		c.AtEnd(cancel)
		if left := deadline.Sub(c.Now()); left <= 0 {
			expire()
		} else {
			c.Timer(left, 0, func(time.Time) { expire() }, func() bool { return ctx.Err() != nil })
		}
	}
	set(res, 0, ctx)
	set(res, 1, cancel)
}
