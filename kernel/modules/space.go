package modules

import (
	"errors"
	"syscall"
)

// noSpace reports whether something could not be written for want of space.
func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
