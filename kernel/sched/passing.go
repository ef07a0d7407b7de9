package sched

import (
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// A Passing is a message that has gone from one observed goroutine to another: what an
// OpSend and an OpReceive tell, and the OpUnblock of the one that has waited.
type Passing struct {
	Object        *Object
	Message       *Message
	Sender, To    *G
	SendSite, Got *Site // those of the send and the receive
	SendAt, GotAt Stack
	Value         unsafe.Pointer // of the type SendSite.Elem
	// SenderWaits says that the sender has waited, and otherwise the receiver has.
	SenderWaits bool
	Time        int64
}

// A PassingObserver is an Observer that takes both ends of a message at once, which
// takes less time. That is done where nobody else observes.
type PassingObserver interface {
	Observer
	// Passed is called like Did. p is the caller's, and valid only during the call.
	Passed(p *Passing)
	// Blocks is called for what an OpBlock tells, of a wait to send or to receive.
	Blocks(g *G, x *Object, kind wait.Kind, site *Site, at Stack, time int64)
}

// passes tells of both ends at once, if that can be done, of by, which has let p go on.
// g calls it.
func (x *Object) passes(g *G, by, p *party, now int64) bool {
	r := p.o.alone
	if r == nil || p.o != by.o || p.sel || by.sel || p.comm.Send && x.Cap > 0 {
		return false
	}
	from, to := by, p
	if p.comm.Send {
		from, to = p, by
	}
	m := x.exchange.enter(x, from.g)
	if x.Cap > 0 {
		x.exchange.received = x.exchange.sent
	}
	t := &g.observed().passing
	t.Object, t.Message, t.Sender, t.To = x, m, from.g, to.g
	t.SendSite, t.Got, t.SendAt, t.GotAt = from.comm.Site, to.comm.Site, from.at, to.at
	t.Value, t.SenderWaits, t.Time = from.comm.Val, from == p, now
	p.waits = wait.None
	r.Passed(t)
	t.Object, t.Message, t.SendAt, t.GotAt, t.Value = nil, nil, nil, nil, nil // they may lead to what g waits for
	return true
}
