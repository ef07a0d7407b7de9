// Package wiretest is a front end for tests: it connects to a kernel, sends
// requests, gathers what the kernel publishes, and answers its questions.
//
// It knows the shape of Jupyter messages and nothing of a particular kernel.
// Tests of the kernel proper, of the supervisor and of the whole program use
// it against whatever listens at a wire.Connection.
package wiretest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/wire"
)

// A Client is one front end. Its methods may be called concurrently.
type Client struct {
	session string
	sockets map[wire.Channel]*wire.Client
	wg      sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc

	mu      sync.Mutex
	waiting map[string]*Pending // by message id
	stdin   func(prompt string, password bool) string
	watch   func(*wire.Message)
}

// Dial connects all channels and waits for the kernel's iopub_welcome, so that
// nothing published from now on is missed.
func Dial(ctx context.Context, c wire.Connection) (*Client, error) {
	cl := &Client{
		session: uuid.NewString(),
		sockets: make(map[wire.Channel]*wire.Client),
		waiting: make(map[string]*Pending),
	}
	cl.ctx, cl.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for _, ch := range wire.Channels {
		s, err := wire.Dial(ctx, c, ch, cl.session)
		if err != nil {
			cl.Close()
			return nil, err
		}
		cl.sockets[ch] = s
	}
	m, err := cl.sockets[wire.IOPub].Recv(ctx)
	if err == nil && m.Header.MsgType != "iopub_welcome" {
		err = fmt.Errorf("first iopub message is %s", m.Header.MsgType)
	}
	if err != nil {
		cl.Close()
		return nil, fmt.Errorf("no iopub_welcome: %w", err)
	}
	for _, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin, wire.IOPub} {
		cl.wg.Go(func() { cl.receive(ch) })
	}
	return cl, nil
}

// Close disconnects.
func (c *Client) Close() {
	c.cancel()
	for _, s := range c.sockets {
		s.Close()
	}
	c.wg.Wait()
}

// Session is the client's session id and its identity.
func (c *Client) Session() string { return c.session }

// OnStdin sets what answers input requests. Without it they are not answered.
func (c *Client) OnStdin(f func(prompt string, password bool) string) {
	c.mu.Lock()
	c.stdin = f
	c.mu.Unlock()
}

// OnIOPub sets a function that sees every iopub message as it comes, also
// those of other clients' requests. It must return quickly.
func (c *Client) OnIOPub(f func(*wire.Message)) {
	c.mu.Lock()
	c.watch = f
	c.mu.Unlock()
}

// Pending is a request that has been sent.
type Pending struct {
	// ID is the request's message id.
	ID string

	c       *Client
	mu      sync.Mutex
	reply   *wire.Message
	outputs []*wire.Message
	idle    bool
	changed chan struct{}
}

// Header returns a header for a message of the client.
func (c *Client) Header(msgType string) wire.Header {
	return wire.Header{
		MsgID: uuid.NewString(), Session: c.session, Username: "test",
		Date: wire.Date(time.Now()), MsgType: msgType, Version: wire.ProtocolVersion,
	}
}

// Send sends a request with content that is marshalled to JSON.
func (c *Client) Send(ch wire.Channel, msgType string, content any) (*Pending, error) {
	return c.SendTo(ch, "", msgType, content)
}

// SendTo sends a request to a subshell.
func (c *Client) SendTo(ch wire.Channel, subshell, msgType string, content any) (*Pending, error) {
	m := &wire.Message{Header: c.Header(msgType)}
	m.Header.SubshellID = subshell
	return c.send(ch, m, content)
}

// SendWith sends a request with metadata.
func (c *Client) SendWith(ch wire.Channel, msgType string, metadata, content any) (*Pending, error) {
	data, err := json.Marshal(metadata)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", msgType, err)
	}
	return c.send(ch, &wire.Message{Header: c.Header(msgType), Metadata: data}, content)
}

func (c *Client) send(ch wire.Channel, m *wire.Message, content any) (*Pending, error) {
	msgType := m.Header.MsgType
	data, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", msgType, err)
	}
	m.Content = data
	p := &Pending{ID: m.Header.MsgID, c: c, changed: make(chan struct{})}
	c.mu.Lock()
	c.waiting[p.ID] = p
	c.mu.Unlock()
	if err := c.sockets[ch].Send(m); err != nil {
		return nil, fmt.Errorf("%s: %w", msgType, err)
	}
	return p, nil
}

// Request sends a request and waits for its reply and for idle.
func (c *Client) Request(ctx context.Context, ch wire.Channel, msgType string, content any) (*Result, error) {
	p, err := c.Send(ch, msgType, content)
	if err != nil {
		return nil, err
	}
	return p.Wait(ctx)
}

// Execute runs a cell as a notebook does, and waits for its end.
func (c *Client) Execute(ctx context.Context, code string) (*Result, error) {
	return c.Request(ctx, wire.Shell, "execute_request", Cell(code))
}

