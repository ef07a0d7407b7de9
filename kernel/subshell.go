package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// A subshell is a queue of shell requests and what is running of them (JEP
// 91). The main shell is one too.
type subshell struct {
	id    string
	owner string // session in the headers of the client that made it
	// Guarded by the kernel's lock: whether anything but messages of comms has
	// come in, and whether nothing but those.
	used, forComms bool

	mu      sync.Mutex
	queue   []*request
	wake    chan struct{}
	deleted bool
	cancel  context.CancelCauseFunc // of the running cell, or nil

	running running
}

// Bounds on what front ends can make the kernel keep.
const (
	maxQueue     = 4096 // requests waiting in a subshell
	maxSubshells = 256
)

func newSubshell(id string) *subshell {
	return &subshell{id: id, wake: make(chan struct{}, 1)}
}

func (s *subshell) push(r *request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted {
		return &requestError{"unknown subshell", fmt.Sprintf("subshell %q has been deleted", s.id)}
	}
	if len(s.queue) >= maxQueue {
		return &requestError{"queue full", fmt.Sprintf("%d requests are already waiting; interrupt the running cell or wait for it", maxQueue)}
	}
	s.queue = append(s.queue, r)
	s.notify()
	return nil
}

func (s *subshell) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// pop waits for the next request; nil when there will be none.
func (s *subshell) pop(ctx context.Context) *request {
	for ctx.Err() == nil {
		s.mu.Lock()
		if len(s.queue) > 0 {
			r := s.queue[0]
			s.queue[0] = nil
			s.queue = s.queue[1:]
			s.mu.Unlock()
			return r
		}
		deleted := s.deleted
		s.mu.Unlock()
		if deleted {
			return nil
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
		}
	}
	return nil
}

// abort marks the cells that are waiting; they are answered without being run.
func (s *subshell) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.queue {
		if r.Header.MsgType == "execute_request" {
			r.aborted = true
		}
	}
}

// begin makes the running request interruptible; the returned function ends it.
func (s *subshell) begin(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	s.mu.Lock()
	s.cancel = cancel
	if s.deleted {
		cancel(errDeleted)
	}
	s.mu.Unlock()
	return ctx, func() {
		s.mu.Lock()
		s.cancel = nil
		s.mu.Unlock()
		cancel(nil)
	}
}

var (
	errInterrupted = errors.New("interrupted")
	errDeleted     = errors.New("subshell deleted")
)

// interrupt stops the running cell and reports whether there was one.
func (s *subshell) interrupt(cause error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel == nil {
		return false
	}
	s.cancel(cause)
	return true
}

// runSubshell serves the requests of one subshell in order.
func (k *Kernel) runSubshell(ctx context.Context, s *subshell) {
	for {
		r := s.pop(ctx)
		if r == nil {
			return
		}
		// From the first sign of being busy on, an interrupt is for r.
		runCtx, done := s.begin(ctx)
		if r.Header.MsgType == "execute_request" {
			s.running.begin(r)
		}
		k.serve(runCtx, r)
		done()
	}
}

func (k *Kernel) createSubshell(ctx context.Context, r *request) (any, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.subshells) >= maxSubshells {
		return nil, &requestError{"too many subshells", fmt.Sprintf("there are %d already; close consoles that are no longer used", maxSubshells)}
	}
	s := newSubshell(uuid.NewString())
	s.owner = r.Header.Session
	_, s.forComms = k.commClients[s.owner]
	if !k.spawn(func() { k.runSubshell(ctx, s) }) {
		return nil, &requestError{"shutting down", "the kernel is shutting down"}
	}
	k.subshells[s.id] = s
	k.order = append(k.order, s.id)
	k.countSubshells()
	return map[string]any{"status": "ok", "subshell_id": s.id}, nil
}

// countSubshells tells the session in how many subshells cells could be run that
// wake others. The kernel's lock is held.
func (k *Kernel) countSubshells() {
	n := 0
	for _, s := range k.subshells {
		if !s.forComms {
			n++
		}
	}
	k.session.SetSubshells(n)
}

// deleteSubshell interrupts what the subshell runs and aborts what waits in
// it.
func (k *Kernel) deleteSubshell(_ context.Context, r *request) (any, error) {
	var c struct {
		ID *string `json:"subshell_id"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	if c.ID == nil {
		return nil, malformed("field %q is missing", "subshell_id")
	}
	k.mu.Lock()
	s := k.subshells[*c.ID]
	delete(k.subshells, *c.ID)
	k.countSubshells()
	k.order = slices.DeleteFunc(k.order, func(id string) bool { return id == *c.ID })
	k.mu.Unlock()
	if s == nil {
		return nil, &requestError{"unknown subshell", fmt.Sprintf("there is no subshell %q", *c.ID)}
	}
	s.abort()
	s.mu.Lock()
	s.deleted = true
	s.mu.Unlock()
	s.interrupt(errDeleted)
	s.notify()
	return ok, nil
}

func (k *Kernel) listSubshells(context.Context, *request) (any, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	ids := slices.Clone(k.order)
	if ids == nil {
		ids = []string{}
	}
	return map[string]any{"status": "ok", "subshell_id": ids}, nil
}

// interrupt stops a running cell: that of the subshell which the message
// names; otherwise that of the main shell; and where that is idle, those of
// all subshells, since a front end's interrupt button names none.
func (k *Kernel) interrupt(_ context.Context, r *request) (any, error) {
	var c struct {
		ID string `json:"subshell_id"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	if c.ID == "" {
		c.ID = r.Header.SubshellID
	}
	k.mu.Lock()
	named := k.subshells[c.ID]
	all := make([]*subshell, 0, len(k.subshells))
	for _, s := range k.subshells {
		all = append(all, s)
	}
	k.mu.Unlock()
	switch {
	case named != nil:
		named.interrupt(errInterrupted)
	case c.ID != "":
		return nil, &requestError{"unknown subshell", fmt.Sprintf("there is no subshell %q", c.ID)}
	case !k.main.interrupt(errInterrupted):
		for _, s := range all {
			s.interrupt(errInterrupted)
		}
	}
	return ok, nil
}
