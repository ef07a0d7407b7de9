package control

import (
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Did implements sched.Observer.
func (c *Control) Did(g *sched.G, op *sched.Op) {
	switch op.Kind {
	case sched.OpGo:
		c.mu.Lock()
		if c.end == Running && threadOf(g) != nil {
			c.born(op.Child)
		}
		c.mu.Unlock()
	case sched.OpBegin:
		c.begins(g)
	case sched.OpEnd:
		c.ends(g, op)
	case sched.OpBlock:
		c.blocks(g, op)
	case sched.OpUnblock:
		c.unblocks(g)
	case sched.OpSignal:
		c.signals(g, op)
	case sched.OpOnce:
		c.onceDone(g, op)
	case sched.OpPrint, sched.OpPanic:
		if c.watcher != nil {
			c.mu.Lock()
			if t := threadOf(g); t != nil && c.current == t && c.end == Running {
				c.watcher.Shown()
			}
			c.mu.Unlock()
		}
	}
}

// begins holds a goroutine at its beginning.
func (c *Control) begins(g *sched.G) {
	c.mu.Lock()
	t := threadOf(g)
	if t == nil {
		if c.end != Running {
			c.mu.Unlock()
			return
		}
		t = c.born(g)
	}
	if c.current == t { // chosen before it had come so far
		c.mu.Unlock()
		c.await(t)
		return
	}
	c.step(t)
}

func (c *Control) ends(g *sched.G, op *sched.Op) {
	t := threadOf(g)
	if t == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if op.Fate == sched.FatePanicked {
		c.endLocked(Failed)
	}
	c.gone(t)
	c.ending[g.Number()] = true
	if c.current == t {
		c.current = nil
	}
	if c.current == nil {
		c.choose()
	}
}

// blocks notes that a goroutine waits in an operation.
func (c *Control) blocks(g *sched.G, op *sched.Op) {
	t := threadOf(g)
	if t == nil || t.holding.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.state == loose || c.end != Running {
		return
	}
	if t.state == pairs {
		t.ready <- struct{}{}
		return
	}
	if op.Wait != nil && op.Wait.Kind == wait.Once {
		t.object = op.Wait.Object
	}
	if t.signalled {
		t.signalled = false
		c.resumes(t)
	} else if op.Wait != nil && op.Wait.Kind >= wait.Input {
		t.state = away
		c.outside[op.Wait.Kind.String()] = true
	} else if op.Wait != nil && (op.Wait.Kind == wait.PipeRead || op.Wait.Kind == wait.PipeWrite) {
		t.state = away // nobody tells when it is woken
	} else if t.state == runs && !t.done {
		t.state = waits
	}
	if c.current == t {
		c.current = nil
		c.choose()
	}
}

func (c *Control) unblocks(g *sched.G) {
	t := threadOf(g)
	if t == nil || t.holding.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != Running || t.state != waits && t.state != away && t.state != pairs {
		return
	}
	c.resumes(t)
	if c.current == nil {
		c.choose()
	}
}
