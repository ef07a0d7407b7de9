package control

import (
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Accesses implements sched.Controller.
func (c *Control) Accesses() bool { return c.config.Accesses }

// Before implements sched.Controller.
func (c *Control) Before(g *sched.G, op *sched.Op) {
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
	t.plan(op)
	c.conflicts(t)
	c.step(t)
	if t.releases() {
		c.mu.Lock()
		if c.end == Running && c.misused(t) {
			c.mu.Unlock()
			c.await(t)
			return
		}
		c.mu.Unlock()
	}
	if t.chosen >= 0 && op.Kind == sched.OpSelect {
		op.Chosen = t.chosen
	}
	if p := t.meets; p != nil {
		t.meets = nil
		c.awaitPartner(t, p)
	}
}

// step holds t until it is its turn. c.mu is held, and released.
func (c *Control) step(t *thread) {
	select {
	case <-t.gate: // given to a wait that a stop has ended
	default:
	}
	t.state = held
	if c.current == t {
		c.current = nil
	}
	if c.current == nil {
		c.choose()
	}
	if c.current == t {
		select {
		case <-t.gate:
		default:
		}
		c.mu.Unlock()
		c.goesOn(t)
		return
	}
	t.stuck = !t.done && !t.told && !c.couldGo(t)
	c.mu.Unlock()
	c.await(t)
}

// await waits for t's turn, which does not come when the control is over, or until it
// is stopped. Deferred calls of goroutines that are being stopped go on.
func (c *Control) await(t *thread) {
	t.holding.Store(true)
	turn := t.g.Hold(&t.wait, t.gate, t.wait.Kind == wait.None || !t.stuck)
	t.holding.Store(false)
	c.goesOn(t)
	if turn {
		return
	}
	c.mu.Lock()
	c.release(t)
	c.mu.Unlock()
	if !t.g.Leaving() {
		t.g.Unwind()
	}
}

// release lets t go its way, as it is being stopped. c.mu is held.
func (c *Control) release(t *thread) {
	c.gone(t)
	if c.current == t {
		c.current = nil
		c.choose()
	}
}

// Resume implements sched.Controller.
func (c *Control) Resume(g *sched.G) {
	t := threadOf(g)
	if t == nil || t.holding.Load() {
		return
	}
	c.mu.Lock()
	if c.end != Running {
		c.mu.Unlock()
		return
	}
	switch {
	case c.current == t: // chosen before it had come so far
	case t.state == runs:
		c.mu.Unlock()
		return
	case t.state != held:
		c.resumes(t)
		if c.current == nil {
			c.choose()
		}
	}
	c.mu.Unlock()
	c.await(t)
}

// resumes notes that t's wait is over. c.mu is held.
func (c *Control) resumes(t *thread) {
	t.reset(opResume)
	t.state, t.done = held, true
}

// blocked tells that t, which could have gone on when it was held, cannot any more. c.mu
// is held.
func (c *Control) blocked(t *thread) {
	if t.stuck || t.told || t.wait.Kind == wait.None {
		return
	}
	t.told = true
	t.g.Held(&t.wait, false)
}

// goesOn tells that t goes on, if it was told to be blocked by others.
func (c *Control) goesOn(t *thread) {
	c.mu.Lock()
	told := t.told
	t.told = false
	c.mu.Unlock()
	if told {
		t.g.Held(&t.wait, true)
	}
}
