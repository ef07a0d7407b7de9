package sched

// A Panic is one that has left the code of cells, or one for which a deferred
// call ran that ended with another.
type Panic struct {
	Value      any
	Recovered  bool
	Repanicked bool    // with the same value, which is not listed again
	Trace      []Place // where it happened last, innermost call first
}
