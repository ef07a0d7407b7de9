package kernelproc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Usage is what processes use together.
type Usage struct {
	// PSS is the memory that is theirs in bytes: their own, and their share of
	// what they have in common with other processes, such as the program text.
	PSS int64
	CPU time.Duration // used so far
	// Processes is how many there are.
	Processes int
}

// Add adds up.
func (u Usage) Add(v Usage) Usage {
	return Usage{PSS: u.PSS + v.PSS, CPU: u.CPU + v.CPU, Processes: u.Processes + v.Processes}
}

// clockTick is the unit of times in /proc/PID/stat: USER_HZ, which is 100 on
// every Linux that Go runs on; see proc(5) and sysconf(3).
const clockTick = 10 * time.Millisecond

// Measure returns what a process and all its descendants use. It needs Linux.
// A process that ends meanwhile counts as nothing.
func Measure(pid int) (Usage, error) {
	pids, err := Descendants(pid)
	if err != nil {
		return Usage{}, err
	}
	var total Usage
	for _, pid := range pids {
		pss, err := pss(pid)
		if gone(err) {
			continue
		} else if err != nil {
			return Usage{}, err
		}
		stat, err := readStat(pid)
		if gone(err) {
			continue
		} else if err != nil {
			return Usage{}, err
		}
		total = total.Add(Usage{PSS: pss, CPU: stat.cpu, Processes: 1})
	}
	return total, nil
}

// Descendants returns a process and all that it has started, directly or not.
func Descendants(pid int) ([]int, error) {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, errors.New("no /proc here: this needs Linux")
	}
	children := make(map[int][]int)
	for _, entry := range entries {
		child, _ := strconv.Atoi(filepath.Base(entry))
		if stat, err := readStat(child); err == nil {
			children[stat.parent] = append(children[stat.parent], child)
		}
	}
	found := []int{pid}
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found, nil
}

// gone says whether a process ended before it could be looked at.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH)
}

type stat struct {
	parent int
	cpu    time.Duration
}

// readStat reads /proc/PID/stat, in which the second field, the program's name
// in parentheses, may contain anything.
func readStat(pid int) (stat, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
	if len(fields) < 13 { // from the third on
		return stat{}, fmt.Errorf("process %d: short stat", pid)
	}
	parent, err1 := strconv.Atoi(fields[1])
	user, err2 := strconv.Atoi(fields[11])
	system, err3 := strconv.Atoi(fields[12])
	return stat{parent: parent, cpu: time.Duration(user+system) * clockTick}, errors.Join(err1, err2, err3)
}

// pss reads the proportional set size.
func pss(pid int) (int64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "Pss:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 10, 64)
			return kib << 10, err
		}
	}
	return 0, nil // a process that is about to end
}
