package widgets

import (
	"encoding/json"
	"maps"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

const (
	target        = "jupyter.widget"
	protocol      = "2.1.0" // of the messages, named when a comm is opened
	protocolMajor = "2"
	// rest is how long a model says nothing after it has told of a change, so
	// that a loop that sets a value does not flood the front end.
	rest = 20 * time.Millisecond
	// maxQueue bounds what waits to be sent for one model. An update joins the
	// one before it, so only echoes are many.
	maxQueue = 1000
)

// state is the attributes of a model that differ from what the front end takes
// them for, or that it must be told.
type state map[string]any

// A model is the kernel's side of a widget.
type model struct {
	hub  *Hub
	id   string
	emit func(session.Event) // to the cell that has made it
	// parts are models that belong to this one: its layout and style.
	parts []*model
	// changed is told of what people do, with the lock held: the attributes that
	// a front end has sent and that belong to the state. It returns what they
	// mean, which is what others are told.
	changed func(state) state
	// custom is told of messages that are no change of the state, likewise.
	custom func(content json.RawMessage)
	// ended is called when the model is closed, likewise.
	ended func()

	// sends is held while messages are taken and sent, for their order.
	sends sync.Mutex

	mu      sync.Mutex
	state   state
	closed  bool
	queue   []message
	sending bool
}

// A message waits to be sent.
type message struct {
	emit   func(session.Event)
	update state           // of the state, or nil
	echo   state           // of what a front end has sent, to the others
	parent json.RawMessage // what it answers
	close  bool
}

func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil { // a NaN, say: what JSON cannot hold is left as it was
		return json.RawMessage("{}")
	}
	return b
}

// open tells front ends of a model. It may wait, as printing does.
func (m *model) open() {
	m.mu.Lock()
	data := encode(map[string]any{"state": m.state, "buffer_paths": []any{}})
	m.mu.Unlock()
	m.emit(session.Comm{
		Kind: session.CommOpen, ID: m.id, Target: target, Data: data,
		Metadata: encode(map[string]string{"version": protocol}),
	})
}

// set changes the state and tells the front ends.
func (m *model) set(change state) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.setLocked(change)
}

func (m *model) setLocked(change state) {
	if m.closed {
		return
	}
	maps.Copy(m.state, change)
	// It is a message of the cell that makes the change, where there is one:
	// programs that execute notebooks see no others.
	emit := m.hub.env.Emitter()
	if n := len(m.queue); n > 0 && m.queue[n-1].update != nil {
		maps.Copy(m.queue[n-1].update, change)
		m.queue[n-1].emit = emit
		return
	}
	m.push(message{emit: emit, update: maps.Clone(change)})
}

// push queues a message. The lock is held.
func (m *model) push(x message) {
	if len(m.queue) >= maxQueue && !x.close {
		return
	}
	if x.emit == nil {
		x.emit = m.emit
	}
	m.queue = append(m.queue, x)
	if !m.sending {
		m.sending = true
		m.hub.senders.Go(m.send)
	}
}

// send sends what is queued, and ends when nothing is. The emitter may wait for
// a front end; nobody waits for send.
func (m *model) send() {
	for m.flush() {
		select {
		case <-time.After(rest):
		case <-m.hub.done:
		}
	}
}

// flush sends what is queued. If there is nothing, it says that nobody is
// sending any more, and returns false.
func (m *model) flush() bool {
	m.sends.Lock()
	defer m.sends.Unlock()
	m.mu.Lock()
	batch := m.queue
	m.queue = nil
	if len(batch) == 0 {
		m.sending = false
	}
	m.mu.Unlock()
	for _, x := range batch {
		x.emit(x.comm(m.id))
	}
	return len(batch) > 0
}

// finish sends what is queued without a rest.
func (m *model) finish() {
	m.mu.Lock()
	waits := len(m.queue) > 0
	m.mu.Unlock()
	if !waits {
		return
	}
	m.sends.Lock()
	defer m.sends.Unlock()
	m.mu.Lock()
	batch := m.queue
	m.queue = nil // its sender finds nothing, and ends
	m.mu.Unlock()
	for _, x := range batch {
		x.emit(x.comm(m.id))
	}
}

func (x message) comm(id string) session.Comm {
	c := session.Comm{Kind: session.CommMessage, ID: id, Parent: x.parent}
	switch {
	case x.close:
		c.Kind = session.CommClose
	case x.echo != nil:
		c.Data = updateData("echo_update", x.echo)
	default:
		c.Data = updateData("update", x.update)
	}
	return c
}

func updateData(method string, s state) json.RawMessage {
	return encode(map[string]any{"method": method, "state": s, "buffer_paths": []any{}})
}

// receive takes the data of a front end's message and returns what there is to
// answer at once.
func (m *model) receive(data, parent json.RawMessage) []session.Comm {
	var d struct {
		Method  string                     `json:"method"`
		State   map[string]json.RawMessage `json:"state"`
		Content json.RawMessage            `json:"content"`
	}
	if json.Unmarshal(data, &d) != nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	switch d.Method {
	case "request_state":
		return []session.Comm{{Kind: session.CommMessage, ID: m.id, Data: updateData("update", m.state), Parent: parent}}
	case "update":
		sent := state{}
		for name, raw := range d.State {
			if old, ok := m.state[name]; ok || name == "_view_count" {
				if v, ok := like(old, raw); ok {
					sent[name] = v
				}
			}
		}
		if len(sent) == 0 {
			return nil
		}
		maps.Copy(m.state, sent)
		if m.changed != nil {
			sent = m.changed(sent)
		}
		m.push(message{echo: sent, parent: parent})
	case "custom":
		if m.custom != nil {
			m.custom(d.Content)
		}
	}
	return nil
}

// like decodes raw as a value of the type that old has. A front end that sends
// something else changes nothing.
func like(old any, raw json.RawMessage) (any, bool) {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil, false
	}
	switch old.(type) {
	case int:
		f, ok := v.(float64)
		return int(f), ok && f == float64(int(f))
	case float64:
		f, ok := v.(float64)
		return f, ok
	case string:
		s, ok := v.(string)
		return s, ok
	case bool:
		b, ok := v.(bool)
		return b, ok
	}
	return v, true
}

// close closes the widget: its views go, and its channels are closed.
func (m *model) close() {
	for _, x := range append([]*model{m}, m.parts...) {
		x.mu.Lock()
		if !x.closed {
			x.closed = true
			if x.ended != nil {
				x.ended()
			}
			x.push(message{close: true})
		}
		x.mu.Unlock()
		x.hub.forget(x)
	}
}
