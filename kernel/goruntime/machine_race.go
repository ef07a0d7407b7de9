//go:build race

package goruntime

import (
	"runtime"
	"unsafe"
)

// The race detector does not know that who is pinned to a processor has its stack for
// machine code alone.

func raceAcquire(c *MachineContext) { runtime.RaceAcquire(unsafe.Pointer(c)) }

func raceRelease(c *MachineContext) { runtime.RaceReleaseMerge(unsafe.Pointer(c)) }
