package goruntime

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Go does not say whether a channel is closed, nor who waits at it, without
// receiving from it. Where that is in a channel's record is found out from
// channels of which it is known.
type chanLayout struct {
	closed       uintptr // offset of the 32 bits that are not 0 when it is closed
	recvq, sendq uintptr // of the first of those who wait to receive, and to send
	ok           bool
}

// chanRecord is how many words of a channel's record are looked at.
const chanRecord = 12

var chanWords = sync.OnceValue(findChanWords)

func findChanWords() (l chanLayout) {
	if word != 8 {
		return l
	}
	ch := make(chan int64)
	c := ChanWord(ch)
	var before [2 * chanRecord]int32
	for i := range before {
		before[i] = readHalf(c, uintptr(i)*4)
	}
	close(ch)
	found := 0
	for i := range before {
		if now := readHalf(c, uintptr(i)*4); now != before[i] {
			l.closed = uintptr(i) * 4
			found++
		}
	}
	var ok bool
	if l.recvq, ok = queueOf(func(ch chan int64) { <-ch }, func(ch chan int64) { ch <- 1 }); !ok {
		return l
	}
	if l.sendq, ok = queueOf(func(ch chan int64) { ch <- 1 }, func(ch chan int64) { <-ch }); !ok {
		return l
	}
	l.ok = found == 1 && l.recvq != l.sendq
	return l
}

// queueOf finds the two words of a channel's record, the first and the last of
// a queue, that are the same pointer when one goroutine waits there.
func queueOf(wait, release func(chan int64)) (offset uintptr, ok bool) {
	ch := make(chan int64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		wait(ch)
	}()
	defer func() {
		release(ch)
		<-done
	}()
	for end := time.Now().Add(time.Second); time.Now().Before(end); runtime.Gosched() {
		for i := range uintptr(chanRecord - 1) {
			first, last := readWord(ChanWord(ch), i*word), readWord(ChanWord(ch), (i+1)*word)
			if first != 0 && first == last {
				return i * word, true
			}
		}
	}
	return 0, false
}

func readHalf(p unsafe.Pointer, offset uintptr) int32 {
	return atomic.LoadInt32((*int32)(unsafe.Add(p, offset)))
}

// ChanClosed reports whether the channel with word c, which is not nil, is
// closed.
func ChanClosed(c unsafe.Pointer) bool { return readHalf(c, chanWords().closed) != 0 }

// ChanReceivers reports whether somebody waits to receive from the channel with
// word c, which is not nil, and ChanSenders whether somebody waits to send.
func ChanReceivers(c unsafe.Pointer) bool { return readWord(c, chanWords().recvq) != 0 }

// ChanSenders is described at [ChanReceivers].
func ChanSenders(c unsafe.Pointer) bool { return readWord(c, chanWords().sendq) != 0 }

func checkChanState() error {
	if !chanWords().ok {
		return errors.New("it is not found")
	}
	ch := make(chan string, 2)
	c := ChanWord(ch)
	ch <- "text"
	if ChanClosed(c) || ChanReceivers(c) || ChanSenders(c) {
		return errors.New("a channel that is open")
	}
	close(ch)
	if !ChanClosed(c) || ChanLen(c) != 1 {
		return errors.New("a channel that is closed")
	}
	return nil
}
