package sched

import "github.com/gosched/gosched/kernel/goruntime"

// In a bubble of testing/synctest time moves on when all of its goroutines wait for
// channels, wait groups or conditions of the bubble, or sleep. One that waits for a
// lock does not count as waiting: the lock may be somebody's outside.

// outside is a channel of no bubble, on which nobody sends.
var outside = make(chan struct{})

// unlikeChannels is what a wait for a lock is to wait for besides, so that it does not
// look like one for a channel where stop was made in a bubble; elsewhere it is nil.
func (s *Scheduler) unlikeChannels(stop <-chan struct{}) <-chan struct{} {
	if s.known.bubbles && goruntime.InBubble(ChanPointer(stop)) {
		return outside
	}
	return nil
}

// fromOutside prepares a channel of a goroutine's own for others to close it: the
// goroutine may be in a bubble, and they are not.
func (s *Scheduler) fromOutside(ch chan struct{}) {
	if s.known.bubbles {
		goruntime.LeaveBubble(ChanPointer(ch))
	}
}
