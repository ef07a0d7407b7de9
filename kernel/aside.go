package kernel

import (
	"context"
	"sync"
	"time"
)

// What people ask while they type is answered beside a cell that runs, from what the
// session knows then, since a cell may run for hours. The order in which a client has
// asked is kept for cells that end soon.

// asideAfter is how long a question waits for the cell before it.
const asideAfter = 100 * time.Millisecond

// isAside says whether a request is a question that need not wait for a cell.
func isAside(msgType string) bool {
	switch msgType {
	case "complete_request", "inspect_request", "is_complete_request":
		return true
	}
	return false
}

// A running is the cell that a subshell runs, if it does.
type running struct {
	mu    sync.Mutex
	cell  *request
	since time.Time
	ended chan struct{}
}

func (x *running) begin(r *request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cell, x.since, x.ended = r, time.Now(), make(chan struct{})
}

// cell is the cell that runs, or nil.
func (s *subshell) cell() *request {
	s.running.mu.Lock()
	defer s.running.mu.Unlock()
	return s.running.cell
}

// settle waits until the running cell has ended or has run for a while.
func (s *subshell) settle(ctx context.Context) {
	s.running.mu.Lock()
	cell, rest, ended := s.running.cell, asideAfter-time.Since(s.running.since), s.running.ended
	s.running.mu.Unlock()
	if cell == nil || rest <= 0 {
		return
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// runAsides answers questions that have come while a cell runs.
func (k *Kernel) runAsides(ctx context.Context) {
	for {
		r := k.asides.pop(ctx)
		if r == nil {
			return
		}
		r.sub.settle(ctx)
		k.serve(ctx, r)
	}
}

// idle tells front ends that work on a request is over. They take that for the whole
// kernel, whatever channel it was on, so they are told again that it is busy where it
// is with a cell.
func (k *Kernel) idle(r *request) {
	if r.sub == nil {
		k.announce(r, k.statusMessage(r.RawHeader, "idle"))
	} else {
		x := &r.sub.running
		x.mu.Lock()
		k.announce(r, k.statusMessage(r.RawHeader, "idle"))
		if x.cell == r {
			x.cell = nil
			close(x.ended)
		}
		x.mu.Unlock()
	}
	k.stillBusy()
}

// stillBusy tells that a cell runs, if one does: the main shell's or another's.
func (k *Kernel) stillBusy() {
	k.mu.Lock()
	shells := []*subshell{k.main}
	for _, id := range k.order {
		shells = append(shells, k.subshells[id])
	}
	k.mu.Unlock()
	for _, s := range shells {
		s.running.mu.Lock() // its idle comes after this
		cell := s.running.cell
		if cell != nil {
			k.status(cell.RawHeader, "busy")
		}
		s.running.mu.Unlock()
		if cell != nil {
			return
		}
	}
}
