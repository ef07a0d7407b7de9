package control

import (
	"maps"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// couldStillGo reports whether the goroutines that are left have only been given no
// more time. c.mu is held.
func (c *Control) couldStillGo() bool { return c.config.MaxRest > 0 && c.rest > c.config.MaxRest }

// Rest is called by the main goroutine when its function has returned: it comes
// back when the others have ended, or cannot go on. Then they are known to Result.
func (c *Control) Rest(g *sched.G) {
	t := threadOf(g)
	if t == nil {
		return
	}
	c.mu.Lock()
	if c.end != Running {
		c.mu.Unlock()
		return
	}
	if len(c.threads) == 1 && len(c.timers) == 0 {
		c.endLocked(Over)
		c.mu.Unlock()
		return
	}
	t.reset(opRest)
	t.wait = sched.Wait{Kind: wait.Goexit}
	c.step(t)
	c.mu.Lock()
	c.endLocked(Over)
	c.mu.Unlock()
	c.settle(1)
	c.noteLeft(g)
}

// Leave is Rest for a program, which ends with its main function.
func (c *Control) Leave(g *sched.G) {
	t := threadOf(g)
	if t == nil {
		return
	}
	c.mu.Lock()
	if c.end != Running {
		c.mu.Unlock()
		return
	}
	t.reset(opLeave)
	c.step(t)
	c.mu.Lock()
	if c.watcher != nil {
		c.watcher.Shown() // nobody prints any more
	}
	c.endLocked(Over)
	c.program = true
	c.mu.Unlock()
	c.settle(1)
	c.noteLeft(g)
}

// settle waits until those that are held have come to where they are, but for a
// number that runs.
func (c *Control) settle(run int) {
	const look, most = 20 * time.Microsecond, 2 * time.Second // they have only to get a processor
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(look) {
		if c.running() <= run {
			return
		}
	}
}

// running counts those that are on their way to where they wait or to their end, and
// those that run.
// Of those that are not under control nobody knows when they will have come anywhere.
func (c *Control) running() (n int) {
	c.mu.Lock()
	under := maps.Clone(c.ending)
	for _, t := range c.threads {
		under[t.g.Number()] = t.state != away
	}
	c.mu.Unlock()
	for _, in := range c.exec.Goroutines() {
		if !in.Blocked && under[in.Number] {
			n++
		}
	}
	return n
}

func (c *Control) noteLeft(main *sched.G) {
	var left []report.Info
	for _, in := range c.exec.Goroutines() {
		if in.Number != main.Number() {
			left = append(left, in)
		}
	}
	c.mu.Lock()
	c.left = left
	hopeless := !c.program && !c.couldStillGo()
	c.mu.Unlock()
	if hopeless {
		c.exec.Stuck(left, false)
	}
}
