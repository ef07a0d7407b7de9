// Package pace has garbage collected less often than a program's percentage says: where
// it comes fast while little is there, and while packages are loaded, of which nearly all
// stays. To look through it again and again takes a third of the time in a process that
// is small before.
//
// It knows the runtime's setting, and nothing of what is loaded.
package pace

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// Bounds on how much may be made before garbage is collected.
const (
	least    = 24 << 20 // where it comes fast: to start 100,000 goroutines takes 0.8 of the time
	room     = 64 << 20 // while relaxed
	smallest = 4 << 20  // as large a heap counts at least
)

// quick is within what time after the last collection another one is soon.
const quick = 100 * time.Millisecond

// A Pace is how often garbage is collected, as a session sees it. It is safe for
// concurrent use.
type Pace struct {
	mu      sync.Mutex
	spares  bool      // see Spare
	last    time.Time // when garbage was collected
	relaxed *int      // what identifies the relaxation, or nil

	ours     bool // a percentage is set here, and was is the program's
	was, now int
}

// Spare has garbage collected once some 24 MB have been made, from now on and as long as
// it comes fast, until the program sets a percentage of its own. Limits of memory hold all
// the time.
func (p *Pace) Spare() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.spares {
		p.spares = true
		p.watch()
	}
}

// watch has collected called after the next collection.
func (p *Pace) watch() {
	runtime.AddCleanup(new([16]byte), (*Pace).collected, p)
}

func (p *Pace) collected() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.spares {
		return
	}
	now := time.Now()
	soon := now.Sub(p.last) < quick
	p.last = now
	switch {
	case p.relaxed != nil:
	case soon:
		p.set(least)
	default:
		p.restore()
	}
	p.watch()
}

// set has the percentage be such that so much may be made, or the program's where that
// is more.
func (p *Pace) set(bytes uint64) {
	if !p.ours {
		p.was = debug.SetGCPercent(-1)
		p.now, p.ours = -1, true
	}
	percent := p.was
	if percent >= 0 {
		percent = max(percent, percentFor(bytes))
	}
	p.change(percent)
}

// restore sets the program's percentage.
func (p *Pace) restore() {
	if p.ours {
		p.change(p.was)
		p.ours = false
	}
}

// change sets a percentage, unless somebody else has set one meanwhile, which stays.
func (p *Pace) change(percent int) {
	if percent == p.now {
		return
	}
	if now := debug.SetGCPercent(percent); now != p.now {
		debug.SetGCPercent(now)
		p.spares, p.was, percent = false, now, now
	}
	p.now = percent
}

// percentFor is by how much the heap, as the last collection has left it, grows when so
// much is made.
func percentFor(bytes uint64) int {
	sample, live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, uint64(smallest)
	metrics.Read(sample)
	if sample[0].Value.Kind() == metrics.KindUint64 {
		live = max(live, sample[0].Value.Uint64())
	}
	return int(100 * bytes / live)
}

// Relax has garbage collected once some 64 MB have been made, and as before from then
// on, or from [Pace.End] on. Limits of memory hold all the time.
func (p *Pace) Relax() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.relaxed != nil {
		return
	}
	p.set(room)
	p.relaxed = new(int)
	// The first collection finds this to be garbage.
	runtime.AddCleanup(new([16]byte), p.end, p.relaxed)
}

// End has garbage collected as before.
func (p *Pace) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.endNow()
}

// end is the end of one relaxation.
func (p *Pace) end(which *int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.relaxed == which {
		p.endNow()
	}
}

func (p *Pace) endNow() {
	if p.relaxed != nil {
		p.relaxed = nil
		p.restore()
	}
}

// SetPercent is [debug.SetGCPercent] for the session's programs, who never see what
// is set here.
func (p *Pace) SetPercent(percent int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spares, p.relaxed = false, nil
	p.restore()
	return debug.SetGCPercent(percent)
}
