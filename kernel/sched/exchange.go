package sched

import (
	"sync/atomic"

	"github.com/gosched/gosched/kernel/goruntime"
)

// exchange is what is known of the communications on a channel. But for the atomic
// parts it is under the Object's lock, or of whoever has taken the offer of the one
// that has that.
type exchange struct {
	// Values are numbered as they are sent. Those from received on are in the
	// buffer. ring has the latest ones by number modulo the capacity, nil for those
	// that came from outside.
	sent, received uint64
	ring           []*Message
	// meeting is the latest message of a channel without a buffer.
	meeting Message

	// waiting counts those that wait, or are about to, to receive and to send.
	waiting [2]atomic.Int32
	// looks says that the channel's queues can be looked at.
	looks bool
	// who are those, and some for whom that is over.
	who   [2][]registered
	offer atomic.Pointer[offer]
}

// registered is a goroutine that waits, as long as it has that turn. It does not lead
// to what the goroutine waits for.
type registered struct {
	g    *G
	turn uint32
}

func (r registered) holds() bool { return r.g.turn.Load() == r.turn }

// direction is an index of exchange.waiting.
func direction(send bool) int {
	if send {
		return 1
	}
	return 0
}

// enter notes a message that has been sent.
func (e *exchange) enter(x *Object, sender *G) *Message {
	if x.Cap == 0 {
		m := &e.meeting
		*m = Message{Number: e.sent, Sender: sender, Room: m}
		e.sent++
		e.received = e.sent
		return m
	}
	m := &Message{Number: e.sent, Sender: sender}
	e.sent++
	m.Room = e.put(x.Cap, m.Number, m)
	if m.Room != nil {
		m.Room.Room = nil // its send is over; what came before can be forgotten
	}
	return m
}

// put notes value n, nil if it came from outside, and returns the one that had its
// place.
func (e *exchange) put(capacity int, n uint64, m *Message) (before *Message) {
	if i := int(n % uint64(capacity)); i < len(e.ring) {
		before, e.ring[i] = e.ring[i], m
	} else {
		e.ring = append(e.ring, m)
	}
	return before
}

// leave is the message that a receive from the buffer gets, or nil for one that
// came from outside.
func (e *exchange) leave(x *Object) *Message {
	if e.received == e.sent {
		return nil
	}
	m := e.ring[int(e.received%uint64(x.Cap))]
	e.received++
	return m
}

// align makes up for what code that is not observed has done to the buffer, in
// which there are n values now.
func (e *exchange) align(x *Object, n int) {
	for have := int(e.sent - e.received); have < n; have++ {
		e.put(x.Cap, e.sent, nil)
		e.sent++
	}
	if have := int(e.sent - e.received); have > n {
		e.received += uint64(have - n)
	}
}

// queue is who waits at a channel itself, for the opposite of an operation.
type queue struct{ first, second uintptr }

// queueFor looks who waits for what p is about to do.
func (x *Object) queueFor(c *Comm) (q queue) {
	if !x.exchange.looks || x.exchange.waiting[direction(!c.Send)].Load() <= 0 {
		return q
	}
	q.first, q.second = goruntime.ChanWaiters(c.Chan, !c.Send)
	return q
}

// served returns the goroutine that p's operation has let go on, and that is the
// first of q, if that is certain; it is nil if it is one that is not observed.
func (x *Object) served(p *party, q queue) (g *G, certain bool) {
	if q.first == 0 {
		return nil, false
	}
	if n := chanLen(p.comm.Chan); x.Cap > 0 && (p.comm.Send && n > 0 || !p.comm.Send && n < x.Cap) {
		return nil, false // the value, or the room, has been left in the buffer
	}
	d := direction(!p.comm.Send)
	alone := q.second == 0 && x.exchange.waiting[d].Load() == 1
	if !alone {
		// If the second is the first now, then it was the first that has gone.
		now, _ := goruntime.ChanWaiters(p.comm.Chan, !p.comm.Send)
		if q.second == 0 || now != q.second {
			return nil, false
		}
	}
	list := x.exchange.who[d]
	for i, r := range list {
		if r.g.self.Load() == q.first && r.holds() {
			list[i] = list[len(list)-1]
			x.exchange.who[d] = list[:len(list)-1]
			return r.g, true
		}
	}
	return nil, !alone
}
