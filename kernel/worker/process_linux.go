package worker

import "syscall"

// processAttributes puts the child into a process group of its own, so that
// all that it starts can be ended with it. When the supervisor dies, the child
// sees the end of the channel and ends what it has started before itself: a
// signal of the system's would give it no time for that. A child that is stopped
// at that moment is woken and hung up by the system, since its group has lost its
// parent.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
