package goruntime

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// Beyond those of the assembly function, slots are made as they are needed, in
// blocks, where the processor and the system are known: machine code in memory of
// its own, which does what the assembly does. The runtime does not know it. It
// never sees it on a stack, because a slot has no frame and calls nothing, and it
// does not preempt a goroutine in it.

// moreBlock is how many slots are made at a time.
const moreBlock = 4096

// A slotBlock is moreBlock slots.
type slotBlock struct {
	code  uintptr                    // of the first
	words *[moreBlock]unsafe.Pointer // what the code reads; no Go memory
	keep  [moreBlock]unsafe.Pointer  // the same, for the garbage collector
}

var more struct {
	mu     sync.Mutex // held to add one
	blocks atomic.Pointer[[]*slotBlock]
}

func moreBlocks() []*slotBlock {
	if p := more.blocks.Load(); p != nil {
		return *p
	}
	return nil
}

// GrowSlots sees to it that all slots from MoreSlots up to, and without, number
// end are there. It fails where they cannot be made.
func GrowSlots(end int) error {
	more.mu.Lock()
	defer more.mu.Unlock()
	blocks := moreBlocks()
	for MoreSlots+len(blocks)*moreBlock < end {
		b, err := newSlotBlock()
		if err != nil {
			return err
		}
		blocks = append(blocks[:len(blocks):len(blocks)], b)
	}
	more.blocks.Store(&blocks)
	return nil
}

// setMore makes slot i of those that are made call f, a function word, and returns
// its address.
func setMore(i int, f unsafe.Pointer) unsafe.Pointer {
	b := moreBlocks()[i/moreBlock]
	i %= moreBlock
	b.keep[i] = f
	b.words[i] = f
	addr := b.code + uintptr(i)*slotSize
	return *(*unsafe.Pointer)(unsafe.Pointer(&addr))
}

// isMore reports whether pc is that of a slot that was made.
func isMore(pc uintptr) bool {
	for _, b := range moreBlocks() {
		if pc-b.code < moreBlock*slotSize {
			return true
		}
	}
	return false
}
