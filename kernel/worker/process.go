package worker

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// killGroup ends every process of the group that pid leads or led.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// killOwnGroup ends this process and all of its group, if it leads one.
func killOwnGroup() {
	if syscall.Getpgrp() == os.Getpid() {
		killGroup(os.Getpid())
	}
}

// keepDescriptors keeps this process's descriptors from its children. Go opens
// files that way in the first place; this is about those that were inherited
// from whoever started this process.
func keepDescriptors() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd) // harmless if it has been closed meanwhile
		}
	}
}

// setBlocking makes writes to a pipe wait for room.
func setBlocking(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = raw.Control(func(fd uintptr) { set = syscall.SetNonblock(int(fd), false) })
	return errors.Join(err, set)
}

// childEnvironment is env without what user code has no business with: the
// variables that Jupyter gives the kernel process itself (JPY_…), paths of
// connection files (…CONNECTION_FILE…), and Jupyter's and JupyterHub's keys
// (JUPYTER… and CONFIGPROXY… ending in _TOKEN, _KEY, _PASSWORD or _SECRET).
// GOTRACEBACK is set so that Go's reports have the form that is read here.
func childEnvironment(env []string) []string {
	var out []string
	// A goroutine's label says in the runtime's reports which cell it is of.
	labels := "GODEBUG=tracebacklabels=1"
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if name == "GODEBUG" {
			labels = entry + "," + labels[len("GODEBUG="):]
			continue
		}
		if name != "GOTRACEBACK" && !withheld(name) {
			out = append(out, entry)
		}
	}
	return append(out, "GOTRACEBACK=single", labels)
}

func withheld(name string) bool {
	name = strings.ToUpper(name)
	if strings.HasPrefix(name, "JPY_") || strings.Contains(name, "CONNECTION_FILE") {
		return true
	}
	if !strings.HasPrefix(name, "JUPYTER") && !strings.HasPrefix(name, "CONFIGPROXY") {
		return false
	}
	for _, end := range []string{"_TOKEN", "_KEY", "_PASSWORD", "_SECRET"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
