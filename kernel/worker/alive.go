package worker

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

const (
	// listenEvery is how often a child that has something to do is looked at.
	listenEvery = 250 * time.Millisecond
	// silence is how long a child may say nothing before it is asked whether
	// it hears.
	silence = 500 * time.Millisecond
	// deafAfter is how long a child may leave that question unanswered. Its
	// reader waits for nothing but the channel.
	deafAfter = 2 * time.Second
	// deafBusy is the same for a child that has the processors to itself, or
	// waits for them: with thousands of goroutines that never wait, the reader
	// has its turn late.
	deafBusy = 30 * time.Second
)

// channelClosed is why a child is ended that can be told nothing any more.
const channelClosed = "the process that runs the cells closed its channel to the kernel"

// listenPing is the number of the question whether the child hears; others are
// asked by captures, which count from one.
const listenPing = 0

// hearing watches whether a child hears what it is told.
type hearing struct {
	heard atomic.Int64 // when the child last said anything, in ns since begin
	begin time.Time
}

func newHearing() *hearing { return &hearing{begin: time.Now()} }

// note is called for everything that the child says.
func (h *hearing) note() { h.heard.Store(int64(time.Since(h.begin))) }

// silent is for how long the child has said nothing.
func (h *hearing) silent() time.Duration {
	return time.Since(h.begin) - time.Duration(h.heard.Load())
}

// listen ends a child that is alive but deaf: stopped by a signal, or without
// its end of the channel. It looks while calls wait for an answer.
func (c *child) listen() {
	ticker := time.NewTicker(listenEvery)
	defer ticker.Stop()
	var asked time.Time // zero when no question is open
	var before activity
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-c.waited:
			return
		case <-ticker.C:
		}
		switch {
		case c.stdio[1].reporting(): // it is about to end, and hears nothing
			asked = time.Time{}
		case !c.expecting() || !asked.IsZero() && c.hearing.silent() < time.Since(asked):
			asked = time.Time{}
		case asked.IsZero() && c.hearing.silent() > silence:
			asked, before = time.Now(), activityOf(c.cmd.Process.Pid)
			if c.conn.send(true, kindPing, listenPing, nil) != nil {
				c.kill(channelClosed)
				return
			}
		case asked.IsZero():
		default:
			if reason := deaf(before, activityOf(c.cmd.Process.Pid), time.Since(asked)); reason != "" {
				c.kill(reason)
				return
			}
		}
	}
}

// expecting says whether the child, once it serves, owes an answer.
func (c *child) expecting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ready && !c.dying && len(c.calls) > 0
}

// activity is what a process has done so far.
type activity struct {
	known   bool
	stopped bool          // by a signal
	blocked bool          // waits for a disk, perhaps for its own memory
	ran     time.Duration // on a processor, or waiting for one
}

// deaf says why a child that has left a question open for so long will not
// answer it any more, or "".
func deaf(before, now activity, open time.Duration) string {
	const explanation = "the process that runs the cells does not answer any more"
	busy := !now.known || now.blocked || now.ran-before.ran > open/20
	switch {
	case open < deafAfter:
		return ""
	case now.stopped:
		return explanation + ": a signal has stopped it"
	case !busy || open > deafBusy:
		return fmt.Sprintf("%s (for %.0f seconds). Something in it has closed or taken over its channel to the kernel", explanation, (open + silence).Seconds())
	}
	return ""
}

// parentEvery is how often the child looks whether its supervisor is alive where
// the system does not tell. Mostly the end of the channel tells it at once.
const parentEvery = time.Second

// awaitOrphaned returns when the supervisor is gone, or done is closed.
func awaitOrphaned(parent int, done <-chan struct{}) (orphaned bool) {
	if ended, ok := processEnds(parent, done); ok {
		return ended
	}
	ticker := time.NewTicker(parentEvery)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return false
		case <-ticker.C:
			if os.Getppid() != parent {
				return true
			}
		}
	}
}
