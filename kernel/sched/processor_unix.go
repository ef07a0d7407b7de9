//go:build unix

package sched

import (
	"syscall"
	"time"
)

// processorTime is how long threads of the process have been running on processors.
func processorTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return time.Duration(nanotime())
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
