//go:build !unix

package check

import "time"

var began = time.Now()

// spent is what a clock shows: how much of it was this process's is not known here.
func spent() time.Duration { return time.Since(began) }
