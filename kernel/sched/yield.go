package sched

import (
	"math"
	"runtime"
	"time"
)

// Of two goroutines that pass messages to and fro, one waits for the other at
// every message, either always the sender or always the receiver, and waiting to
// send costs less, see stopping.Sends. If the receiver lets others run before it
// waits, the sender comes first, and from then on it is the sender that waits.
// A yielding decides when a goroutine tries that.
type yielding struct {
	waits int16 // to receive, since the last try
}

const (
	// yieldEvery is how many waits to receive there are to one try, unless the
	// last try had a value come.
	yieldEvery = 16
	// yieldTime is what a try may take. Where every processor is busy it takes a
	// time slice or more, and is not repeated for very long.
	yieldTime = 100 * time.Microsecond
	// yieldRest is how many waits to receive there are without one for each
	// yieldTime that a longer one took. A clock that ticks ten times in a
	// millisecond, as in a browser, makes some of the short ones look so long.
	yieldRest = 512
)

// due reports whether to try before the wait that is about to begin.
func (y *yielding) due() bool {
	y.waits++
	return y.waits >= yieldEvery
}

// tried notes how long a try took and whether it had a value come.
func (y *yielding) tried(took time.Duration, came bool) {
	switch {
	case took > yieldTime:
		y.waits = -int16(min(yieldRest*(took/yieldTime), math.MaxInt16))
	case came:
		y.waits = yieldEvery - 1
	default:
		y.waits = 0
	}
}

// yieldFor lets other goroutines run, and reports whether that had a value come
// on ch. It is not inlined, to spare the stack of those who wait.
//
//go:noinline
func yieldFor[T any](g *G, ch <-chan T) (v T, ok, came bool) {
	took := yield()
	select {
	case v, ok = <-ch:
		came = true
	default:
	}
	g.yields.tried(took, came)
	return v, ok, came
}

// yield lets other goroutines run and returns how long that took.
func yield() time.Duration {
	start := nanotime()
	runtime.Gosched()
	return time.Duration(nanotime() - start)
}
