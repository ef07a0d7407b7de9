package worker

import (
	"encoding/binary"
	"syscall"
)

// limitData does nothing: macOS does not enforce RLIMIT_DATA, so the memory
// watch has to do.
func limitData(int64) error { return nil }

// tightenData does nothing either, and says so.
func tightenData() bool { return false }

// machineMemory is what the machine has in bytes; 0 if it cannot be found out.
func machineMemory() int64 {
	text, err := syscall.Sysctl("hw.memsize")
	if err != nil || len(text) > 8 {
		return 0
	}
	// Sysctl takes the number for a string and cuts a trailing zero byte.
	var b [8]byte
	copy(b[:], text)
	return int64(binary.LittleEndian.Uint64(b[:]))
}
