package sched

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// Observed goroutines use the same channels as all others, but so that it is known
// which receive gets what which send has sent. Operations on a channel are tried one
// at a time, under the lock of its [Object]. One that has to wait registers there
// and then waits at the channel itself, so that stopping, deadlocks and leaks are as
// they always are. Whoever completes an operation that has let such a partner go on
// looks in the channel's queue who was the first there, and tells what both have
// done. Where that is not certain, because of several who wait and may also be let go
// on by others, it makes an offer, and keeps the lock until the partner has come by
// and taken it: so there is one handover at a time, and the two are certain to belong
// together. If no registered partner is left, then it was code that is not observed,
// or the value is in the channel's buffer, whose content the Object knows.

// An offer is made by one whose operation has been completed, or has made room, to a
// partner that waited for that.
type offer struct {
	by    *party
	send  bool // the partner sends
	state atomic.Int32
}

const (
	offered int32 = iota
	taken
	settled // the partner has told both sides
	withdrawn
)

// A party is one side of a communication.
type party struct {
	g     *G
	o     *Observation
	x     *Object
	comm  Comm
	at    Stack
	waits wait.Kind // it was told to be blocked, so; or wait.None
	// Of a select, all cases, of which this is number chosen.
	sel    bool
	cases  []Comm
	chosen int
	try    bool // it would not have waited
	polite bool // it lets others run before it waits
}

// tell tells that the party's communication has taken place. by is the goroutine
// that calls it. m is nil where the other end is unknown; ok is that of a receive.
func (p *party) tell(by *G, m *Message, ok bool) { p.tellAt(by, m, ok, nanotime()) }

func (p *party) tellAt(by *G, m *Message, ok bool, now int64) {
	if p.waits != wait.None {
		p.unblocks(by, now)
	}
	if p.sel {
		p.o.did(by, p.g, &Op{Kind: OpSelect, Object: p.x, Cases: p.cases, Chosen: p.chosen, At: p.at, Try: p.try, Time: now})
	}
	op := p.op(by, OpReceive)
	if p.comm.Send {
		op.Kind = OpSend
	}
	op.Value, op.Message, op.OK, op.Try, op.Time = p.comm.Val, m, ok, p.try, now
	p.o.did(by, p.g, op)
}

// op begins an operation of the party, in by's own memory.
func (p *party) op(by *G, kind OpKind) *Op {
	op := &by.observed().op
	op.Kind, op.Object, op.Site, op.At = kind, p.x, p.comm.Site, p.at
	return op
}

// unblocks tells that the party's wait is over.
func (p *party) unblocks(by *G, now int64) {
	op := p.op(by, OpUnblock)
	op.Time = now
	op.Wait = &by.observed().wait
	*op.Wait = Wait{Kind: p.waits, Object: p.comm.Chan, Site: p.comm.Site, At: p.at}
	p.waits = wait.None
	p.o.did(by, p.g, op)
	by.observed().wait = Wait{}
}

// completed is called with x locked when p's operation was carried out without
// waiting. q are those who waited for that before.
func (x *Object) completed(p *party, ok bool, q queue) {
	e := &x.exchange
	if p.comm.Send {
		if (x.Cap == 0 || e.sent == e.received) && x.partner(p, q) {
			return // who got the value has told it
		}
		if x.Cap == 0 {
			p.tell(p.g, nil, false)
			return
		}
		p.tell(p.g, e.enter(x, p.g), false)
		return
	}
	if !ok {
		p.tell(p.g, nil, false)
		return
	}
	if x.Cap == 0 {
		if !x.partner(p, q) {
			p.tell(p.g, nil, true)
		}
		return
	}
	p.tell(p.g, e.leave(x), true)
	x.partner(p, q) // for whom there is room now
}

// patience of those who have made an offer: the partner has only to be given a
// processor. Where code that is not observed waits at the same channel, it may have
// been that one that was let go on.
const offerTime = 50 * time.Millisecond

// partner sees to it that p's operation, and that of the partner who could go on
// because of it, are told. It reports false if there is no partner.
func (x *Object) partner(p *party, q queue) bool {
	e := &x.exchange
	waiting := &e.waiting[direction(!p.comm.Send)]
	if waiting.Load() <= 0 {
		return false
	}
	if g, certain := x.served(p, q); certain {
		if g == nil {
			return false
		}
		return x.tellBoth(p, g)
	}
	return x.offers(p, waiting)
}

