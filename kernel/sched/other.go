package sched

import "unsafe"

// What Op.Text says of calls of compiled code that takes part in synchronisation
// in ways that nobody sees.
const (
	Calling = "call"   // before: what g has done may come to the ears of others
	Called  = "return" // after: g may have heard of what others have done
	Setting = "set"    // before: a timer that calls a function is started
	Fired   = "fired"  // g has been started by a timer
	Stray   = "stray"  // g has been started by nobody that is known, as finalizers are
)

// Other tells of an OpOther. p is what it is about, if anything; it is told as the
// op's Address. The engine calls it for observed goroutines.
func (g *G) Other(text string, p unsafe.Pointer, at Stack) {
	o := g.Observation()
	if o == nil {
		return
	}
	op := Op{Kind: OpOther, Text: text, At: at, Address: p}
	o.did(g, g, &op)
}
