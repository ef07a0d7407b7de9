package sched

import "github.com/gosched/gosched/kernel/goruntime"

// known is what the scheduler knows of the runtime beyond what it cannot do
// without, and asks for often. Where something is missing there is another way,
// or less is seen.
type known struct {
	timers     bool // which timers are pending; otherwise when they were last set
	waitGroups bool // the counter; otherwise a goroutine of its own waits
	onces      bool // whether one is done; otherwise it is asked
	rLockers   bool // whose they are; otherwise they are locked natively
	pipes      bool // their channels; otherwise they are read and written natively
	bubbles    bool // which channels are of one; otherwise none is taken to be
	chanQueues bool // who waits at a channel; otherwise they are asked when they come back
}

func knownOf(f *goruntime.Facts) known {
	return known{
		timers:     f.Holds(goruntime.Timers),
		waitGroups: f.Holds(goruntime.WaitGroupCount),
		onces:      f.Holds(goruntime.OnceDone),
		rLockers:   f.Holds(goruntime.RLocker),
		pipes:      f.Holds(goruntime.Pipes),
		bubbles:    f.Holds(goruntime.Bubbles),
		chanQueues: f.Holds(goruntime.ChanQueues),
	}
}

// seesStacks reports whether the scheduler can tell what goroutines do in
// compiled code; otherwise they count as running. It is asked only when needed,
// since checking it takes long.
func (s *Scheduler) seesStacks() bool {
	return s.config.Facts.Holds(goruntime.Stacks) && s.config.Facts.Holds(goruntime.WaitNames)
}

// seesQueues reports whether the scheduler can find who waits natively for locks;
// otherwise they do not look leaked. Like seesStacks.
func (s *Scheduler) seesQueues() bool { return s.config.Facts.Holds(goruntime.Queues) }
