package control

import "github.com/gosched/gosched/kernel/sched"

// A Candidate is a goroutine that could go on now, and what it would do.
type Candidate struct {
	// Thread numbers the goroutines of an execution in the order in which they
	// were started; the main one is 0.
	Thread int
	Kind   sched.OpKind
	// Objects are what it would use, numbered in the order in which they are first
	// used; Reads says that others cannot tell, and All that it may be anything.
	// They are for a [Watcher] only.
	Objects []int
	Reads   bool
	All     bool
}

// A Strategy makes the choices of a controlled execution. Its methods are called
// one at a time. With the same answers an execution takes the same course.
type Strategy interface {
	// Next returns which of the candidates goes on, by index; there is at least
	// one. They are in the order of their numbers, and valid during the call. last
	// is the thread that went on last, or -1. An index below 0 ends the execution
	// as one that is not worth the time.
	Next(last int, candidates []Candidate) int
	// Case chooses one of the n ready cases of a select, in the order of the source,
	// and Pick one of n other things between which the program does not choose:
	// those that wait at a channel, timers that fire at the same time, in the order
	// in which they have come. n is at least 2.
	Case(n int) int
	Pick(n int) int
}

// A Watcher is a Strategy that wants to know what steps have in common.
type Watcher interface {
	Strategy
	// Shown tells that the thread that goes on has printed something, or ended the
	// program: there is an order between all that do so.
	Shown()
}
