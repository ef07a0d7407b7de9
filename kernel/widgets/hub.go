package widgets

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/gosched/gosched/kernel/session"
)

// controlTarget is the comm by which a page that was loaded again asks for the
// state of all widgets.
const (
	controlTarget = "jupyter.widget.control"
	controlMajor  = "1"
)

// An Environment is what a Hub needs of the session that it belongs to.
type Environment struct {
	// Emitter returns what the calling goroutine's cell shows things with, also
	// after its end; nil where no cell calls.
	Emitter func() func(session.Event)
	// External is told of a channel that people feed, whoever waits for it.
	External func(channel any)
}

// A Hub has the widgets of a session.
type Hub struct {
	env     Environment
	done    chan struct{}
	senders sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	models   map[string]*model
	controls map[string]bool // open comms of controlTarget
}

// NewHub returns a hub without widgets.
func NewHub(env Environment) *Hub {
	return &Hub{env: env, done: make(chan struct{}), models: map[string]*model{}, controls: map[string]bool{}}
}

// Close ends the hub: nothing is sent any more but what is on its way.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

// Flush sends what is still to be told of changes, so that it comes before the
// end of the cell that has made them.
func (h *Hub) Flush() {
	h.mu.Lock()
	models := make([]*model, 0, len(h.models))
	for _, m := range h.models {
		models = append(models, m)
	}
	h.mu.Unlock()
	for _, m := range models {
		m.finish()
	}
}

// add makes a model with parts and tells front ends of them.
func (h *Hub) add(m *model, parts ...*model) {
	m.hub, m.id, m.emit, m.parts = h, newID(), h.env.Emitter(), parts
	if m.emit == nil {
		m.emit = func(session.Event) {}
	}
	h.mu.Lock()
	h.models[m.id] = m
	h.mu.Unlock()
	m.open()
}

func (h *Hub) forget(m *model) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.models, m.id)
}

// newID makes an id for a model, as ipywidgets writes them.
func newID() string { return strings.ReplaceAll(uuid.NewString(), "-", "") }

// Handle takes a message of a comm from a front end and returns what there is to
// answer at once. It waits for nobody.
func (h *Hub) Handle(c session.Comm) []session.Comm {
	refuse := []session.Comm{{Kind: session.CommClose, ID: c.ID, Parent: c.Parent}}
	h.mu.Lock()
	m, control := h.models[c.ID], h.controls[c.ID]
	h.mu.Unlock()
	switch c.Kind {
	case session.CommOpen:
		if c.Target != controlTarget || major(c.Metadata) != controlMajor {
			return refuse // models are made here only
		}
		h.setControl(c.ID, true)
	case session.CommClose:
		h.setControl(c.ID, false)
		if m != nil {
			m.close()
		}
	case session.CommMessage:
		switch {
		case control:
			return h.control(c)
		case m != nil:
			return m.receive(c.Data, c.Parent)
		}
		return refuse // of a session that has ended
	}
	return nil
}

// maxControls bounds the comms that a front end opens and never closes.
const maxControls = 1000

func (h *Hub) setControl(id string, open bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !open {
		delete(h.controls, id)
	} else if len(h.controls) < maxControls {
		h.controls[id] = true
	}
}

// control answers a front end that asks for the state of all widgets.
func (h *Hub) control(c session.Comm) []session.Comm {
	var d struct {
		Method string `json:"method"`
	}
	if json.Unmarshal(c.Data, &d) != nil || d.Method != "request_states" {
		return nil
	}
	h.mu.Lock()
	models := make([]*model, 0, len(h.models))
	for _, m := range h.models {
		models = append(models, m)
	}
	h.mu.Unlock()
	states := map[string]any{}
	for _, m := range models {
		m.mu.Lock()
		// Encoded while nobody changes it.
		states[m.id] = map[string]any{
			"model_name": m.state["_model_name"], "model_module": m.state["_model_module"],
			"model_module_version": m.state["_model_module_version"], "state": encode(m.state),
		}
		m.mu.Unlock()
	}
	return []session.Comm{{
		Kind: session.CommMessage, ID: c.ID, Parent: c.Parent,
		Data: encode(map[string]any{"method": "update_states", "states": states, "buffer_paths": []any{}}),
	}}
}

// major is the first number of the version in a message's metadata.
func major(metadata json.RawMessage) string {
	var m struct {
		Version string `json:"version"`
	}
	_ = json.Unmarshal(metadata, &m)
	first, _, _ := strings.Cut(m.Version, ".")
	return first
}
