package worker

import (
	"bytes"
	"os"
	"strconv"
)

// marked lists the processes that have the mark in their environment, zombies
// left out.
func marked(mark string) (pids []int) {
	if mark == "" {
		return nil
	}
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		// A zombie's is empty, and another account's cannot be read.
		environ, err := os.ReadFile("/proc/" + name + "/environ")
		if err == nil && hasEntry(environ, mark) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// hasEntry finds an entry in an environment as /proc shows it.
func hasEntry(environ []byte, entry string) bool {
	for e := range bytes.SplitSeq(environ, []byte{0}) {
		if string(e) == entry {
			return true
		}
	}
	return false
}
