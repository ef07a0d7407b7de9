package goruntime

import (
	"errors"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

// A waiter begins with its goroutine and the next waiter.
const nextWaiter = 8

// ChanWaiters returns the first two goroutines, as [Self] tells them, that wait at a
// channel to send or to receive, or 0. Both may be about to be let go on.
func ChanWaiters(c unsafe.Pointer, send bool) (first, second uintptr) {
	l := chanWords()
	at := l.recvq
	if send {
		at = l.sendq
	}
	w := atomic.LoadPointer((*unsafe.Pointer)(unsafe.Add(c, at)))
	if w == nil {
		return 0, 0
	}
	first = atomic.LoadUintptr((*uintptr)(w))
	if next := atomic.LoadPointer((*unsafe.Pointer)(unsafe.Add(w, nextWaiter))); next != nil {
		second = atomic.LoadUintptr((*uintptr)(next))
	}
	return first, second
}

func checkChanQueues() error {
	if !chanWords().ok {
		return errors.New("where a channel has those who wait")
	}
	for _, send := range []bool{false, true} {
		ch := make(chan int)
		c := ChanWord(ch)
		who, done := make(chan uintptr), make(chan struct{})
		wait := func() {
			who <- Self()
			if send {
				ch <- 1
			} else {
				<-ch
			}
			done <- struct{}{}
		}
		if a, b := ChanWaiters(c, send); a != 0 || b != 0 {
			return errors.New("a channel at which nobody waits")
		}
		go wait()
		first := <-who
		found := awaitWaiters(c, send, first, 0)
		go wait()
		second := <-who
		found = found && awaitWaiters(c, send, first, second)
		other, _ := ChanWaiters(c, !send)
		for range 2 {
			if send {
				<-ch
			} else {
				ch <- 1
			}
			<-done
		}
		if !found || other != 0 {
			return errors.New("those who wait at a channel")
		}
	}
	return nil
}

func awaitWaiters(c unsafe.Pointer, send bool, first, second uintptr) bool {
	for end := time.Now().Add(time.Second); time.Now().Before(end); runtime.Gosched() {
		if a, b := ChanWaiters(c, send); a == first && b == second {
			return true
		}
	}
	return false
}
