package goruntime

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBubbles(t *testing.T) {
	if !Check().Holds(Bubbles) {
		t.Fatal("the fact does not hold")
	}
	out := make(chan chan int, 1)
	outside := make(chan int)
	go func() {
		ch := <-out
		time.Sleep(time.Millisecond)
		close(ch)
	}()
	synctest.Test(t, func(t *testing.T) {
		ch := make(chan int)
		if !InBubble(ChanWord(ch)) || InBubble(ChanWord(outside)) {
			t.Error("a channel of a bubble is not told from others")
		}
		LeaveBubble(ChanWord(ch))
		if InBubble(ChanWord(ch)) {
			t.Error("a channel does not leave its bubble")
		}
		out <- ch
		<-ch
	})
}
