//go:build !unix && !js

package shell

import (
	"os"
	"syscall"
)

func possible() error { return nil }

func attributes() *syscall.SysProcAttr { return nil }

func interrupt(p *os.Process) { _ = p.Kill() }

func kill(p *os.Process) { _ = p.Kill() }
