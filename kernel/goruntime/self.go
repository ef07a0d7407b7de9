package goruntime

import (
	"bytes"
	"errors"
	"runtime"
	"strconv"
)

// selfByText is Self in a way that works on every architecture, in a
// microsecond: it reads the number in the first line of the goroutine's
// traceback, which begins with "goroutine 17 [running]:".
func selfByText() uintptr {
	var buf [64]byte
	_, rest, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	n, _ := strconv.ParseUint(string(digits), 10, 64)
	return uintptr(n)
}

func checkSelf() error { return tellsApart(Self) }

func tellsApart(self func() uintptr) error {
	here := self()
	other, done := make(chan uintptr), make(chan bool)
	defer close(done)
	go func() {
		other <- self()
		other <- self()
		<-done
	}()
	there, again := <-other, <-other
	runtime.Gosched()
	if now := self(); here == 0 || there == 0 || here == there || there != again || here != now {
		return errors.New("goroutines look alike")
	}
	return nil
}
