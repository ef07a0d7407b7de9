package goruntime

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// Channels that are made in a bubble of testing/synctest say so, in the word behind
// the queue of those who wait to send: nobody outside may use them, or the process
// ends. But one who is stopped has to be woken from outside.

func bubbleWord(c unsafe.Pointer) *uintptr {
	return (*uintptr)(unsafe.Add(c, chanWords().sendq+2*word))
}

// InBubble reports whether the channel with word c was made in a bubble.
func InBubble(c unsafe.Pointer) bool { return atomic.LoadUintptr(bubbleWord(c)) != 0 }

// LeaveBubble has the channel with word c be one like others.
func LeaveBubble(c unsafe.Pointer) { atomic.StoreUintptr(bubbleWord(c), 0) }

func checkBubbles() error {
	if !chanWords().ok {
		return errors.New("channels are not known")
	}
	// That it is the right word is seen in a bubble only, which a test has.
	for _, n := range []int{0, 3} {
		if ch := make(chan int, n); InBubble(ChanWord(ch)) {
			return errors.New("a channel outside of a bubble")
		}
	}
	return nil
}
