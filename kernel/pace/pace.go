// Package pace has garbage collected less often for a while: while packages are
// loaded, of which nearly all stays. To look through it again and again takes a third
// of the time in a process that is small before.
//
// It knows the runtime's setting, and nothing of what is loaded.
package pace

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// Bounds on how much may be made before garbage is collected.
const (
	room        = 64 << 20
	mostPercent = 1600 // that much, where the heap is as small as can be
)

// A Pace is how often garbage is collected, as a session sees it. It is safe for
// concurrent use.
type Pace struct {
	mu       sync.Mutex
	relaxed  *int // what identifies the relaxation, or nil
	was, now int  // percentages, while relaxed
}

// Relax has garbage collected once some 64 MB have been made, and as before from then
// on, or from [Pace.End] on. Limits of memory hold all the time.
func (p *Pace) Relax() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.relaxed != nil {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := mostPercent
	if live[0].Value.Kind() == metrics.KindUint64 {
		percent = min(percent, int(100*room/max(live[0].Value.Uint64(), 1)))
	}
	was := debug.SetGCPercent(percent)
	if was < 0 || was >= percent {
		debug.SetGCPercent(was)
		return
	}
	p.was, p.now = was, percent
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
	if p.relaxed == nil {
		return
	}
	p.relaxed = nil
	if now := debug.SetGCPercent(p.was); now != p.now {
		debug.SetGCPercent(now) // somebody else has set it
	}
}

// SetPercent is [debug.SetGCPercent] for the session's programs, who never see what
// Relax sets.
func (p *Pace) SetPercent(percent int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.endNow()
	return debug.SetGCPercent(percent)
}
