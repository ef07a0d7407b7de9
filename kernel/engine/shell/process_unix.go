//go:build unix

package shell

import (
	"os"
	"syscall"
)

// possible says why there are no programs here, if that is so.
func possible() error { return nil }

// attributes puts a program into a process group of its own, so that an interrupt
// reaches all that it has started.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func interrupt(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGINT) }

func kill(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
