package frame

import "runtime"

// In JavaScript one thread runs everything and nothing is preempted, so that
// each goroutine has a share of loops and calls, after which others may have a turn.

// A share is how many loops and calls are left of it, and how many it was.
type share struct{ left, full int32 }

// Due reports whether the goroutine has to attend to the scheduler: asked at
// loops and calls.
func (t *Thread) Due() bool {
	t.share.left--
	return t.share.left < 0 || t.G.Due()
}

// yielded gives others a turn if it is theirs, and reports whether that was all
// there was to do.
func (t *Thread) yielded() bool {
	if t.share.left >= 0 {
		return false
	}
	t.share.full = t.G.Turn(t.share.full)
	t.share.left = t.share.full
	return !t.G.Due()
}

// stackLooks is after how many nested calls a goroutine looks at its stack.
const stackLooks = 128

// deeper is called after each stackLooks nested calls. Calls are on JavaScript's
// stack too, which is small and cannot grow; a goroutine that has let others run
// begins there anew.
func (t *Thread) deeper() { runtime.Gosched() }

// Rest lets others run, after so many loops and calls elsewhere that it is their turn.
func (t *Thread) Rest() {
	t.share.left = 0 // so that JavaScript is thought of, too
	runtime.Gosched()
}
