package sched

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A crowd is more goroutines that compute than there are processors. The runtime
// lets each of them have a processor for 10 ms at a time, in turn, and whoever
// becomes ready to run queues behind them: with 200 of them the goroutine that is
// to interrupt a cell waits for a second, and so does each that it has to wake.
// So they are all asked to let others run, again and again: the queue then moves
// on by its whole length within what that takes, and who was in it has run.
//
// Who asks must not wait in that queue, nor for a lock that is held by one who
// does. A timer asks at first; later on those do it that have just got a processor,
// after they were asked or at their start. They go by a list to which whoever comes
// adds himself, which is put in order at leisure.
type crowd struct {
	live  atomic.Int32      // goroutines of the session
	on    atomic.Bool       // there may be a crowd: the timer is running
	last  atomic.Int64      // nanotime of the last time of asking
	fresh atomic.Pointer[G] // those that are not in known yet, linked by G.fresh
	known atomic.Pointer[[]*G]

	mu    sync.Mutex // of timer, and of turning it on and off
	timer *time.Timer

	gathering sync.Mutex // nobody waits for it
	upto      *G         // where in fresh those begin that are in known
}

const (
	// Between two times of asking, whereupon those that have ended are let go: when that
	// was rarer with many, 100,000 short ones took 1.1 times the processor time.
	crowdPause = 10 * time.Millisecond
	quietPause = 80 * time.Millisecond // the same by the timer if nobody seems to compute
	manyKnown  = 2_000                 // pauses are longer, in proportion, with more
)

// joined is called with a goroutine that is about to start.
func (c *crowd) joined(g *G) {
	live := int(c.live.Add(1))
	if c.on.Load() {
		c.add(g)
		return
	}
	if live <= 2 || live <= runtime.GOMAXPROCS(0) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on.Swap(true) {
		return
	}
	s := g.exec.s
	go func() { // not here, where locks may be held
		s.each(func(g *G) bool {
			c.add(g)
			return true
		})
	}()
	if c.timer == nil {
		c.timer = time.AfterFunc(crowdPause, func() { c.tick() })
	} else {
		c.timer.Reset(crowdPause)
	}
}

func (c *crowd) add(g *G) {
	if !g.crowded.CompareAndSwap(false, true) {
		return
	}
	g.askToYield()
	for {
		h := c.fresh.Load()
		g.fresh.Store(h)
		if c.fresh.CompareAndSwap(h, g) {
			return
		}
	}
}

// left is called when a goroutine has ended.
func (c *crowd) left() { c.live.Add(-1) }

// tick asks by the timer.
func (c *crowd) tick() {
	busy := c.ask(nanotime())
	c.mu.Lock()
	defer c.mu.Unlock()
	procs := runtime.GOMAXPROCS(0)
	if int(c.live.Load()) <= procs && c.fresh.Load() == nil {
		c.on.Store(false)
		c.known.Store(nil)
		return
	}
	pause := crowdPause
	if busy <= procs {
		pause = quietPause
	}
	c.timer.Reset(pause)
}

// turn is called by a goroutine that has just got a processor. It asks if it is
// time.
func (c *crowd) turn() {
	if !c.on.Load() {
		return
	}
	now, last := nanotime(), c.last.Load()
	if now-last >= int64(crowdPause) && c.last.CompareAndSwap(last, now) {
		c.ask(now)
	}
}

// ask asks everybody to let others run, also those who wait, since one that has
// been woken does not know that yet. It returns how many do not wait.
func (c *crowd) ask(now int64) (busy int) {
	n := 0
	one := func(g *G) {
		n++
		g.askToYield()
		if !g.isBlocked() {
			busy++
		}
	}
	for g := c.fresh.Load(); g != nil; g = g.fresh.Load() {
		one(g)
	}
	if known := c.known.Load(); known != nil {
		for _, g := range *known {
			one(g)
		}
	}
	c.last.Store(now + int64(crowdPause)*int64(n/manyKnown))
	c.gather()
	return busy
}

// gather puts those who are fresh to those who are known, and drops those who have
// ended.
func (c *crowd) gather() {
	if !c.gathering.TryLock() {
		return
	}
	defer c.gathering.Unlock()
	var all []*G
	ended := 0
	if known := c.known.Load(); known != nil {
		all = *known
		for _, g := range all {
			if g.gone.Load() {
				ended++
			}
		}
	}
	head := c.fresh.Load()
	if head == c.upto && ended <= len(all)/2 {
		return
	}
	now := make([]*G, 0, len(all)-ended+16)
	for _, g := range all {
		if !g.gone.Load() {
			now = append(now, g)
		}
	}
	for g := head; g != nil && g != c.upto; g = g.fresh.Load() {
		if !g.gone.Load() {
			now = append(now, g)
		}
	}
	c.known.Store(&now)
	c.upto = head
	if c.fresh.CompareAndSwap(head, nil) {
		c.upto = nil
		for g := head; g != nil; { // a dead one is not to be kept by a live one
			next := g.fresh.Load()
			g.fresh.Store(nil)
			g = next
		}
	}
}
