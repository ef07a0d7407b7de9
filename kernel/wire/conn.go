package wire

import (
	"bufio"
	"net"
	"time"
)

// limits bounds what one peer can cost. Tests use smaller ones.
type limits struct {
	// message bounds a message, all frames together. Front ends send source
	// code and widget state; images in comm buffers are the largest thing
	// seen, a few MiB. 64 MiB leaves room and is no danger to the process.
	message int
	// handshake is how long a peer may take to say what it is; the value is
	// libzmq's own (ZMQ_HANDSHAKE_IVL).
	handshake time.Duration
	// write is how long a peer may accept nothing at all before it is let go.
	write time.Duration
	// pending bounds the peers of a socket that have not said what they are;
	// the oldest goes first. peers bounds those that have.
	pending, peers int
	// slow is how much may be queued for an iopub subscriber before a
	// publisher waits for it, and patience how long it waits; after that the
	// subscriber lags, and nobody waits for it until it has caught up.
	slow     int
	patience time.Duration
	// queue bounds what is queued for a peer. One that falls further behind
	// is disconnected.
	queue int
}

var defaultLimits = limits{
	message:   64 << 20,
	handshake: 30 * time.Second,
	write:     30 * time.Second,
	pending:   64,
	peers:     1024,
	slow:      8 << 20,
	patience:  250 * time.Millisecond,
	queue:     64 << 20,
}

// handshakeFrame bounds a frame of the handshake: a READY command holds a
// socket type and an identity of at most 255 bytes.
const handshakeFrame = 4 << 10

// greetingSize is the length of a ZMTP 3 greeting.
const greetingSize = 64

// conn is the net.Conn that zmq4 is given. During the handshake reads and
// writes go straight through. Afterwards reads are of whole frames within
// bounds, with commands taken out, and writes are buffered until flush.
type conn struct {
	net.Conn
	lim limits
	br  *bufio.Reader
	bw  *bufio.Writer

	greeting int    // bytes of the peer's greeting still to come
	open     bool   // the handshake is over
	ready    []byte // read and checked, not yet taken
	message  int    // bytes of the current message so far

	// command is told of ZMTP commands after the handshake. What it returns
	// is read in the command's place.
	command func(name string, data []byte) []byte
}

func newConn(nc net.Conn, lim limits) *conn {
	c := &conn{Conn: nc, lim: lim, greeting: greetingSize}
	c.br = bufio.NewReaderSize(nc, 16<<10)
	c.bw = bufio.NewWriterSize(patient{nc, lim.write}, 64<<10)
	return c
}

func (c *conn) Read(p []byte) (int, error) {
	for len(c.ready) == 0 {
		if c.greeting > 0 {
			n, err := c.br.Read(p[:min(len(p), c.greeting)])
			c.greeting -= n
			return n, err
		}
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// fill reads the next frame.
func (c *conn) fill() error {
	if !c.open {
		raw, _, err := readFrame(c.br, handshakeFrame)
		c.ready = raw
		return err
	}
	raw, body, err := readFrame(c.br, c.lim.message-c.message-frameOverhead)
	if err != nil {
		return err
	}
	switch flags := raw[0]; {
	case flags&flagCommand != 0:
		name, data, err := command(body)
		if err != nil {
			return err
		}
		if c.command != nil {
			raw = c.command(name, data)
		}
	case flags&flagMore != 0:
		c.message += len(raw) + frameOverhead
	default:
		c.message = 0
	}
	c.ready = raw
	return nil
}

func (c *conn) Write(p []byte) (int, error) {
	if !c.open {
		return c.Conn.Write(p)
	}
	return c.bw.Write(p)
}

// patient writes in pieces, each with a deadline of its own, so that the
// deadline measures standstill and not the size of what is written.
type patient struct {
	net.Conn
	timeout time.Duration
}

func (w patient) Write(p []byte) (n int, err error) {
	const piece = 256 << 10
	for len(p) > 0 {
		if err := w.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
			return n, err
		}
		m, err := w.Conn.Write(p[:min(len(p), piece)])
		n += m
		if err != nil {
			return n, err
		}
		p = p[m:]
	}
	return n, nil
}
