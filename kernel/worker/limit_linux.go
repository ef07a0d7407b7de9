package worker

import (
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// rlimitData is RLIMIT_DATA, which package syscall does not name on every
// architecture. Since Linux 4.7 it bounds all private writable memory, which is
// what Go's heap, stacks and tables are; unlike RLIMIT_AS it does not count the
// address space that Go only reserves.
const rlimitData = 2

// limitData makes the system refuse memory beyond limit bytes more than this
// process now has. Go answers a refusal with "fatal error: out of memory" and
// the goroutine that wanted it.
func limitData(limit int64) error {
	// Should the machine itself run out, better this process than the
	// supervisor, which would take the kernel with it.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("500"), 0)
	if raceEnabled {
		return nil // the detector's shadow takes several times the heap
	}
	now, err := dataSize()
	if err != nil {
		return nil // no /proc: the memory watch has to do
	}
	return setDataLimit(uint64(now + limit + headroom(limit) + threadSlack))
}

// tightenData lets the process have no more memory than it has. It reports
// whether the system sees to that.
func tightenData() bool {
	if raceEnabled {
		return false
	}
	now, err := dataSize()
	return err == nil && setDataLimit(uint64(now)) == nil
}

func setDataLimit(bytes uint64) error {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(rlimitData, &r); err != nil {
		return fmt.Errorf("read memory limit: %w", err)
	}
	r.Cur = min(bytes, r.Max)
	if err := syscall.Setrlimit(rlimitData, &r); err != nil {
		return fmt.Errorf("set memory limit: %w", err)
	}
	return nil
}

// dataSize is the size of this process's private writable memory in bytes.
func dataSize() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 6 {
		return 0, fmt.Errorf("statm has %d fields", len(fields))
	}
	pages, err := strconv.ParseInt(fields[5], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// machineMemory is what the machine has, or this process's control group if
// that is less, in bytes; 0 if it cannot be found out.
func machineMemory() int64 {
	var has int64
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		has = int64(uint64(info.Totalram) * uint64(info.Unit))
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return has
	}
	if n := groupMemory(string(groups), os.ReadFile); n > 0 && (has == 0 || n < has) {
		has = n
	}
	return has
}

// groupMemory finds the least memory limit of the control groups in the text of
// /proc/self/cgroup and their parents, for both versions of control groups; 0
// if there is none.
func groupMemory(groups string, read func(string) ([]byte, error)) int64 {
	var least int64
	for line := range strings.Lines(groups) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		var root, file string
		switch {
		case fields[0] == "0" && fields[1] == "":
			root, file = "/sys/fs/cgroup", "memory.max"
		case strings.Contains(","+fields[1]+",", ",memory,"):
			root, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		// In a container the path is often that of the host, and only its
		// parent, the root, exists here.
		for dir := path.Clean("/" + fields[2]); ; dir = path.Dir(dir) {
			if text, err := read(path.Join(root, dir, file)); err == nil {
				n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
				if err == nil && n > 0 && (least == 0 || n < least) {
					least = n
				}
			}
			if dir == "/" {
				break
			}
		}
	}
	return least
}
