//go:build js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall/js"

	"github.com/gosched/gosched/kernel/wire"
)

// A page carries messages between the kernel and the page that it is in. In
// JavaScript it is the global object gosched: the page's side has put there a
// function send(channel, text, buffers, shows), and finds receive(channel, text, buffers)
// when the kernel is ready. Text is a message as JSON; buffers are an array of
// Uint8Array. shows is how much output a message has, and seen(shows), which is
// there too, is to be called when the page has shown it.
type page struct {
	object  js.Value
	receive js.Func
	seen    js.Func
	queues  map[wire.Channel]*queue
	window  *window

	executes atomic.Bool // a cell was run
}

// everybody is the identity of all front ends: the page tells them apart.
var everybody = [][]byte{[]byte("page")}

// envelope is a message on its way.
type envelope struct {
	Header   json.RawMessage `json:"header"`
	Parent   json.RawMessage `json:"parent_header"`
	Metadata json.RawMessage `json:"metadata"`
	Content  json.RawMessage `json:"content"`
}

func newPage() (*page, error) {
	p := &page{object: js.Global().Get("gosched"), queues: map[wire.Channel]*queue{}, window: newWindow()}
	if p.object.Type() != js.TypeObject {
		return nil, errors.New("this program is a part of a web page, and is started by it: there is no object gosched")
	}
	for _, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
		p.queues[ch] = newQueue()
	}
	p.receive = js.FuncOf(func(_ js.Value, args []js.Value) any {
		if err := p.take(args); err != nil {
			return err.Error()
		}
		return nil
	})
	p.seen = js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.window.seen(args[0].Int())
		return nil
	})
	p.object.Set("seen", p.seen)
	p.object.Set("receive", p.receive)
	return p, nil
}

func (p *page) release() {
	p.object.Set("receive", js.Undefined())
	p.object.Set("seen", js.Undefined())
	p.receive.Release()
	p.seen.Release()
}

// take takes a message. It is called by JavaScript, and so must not wait.
func (p *page) take(args []js.Value) error {
	if len(args) != 3 {
		return errors.New("receive wants a channel, a message and its buffers")
	}
	q := p.queues[wire.Channel(args[0].String())]
	if q == nil {
		return fmt.Errorf("there is no channel %s", args[0].String())
	}
	var e envelope
	if err := json.Unmarshal([]byte(args[1].String()), &e); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	m := &wire.Message{Identities: everybody, RawHeader: e.Header, Parent: e.Parent, Metadata: e.Metadata, Content: e.Content}
	if err := json.Unmarshal(e.Header, &m.Header); err != nil {
		return fmt.Errorf("message header: %w", err)
	}
	for i := range args[2].Length() {
		from := args[2].Index(i)
		b := make([]byte, from.Length())
		js.CopyBytesToGo(b, from)
		m.Buffers = append(m.Buffers, b)
	}
	if m.Header.MsgType == "execute_request" {
		p.executes.Store(true)
	}
	q.add(m)
	return nil
}

// Connection implements kernel.Transport. There is nothing to connect to.
func (p *page) Connection() wire.Connection { return wire.Connection{} }

// Messages implements kernel.Transport.
func (p *page) Messages(ch wire.Channel) <-chan *wire.Message { return p.queues[ch].out }

// Publish implements kernel.Transport. Output waits while the page is busy showing what
// it has, as it would not even take clicks.
func (p *page) Publish(messages ...*wire.Message) error {
	for _, m := range messages {
		if isOutput(m.Header.MsgType) {
			p.window.pass(len(m.Content))
		}
		if err := p.Send(wire.IOPub, m); err != nil {
			return err
		}
	}
	return nil
}

// isOutput tells the messages whose size the page returns when it has shown them.
func isOutput(msgType string) bool {
	switch msgType {
	case "stream", "display_data", "update_display_data":
		return true
	}
	return false
}

// Reply implements kernel.Transport.
func (p *page) Reply(ch wire.Channel, _, m *wire.Message) error { return p.Send(ch, m) }

// Send implements kernel.Transport.
func (p *page) Send(ch wire.Channel, m *wire.Message) error {
	header, err := json.Marshal(m.Header)
	if err != nil {
		return fmt.Errorf("message header: %w", err)
	}
	text, err := json.Marshal(envelope{header, object(m.Parent), object(m.Metadata), object(m.Content)})
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	buffers := js.Global().Get("Array").New(len(m.Buffers))
	for i, b := range m.Buffers {
		to := js.Global().Get("Uint8Array").New(len(b))
		js.CopyBytesToJS(to, b)
		buffers.SetIndex(i, to)
	}
	shows := 0
	if ch == wire.IOPub && isOutput(m.Header.MsgType) {
		shows = len(m.Content)
	}
	p.object.Call("send", string(ch), string(text), buffers, shows)
	return nil
}

func object(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// Close implements kernel.Transport. What was sent is with the page already.
func (p *page) Close(context.Context) {
	p.window.open()
	for _, q := range p.queues {
		q.close()
	}
}

// A queue holds messages that the kernel has not taken yet.
type queue struct {
	out  chan *wire.Message
	wake chan struct{}
	done chan struct{}

	mu   sync.Mutex
	list []*wire.Message
	work sync.WaitGroup
}

func newQueue() *queue {
	q := &queue{out: make(chan *wire.Message), wake: make(chan struct{}, 1), done: make(chan struct{})}
	q.work.Go(q.hand)
	return q
}

func (q *queue) add(m *wire.Message) {
	q.mu.Lock()
	q.list = append(q.list, m)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// hand hands messages on, in order.
func (q *queue) hand() {
	for {
		q.mu.Lock()
		list := q.list
		q.list = nil
		q.mu.Unlock()
		for _, m := range list {
			select {
			case q.out <- m:
			case <-q.done:
				return
			}
		}
		if len(list) > 0 {
			continue
		}
		select {
		case <-q.wake:
		case <-q.done:
			return
		}
	}
}

func (q *queue) close() {
	close(q.done)
	q.work.Wait()
}
