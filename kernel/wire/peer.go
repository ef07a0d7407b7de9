package wire

import (
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/wire/zmtp"
)

// Errors of sending.
var (
	// ErrNoPeer says that nobody with the message's identity is connected.
	ErrNoPeer = errors.New("wire: nobody is connected under this identity")
	// ErrClosed says that the socket or the peer is closed.
	ErrClosed = errors.New("wire: closed")

	errBehind = errors.New("too far behind in reading what is sent to it")
	errHoard  = errors.New("more is kept for peers than there is room for, and most of it for this one")
	errRoom   = errors.New("its place was needed for another peer")
)

// A peer is one connection after its handshake, with the queue of what is to
// be sent to it. Whoever sends writes what the connection takes at once, and
// leaves the rest to the writer, a goroutine of the peer's own.
type peer struct {
	id     string
	nc     net.Conn
	out    outlet
	z      *zmtp.Conn // writes to out
	from   origin
	lim    limits
	budget *budget
	space  func()        // is told when there is room again
	done   chan struct{} // closed when the writer has ended

	// proven says that this very peer has signed a message, vouched that the
	// transport, the account or the machine that it comes from is one of
	// somebody who has the key.
	proven, vouched atomic.Bool
	forgotten       bool // the budget's lock guards it
	reading         int  // bytes kept of messages that come in; the reader's own

	mu      sync.Mutex
	queue   []item
	queued  int // bytes
	turn    turn
	closing bool
	lagging bool
	credit  time.Duration // for how long publishers still wait for it
	err     error         // why it was disconnected
	wake    chan struct{} // tells the writer

	topics map[string]bool // subscriptions; the publisher's lock guards them
}

// item is a message, or, with command set, a ZMTP command.
type item struct {
	frames  [][]byte
	command string
	size    int
	shared  bool // with other peers
}

// A turn is whose it is to write to a connection. Only that one uses the peer's
// zmtp.Conn and outlet.
type turn int

const (
	nobodys turn = iota
	senders
	writers
)

// handshake makes nc a peer. It closes nc when that fails.
func handshake(nc net.Conn, cfg zmtp.Config, lim limits, b *budget, space func()) (_ *peer, err error) {
	defer func() {
		if err != nil {
			nc.Close()
		}
	}()
	if err := nc.SetDeadline(time.Now().Add(lim.handshake)); err != nil {
		return nil, err
	}
	p := &peer{
		nc:     nc,
		out:    newOutlet(nc, lim.write),
		lim:    lim,
		budget: b,
		space:  space,
		done:   make(chan struct{}),
		credit: lim.advance,
		wake:   make(chan struct{}, 1),
	}
	cfg.Take = p.take
	p.z, err = zmtp.Handshake(nc, &p.out, cfg)
	if err != nil {
		return nil, err
	}
	if err := nc.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	p.id = string(p.z.Identity())
	return p, nil
}

// take counts n more bytes of a message that is coming in.
func (p *peer) take(n int) error {
	p.reading += n
	switch victim := p.budget.add(p, n); victim {
	case nil:
		return nil
	case p:
		return errHoard
	default:
		victim.disconnect(errHoard)
		return nil
	}
}

// read hands each message of the peer to handle until the connection ends, and
// says why it ended.
func (p *peer) read(handle func(p *peer, frames [][]byte)) error {
	for {
		command, frames, err := p.z.Read()
		if err != nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.err != nil {
				return p.err
			}
			return err
		}
		if command != "" {
			frames = p.command(command, frames[0])
		}
		if frames != nil {
			handle(p, frames)
		}
		over := p.reading - p.z.Pending()
		p.reading -= over
		p.budget.add(p, -over)
	}
}

// command answers what libzmq says between messages: heartbeats, and, from
// ZMTP 3.1 on, subscriptions, which it returns as the messages that they were
// before.
func (p *peer) command(name string, data []byte) [][]byte {
	switch name {
	case zmtp.CommandPing:
		// A PING is a time to live and a context, which the PONG repeats.
		data = data[min(2, len(data)):]
		_ = p.enqueue(item{command: zmtp.CommandPong, frames: [][]byte{data}, size: len(data) + zmtp.FrameOverhead})
	case zmtp.CommandSubscribe:
		return [][]byte{append([]byte{1}, data...)}
	case zmtp.CommandCancel:
		return [][]byte{append([]byte{0}, data...)}
	}
	return nil
}

// send sends a message. It never waits.
func (p *peer) send(frames [][]byte) error {
	return p.enqueue(item{frames: frames, size: frameSize(frames)})
}

func frameSize(frames [][]byte) (n int) {
	for _, f := range frames {
		n += len(f) + zmtp.FrameOverhead
	}
	return n
}

// enqueue sends messages in one go.
func (p *peer) enqueue(items ...item) error {
	for _, it := range items {
		victim, err := p.push(it)
		if victim != nil {
			victim.disconnect(errHoard)
			if victim == p {
				return errHoard
			}
		}
		if err != nil {
			return err
		}
	}
	p.writeNow()
	return nil
}

func (p *peer) push(it item) (victim *peer, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return nil, ErrClosed
	}
	if p.queued > 0 && p.queued+it.size > p.lim.queue {
		p.fail(errBehind)
		return nil, errBehind
	}
	p.queue = append(p.queue, it)
	p.queued += it.size
	if it.shared {
		return nil, nil
	}
	return p.budget.add(p, it.size), nil
}

// fail disconnects the peer. The caller holds p.mu.
func (p *peer) fail(err error) {
	if p.err == nil {
		p.err = err
	}
	p.closing = true
	p.queue, p.queued = nil, 0
	p.nc.Close()
	notify(p.wake)
}

// disconnect drops the peer and what is queued for it.
func (p *peer) disconnect(err error) {
	p.mu.Lock()
	p.fail(err)
	p.mu.Unlock()
}

// drain lets the writer end when the queue is empty.
func (p *peer) drain() {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	notify(p.wake)
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// sent notes that the peer has taken something.
func (p *peer) sent(it item) {
	p.mu.Lock()
	p.queued = max(0, p.queued-it.size)
	p.credit = min(p.lim.patience, p.credit+time.Duration(it.size)*time.Second/time.Duration(p.lim.pace))
	if p.queued <= p.lim.slow/2 {
		p.lagging = false
	}
	p.mu.Unlock()
	if !it.shared {
		p.budget.add(p, -it.size)
	}
}

// hasRoom reports whether the peer can take size more bytes in comfort, or
// need not be waited for.
func (p *peer) hasRoom(size int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing || p.lagging || p.queued == 0 || p.queued+size <= p.lim.slow
}

// patience returns for how long publishers may still wait for the peer.
func (p *peer) patience() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.credit
}

// lags reports whether publishers have given up waiting for the peer.
func (p *peer) lags() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing || p.lagging
}

// charge notes that publishers have waited for the peer, and that nobody does
// so again until it has caught up if its credit is used up.
func (p *peer) charge(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.credit -= d
	if p.credit <= 0 {
		p.credit, p.lagging = 0, true
	}
}

// subscribed returns the messages whose topics the peer wants. The publisher's
// lock is held.
func (p *peer) subscribed(items []item) []item {
	wants := func(it item) bool {
		for t := range p.topics {
			if strings.HasPrefix(string(it.frames[0]), t) {
				return true
			}
		}
		return false
	}
	return slices.DeleteFunc(slices.Clone(items), func(it item) bool { return !wants(it) })
}
