package wire

import (
	"net"
	"slices"
	"syscall"
	"time"
)

// mostAtOnce bounds what a sender writes itself, in bytes. It is what a connection's
// buffer takes, so that the outlet gets it in one piece.
const mostAtOnce = 32 << 10

// writeNow writes what is queued, as far as the connection takes it at once, and leaves
// the rest to the writer. That costs no change of goroutines, and what is said before
// something else begins is on its way by then.
func (p *peer) writeNow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turn != nobodys {
		return // whose turn it is comes to it
	}
	p.turn = senders
	for len(p.queue) > 0 {
		if !p.out.canTry() || sizeOf(p.queue) > mostAtOnce {
			p.turn = writers
			break
		}
		batch := p.queue
		p.queue = nil
		p.mu.Unlock()
		whole := p.try(batch)
		p.mu.Lock()
		if !whole {
			p.turn = writers
			break
		}
	}
	if p.turn == senders {
		p.turn = nobodys
	}
	if p.turn == writers || p.closing {
		notify(p.wake)
	}
}

func sizeOf(items []item) (n int) {
	for _, it := range items {
		n += it.size
	}
	return n
}

// try writes messages without waiting, and reports whether the connection has taken
// them. Otherwise the outlet keeps what is left.
func (p *peer) try(batch []item) bool {
	p.out.trying = true
	defer func() { p.out.trying = false }()
	for _, it := range batch {
		if err := p.put(it); err != nil {
			p.disconnect(err)
			return false
		}
	}
	if err := p.z.Flush(); err != nil {
		p.disconnect(err)
		return false
	}
	if len(p.out.rest) > 0 {
		p.out.unsent = batch
		return false
	}
	for _, it := range batch {
		p.sent(it)
	}
	p.space()
	return true
}

// put gives a message to the connection's buffer.
func (p *peer) put(it item) error {
	if it.command != "" {
		return p.z.WriteCommand(it.command, it.frames[0])
	}
	return p.z.Write(it.frames)
}

// write is the writer. It sends what is left to it until the peer is closed.
func (p *peer) write() {
	defer p.space()
	defer close(p.done)
	for range p.wake {
		p.mu.Lock()
		mine := p.turn != senders // who will wake it again, when there is something for it
		if mine {
			p.turn = writers
		}
		p.mu.Unlock()
		if mine && !p.writeAll() {
			return
		}
	}
}

// writeAll sends what is queued, and reports whether more may come. It flushes when
// there is no more to send, so that what came together goes in one system call.
func (p *peer) writeAll() bool {
	if err := p.out.writeRest(); err != nil {
		p.disconnect(err)
		return false
	}
	for _, it := range p.out.unsent {
		p.sent(it)
	}
	p.out.unsent = nil
	for {
		p.mu.Lock()
		batch := p.queue
		p.queue = nil
		p.mu.Unlock()
		for i, it := range batch {
			if err := p.put(it); err != nil {
				p.disconnect(err)
				return false
			}
			batch[i] = item{}
			p.sent(it)
			p.space()
		}
		if len(batch) > 0 {
			continue
		}
		if err := p.z.Flush(); err != nil {
			p.disconnect(err)
			return false
		}
		p.mu.Lock()
		more, closing := len(p.queue) > 0, p.closing
		if !more && !closing {
			p.turn = nobodys
		}
		p.mu.Unlock()
		if !more {
			return !closing
		}
	}
}

// An outlet is what a peer's bytes go through. While trying it never waits, and keeps
// what the connection does not take. Otherwise it writes in pieces, each with a
// deadline of its own, so that the deadline measures standstill and not the size of
// what is written.
type outlet struct {
	nc      net.Conn
	raw     syscall.RawConn // nil where nothing can be tried
	timeout time.Duration

	trying bool
	rest   []byte // was tried, and is to be written first
	unsent []item // whose end rest has
}

func newOutlet(nc net.Conn, timeout time.Duration) outlet {
	return outlet{nc: nc, raw: rawConn(nc), timeout: timeout}
}

func (o *outlet) canTry() bool { return o.raw != nil }

func (o *outlet) Write(b []byte) (n int, err error) {
	if o.trying {
		if len(o.rest) == 0 {
			n = tryWrite(o.raw, b)
		}
		o.rest = append(o.rest, b[n:]...)
		return len(b), nil
	}
	// Trying fails where a deadline has passed.
	defer func() { _ = o.nc.SetWriteDeadline(time.Time{}) }()
	for piece := range slices.Chunk(b, 256<<10) {
		if err := o.nc.SetWriteDeadline(time.Now().Add(o.timeout)); err != nil {
			return n, err
		}
		m, err := o.nc.Write(piece)
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// writeRest writes what is left of what was tried.
func (o *outlet) writeRest() error {
	rest := o.rest
	o.rest = nil
	_, err := o.Write(rest)
	return err
}
