package wire

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// Errors of sending.
var (
	// ErrNoPeer says that nobody with the message's identity is connected.
	ErrNoPeer = errors.New("wire: nobody is connected under this identity")
	// ErrClosed says that the socket or the peer is closed.
	ErrClosed = errors.New("wire: closed")

	errBehind = errors.New("too far behind in reading what is sent to it")
)

// A peer is one connection after its handshake, with the queue of what is to
// be sent to it.
type peer struct {
	id   string
	c    *conn
	z    *zmq4.Conn
	lim  limits
	done chan struct{} // closed when the writer has ended

	mu      sync.Mutex
	queue   []item
	queued  int // bytes
	closing bool
	lagging bool
	err     error // why it was disconnected
	wake    chan struct{}
	space   chan struct{}

	topics map[string]bool // subscriptions; the publisher's lock guards them
}

// item is a message, or, with command set, a ZMTP command.
type item struct {
	frames  [][]byte
	command string
	size    int
}

// handshake makes nc a peer. It closes nc when that fails.
func handshake(nc net.Conn, typ zmq4.SocketType, id []byte, server bool, lim limits) (p *peer, err error) {
	defer func() {
		// zmq4 v0.17.0 slices a peer's metadata without checking all lengths.
		if r := recover(); r != nil {
			err = fmt.Errorf("malformed handshake: %v", r)
		}
		if err != nil {
			nc.Close()
		}
	}()
	if err := nc.SetDeadline(time.Now().Add(lim.handshake)); err != nil {
		return nil, err
	}
	c := newConn(nc, lim)
	z, err := zmq4.Open(c, null.Security(), typ, zmq4.SocketIdentity(id), server, nil)
	if err != nil {
		return nil, err
	}
	if err := nc.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	c.open = true
	p = &peer{
		id:    z.Peer.Meta["Identity"],
		c:     c,
		z:     z,
		lim:   lim,
		done:  make(chan struct{}),
		wake:  make(chan struct{}, 1),
		space: make(chan struct{}, 1),
	}
	c.command = p.command
	return p, nil
}

// command answers what libzmq says between messages: heartbeats, and, from
// ZMTP 3.1 on, subscriptions.
func (p *peer) command(name string, data []byte) []byte {
	switch name {
	case zmq4.CmdPing:
		// A PING is a time to live and a context, which the PONG repeats.
		if len(data) > 2 {
			data = data[2:]
		} else {
			data = nil
		}
		_ = p.enqueue(item{command: zmq4.CmdPong, frames: [][]byte{data}, size: len(data) + frameOverhead})
	case zmq4.CmdSubscribe:
		return appendFrame(nil, 0, append([]byte{1}, data...))
	case zmq4.CmdCancel, zmq4.CmdUnsubscribe:
		return appendFrame(nil, 0, append([]byte{0}, data...))
	}
	return nil
}

// send queues a message. It never waits.
func (p *peer) send(frames [][]byte) error {
	return p.enqueue(item{frames: frames, size: frameSize(frames)})
}

func frameSize(frames [][]byte) (n int) {
	for _, f := range frames {
		n += len(f) + frameOverhead
	}
	return n
}

func (p *peer) enqueue(it item) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return ErrClosed
	}
	if p.queued > 0 && p.queued+it.size > p.lim.queue {
		p.fail(errBehind)
		return errBehind
	}
	p.queue = append(p.queue, it)
	p.queued += it.size
	notify(p.wake)
	return nil
}

// fail disconnects the peer. The caller holds p.mu.
func (p *peer) fail(err error) {
	if p.err == nil {
		p.err = err
	}
	p.closing = true
	p.queue, p.queued = nil, 0
	p.c.Conn.Close()
	notify(p.wake)
	notify(p.space)
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

// write sends what is queued until the peer is closed. It flushes when there
// is no more to send, so that what came together goes in one system call.
func (p *peer) write() {
	defer close(p.done)
	for {
		p.mu.Lock()
		batch, closing := p.queue, p.closing
		p.queue = nil
		p.mu.Unlock()
		if len(batch) == 0 {
			if err := p.c.bw.Flush(); err != nil {
				p.disconnect(err)
				return
			}
			if closing {
				return
			}
			// Something may have come while flushing; wake says so.
			<-p.wake
			continue
		}
		for i, it := range batch {
			var err error
			if it.command != "" {
				err = p.z.SendCmd(it.command, it.frames[0])
			} else {
				err = p.z.SendMsg(zmq4.Msg{Frames: it.frames})
			}
			if err != nil {
				p.disconnect(err)
				return
			}
			batch[i] = item{}
			p.mu.Lock()
			p.queued = max(0, p.queued-it.size)
			if p.queued <= p.lim.slow/2 {
				p.lagging = false
			}
			p.mu.Unlock()
			notify(p.space)
		}
	}
}

// waitForSpace waits until the queue is short enough to take size more bytes
// in comfort, or the publisher's patience is over.
func (p *peer) waitForSpace(size int) {
	var timeout <-chan time.Time
	for {
		p.mu.Lock()
		fits := p.closing || p.lagging || p.queued == 0 || p.queued+size <= p.lim.slow
		p.mu.Unlock()
		if fits {
			return
		}
		if timeout == nil {
			t := time.NewTimer(p.lim.patience)
			defer t.Stop()
			timeout = t.C
		}
		select {
		case <-p.space:
		case <-timeout:
			p.mu.Lock()
			p.lagging = true
			p.mu.Unlock()
			return
		}
	}
}

// read hands each message of the peer to handle until the connection ends, and
// says why it ended.
func (p *peer) read(handle func(p *peer, frames [][]byte)) error {
	for {
		m, err := p.z.RecvMsg()
		if err != nil {
			p.mu.Lock()
			if p.err != nil {
				err = p.err
			}
			p.mu.Unlock()
			return err
		}
		handle(p, m.Frames)
	}
}

// subscribed reports whether the peer wants messages of a topic. The
// publisher's lock is held.
func (p *peer) subscribed(topic string) bool {
	for t := range p.topics {
		if strings.HasPrefix(topic, t) {
			return true
		}
	}
	return false
}
