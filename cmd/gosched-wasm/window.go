//go:build js

package main

import "sync"

// mostUnseen is how much output may be on its way to the page, in bytes.
const mostUnseen = 64 << 10

// A window holds output back that the page has no time for.
type window struct {
	mu     sync.Mutex
	room   *sync.Cond
	unseen int
	closed bool
}

func newWindow() *window {
	w := &window{}
	w.room = sync.NewCond(&w.mu)
	return w
}

// pass waits until there is room for so much output. However much it is, it passes when
// nothing else is on its way.
func (w *window) pass(size int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.unseen > 0 && w.unseen+size > mostUnseen && !w.closed {
		w.room.Wait()
	}
	w.unseen += size
}

// seen says that output has been shown. It is called by JavaScript, and so must not wait;
// nobody waits with the lock.
func (w *window) seen(size int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unseen -= size
	w.room.Broadcast()
}

// open lets all output pass.
func (w *window) open() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.room.Broadcast()
}
