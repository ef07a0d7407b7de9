package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/gosched/gosched/kernel/wire/zmtp"
)

// Options adjusts a Server.
type Options struct {
	// Logger is told of peers and messages that are dropped; nil for none.
	Logger *slog.Logger
	// Welcome returns what a new iopub subscription is answered with, before
	// anything else that is published. It must not call the Server.
	Welcome func(topic string) []*Message

	// For tests: other bounds, and another way to tell where peers come from.
	lim    *limits
	whence func(net.Conn) origin
}

// A Server is the five sockets of a kernel. Its methods may be called
// concurrently.
type Server struct {
	conn    Connection
	signer  *Signer
	log     quiet
	lim     limits
	trust   *trust
	welcome func(topic string) []*Message
	replays replays
	sockets map[Channel]*socket
	in      map[Channel]chan *Message
	quit    chan struct{}
	once    sync.Once

	pub         sync.Mutex // orders what is published, guards subscriptions
	subscribers []*peer
	space       chan struct{} // tells the publisher that a subscriber has taken something
}

// Listen binds all five sockets and starts to serve them.
func Listen(ctx context.Context, c Connection, o Options) (*Server, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.lim == nil {
		o.lim = &defaultLimits
	}
	if o.whence == nil {
		o.whence = originOf
	}
	secret, err := c.secret()
	if err != nil {
		return nil, fmt.Errorf("connection: %w", err)
	}
	s := &Server{
		conn:    c,
		signer:  NewSigner([]byte(c.Key)),
		log:     quiet{o.Logger, rate.NewLimiter(10, 50)},
		lim:     *o.lim,
		trust:   newTrust(c.Transport == "ipc"),
		welcome: o.Welcome,
		sockets: make(map[Channel]*socket),
		in:      make(map[Channel]chan *Message),
		quit:    make(chan struct{}),
		space:   make(chan struct{}, 1),
	}
	budget := newBudget(s.lim)
	for _, ch := range Channels {
		ln, err := listen(ctx, c, ch)
		if err != nil {
			for _, sck := range s.sockets {
				sck.ln.Close()
			}
			return nil, err
		}
		if a, ok := ln.Addr().(*net.TCPAddr); ok {
			*s.conn.port(ch) = a.Port
		}
		sck := &socket{
			ch: ch, ln: ln, lim: s.lim, log: s.log, trust: s.trust, budget: budget, whence: o.whence,
			cfg:   zmtp.Config{SocketType: "ROUTER", Server: true, Secret: secret, Limit: s.lim.message},
			space: func() {},
		}
		switch ch {
		case Heartbeat:
			sck.cfg.Limit = s.lim.note
			sck.handle = func(p *peer, frames [][]byte) { _ = p.send(frames) }
		case IOPub:
			sck.cfg.SocketType, sck.cfg.Limit = "XPUB", s.lim.note
			sck.joined, sck.left, sck.handle = s.join, s.leave, s.subscribe
			sck.space = func() { notify(s.space) }
		default:
			s.in[ch] = make(chan *Message, 16)
			sck.handle = func(p *peer, frames [][]byte) { s.receive(ch, p, frames) }
		}
		s.sockets[ch] = sck
	}
	for _, sck := range s.sockets {
		sck.wg.Add(1)
		go sck.serve()
	}
	return s, nil
}

// quiet logs what peers cause, at a rate that a hostile one cannot raise.
type quiet struct {
	log  *slog.Logger
	rate *rate.Limiter
}

func (q quiet) warn(msg string, args ...any) {
	if q.rate.Allow() {
		q.log.Warn(msg, args...)
	}
}

// Connection returns where the server listens, with the ports it was given
// where the connection said 0.
func (s *Server) Connection() Connection { return s.conn }

// Messages returns the messages that come in on shell, control or stdin, in
// the order in which each peer sent them. While nobody receives from it, peers
// wait. It is never closed.
func (s *Server) Messages(ch Channel) <-chan *Message { return s.in[ch] }

// receive decodes a message and passes it on. What cannot be decoded is
// logged and dropped.
func (s *Server) receive(ch Channel, p *peer, frames [][]byte) {
	m, err := Decode(frames, s.signer)
	if err == nil && s.replays.repeated(frames[len(m.Identities)+1]) {
		err = errReplayed
	}
	if err != nil {
		s.log.warn("message dropped", "channel", ch, "peer", p.nc.RemoteAddr(), "err", err)
		return
	}
	s.prove(p)
	m.Identities = append([][]byte{[]byte(p.id)}, m.Identities...)
	m.from = p
	select {
	case s.in[ch] <- m:
	case <-s.quit:
	}
}

// prove notes that a peer has signed a message.
func (s *Server) prove(p *peer) {
	if !p.proven.CompareAndSwap(false, true) {
		return
	}
	p.budget.vouch(p)
	if s.trust.prove(p.from) {
		for _, sck := range s.sockets {
			sck.vouch(p.from)
		}
	}
}

var errReplayed = errors.New("message came before, with the same signature")

