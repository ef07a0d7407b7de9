//go:build unix && !linux

package worker

import "syscall"

// processAttributes puts the child into a process group of its own, so that
// all that it starts can be ended with it. When the supervisor dies, the child
// sees the end of the channel.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
