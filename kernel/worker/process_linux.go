package worker

import "syscall"

// processAttributes puts the child into a process group of its own, so that
// all that it starts can be ended with it, and has the system end it when the
// supervisor dies. (The signal is tied to the thread that forks; Go's threads
// end only with a goroutine that is locked to one, and no supervisor has any.)
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