// Reply sends m on the channel on which to came, to the peer that sent it.
func (s *Server) Reply(ch Channel, to, m *Message) error {
	m.Identities = to.Identities[1:]
	return s.send(ch, string(to.Identities[0]), to.from, m)
}

// Send sends m on a channel to the peer whose identity is m.Identities[0].
func (s *Server) Send(ch Channel, m *Message) error {
	out := *m
	out.Identities = m.Identities[1:]
	return s.send(ch, string(m.Identities[0]), nil, &out)
}

func (s *Server) send(ch Channel, id string, from *peer, m *Message) error {
	frames, err := Encode(m, s.signer)
	if err != nil {
		return err
	}
	if err := s.sockets[ch].send(id, from, frames); err != nil {
		return fmt.Errorf("%s: send %s: %w", ch, m.Header.MsgType, err)
	}
	return nil
}

// Publish sends messages, in one go, to all iopub subscribers of their topics,
// Identities[0], that come from where somebody has the key. It waits a little for
// subscribers that are slow, and never for those that have stopped reading.
func (s *Server) Publish(messages ...*Message) error {
	items := make([]item, 0, len(messages))
	for _, m := range messages {
		frames, err := Encode(m, s.signer)
		if err != nil {
			return err
		}
		items = append(items, item{frames: frames, size: frameSize(frames), shared: true})
	}
	s.pub.Lock()
	defer s.pub.Unlock()
	to, wanted := make([]*peer, 0, len(s.subscribers)), make([][]item, 0, len(s.subscribers))
	for _, p := range s.subscribers {
		if !p.vouched.Load() {
			continue
		}
		if its := p.subscribed(items); len(its) > 0 {
			to, wanted = append(to, p), append(wanted, its)
		}
	}
	s.waitForSpace(to, sizeOf(items))
	for i, p := range to {
		_ = p.enqueue(wanted[i]...) // a peer that is gone has been logged
	}
	return nil
}

// waitForSpace waits until all peers have room for size more bytes, or the
// patience with those that have none is over. All are waited for at the same
// time, so that many slow ones cost no more than one. While somebody keeps up,
// the wait is charged to those that do not; where nobody does, as with a single
// front end on a slow line, all have patience as long as anything moves.
func (s *Server) waitForSpace(to []*peer, size int) {
	without := func() (behind []*peer, longest time.Duration, keepingUp int) {
		for _, p := range to {
			switch {
			case !p.hasRoom(size):
				behind = append(behind, p)
				longest = max(longest, p.patience())
			case !p.lags():
				keepingUp++
			}
		}
		return behind, longest, keepingUp
	}
	behind, longest, keepingUp := without()
	if len(behind) == 0 {
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for begin := time.Now(); len(behind) > 0; behind, longest, keepingUp = without() {
		if keepingUp == 0 {
			longest = s.lim.standstill - time.Since(begin)
		}
		turn := time.Now()
		timer.Reset(max(longest, 0))
		select {
		case <-s.space:
			if keepingUp == 0 {
				continue
			}
			for _, p := range behind {
				p.charge(time.Since(turn))
			}
		case <-timer.C:
			for _, p := range behind {
				p.charge(s.lim.patience)
			}
		}
	}
}

func (s *Server) join(p *peer) {
	s.pub.Lock()
	p.topics = make(map[string]bool)
	s.subscribers = append(s.subscribers, p)
	s.pub.Unlock()
}

func (s *Server) leave(p *peer) {
	s.pub.Lock()
	s.subscribers = slices.DeleteFunc(s.subscribers, func(q *peer) bool { return q == p })
	s.pub.Unlock()
}

// maxTopics bounds the subscriptions of one peer; Jupyter clients have one.
const maxTopics = 64

// subscribe handles what an iopub subscriber sends: 1 and a topic to
// subscribe, 0 and a topic to cancel.
func (s *Server) subscribe(p *peer, frames [][]byte) {
	if len(frames) != 1 || len(frames[0]) == 0 || frames[0][0] > 1 {
		return
	}
	on, topic := frames[0][0] == 1, string(frames[0][1:])
	s.pub.Lock()
	defer s.pub.Unlock()
	if !on {
		delete(p.topics, topic)
		return
	}
	if p.topics[topic] || len(p.topics) >= maxTopics {
		return
	}
	p.topics[topic] = true
	if s.welcome == nil {
		return
	}
	for _, m := range s.welcome(topic) {
		frames, err := Encode(m, s.signer)
		if err != nil {
			s.log.warn("cannot encode a welcome", "err", err)
			continue
		}
		_ = p.send(frames)
	}
}

// Close delivers what is queued, as far as the peers take it before ctx is
// done, and then closes all sockets. It waits for every goroutine of the
// server.
func (s *Server) Close(ctx context.Context) {
	s.once.Do(func() {
		close(s.quit)
		var wg sync.WaitGroup
		for _, sck := range s.sockets {
			wg.Go(func() { sck.close(ctx) })
		}
		wg.Wait()
	})
}
