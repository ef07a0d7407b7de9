package worker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Marks are what the child says of the cells that it begins, in a pipe of their own: the
// supervisor has to know when the child has died, and is not to be woken for it before.
// It takes them whenever a cell ends, so that the pipe is never full.
type marks struct{ fd int }

// newMarks returns the supervisor's end, and the child's. The runtime does not watch
// either.
func newMarks() (m *marks, theirs *os.File, err error) {
	var p [2]int
	syscall.ForkLock.RLock()
	err = syscall.Pipe(p[:])
	if err == nil {
		syscall.CloseOnExec(p[0])
		syscall.CloseOnExec(p[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("pipe: %w", err)
	}
	if err := syscall.SetNonblock(p[0], true); err != nil {
		return nil, nil, errors.Join(err, syscall.Close(p[0]), syscall.Close(p[1]))
	}
	return &marks{p[0]}, os.NewFile(uintptr(p[1]), "cells begun"), nil
}

// markSize is how many bytes a mark has: the number of a call.
const markSize = 8

// take calls begun for each mark since the last time, in order. One goroutine may call
// it at a time.
func (m *marks) take(begun func(id uint64)) {
	var buf [64 * markSize]byte
	for {
		n, err := syscall.Read(m.fd, buf[:])
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		for b := buf[:max(n, 0)]; len(b) >= markSize; b = b[markSize:] {
			begun(binary.LittleEndian.Uint64(b))
		}
		if n < len(buf) {
			return
		}
	}
}

func (m *marks) close() { _ = syscall.Close(m.fd) }

// markBegun is how the child makes a mark.
func markBegun(id uint64) {
	var b [markSize]byte
	binary.LittleEndian.PutUint64(b[:], id)
	for {
		if _, err := syscall.Write(childMarks, b[:]); !errors.Is(err, syscall.EINTR) {
			return // without a supervisor nobody wants to know
		}
	}
}

// openMarks takes over the child's end, and keeps it from processes that user code may
// start.
func openMarks() error {
	var st syscall.Stat_t
	if err := syscall.Fstat(childMarks, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFIFO {
		return ErrNotWorker
	}
	syscall.CloseOnExec(childMarks)
	return nil
}
