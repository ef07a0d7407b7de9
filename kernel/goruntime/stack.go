package goruntime

import (
	"errors"
	"unsafe"
)

// StackUsed returns how many bytes of its stack the calling goroutine uses.
func StackUsed() uintptr {
	var here byte
	low, high := stackBounds()
	if p := uintptr(unsafe.Pointer(&here)); low < p && p < high {
		return high - p
	}
	return 0 // the stack has moved in between
}

// stackBounds are those of the caller's stack, or 0 where they are not known.
func stackBounds() (low, high uintptr) {
	g := stackRecord()
	if g == 0 {
		return 0, 0
	}
	bounds := *(**[2]uintptr)(unsafe.Pointer(&g)) // the record is no Go pointer and stays where it is
	return bounds[0], bounds[1]
}

func checkStackBounds() error {
	const frame, depth = 1 << 10, 64
	var grow func(n int) (least, most uintptr)
	grow = func(n int) (least, most uintptr) {
		var room [frame]byte
		used := StackUsed()
		if n == 0 {
			return used, used
		}
		least, most = grow(n - 1 + int(room[n]))
		return min(least, used), max(most, used)
	}
	found := make(chan [2]uintptr)
	go func() { // from an empty stack, which grows and moves
		least, most := grow(depth)
		found <- [2]uintptr{least, most}
	}()
	f := <-found
	if f[0] == 0 || f[0] > 16*frame || f[1] < depth*frame || f[1] > 4*depth*frame {
		return errors.New("the bounds are others")
	}
	return nil
}
