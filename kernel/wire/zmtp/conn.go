package zmtp

import (
	"bufio"
	"errors"
	"io"
	"slices"
)

// handshakeFrame bounds a frame of the handshake, in bytes: a READY holds a
// socket type and an identity of at most 255 bytes.
const handshakeFrame = 4 << 10

// Commands after the handshake.
const (
	CommandPing      = "PING"
	CommandPong      = "PONG"
	CommandSubscribe = "SUBSCRIBE"
	CommandCancel    = "CANCEL"
)

// A Config says what one end of a connection is.
type Config struct {
	SocketType string // such as "ROUTER"
	Identity   []byte // at most 255 bytes
	// Server says that this end accepted the connection.
	Server bool
	// Secret is this end's key. With it the connection is encrypted, and a
	// peer that speaks without encryption is refused.
	Secret *Key
	// Peer is the server's public key; clients with a Secret need it.
	Peer Key
	// Limit bounds a message, all frames together, in bytes.
	Limit int
	// Take is asked before memory is taken for n more bytes of a message that
	// is not yet whole; its error ends the connection. Nil allows all.
	Take func(n int) error
}

// A Conn is a connection after its handshake. One goroutine may read while
// another one writes.
type Conn struct {
	cfg    Config
	peer   metadata
	cipher *cipher

	r       *bufio.Reader
	frames  [][]byte // of the message that is being read
	pending int      // bytes of it, with overhead

	out     io.Writer
	w       *bufio.Writer // nil until something is written
	scratch []byte
}

// Buffers of a connection, in bytes. Writing takes its buffer when it is first
// needed: a peer that is never sent anything costs little.
const (
	readBuffer  = 4 << 10
	writeBuffer = 64 << 10
	// maxScratch is how much of the memory for encrypting is kept.
	maxScratch = 512 << 10
)

// Handshake greets the other end and agrees on security with it. What is read
// is bounded; how long it may take is for deadlines on rw to say. Later writes
// go to out, which is rw or wraps it.
func Handshake(rw io.ReadWriter, out io.Writer, cfg Config) (*Conn, error) {
	if len(cfg.Identity) > maxIdentity {
		return nil, errors.New("handshake: this end's identity is too long")
	}
	c := &Conn{cfg: cfg, r: bufio.NewReaderSize(rw, readBuffer), out: out}
	mechanism := mechanismNull
	if cfg.Secret != nil {
		mechanism = mechanismCurve
	}
	if _, err := rw.Write(appendGreeting(nil, mechanism, cfg.Server && cfg.Secret != nil)); err != nil {
		return nil, err
	}
	if err := readGreeting(c.r, mechanism); err != nil {
		return nil, err
	}
	link := struct {
		io.Reader
		io.Writer
	}{c.r, rw}
	ours := metadata{cfg.SocketType, cfg.Identity}
	var err error
	switch {
	case cfg.Secret == nil:
		c.peer, err = shakeNull(link, ours)
	case cfg.Server:
		c.cipher, c.peer, err = serveCurve(link, *cfg.Secret, ours)
	default:
		c.cipher, c.peer, err = dialCurve(link, cfg.Peer, *cfg.Secret, ours.append(nil))
	}
	if err != nil {
		return nil, err
	}
	return c, compatible(cfg.SocketType, c.peer.socketType)
}

// shakeNull exchanges READY commands.
func shakeNull(rw io.ReadWriter, ours metadata) (metadata, error) {
	if err := writeCommand(rw, appendCommand(nil, "READY", ours.append(nil))); err != nil {
		return metadata{}, err
	}
	body, err := readCommand(rw, handshakeFrame)
	if err != nil {
		return metadata{}, err
	}
	name, data, err := splitCommand(body)
	if err != nil {
		return metadata{}, err
	}
	if name != "READY" {
		return metadata{}, errors.New("handshake: a command other than READY")
	}
	return parseMetadata(data)
}

// Identity is what the peer calls itself; empty if it does not.
func (c *Conn) Identity() []byte { return c.peer.identity }

// Encrypted says that the peer knows this end's public key, and that nobody
// else can read what is said.
func (c *Conn) Encrypted() bool { return c.cipher != nil }

// Pending returns how many bytes there are of a message that is not yet whole.
func (c *Conn) Pending() int { return c.pending }

// Read returns the next message, or the next command with its name and, as the
// only frame, its data. Commands may come in the middle of a message.
func (c *Conn) Read() (command string, frames [][]byte, err error) {
	for {
		limit := c.cfg.Limit - c.pending - FrameOverhead
		var flags byte
		var body []byte
		if c.cipher == nil {
			flags, body, err = readFrame(c.r, limit, c.cfg.Take)
		} else {
			flags, body, err = readFrame(c.r, limit+boxOverhead, c.cfg.Take)
			if err == nil {
				flags, body, err = c.cipher.open(body)
			}
		}
		if err != nil {
			if len(c.frames) > 0 {
				err = noEOF(err)
			}
			return "", nil, err
		}
		if flags&flagCommand != 0 {
			name, data, err := splitCommand(body)
			return name, [][]byte{data}, err
		}
		c.frames = append(c.frames, body)
		c.pending += len(body) + FrameOverhead
		if flags&flagMore == 0 {
			frames = slices.Clip(c.frames)
			c.frames, c.pending = nil, 0
			return "", frames, nil
		}
		if c.cfg.Take != nil {
			if err := c.cfg.Take(FrameOverhead); err != nil {
				return "", nil, err
			}
		}
	}
}

// Write buffers a message.
func (c *Conn) Write(frames [][]byte) error {
	for i, f := range frames {
		var flags byte
		if i < len(frames)-1 {
			flags = flagMore
		}
		if err := c.write(flags, f); err != nil {
			return err
		}
	}
	return nil
}

// WriteCommand buffers a command.
func (c *Conn) WriteCommand(name string, data []byte) error {
	return c.write(flagCommand, appendCommand(nil, name, data))
}

func (c *Conn) write(flags byte, body []byte) error {
	if c.w == nil {
		c.w = bufio.NewWriterSize(c.out, writeBuffer)
	}
	if c.cipher == nil {
		if _, err := c.w.Write(appendFrameHeader(c.w.AvailableBuffer(), flags, len(body))); err != nil {
			return err
		}
		_, err := c.w.Write(body)
		return err
	}
	sealed, err := c.cipher.seal(c.scratch[:0], flags, body)
	if err != nil {
		return err
	}
	if cap(sealed) <= maxScratch {
		c.scratch = sealed
	}
	_, err = c.w.Write(sealed)
	return err
}

// Flush sends what is buffered.
func (c *Conn) Flush() error {
	if c.w == nil {
		return nil
	}
	return c.w.Flush()
}
