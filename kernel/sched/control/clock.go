package control

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Epoch is the time at which virtual clocks begin: that of package
// testing/synctest.
var Epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Now implements sched.Clock.
func (c *Control) Now() time.Time { return c.start.Add(time.Duration(c.told.Load())) }

// Sleep implements sched.Clock.
func (c *Control) Sleep(g *sched.G, d time.Duration, at sched.Stack) {
	t := threadOf(g)
	if t == nil {
		return
	}
	c.mu.Lock()
	if c.end != Running {
		c.mu.Unlock()
		c.await(t)
		return
	}
	t.reset(sched.OpSleep)
	t.until = after(c.now, d)
	t.wait = sched.Wait{Kind: wait.Sleep, At: at}
	c.step(t)
}

// after is now plus d, however long that is.
func after(now, d time.Duration) time.Duration {
	if d > math.MaxInt64-now {
		return math.MaxInt64
	}
	return now + max(d, 0)
}

// A timer is one of the virtual clock.
type timer struct {
	c       *Control
	when    time.Duration
	period  time.Duration
	pending bool
	late    bool // what happens at the same time has come first
	fire    func(now time.Time)
	full    func() bool // firing would change nothing now; may be nil
}

// Timer implements sched.Clock.
func (c *Control) Timer(d, period time.Duration, fire func(now time.Time), full func() bool) sched.ClockTimer {
	t := &timer{c: c, fire: fire, full: full}
	t.Reset(d, period)
	return t
}

// AfterFunc implements sched.Clock.
func (c *Control) AfterFunc(g *sched.G, d time.Duration, at sched.Place, name string, fn func(*sched.G)) sched.ClockTimer {
	return c.Timer(d, 0, func(time.Time) {
		g.Launch(at, name, func(a *sched.G) { c.born(a) }, fn)
	}, nil)
}

// Stop implements sched.ClockTimer.
func (t *timer) Stop() bool {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	return t.stop()
}

func (t *timer) stop() bool {
	was := t.pending
	t.pending = false
	if i := slices.Index(t.c.timers, t); i >= 0 {
		t.c.timers = slices.Delete(t.c.timers, i, i+1)
	}
	return was
}

// Reset implements sched.ClockTimer.
func (t *timer) Reset(d, period time.Duration) bool {
	c := t.c
	c.mu.Lock()
	defer c.mu.Unlock()
	was := t.stop()
	t.when, t.period, t.pending = after(c.now, d), period, true
	c.timers = append(c.timers, t)
	return was
}

// advance moves the clock to the next time at which something happens, if there is
// one. c.mu is held, and nobody can go on.
func (c *Control) advance() bool {
	const never = time.Duration(math.MaxInt64)
	next := never
	for _, t := range c.threads {
		if t.state == held && !t.done && t.kind == sched.OpSleep {
			next = min(next, t.until)
		}
	}
	for _, t := range c.timers {
		if t.full == nil || !t.full() {
			next = min(next, t.when)
		}
	}
	if next == never {
		return false
	}
	c.now = max(c.now, next)
	c.told.Store(int64(c.now))
	var due []*timer
	for _, t := range c.timers {
		if t.when <= c.now {
			due = append(due, t)
		}
	}
	slices.SortStableFunc(due, func(a, b *timer) int { return cmp.Compare(a.when, b.when) })
	others := c.wakes() // somebody goes on in any case
	for i, t := range due {
		if (others || i+1 < len(due)) && !t.late && c.config.Strategy.Pick(2) == 1 {
			t.late = true // the others come first
			continue
		}
		others = true
		t.late = false
		if t.period > 0 {
			t.when += t.period * (1 + (c.now-t.when)/t.period)
		} else {
			t.stop()
		}
		t.fire(c.start.Add(c.now))
	}
	return true
}

// wakes reports whether somebody has slept until now.
func (c *Control) wakes() bool {
	for _, t := range c.threads {
		if t.state == held && !t.done && t.kind == sched.OpSleep && t.until <= c.now {
			return true
		}
	}
	return false
}
