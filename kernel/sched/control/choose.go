package control

import "slices"

// choose decides who goes on. c.mu is held, and nobody runs.
func (c *Control) choose() {
	for c.end == Running {
		c.look()
		if len(c.ready) == 0 {
			if c.advance() {
				continue
			}
			c.idle()
			return
		}
		c.steps++
		if c.config.MaxSteps > 0 && c.steps > c.config.MaxSteps {
			c.stop(UsedUp)
			return
		}
		if len(c.threads) > 0 && c.threads[0].kind == opRest {
			if c.rest++; c.config.MaxRest > 0 && c.rest > c.config.MaxRest {
				c.grant(c.threads[0])
				return
			}
		}
		i := 0
		if len(c.ready) > 1 || c.watcher != nil {
			if i = c.config.Strategy.Next(c.last, c.candidates); i < 0 {
				c.stop(Pointless)
				return
			}
		}
		if t := c.ready[i]; t.done || !c.queues(t) {
			c.grant(t)
			return
		}
	}
}

// grant lets a thread go on. c.mu is held.
func (c *Control) grant(t *thread) {
	if t.id != c.last {
		c.changes++
	}
	c.last = t.id
	if !t.done {
		c.prepare(t)
	}
	c.current = t
	t.state = runs
	t.gate <- struct{}{}
}

// idle is when nobody can go on. c.mu is held.
func (c *Control) idle() {
	if len(c.threads) == 0 {
		return
	}
	if c.someAway() {
		c.driver.want(look)
		return
	}
	if main := c.threads[0]; main.kind == opRest && main.state == held {
		c.grant(main)
		return
	}
	c.driver.want(unstick)
}

// someAway reports whether one is in compiled code. c.mu is held.
func (c *Control) someAway() bool {
	return slices.ContainsFunc(c.threads, func(t *thread) bool { return t.state == away })
}

// stop ends the execution. c.mu is held.
func (c *Control) stop(why End) {
	c.endLocked(why)
	c.driver.want(abort)
}