// tellBoth tells what p has done, and what g has because of it, which may not have
// come back yet from where it has waited.
func (x *Object) tellBoth(p *party, g *G) bool {
	ob := g.private().observed
	other := *ob.at // g does not change it before it has been told
	if other.sel {
		i := other.caseFor(p)
		if i < 0 {
			return x.offers(p, &x.exchange.waiting[direction(!p.comm.Send)])
		}
		other.chosen, other.comm, other.x = i, other.cases[i], x
	}
	x.settle(p.g, p, &other)
	x.exchange.waiting[direction(!p.comm.Send)].Add(-1)
	ob.told.Store(g.turn.Load())
	return true
}

// caseFor is the only case of a select that is the opposite of p, or -1.
func (s *party) caseFor(p *party) int {
	found := -1
	for i := range s.cases {
		if c := &s.cases[i]; c.Chan == p.comm.Chan && c.Send != p.comm.Send {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// offers waits until a partner has told what it has to do with p's operation.
func (x *Object) offers(p *party, waiting *atomic.Int32) bool {
	e, send := &x.exchange, !p.comm.Send
	o := &p.g.observed().offer
	o.by, o.send = p, send
	o.state.Store(offered)
	e.offer.Store(o)
	var start int64
	for i := 0; o.state.Load() != settled; i++ {
		pause(i)
		late := false
		if i%100 == 99 {
			if start == 0 {
				start = nanotime()
			}
			late = nanotime()-start > int64(offerTime)
		}
		if (late || waiting.Load() <= 0) && o.state.CompareAndSwap(offered, withdrawn) {
			break
		}
	}
	e.offer.Store(nil)
	return o.state.Load() == settled
}

// pause lets others run for the i'th time.
func pause(i int) {
	if i < 1000 {
		runtime.Gosched()
	} else {
		time.Sleep(20 * time.Microsecond)
	}
}

// arrive is called when p, which was registered, has come back from the channel with
// its operation carried out.
func (x *Object) arrive(p *party, ok bool) {
	ob, turn := p.g.observed(), p.g.turn.Load()
	if ob.told.Load() != turn || !p.comm.Send && !ok {
		x.comesBack(p, ob, turn, ok)
	}
	p.g.turn.Add(1)
}

// comesBack is arrive for a party of which nobody may have told yet.
func (x *Object) comesBack(p *party, ob *observed, turn uint32, ok bool) {
	e := &x.exchange
	waiting := &e.waiting[direction(p.comm.Send)]
	if !p.comm.Send && !ok {
		waiting.Add(-1)
		x.mu.Lock()
		defer x.mu.Unlock()
		p.tell(p.g, nil, false)
		return
	}
	for i := 0; ; i++ {
		if ob.told.Load() == turn {
			return
		}
		if o := e.offer.Load(); o != nil && o.send == p.comm.Send && o.state.CompareAndSwap(offered, taken) {
			waiting.Add(-1)
			x.settle(p.g, o.by, p)
			o.state.Store(settled)
			return
		}
		if x.mu.TryLock() {
			// Nobody has made an offer, who would keep the lock.
			if ob.told.Load() != turn {
				waiting.Add(-1)
				x.alone(p)
			}
			x.mu.Unlock()
			return
		}
		pause(i)
	}
}

// settle tells what became of by's operation and of p's, which it has let go on. g is
// the goroutine of one of them, which calls it.
func (x *Object) settle(g *G, by, p *party) {
	e, now := &x.exchange, nanotime()
	if x.passes(g, by, p, now) {
		return
	}
	switch {
	case !p.comm.Send:
		m := e.enter(x, by.g)
		by.tellAt(g, m, false, now)
		if x.Cap > 0 {
			e.received = e.sent
		}
		p.tellAt(g, m, true, now)
	case x.Cap == 0:
		m := e.enter(x, p.g)
		p.tellAt(g, m, false, now)
		by.tellAt(g, m, true, now)
	default: // there is room for it, and by has been told already
		p.tell(g, e.enter(x, p.g), false)
	}
}

// alone tells of p, which waited and to which code that is not observed was the
// partner.
func (x *Object) alone(p *party) {
	e := &x.exchange
	switch {
	case p.comm.Send && x.Cap == 0:
		p.tell(p.g, nil, false)
	case p.comm.Send:
		p.tell(p.g, e.enter(x, p.g), false)
	case x.Cap > 0 && int(e.sent-e.received) > chanLen(p.comm.Chan): // from the buffer, late
		p.tell(p.g, e.leave(x), true)
	default:
		p.tell(p.g, nil, true)
	}
}
