package kernel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/wire"
)

// A request is one message that front ends see the kernel busy with.
type request struct {
	*wire.Message
	ch  wire.Channel
	sub *subshell // nil on control
	// aborted says that a cell before this one failed and took it along.
	aborted bool
	// held goes to all front ends in one go with what is announced next: each message
	// that comes by itself wakes them.
	held []*wire.Message
}

// A handler answers a request. What it returns is the reply's content; nil for
// no reply.
type handler func(context.Context, *request) (any, error)

// handler returns what answers r, or nil.
func (k *Kernel) handler(r *request) handler {
	switch r.Header.MsgType {
	case "kernel_info_request":
		return k.kernelInfo
	case "connect_request":
		return k.connect
	case "history_request":
		return k.historyRequest
	case "comm_info_request":
		return k.commInfo
	case "shutdown_request":
		return k.shutdown
	}
	if r.ch == wire.Shell && isComm(r.Header.MsgType) {
		return k.comm
	}
	if r.ch == wire.Shell {
		// These ask the session, which may take its time. Control must not
		// wait for it: interrupt comes on control.
		switch r.Header.MsgType {
		case "execute_request":
			return k.execute
		case "complete_request":
			return k.complete
		case "inspect_request":
			return k.inspect
		case "is_complete_request":
			return k.isComplete
		}
		return nil
	}
	switch r.Header.MsgType {
	case "interrupt_request":
		return k.interrupt
	case "debug_request":
		return k.debug
	case "usage_request":
		return k.usageRequest
	case "create_subshell_request":
		return k.createSubshell
	case "delete_subshell_request":
		return k.deleteSubshell
	case "list_subshell_request":
		return k.listSubshells
	}
	return nil
}

// shellMessage puts a request in the queue of its subshell.
func (k *Kernel) shellMessage(ctx context.Context, m *wire.Message) {
	r := &request{Message: m, ch: wire.Shell}
	if m.Header.MsgType == "shutdown_request" {
		// Not behind a cell that may never end.
		k.serve(ctx, r)
		return
	}
	if isComm(m.Header.MsgType) || m.Header.MsgType == "comm_info_request" {
		k.commMessage(r, m)
		return
	}
	k.mu.Lock()
	r.sub = k.main
	if id := m.Header.SubshellID; id != "" {
		r.sub = k.subshells[id]
	}
	if s := r.sub; s != nil && s.forComms {
		s.forComms = false
		k.countSubshells()
	}
	if r.sub != nil {
		r.sub.used = true
	}
	k.mu.Unlock()
	if r.sub == nil {
		k.refuse(r, &requestError{"unknown subshell", fmt.Sprintf("there is no subshell %q; it may have been deleted", m.Header.SubshellID)})
		return
	}
	queue := r.sub
	if isAside(m.Header.MsgType) && r.sub.cell() != nil {
		queue = k.asides
	}
	if err := queue.push(r); err != nil {
		k.refuse(r, err)
	}
}

// controlMessage answers at once: nothing on control takes long, but the
// questions what the processes use and what was run, for which nobody else waits.
func (k *Kernel) controlMessage(ctx context.Context, m *wire.Message) {
	r := &request{Message: m, ch: wire.Control}
	if m.Header.MsgType == "usage_request" || m.Header.MsgType == "history_request" {
		k.spawn(func() { k.serve(ctx, r) })
		return
	}
	k.serve(ctx, r)
}

// serve answers one request, between busy and idle.
func (k *Kernel) serve(ctx context.Context, r *request) {
	busy := k.statusMessage(r.RawHeader, "busy")
	if r.Header.MsgType == "execute_request" {
		r.held = append(r.held, busy) // for execute_input
	} else {
		k.announce(r, busy)
	}
	defer k.idle(r)
	handle := k.handler(r)
	if handle == nil {
		k.log.Warn("unknown message type", "type", r.Header.MsgType, "channel", r.ch)
		if strings.HasSuffix(r.Header.MsgType, "_request") {
			k.reply(r, errorContent(&requestError{"unknown request", fmt.Sprintf("%q is not a request that this kernel knows on the %s channel", r.Header.MsgType, r.ch)}))
		}
		return
	}
	content, err := handle(ctx, r)
	switch {
	case err != nil:
		k.log.Info("request refused", "type", r.Header.MsgType, "err", err)
		if strings.HasSuffix(r.Header.MsgType, "_request") {
			k.reply(r, errorContent(err))
		}
	case content != nil:
		k.reply(r, content)
	}
}

// announce broadcasts what is held of a request, and messages.
func (k *Kernel) announce(r *request, messages ...*wire.Message) {
	all := append(r.held, messages...)
	r.held = nil
	if len(all) > 0 {
		k.publishAll(all...)
	}
}

