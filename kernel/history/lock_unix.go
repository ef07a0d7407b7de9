//go:build linux || darwin

package history

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock takes a file for as long as it is open in this process, and does not wait for
// one that somebody else has.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
