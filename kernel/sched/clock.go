package sched

import (
	"sync"
	"sync/atomic"
	"time"
)

// A clock tells coarse time to goroutines that block. It ticks only in periods
// in which someone asked, or while a cell's main goroutine is blocked: then
// each tick also looks for a deadlock.
type clock struct {
	s    *Scheduler
	used atomic.Bool  // someone asked since the last tick
	now  atomic.Int64 // nanoseconds since base

	mu      sync.Mutex
	ticking bool
	timer   *time.Timer
}

const tick = 20 * time.Millisecond

var base = time.Now()

func nanotime() int64 { return int64(time.Since(base)) }

// stamp returns the time, at most a tick old.
func (c *clock) stamp() int64 {
	if !c.used.Load() {
		c.wake()
	}
	return c.now.Load()
}

func (c *clock) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Store(nanotime())
	c.used.Store(true)
	if c.ticking {
		return
	}
	c.ticking = true
	if c.timer == nil {
		c.timer = time.AfterFunc(tick, c.tick)
	} else {
		c.timer.Reset(tick)
	}
}

func (c *clock) tick() {
	c.now.Store(nanotime())
	again := c.s.watch.tick(c.s)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.used.Swap(false) && !again {
		c.ticking = false
		return
	}
	c.timer.Reset(tick)
}
