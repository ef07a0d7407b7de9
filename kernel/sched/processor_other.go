//go:build !unix

package sched

import "time"

// processorTime is how long the process has been running.
func processorTime() time.Duration { return time.Duration(nanotime()) }
