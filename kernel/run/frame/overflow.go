package frame

import (
	"fmt"
	"math/bits"
	"runtime/debug"

	"github.com/gosched/gosched/kernel/goruntime"
)

// Endless recursion ends the process. The runtime's report would name the
// interpreter's calls, so the end of the stack is noticed a little before.

// maxDepth is how many nested calls overflow the stack where nobody knows how
// large it is.
const maxDepth = 500_000

// A stackLimit is how many bytes a goroutine's stack may have.
type stackLimit struct {
	stated int     // debug.SetMaxStack's
	usable uintptr // by interpreted calls
}

// currentStackLimit is the process's. The runtime doubles a stack that is too
// small, so no more than a power of two is ever used; some of it is left for the
// calls until the next look, and for compiled code.
func currentStackLimit() stackLimit {
	const most = 1_000_000_000 // the runtime's own
	stated := debug.SetMaxStack(most)
	debug.SetMaxStack(stated)
	usable := uintptr(1) << (bits.Len(uint(max(stated, 1))) - 1)
	return stackLimit{stated, usable - usable/16}
}

// checkStack ends the process if the stack is full.
func (t *Thread) checkStack() {
	if t.depth == 0 {
		return
	}
	t.deeper()
	limit := &t.World.stack
	if t.World.Knows.stackBounds && goruntime.StackUsed() < limit.usable || !t.World.Knows.stackBounds && t.depth <= maxDepth {
		return
	}
	t.overflow()
}

func (t *Thread) overflow() {
	t.Fatal(fmt.Sprintf("runtime: goroutine stack exceeds %d-byte limit\n", t.World.stack.stated), "stack overflow")
}
