//go:build !js

package frame

import "runtime"

// Due reports whether the goroutine has to attend to the scheduler: asked at
// loops and calls.
func (t *Thread) Due() bool { return t.G.Due() }

// A share is nothing where goroutines run on threads that can be preempted.
type share struct{}

// yielded gives others a turn if it is theirs, and reports whether that was all
// there was to do.
func (t *Thread) yielded() bool { return false }

// stackLooks is after how many nested calls a goroutine looks at its stack.
const stackLooks = 1024

// deeper is called after each stackLooks nested calls.
func (t *Thread) deeper() {}

// Rest lets others run: somebody has asked the goroutine to stop.
func (t *Thread) Rest() { runtime.Gosched() }
