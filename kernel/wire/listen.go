package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/go-zeromq/zmq4"
)

// listen binds the address of a channel, and only that one.
func listen(ctx context.Context, c Connection, ch Channel) (net.Listener, error) {
	network, addr := c.address(ch)
	if network == "unix" {
		if err := removeStale(ctx, addr); err != nil {
			return nil, fmt.Errorf("%s socket: %w", ch, err)
		}
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, network, addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s socket: port %d on %s is already taken by another program; start the kernel again to get other ports: %w", ch, c.Port(ch), c.IP, err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s socket: this machine has no address %s; set \"ip\" in the connection file to one it has: %w", ch, c.IP, err)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("%s socket: no permission to listen on %s: %w", ch, addr, err)
	case err != nil:
		return nil, fmt.Errorf("%s socket: cannot listen on %s: %w", ch, addr, err)
	}
	if network == "unix" {
		if err := os.Chmod(addr, 0o600); err != nil {
			ln.Close()
			return nil, fmt.Errorf("%s socket: %w", ch, err)
		}
	}
	return ln, nil
}

// removeStale removes the socket file that a killed kernel left behind. One
// that somebody still listens on is left alone.
func removeStale(ctx context.Context, path string) error {
	fi, err := os.Lstat(path)
	if err != nil || fi.Mode()&os.ModeSocket == 0 {
		return nil // bind says what is wrong, if anything
	}
	var d net.Dialer
	nc, err := d.DialContext(ctx, "unix", path)
	if err == nil {
		nc.Close()
		return nil
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return os.Remove(path)
	}
	return nil
}

// A socket accepts peers on one address.
type socket struct {
	ch  Channel
	typ zmq4.SocketType
	ln  net.Listener
	lim limits
	log quiet

	handle func(p *peer, frames [][]byte)
	joined func(*peer) // after the handshake, before the first message
	left   func(*peer)

	wg      sync.WaitGroup
	mu      sync.Mutex
	closed  bool
	pending []net.Conn // in handshake, oldest first
	peers   map[*peer]struct{}
	byID    map[string]*peer
}

// serve accepts until the listener is closed. Each peer is shaken hands with
// in a goroutine of its own, so that a silent one holds up nobody.
func (s *socket) serve() {
	defer s.wg.Done()
	pause := time.Duration(0)
	for {
		nc, err := s.ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			// Out of file descriptors, most likely: wait for better times.
			pause = min(max(2*pause, 5*time.Millisecond), 100*time.Millisecond)
			s.log.warn("cannot accept a connection", "channel", s.ch, "err", err, "retry", pause)
			time.Sleep(pause)
			continue
		}
		pause = 0
		if s.admit(nc) {
			go s.serveConn(nc)
		}
	}
}

// admit makes room for a new connection among the pending ones.
func (s *socket) admit(nc net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.peers) >= s.lim.peers {
		nc.Close()
		return false
	}
	if len(s.pending) >= s.lim.pending {
		s.pending[0].Close() // its handshake fails and says so
		s.pending = s.pending[1:]
	}
	s.pending = append(s.pending, nc)
	s.wg.Add(1)
	return true
}

func (s *socket) serveConn(nc net.Conn) {
	defer s.wg.Done()
	addr := nc.RemoteAddr()
	p, err := handshake(nc, s.typ, nil, true, s.lim)
	if !s.settle(nc, p) {
		if err != nil && !errors.Is(err, io.EOF) {
			s.log.warn("connection dropped: not a ZeroMQ peer that this socket can talk to", "channel", s.ch, "peer", addr, "err", err)
		}
		return
	}
	s.wg.Go(p.write)
	if s.joined != nil {
		s.joined(p)
	}
	err = p.read(s.handle)
	s.mu.Lock()
	delete(s.peers, p)
	if s.byID[p.id] == p {
		delete(s.byID, p.id)
	}
	s.mu.Unlock()
	if s.left != nil {
		s.left(p)
	}
	p.disconnect(err)
	if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		s.log.warn("peer disconnected", "channel", s.ch, "peer", addr, "err", err)
	}
}

// settle moves a connection from the pending ones to the peers; p is nil if
// its handshake failed.
func (s *socket) settle(nc net.Conn, p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range s.pending {
		if c == nc {
			s.pending = append(s.pending[:i:i], s.pending[i+1:]...)
			break
		}
	}
	if p == nil {
		return false
	}
	if s.closed || len(s.peers) >= s.lim.peers {
		nc.Close()
		return false
	}
	if p.id == "" {
		p.id = fmt.Sprintf("\x00%p", p) // libzmq's own begin with 0 too
	}
	s.peers[p] = struct{}{}
	// A client that connects again under its identity takes over from the
	// connection it lost.
	s.byID[p.id] = p
	return true
}

// send queues frames for a peer.
func (s *socket) send(id string, from *peer, frames [][]byte) error {
	s.mu.Lock()
	p := from
	if _, ok := s.peers[p]; !ok {
		p = s.byID[id]
	}
	s.mu.Unlock()
	if p == nil {
		return ErrNoPeer
	}
	return p.send(frames)
}

// close stops accepting, lets the peers' queues drain until ctx is done, and
// disconnects everyone.
func (s *socket) close(ctx context.Context) {
	s.ln.Close()
	s.mu.Lock()
	s.closed = true
	for _, nc := range s.pending {
		nc.Close()
	}
	peers := make([]*peer, 0, len(s.peers))
	for p := range s.peers {
		peers = append(peers, p)
	}
	s.mu.Unlock()
	for _, p := range peers {
		p.drain()
	}
	for _, p := range peers {
		select {
		case <-p.done:
		case <-ctx.Done():
		}
	}
	// Closing while the peer's bytes are unread would reset the connection and
	// take back what is still on its way, so let the peer close first.
	for _, p := range peers {
		if c, ok := p.c.Conn.(interface{ CloseWrite() error }); ok {
			_ = c.CloseWrite()
		}
	}
	gone := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(gone)
	}()
	linger := time.NewTimer(lingerTime)
	defer linger.Stop()
	select {
	case <-gone:
	case <-ctx.Done():
	case <-linger.C:
	}
	for _, p := range peers {
		p.disconnect(ErrClosed)
	}
	<-gone
}

// lingerTime is how long peers have to hang up after the last byte.
const lingerTime = 100 * time.Millisecond
