package control

import (
	"slices"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched"
)

// Keep implements sched.Keeper.
func (c *Control) Keep(key, value any) {
	c.keptMu.Lock()
	defer c.keptMu.Unlock()
	if c.kept == nil {
		c.kept = map[any]any{}
	}
	c.kept[key] = value
}

// Kept implements sched.Keeper.
func (c *Control) Kept(key any) any {
	c.keptMu.Lock()
	defer c.keptMu.Unlock()
	return c.kept[key]
}

// AtEnd implements sched.Keeper.
func (c *Control) AtEnd(f func()) {
	c.keptMu.Lock()
	defer c.keptMu.Unlock()
	c.atEnd = append(c.atEnd, f)
}

// whenClosed is a function that is to run when a channel is closed.
type whenClosed struct {
	ch     unsafe.Pointer
	launch func()
}

// WhenClosed implements sched.Keeper.
func (c *Control) WhenClosed(g *sched.G, ch unsafe.Pointer, at sched.Place, name string, fn func(*sched.G)) (stop func() bool) {
	w := &whenClosed{ch: ch, launch: func() {
		g.Launch(at, name, func(a *sched.G) { c.born(a) }, fn)
	}}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch != nil {
		c.closes = append(c.closes, w)
	}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.Index(c.closes, w)
		if i >= 0 {
			c.closes = slices.Delete(c.closes, i, i+1)
		}
		return i >= 0
	}
}

// lookAtClosed starts what is to run now. c.mu is held.
func (c *Control) lookAtClosed() {
	for i := 0; i < len(c.closes); {
		if w := c.closes[i]; goruntime.ChanClosed(w.ch) {
			c.closes = slices.Delete(c.closes, i, i+1)
			w.launch()
		} else {
			i++
		}
	}
}