// refuse answers a request with an error without having tried it.
func (k *Kernel) refuse(r *request, err error) {
	k.status(r.RawHeader, "busy")
	if strings.HasSuffix(r.Header.MsgType, "_request") {
		k.reply(r, errorContent(err))
	}
	k.status(r.RawHeader, "idle")
	k.stillBusy()
}

// reply sends content to whoever sent r, on the channel it came in on.
func (k *Kernel) reply(r *request, content any) {
	msgType := strings.TrimSuffix(r.Header.MsgType, "_request") + "_reply"
	m := &wire.Message{Header: k.header(msgType), Parent: r.RawHeader, Content: mustMarshal(content)}
	if err := k.server.Reply(r.ch, r.Message, m); err != nil {
		k.log.Info("reply not delivered", "type", msgType, "err", err)
	}
}

// errorReply is the content of a reply to a request that failed.
type errorReply struct {
	Status    string   `json:"status"` // "error"
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
	// ExecutionCount is in replies to execute requests only.
	ExecutionCount *int `json:"execution_count,omitempty"`
}

func errorContent(err error) errorReply {
	r := errorReply{Status: "error", Name: "error", Value: err.Error(), Traceback: []string{}}
	var re *requestError
	if errors.As(err, &re) {
		r.Name, r.Value = re.name, re.value
	}
	return r
}

func failureReply(f *session.Failure) errorReply {
	r := errorReply{Status: "error", Name: string(f.Name), Value: f.Value, Traceback: f.Traceback}
	if r.Traceback == nil {
		r.Traceback = []string{}
	}
	return r
}

type okReply struct {
	Status string `json:"status"`
}

var ok = okReply{"ok"}

// shutdown answers, tells everybody, and makes Serve end.
func (k *Kernel) shutdown(_ context.Context, r *request) (any, error) {
	var c struct {
		Restart bool `json:"restart"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	content := struct {
		Status  string `json:"status"`
		Restart bool   `json:"restart"`
	}{"ok", c.Restart}
	k.reply(r, content)
	k.publish(r.RawHeader, "shutdown_reply", content)
	k.stop()
	return nil, nil
}

// debug says that there is no debugger, as the Debug Adapter Protocol does.
func (k *Kernel) debug(_ context.Context, r *request) (any, error) {
	var c struct {
		Seq     int    `json:"seq"`
		Command string `json:"command"`
	}
	if err := decode(r.Content, &c); err != nil {
		return nil, err
	}
	return map[string]any{
		"type": "response", "seq": 0, "request_seq": c.Seq, "command": c.Command,
		"success": false, "message": "this kernel has no debugger", "body": map[string]any{},
	}, nil
}

// connect says where the sockets are. Clients no longer ask.
func (k *Kernel) connect(context.Context, *request) (any, error) {
	c := k.Connection()
	return map[string]any{
		"status":     "ok",
		"shell_port": c.ShellPort, "iopub_port": c.IOPubPort, "stdin_port": c.StdinPort,
		"hb_port": c.HBPort, "control_port": c.ControlPort,
	}, nil
}

// LanguageInfo is what front ends write into the metadata of notebooks, and
// compare with it when they open one: what differs marks it as modified. So it
// is the same for every release of Go (the banner says which one it is), and
// leaves out what front ends take the language's name for.
func LanguageInfo() map[string]any {
	return map[string]any{
		"name":           "go",
		"version":        "1",
		"mimetype":       "text/x-go",
		"file_extension": ".go",
	}
}

// kernelInfo says what this kernel is.
func (k *Kernel) kernelInfo(context.Context, *request) (any, error) {
	type link struct {
		Text string `json:"text"`
		URL  string `json:"url"`
	}
	return map[string]any{
		"status":                 "ok",
		"protocol_version":       wire.ProtocolVersion,
		"implementation":         "gosched",
		"implementation_version": k.opts.Version,
		"language_info":          LanguageInfo(),
		"banner":                 fmt.Sprintf("gosched %s: Go %s, with goroutines that live across cells.\nAsk %%goroutines what they are doing.", k.opts.Version, k.opts.GoVersion),
		"help_links": []link{
			{"A Tour of Go", "https://go.dev/tour/"},
			{"Effective Go: concurrency", "https://go.dev/doc/effective_go#concurrency"},
			{"Standard library", "https://pkg.go.dev/std"},
			{"Language specification", "https://go.dev/ref/spec"},
		},
		"debugger":           false,
		"supported_features": []string{"kernel subshells"},
	}, nil
}
