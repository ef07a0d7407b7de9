package worker

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// activityOf reads what a process has done from /proc.
func activityOf(pid int) (a activity) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return a
	}
	// The state comes after the name, which may contain anything.
	_, after, ok := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(") "))
	if !ok || len(after) == 0 {
		return a
	}
	a.known = true
	a.stopped = after[0] == 'T' || after[0] == 't'
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil {
		return a
	}
	for _, task := range tasks {
		if state, err := os.ReadFile(task + "/stat"); err == nil {
			if i := bytes.LastIndex(state, []byte(") ")); i >= 0 && i+2 < len(state) && state[i+2] == 'D' {
				a.blocked = true
			}
		}
		// "time on a processor, time waiting for one, slices", in ns.
		times, err := os.ReadFile(task + "/schedstat")
		fields := bytes.Fields(times)
		if err != nil || len(fields) < 2 {
			a.known = false
			return a
		}
		for _, field := range fields[:2] {
			n, _ := strconv.ParseInt(string(field), 10, 64)
			a.ran += time.Duration(n)
		}
	}
	return a
}

// sysPidfdOpen is pidfd_open, which has the same number everywhere.
const sysPidfdOpen = 434

// processEnds waits until the process that is now the parent has ended, or done
// is closed, without looking again and again. ok is unset where the system cannot
// do that.
func processEnds(parent int, done <-chan struct{}) (ended, ok bool) {
	fd, _, errno := syscall.Syscall(sysPidfdOpen, uintptr(parent), syscall.O_NONBLOCK, 0)
	if errno != 0 {
		return false, false
	}
	f := os.NewFile(fd, "supervisor")
	defer f.Close()
	if os.Getppid() != parent {
		return true, true // and the number may be another's
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return false, false
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-done:
			_ = f.SetReadDeadline(time.Now())
		case <-stop:
		}
	}()
	asked := false
	err = raw.Read(func(uintptr) bool { // such a descriptor can be read when the process has ended
		again := asked
		asked = true
		return again
	})
	select {
	case <-done:
		return false, true
	default:
	}
	// An error is the program's doing, which has closed what is not its own.
	return os.Getppid() != parent, err == nil
}
