package wire

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/gosched/gosched/kernel/wire/zmtp"
)

// A Client is a front end's end of one channel.
type Client struct {
	p      *peer
	signer *Signer
	in     chan [][]byte
	quit   chan struct{}
	once   sync.Once
	wg     sync.WaitGroup
	err    error // why in was closed
}

// Dial connects to one channel of the kernel at c. The identity should be the
// same on shell, control and stdin. On iopub everything is subscribed to.
func Dial(ctx context.Context, c Connection, ch Channel, identity string) (*Client, error) {
	secret, err := c.secret()
	if err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	cfg := zmtp.Config{SocketType: "DEALER", Identity: []byte(identity), Limit: defaultLimits.message, Secret: secret}
	if secret != nil {
		cfg.Peer = secret.Public() // Jupyter has one pair of keys for both ends
	}
	switch ch {
	case IOPub:
		cfg.SocketType = "SUB"
	case Heartbeat:
		cfg.SocketType = "REQ"
	}
	network, addr := c.address(ch)
	var d net.Dialer
	nc, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ch, err)
	}
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	p, err := handshake(nc, cfg, defaultLimits, newBudget(defaultLimits), func() {})
	if !stop() && err == nil {
		nc.Close()
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ch, err)
	}
	cl := &Client{p: p, signer: NewSigner([]byte(c.Key)), in: make(chan [][]byte, 64), quit: make(chan struct{})}
	cl.wg.Go(p.write)
	cl.wg.Go(func() {
		defer close(cl.in)
		cl.err = p.read(func(_ *peer, frames [][]byte) {
			select {
			case cl.in <- frames:
			case <-cl.quit:
			}
		})
		p.disconnect(cl.err)
	})
	if ch == IOPub {
		if err := p.send([][]byte{{1}}); err != nil {
			cl.Close()
			return nil, fmt.Errorf("%s: subscribe: %w", ch, err)
		}
	}
	return cl, nil
}

// Send signs and sends a message.
func (c *Client) Send(m *Message) error {
	frames, err := Encode(m, c.signer)
	if err != nil {
		return err
	}
	return c.p.send(frames)
}

// SendFrames sends frames as they are, for heartbeats and for tests of what a
// kernel does with nonsense.
func (c *Client) SendFrames(frames ...[]byte) error { return c.p.send(frames) }

// Recv returns the next message.
func (c *Client) Recv(ctx context.Context) (*Message, error) {
	frames, err := c.RecvFrames(ctx)
	if err != nil {
		return nil, err
	}
	return Decode(frames, c.signer)
}

// RecvFrames returns the next message's frames as they are.
func (c *Client) RecvFrames(ctx context.Context) ([][]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // an answer may be there already
	}
	select {
	case frames, ok := <-c.in:
		if !ok {
			return nil, fmt.Errorf("%w: %w", ErrClosed, c.err)
		}
		return frames, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close disconnects.
func (c *Client) Close() {
	c.once.Do(func() {
		close(c.quit)
		c.p.disconnect(ErrClosed)
	})
	c.wg.Wait()
}
