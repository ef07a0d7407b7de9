package control

import (
	"sync"

	"github.com/gosched/gosched/kernel/sched"
)

// A Misuse is a fatal error: what happened and where.
type Misuse struct {
	Text string
	At   []sched.Place
}

// releases reports whether t releases a lock.
func (t *thread) releases() bool { return t.kind == sched.OpUnlock || t.kind == sched.OpRUnlock }

// misused looks for what no program recovers from. c.mu is held.
func (c *Control) misused(t *thread) bool {
	if t.object == nil {
		return false
	}
	free := func() bool {
		if t.what == sched.ObjectMutex {
			m := (*sync.Mutex)(t.object)
			ok := m.TryLock()
			if ok {
				m.Unlock()
			}
			return ok
		}
		m := (*sync.RWMutex)(t.object)
		ok := m.TryLock()
		if ok {
			m.Unlock()
		}
		return ok
	}
	shared := func() bool {
		m := (*sync.RWMutex)(t.object)
		ok := m.TryRLock()
		if ok {
			m.RUnlock()
		}
		return ok
	}
	text := ""
	switch {
	case t.kind == sched.OpUnlock && t.what == sched.ObjectMutex && free():
		text = "sync: unlock of unlocked mutex"
	case t.kind == sched.OpUnlock && t.what == sched.ObjectRWMutex && shared():
		text = "sync: Unlock of unlocked RWMutex"
	case t.kind == sched.OpRUnlock && t.what == sched.ObjectRWMutex && (free() || !shared()):
		text = "sync: RUnlock of unlocked RWMutex"
	}
	if text == "" {
		return false
	}
	c.misuse = Misuse{Text: text}
	if t.at != nil {
		c.misuse.At = t.at.Places(maxPlaces)
	}
	c.stop(Fatal)
	return true
}

// maxPlaces is how many calls are told of where something happened.
const maxPlaces = 8
