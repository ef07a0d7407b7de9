package wire

import (
	"runtime/debug"
	"sync"
	"time"
)

// A budget bounds what is kept for all peers together, in bytes. When there is
// too much, it is the peer for which most is kept that goes: so there is always
// room for a small message, whatever others have sent.
type budget struct {
	lim limits

	mu              sync.Mutex
	kept            map[*peer]int
	total, stranger int // of all, and of those whom nothing vouches for
	peak            int // most since memory was given back
	cleaning        bool
	release         func() // gives memory back to the system
}

func newBudget(lim limits) *budget {
	return &budget{lim: lim, kept: make(map[*peer]int), release: debug.FreeOSMemory}
}

// largeHoard is from how many bytes on what peers had is given back to the
// system when it is over: collections alone may leave it for minutes.
const largeHoard = 16 << 20

// add counts n more bytes, or fewer, for p, and returns who has to go so that
// the rest is within bounds; nil for nobody.
func (b *budget) add(p *peer, n int) (victim *peer) {
	if n == 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(p, n)
	switch {
	case n < 0:
		return nil
	case b.stranger > b.lim.stranger:
		victim = b.largest(func(p *peer) bool { return !p.vouched.Load() })
	case b.total > b.lim.kept:
		victim = b.largest(func(*peer) bool { return true })
	}
	if victim != nil {
		b.forget(victim)
	}
	return victim
}

func (b *budget) change(p *peer, n int) {
	if p.forgotten {
		return
	}
	b.kept[p] += n
	if b.kept[p] == 0 {
		delete(b.kept, p)
	}
	b.total += n
	if !p.vouched.Load() {
		b.stranger += n
	}
	b.peak = max(b.peak, b.total)
	if b.peak >= largeHoard && b.total < b.peak/4 && !b.cleaning {
		b.cleaning = true
		time.AfterFunc(time.Second, b.clean)
	}
}

func (b *budget) clean() {
	b.release()
	b.mu.Lock()
	b.peak, b.cleaning = b.total, false
	b.mu.Unlock()
}

func (b *budget) largest(among func(*peer) bool) (victim *peer) {
	for p, n := range b.kept {
		if among(p) && (victim == nil || n > b.kept[victim]) {
			victim = p
		}
	}
	return victim
}

// vouch moves what is kept for p to those who are vouched for.
func (b *budget) vouch(p *peer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.vouched.CompareAndSwap(false, true) {
		b.stranger -= b.kept[p]
	}
}

// leave gives back all that is kept for p, for good.
func (b *budget) leave(p *peer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(p)
}

func (b *budget) forget(p *peer) {
	b.change(p, -b.kept[p])
	p.forgotten = true
}
