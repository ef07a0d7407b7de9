package wire

import (
	"net"
	"net/netip"
	"os"
	"sync"
)

// An origin is where a connection comes from, as far as this machine can tell:
// the address, and the account of the program at its other end where that is
// on this machine and the system says so.
type origin struct {
	addr netip.Addr
	uid  int // unknown for none
}

// unknown is the uid where the system does not tell whose a connection is.
const unknown = -1

// originOf returns where a connection comes from. Connections over Unix
// sockets all come from nowhere: who may open the socket file is told by its
// permissions.
func originOf(nc net.Conn) origin {
	remote, ok := nc.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return origin{uid: unknown}
	}
	o := origin{addr: remote.AddrPort().Addr().Unmap(), uid: unknown}
	if local, ok := nc.LocalAddr().(*net.TCPAddr); ok {
		o.uid = accountOf(remote.AddrPort(), local.AddrPort())
	}
	return o
}

// trust remembers from where somebody has proven to have the key. On iopub and
// heartbeat a peer cannot prove it: nothing that it sends is signed. There it
// counts that the account (or, where accounts are not known, the machine) that
// it comes from has signed a message on another channel.
type trust struct {
	everybody bool // the transport lets in nobody else
	own       int  // this process's account, which can read the key anyway

	mu     sync.Mutex
	proven map[origin]bool
}

func newTrust(everybody bool) *trust {
	return &trust{everybody: everybody, own: os.Geteuid(), proven: make(map[origin]bool)}
}

// vouches reports whether connections from o are of somebody who has the key.
func (t *trust) vouches(o origin) bool {
	if t.everybody || o.uid == 0 || o.uid != unknown && o.uid == t.own {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.proven[o]
}

// prove notes that somebody from o has signed a message, and reports whether
// that is news.
func (t *trust) prove(o origin) bool {
	if t.vouches(o) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.proven[o] = true
	return true
}
