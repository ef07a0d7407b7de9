package instead

import (
	"strings"

	"github.com/gosched/gosched/kernel/sched/stopping"
)

// Methods of what has deadlines, connections and files, are known by their names.

// WaitsFor says what deadline a method of that name waits for, or 0.
func WaitsFor(name string) stopping.Direction {
	switch {
	case strings.HasPrefix(name, "Read"), strings.HasPrefix(name, "Accept"):
		return stopping.Reading
	case strings.HasPrefix(name, "Write"):
		return stopping.Writing
	case name == "Handshake":
		return stopping.Reading | stopping.Writing
	}
	return 0
}

// DeadlineSet says what deadline a method of that name sets, or 0.
func DeadlineSet(name string) stopping.Direction {
	switch name {
	case "SetDeadline":
		return stopping.Reading | stopping.Writing
	case "SetReadDeadline":
		return stopping.Reading
	case "SetWriteDeadline":
		return stopping.Writing
	}
	return 0
}
