package shell

import (
	"errors"
	"os"
	"syscall"
)

// possible says why there are no programs here.
func possible() error {
	return errors.New("this kernel runs in the browser, which has no shell and runs no other programs; gosched on a computer of yours does")
}

func attributes() *syscall.SysProcAttr { return nil }

func interrupt(*os.Process) {}

func kill(*os.Process) {}
