package sched

import (
	"runtime/metrics"
	"sync"
	"time"
)

// Cleanups and finalizers that the garbage collector has queued are about to run on
// goroutines of the runtime's, which nobody sees yet, and may wake whoever waits.

// patientWithCleanups is how long one of them may take, waiting for something
// itself, before it does not count any more.
const patientWithCleanups = time.Second

// A cleaning is what the runtime told of cleanups when it was last asked.
type cleaning struct {
	mu       sync.Mutex
	executed uint64
	since    int64 // nanotime at which any were first seen to wait, or 0
}

// pending reports whether any are to run, as far as they get on.
func (c *cleaning) pending() bool {
	s := [...]metrics.Sample{
		{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/finalizers/queued:finalizers"},
		{Name: "/gc/cleanups/executed:cleanups"}, {Name: "/gc/finalizers/executed:finalizers"},
	}
	metrics.Read(s[:])
	var n [len(s)]uint64
	for i := range s {
		if s[i].Value.Kind() == metrics.KindUint64 {
			n[i] = s[i].Value.Uint64()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	queued, executed := n[0]+n[1], n[2]+n[3]
	if queued == executed {
		c.since = 0
		return false
	}
	now := nanotime()
	if c.since == 0 || executed != c.executed {
		c.executed, c.since = executed, now
	}
	return now-c.since < int64(patientWithCleanups)
}
