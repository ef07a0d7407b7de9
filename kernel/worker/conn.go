package worker

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// A burst is more than burstLength frames, each less than burstGap after the
// one before. Its later frames are left to be written together. A few frames
// are written by whoever sends them, so that what a program says just before it
// crashes is not lost. docs/output.md adds up what that and others cost a line.
const (
	burstGap    = 50 * time.Microsecond
	burstLength = 32
)

// A conn is one end of the channel. Sending never waits for the other end: a
// frame is written at once if the pipe takes it, and otherwise left to the
// flusher, which writes whatever has gathered in one go. What may gather is
// bounded by the users: windows for output, one message for a request.
type conn struct {
	in, out *os.File
	raw     syscall.RawConn
	r       *bufio.Reader
	frame   []byte // the reader's buffer

	mu       sync.Mutex
	buf      []byte // waits for the flusher
	spare    []byte
	flushing bool
	last     time.Time // of the last write
	quick    int       // writes that followed each other closely
	err      error

	wake    chan struct{}
	flushed chan struct{} // closed when the flusher has ended
}

func newConn(in, out *os.File) (*conn, error) {
	raw, err := out.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("worker channel: %w", err)
	}
	c := &conn{
		in: in, out: out, raw: raw,
		r:       bufio.NewReaderSize(in, 64<<10),
		wake:    make(chan struct{}, 1),
		flushed: make(chan struct{}),
	}
	go c.flush()
	return c, nil
}

// receive reads the next frame. One goroutine may call it; the payload is
// valid until the next call.
func (c *conn) receive() (kind, uint64, []byte, error) {
	return readFrame(c.r, &c.frame)
}

// send puts a frame on its way. With urgent unset it may wait a moment for
// more of a burst. An error means that the channel is closed or the frame too
// big. The payload is encoded before anything is locked, since encoding may
// call user code.
func (c *conn) send(urgent bool, k kind, id uint64, payload func([]byte) []byte) error {
	b := frames.Get().(*[]byte)
	defer putFrame(b)
	var err error
	if *b, err = appendFrame((*b)[:0], k, id, payload); err != nil {
		return err
	}
	return c.write(urgent, *b)
}

// frames keeps buffers for frames under construction.
var frames = sync.Pool{New: func() any { return new([]byte) }}

func putFrame(b *[]byte) {
	if cap(*b) <= frameStep {
		frames.Put(b)
	}
}

// write sends a whole frame, which it does not keep.
func (c *conn) write(urgent bool, frame []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	if c.flushing {
		c.buf = append(c.buf, frame...)
		return nil
	}
	now := time.Now()
	if now.Sub(c.last) > burstGap {
		c.quick = 0
	}
	if urgent || c.quick < burstLength {
		n := c.tryWrite(frame)
		c.last = now
		c.quick++
		if n == len(frame) {
			return nil
		}
		frame = frame[n:]
	}
	c.buf = append(c.buf, frame...)
	c.flushing = true
	c.wake <- struct{}{} // has room: flushing was unset
	return nil
}

// tryWrite writes what the pipe takes at once.
func (c *conn) tryWrite(b []byte) (n int) {
	err := c.raw.Write(func(fd uintptr) bool {
		n, _ = syscall.Write(int(fd), b)
		return true
	})
	if err != nil || n < 0 {
		return 0 // the flusher meets the same error and keeps it
	}
	return n
}

func (c *conn) flush() {
	defer close(c.flushed)
	for range c.wake {
		c.mu.Lock()
		for len(c.buf) > 0 && c.err == nil {
			b := c.buf
			c.buf, c.spare = c.spare[:0], nil
			c.mu.Unlock()
			_, err := c.out.Write(b)
			c.mu.Lock()
			c.last = time.Now()
			c.quick = burstLength
			if cap(b) <= frameStep {
				c.spare = b
			}
			if err != nil && c.err == nil {
				c.err = fmt.Errorf("worker channel: %w", err)
			}
		}
		c.flushing = false
		c.mu.Unlock()
	}
}

var errChannelClosed = errors.New("worker channel is closed")

// close closes both pipes, so that the other end sees the end of the channel,
// and waits for the flusher.
func (c *conn) close() {
	c.mu.Lock()
	first := !errors.Is(c.err, errChannelClosed)
	c.err = errChannelClosed
	if first {
		close(c.wake)
	}
	c.mu.Unlock()
	_ = c.in.Close()
	_ = c.out.Close()
	<-c.flushed
}
