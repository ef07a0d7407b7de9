package control

import (
	"slices"

	"github.com/gosched/gosched/kernel/sched"
)

// Those that wait for a condition, or for a Once that is being done, are woken by
// the scheduler and come back when there is a processor for them. They can be chosen
// from the moment on at which they are woken, so that it does not matter when that is.

// signals notes whom a signal wakes.
func (c *Control) signals(g *sched.G, op *sched.Op) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != Running || op.Object == nil {
		return
	}
	key := op.Object.Pointer()
	n := int(op.N)
	for list := c.conds[key]; len(list) > 0 && n != 0; n-- {
		t := list[0]
		list = list[1:]
		c.leavesCond(t)
		if t.state == waits {
			c.resumes(t)
		} else {
			t.signalled = true // it is still unlocking
		}
	}
}

// leavesCond takes t out of the list of the condition that it waits for. c.mu is held.
func (c *Control) leavesCond(t *thread) {
	list := c.conds[t.cond]
	if i := slices.Index(list, t); i >= 0 {
		list = slices.Delete(slices.Clone(list), i, i+1)
	}
	if len(list) == 0 {
		delete(c.conds, t.cond)
	} else {
		c.conds[t.cond] = list
	}
	t.cond = nil
}

// onceDone notes that those can go on who wait for a Once.
func (c *Control) onceDone(g *sched.G, op *sched.Op) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != Running || op.Object == nil || !op.OK {
		return
	}
	key := op.Object.Pointer()
	for _, t := range c.threads {
		if t.state == waits && t.kind == sched.OpOnce && t.object == key {
			c.resumes(t)
		}
	}
}
