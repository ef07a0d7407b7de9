package kernel

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
)

// Comms are channels that widgets talk through. Their other ends are in the
// session; here is which are open, and the way of the messages. They do not wait
// for a cell that runs, since it may be waiting for them: they have a queue of
// their own, whatever shell they come in.
// https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages

// comms are those that are open.
type comms struct {
	mu      sync.Mutex
	targets map[string]string // by id
}

// note keeps what is open up to date with a message to the front end or from it.
func (c *comms) note(m session.Comm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch m.Kind {
	case session.CommOpen:
		if c.targets == nil {
			c.targets = make(map[string]string)
		}
		c.targets[m.ID] = m.Target
	case session.CommClose:
		delete(c.targets, m.ID)
	}
}

func (c *comms) of(target string) map[string]commTarget {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make(map[string]commTarget)
	for id, t := range c.targets {
		if target == "" || t == target {
			list[id] = commTarget{t}
		}
	}
	return list
}

// lost forgets all of them and returns their ids.
func (c *comms) lost() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []string
	for id := range c.targets {
		ids = append(ids, id)
	}
	c.targets = nil
	return ids
}

type commTarget struct {
	Name string `json:"target_name"`
}

func (k *Kernel) commInfo(_ context.Context, r *request) (any, error) {
	var c struct {
		Target string `json:"target_name"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	return map[string]any{"status": "ok", "comms": k.comms.of(c.Target)}, nil
}

// isComm says whether a message is one of a comm.
func isComm(msgType string) bool {
	switch session.CommKind(msgType) {
	case session.CommOpen, session.CommMessage, session.CommClose:
		return true
	}
	return false
}

// comm hands a message to the session and sends what it answers at once.
func (k *Kernel) comm(ctx context.Context, r *request) (any, error) {
	var c struct {
		ID     *string         `json:"comm_id"`
		Target string          `json:"target_name"`
		Data   json.RawMessage `json:"data"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	if c.ID == nil {
		return nil, malformed("field %q is missing", "comm_id")
	}
	m := session.Comm{
		Kind: session.CommKind(r.Header.MsgType), ID: *c.ID, Target: c.Target,
		Data: c.Data, Metadata: r.Metadata, Parent: r.RawHeader,
	}
	k.comms.note(m)
	answers, err := k.session.Comm(ctx, m)
	if err != nil {
		// Nobody is there to talk to: as the protocol has it, the comm is closed.
		answers = append(answers, session.Comm{Kind: session.CommClose, ID: m.ID, Parent: m.Parent})
	}
	for _, a := range answers {
		k.comms.note(a)
		k.publishChunk(r.RawHeader, commChunk(a))
	}
	return nil, err
}

// commsLost closes the comms of a session that has ended.
func (k *Kernel) commsLost(parent json.RawMessage) {
	for _, id := range k.comms.lost() {
		k.publishChunk(parent, commChunk(session.Comm{Kind: session.CommClose, ID: id}))
	}
}

// commChunk is a message of a comm as it is sent.
func commChunk(m session.Comm) chunk {
	content := struct {
		ID     string          `json:"comm_id"`
		Target string          `json:"target_name,omitempty"`
		Data   json.RawMessage `json:"data"`
	}{m.ID, m.Target, m.Data}
	if len(content.Data) == 0 {
		content.Data = json.RawMessage("{}")
	}
	return chunk{msgType: string(m.Kind), content: mustMarshal(content), metadata: m.Metadata, parent: m.Parent}
}

// commMessage queues a message of a comm.
func (k *Kernel) commMessage(r *request, m *wire.Message) {
	k.mu.Lock()
	k.talksByComm(m.Header.Session)
	for _, s := range k.subshells {
		// A front end that has made it for comms runs nothing in it. JupyterLab
		// makes one when it opens a comm, and may not even use it for that.
		if !s.used && (s.owner == m.Header.Session || s.id == m.Header.SubshellID) {
			s.forComms = true
		}
	}
	k.countSubshells()
	k.mu.Unlock()
	r.sub = k.commQueue
	if err := r.sub.push(r); err != nil {
		k.refuse(r, err)
	}
}

// mostCommClients bounds what is remembered of clients.
const mostCommClients = 1 << 10

// talksByComm notes that a client, by the session of its headers, has comms. The
// kernel's lock is held.
func (k *Kernel) talksByComm(client string) {
	if k.commClients == nil || len(k.commClients) == mostCommClients {
		k.commClients = make(map[string]struct{})
	}
	k.commClients[client] = struct{}{}
}