// Cell is the content of a notebook's execute_request.
func Cell(code string) map[string]any {
	return map[string]any{
		"code": code, "silent": false, "store_history": true, "user_expressions": map[string]string{},
		"allow_stdin": true, "stop_on_error": true,
	}
}

// Heartbeat sends data on the heartbeat channel and returns what comes back.
func (c *Client) Heartbeat(ctx context.Context, data string) (string, error) {
	hb := c.sockets[wire.Heartbeat]
	if err := hb.SendFrames(nil, []byte(data)); err != nil {
		return "", err
	}
	frames, err := hb.RecvFrames(ctx)
	if err != nil {
		return "", err
	}
	return string(frames[len(frames)-1]), nil
}

// Socket returns the client's end of a channel, for messages that the client
// itself would not send.
func (c *Client) Socket(ch wire.Channel) *wire.Client { return c.sockets[ch] }

func (c *Client) receive(ch wire.Channel) {
	for {
		m, err := c.sockets[ch].Recv(c.ctx)
		if err != nil {
			return
		}
		c.mu.Lock()
		p, stdin, watch := c.waiting[m.ParentHeader().MsgID], c.stdin, c.watch
		c.mu.Unlock()
		switch {
		case ch == wire.Stdin:
			if m.Header.MsgType == "input_request" && stdin != nil {
				c.wg.Go(func() { c.answer(m, stdin) })
			}
			continue
		case ch == wire.IOPub && watch != nil:
			watch(m)
		}
		if p != nil {
			p.add(ch, m)
		}
	}
}

func (c *Client) answer(m *wire.Message, stdin func(string, bool) string) {
	var q struct {
		Prompt   string `json:"prompt"`
		Password bool   `json:"password"`
	}
	if err := json.Unmarshal(m.Content, &q); err != nil {
		return
	}
	content, err := json.Marshal(map[string]string{"value": stdin(q.Prompt, q.Password)})
	if err != nil {
		return
	}
	_ = c.sockets[wire.Stdin].Send(&wire.Message{Header: c.Header("input_reply"), Parent: m.RawHeader, Content: content})
}

func (p *Pending) add(ch wire.Channel, m *wire.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ch == wire.IOPub {
		p.outputs = append(p.outputs, m)
		if m.Header.MsgType == "status" && strings.Contains(string(m.Content), `"idle"`) {
			p.idle = true
		}
	} else {
		p.reply = m
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// Until waits until f, which is given all that has come, returns true.
func (p *Pending) Until(ctx context.Context, f func(*Result) bool) (*Result, error) {
	for {
		p.mu.Lock()
		r := &Result{Reply: p.reply, Messages: p.outputs[:len(p.outputs):len(p.outputs)], Idle: p.idle}
		changed := p.changed
		p.mu.Unlock()
		if f(r) {
			return r, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return r, fmt.Errorf("request %s: %w (reply: %v, idle: %v, iopub messages: %d)", p.ID, ctx.Err(), r.Reply != nil, r.Idle, len(r.Messages))
		}
	}
}

// Wait waits for the reply and for idle. What comes afterwards, from
// goroutines that outlive their cell, can still be waited for with Until.
func (p *Pending) Wait(ctx context.Context) (*Result, error) {
	return p.Until(ctx, func(r *Result) bool { return r.Reply != nil && r.Idle })
}

// Forget stops gathering messages for the request.
func (p *Pending) Forget() {
	p.c.mu.Lock()
	delete(p.c.waiting, p.ID)
	p.c.mu.Unlock()
}

// Result is what has come back for a request.
type Result struct {
	Reply    *wire.Message   // nil if none has come yet
	Messages []*wire.Message // on iopub, in order
	Idle     bool
}

// Content decodes the reply's content, nil without a reply.
func (r *Result) Content() map[string]any {
	if r.Reply == nil {
		return nil
	}
	return Content(r.Reply)
}

// Status is the reply's status: "ok", "error" or "aborted".
func (r *Result) Status() string {
	s, _ := r.Content()["status"].(string)
	return s
}

// Of returns the iopub messages of a type.
func (r *Result) Of(msgType string) []*wire.Message {
	var found []*wire.Message
	for _, m := range r.Messages {
		if m.Header.MsgType == msgType {
			found = append(found, m)
		}
	}
	return found
}

// Types lists the types of the iopub messages, with the state of a status.
func (r *Result) Types() []string {
	var types []string
	for _, m := range r.Messages {
		t := m.Header.MsgType
		if state, ok := Content(m)["execution_state"].(string); ok {
			t = state
		}
		types = append(types, t)
	}
	return types
}

// Text is the text of a stream, "stdout" or "stderr".
func (r *Result) Text(stream string) string {
	var b strings.Builder
	for _, m := range r.Of("stream") {
		var c struct{ Name, Text string }
		if json.Unmarshal(m.Content, &c) == nil && c.Name == stream {
			b.WriteString(c.Text)
		}
	}
	return b.String()
}

// Content decodes a message's content.
func Content(m *wire.Message) map[string]any {
	var c map[string]any
	_ = json.Unmarshal(m.Content, &c)
	return c
}
