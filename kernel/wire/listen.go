package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gosched/gosched/kernel/wire/zmtp"
)

// listen binds the address of a channel, and only that one.
func listen(ctx context.Context, c Connection, ch Channel) (net.Listener, error) {
	network, addr := c.address(ch)
	if network == "unix" {
		if len(addr) > maxSocketPath {
			return nil, fmt.Errorf("%s socket: the path %s has %d bytes, and sockets may have %d; set $JUPYTER_RUNTIME_DIR to a folder of your own with a shorter path", ch, addr, len(addr), maxSocketPath)
		}
		if err := ownFolder(filepath.Dir(addr)); err != nil {
			return nil, fmt.Errorf("%s socket: %w", ch, err)
		}
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

// ownFolder refuses a folder in which other accounts could put a socket of
// theirs in place of the kernel's.
func ownFolder(dir string) error {
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("the folder for sockets: %w", err)
	}
	const others = 0o022
	if fi.Mode().Perm()&others != 0 && fi.Mode()&os.ModeSticky == 0 {
		return fmt.Errorf("other accounts may write to the folder for sockets, %s, and could take the kernel's place; `chmod 700` it, or set \"ip\" in the connection file to a path in a folder of your own", dir)
	}
	return nil
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
	ch     Channel
	ln     net.Listener
	lim    limits
	log    quiet
	cfg    zmtp.Config
	trust  *trust
	budget *budget
	whence func(net.Conn) origin

	handle func(p *peer, frames [][]byte)
	joined func(*peer) // after the handshake, before the first message
	left   func(*peer)
	space  func() // a peer has taken something

	wg      sync.WaitGroup
	mu      sync.Mutex
	closed  bool
	pending []place // in handshake, oldest first
	peers   []*peer // oldest first
}

// A place is what a connection in its handshake takes up.
type place struct {
	nc   net.Conn
	from origin
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
		if from := s.whence(nc); s.admit(nc, from) {
			go s.serveConn(nc, from)
		}
	}
}

// admit makes room for a new connection among the pending ones: there is
// always a place for one that comes from elsewhere than most of them.
func (s *socket) admit(nc net.Conn, from origin) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		nc.Close()
		return false
	}
	s.pending = append(s.pending, place{nc, from})
	if len(s.pending) > s.lim.pending {
		i := crowded(s.pending, func(p place) (origin, bool) { return p.from, !s.trust.vouches(p.from) })
		if i < 0 {
			i = 0
		}
		out := s.pending[i]
		s.pending = slices.Delete(s.pending, i, i+1)
		out.nc.Close() // its handshake fails and says so
		if out.nc == nc {
			return false
		}
	}
	s.wg.Add(1)
	return true
}

// crowded returns the oldest of those who come from where most come from,
// among those who may go; -1 for none.
func crowded[T any](all []T, of func(T) (from origin, mayGo bool)) int {
	count := make(map[origin]int)
	for _, e := range all {
		if from, mayGo := of(e); mayGo {
			count[from]++
		}
	}
	found, most := -1, 0
	for i, e := range all {
		if from, mayGo := of(e); mayGo && count[from] > most {
			found, most = i, count[from]
		}
	}
	return found
}

func (s *socket) serveConn(nc net.Conn, from origin) {
	defer s.wg.Done()
	p, err := handshake(nc, s.cfg, s.lim, s.budget, s.space)
	if p != nil {
		p.from = from
	}
	if !s.settle(nc, p) {
		if err != nil && !errors.Is(err, io.EOF) {
			s.log.warn("connection dropped: not a ZeroMQ peer that this socket can talk to", "channel", s.ch, "peer", nc.RemoteAddr(), "err", err)
		}
		return
	}
	s.wg.Go(func() { p.write() })
	if s.joined != nil {
		s.joined(p)
	}
	err = p.read(s.handle)
	s.remove(p)
	if s.left != nil {
		s.left(p)
	}
	p.disconnect(err)
	<-p.done
	s.budget.leave(p)
	if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		s.log.warn("peer disconnected", "channel", s.ch, "peer", nc.RemoteAddr(), "err", err)
	}
}

// settle moves a connection from the pending ones to the peers; p is nil if
// its handshake failed.
func (s *socket) settle(nc net.Conn, p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.pending, func(e place) bool { return e.nc == nc }); i >= 0 {
		s.pending = slices.Delete(s.pending, i, i+1)
	}
	if p == nil {
		return false
	}
	if s.closed {
		nc.Close()
		return false
	}
	if p.id == "" {
		p.id = fmt.Sprintf("\x00%p", p) // libzmq's own begin with 0 too
	}
	s.peers = append(s.peers, p)
	if p.z.Encrypted() || s.trust.vouches(p.from) {
		s.budget.vouch(p)
	}
	return s.makeRoom(p)
}

// makeRoom keeps the number of peers within bounds. It reports whether the
// newcomer may stay. Who has signed a message is never sent away; others go
// where most are from the same origin, and on shell and control, where
// everybody signs soon, the oldest of those who have not.
func (s *socket) makeRoom(newcomer *peer) bool {
	stranger := func(p *peer) (origin, bool) { return p.from, !p.vouched.Load() }
	strangers := 0
	for _, p := range s.peers {
		if _, is := stranger(p); is {
			strangers++
		}
	}
	i := -1
	switch {
	case strangers > s.lim.strangers:
		i = crowded(s.peers, stranger)
	case len(s.peers) > s.lim.peers:
		i = crowded(s.peers, stranger)
		if i < 0 && (s.ch == Shell || s.ch == Control) {
			i = crowded(s.peers, func(p *peer) (origin, bool) { return p.from, !p.proven.Load() })
		}
		if i < 0 {
			i = len(s.peers) - 1
		}
	default:
		return true
	}
	out := s.peers[i]
	s.peers = slices.Delete(s.peers, i, i+1)
	out.disconnect(errRoom)
	return out != newcomer
}

func (s *socket) remove(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peers = slices.DeleteFunc(s.peers, func(q *peer) bool { return q == p })
}

// vouch notes that who comes from an origin has the key.
func (s *socket) vouch(from origin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.peers {
		if p.from == from {
			s.budget.vouch(p)
		}
	}
}

// send queues frames for the peer that from is. Where that one is gone, they
// are for whoever is connected under the identity and comes from where the key
// is known: a client that connects again after it has lost its connection. Its
// old connection may still look alive, so all of them get the message; none can
// keep it from another.
func (s *socket) send(id string, from *peer, frames [][]byte) error {
	s.mu.Lock()
	var to []*peer
	if slices.Contains(s.peers, from) {
		to = []*peer{from}
	} else {
		for _, p := range s.peers {
			if p.id == id && p.vouched.Load() {
				to = append(to, p)
			}
		}
	}
	s.mu.Unlock()
	if len(to) == 0 {
		return ErrNoPeer
	}
	err := ErrNoPeer
	for _, p := range to {
		if e := p.send(frames); e == nil || err == ErrNoPeer {
			err = e
		}
	}
	return err
}

// close stops accepting, lets the peers' queues drain until ctx is done, and
// disconnects everyone.
func (s *socket) close(ctx context.Context) {
	s.ln.Close()
	s.mu.Lock()
	s.closed = true
	for _, e := range s.pending {
		e.nc.Close()
	}
	peers := slices.Clone(s.peers)
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
		if c, ok := p.nc.(interface{ CloseWrite() error }); ok {
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
