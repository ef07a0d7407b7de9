//go:build !js

package sched

// turns is nothing where threads are preempted.
//
//lint:ignore U1000 it is something in JavaScript
type turns struct{}
