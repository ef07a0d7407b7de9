package kernel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/wire"
)

// stdin lets one question at a time be asked.
type stdin struct {
	turn chan struct{} // holds a token while a question is open

	mu   sync.Mutex
	open *question
}

type question struct {
	identity []byte
	ids      [2]string // of the input_request and of the cell's request
	answer   chan string
}

// input asks the front end that sent r for a line. It returns io.EOF where
// that front end has no stdin channel.
func (k *Kernel) input(ctx context.Context, r *request, prompt string, password bool) (string, error) {
	select {
	case k.stdin.turn <- struct{}{}:
		defer func() { <-k.stdin.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	m := &wire.Message{
		Identities: r.Identities[:1],
		Header:     k.header("input_request"),
		Parent:     r.RawHeader,
		Content: mustMarshal(struct {
			Prompt   string `json:"prompt"`
			Password bool   `json:"password"`
		}{prompt, password}),
	}
	q := &question{identity: r.Identities[0], ids: [2]string{m.Header.MsgID, r.Header.MsgID}, answer: make(chan string, 1)}
	k.stdin.mu.Lock()
	k.stdin.open = q
	k.stdin.mu.Unlock()
	defer func() {
		k.stdin.mu.Lock()
		k.stdin.open = nil
		k.stdin.mu.Unlock()
	}()
	if err := k.ask(ctx, m); err != nil {
		return "", err
	}
	select {
	case text := <-q.answer:
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// ask sends an input_request. A front end that has sent a cell may still be
// connecting its stdin channel.
func (k *Kernel) ask(ctx context.Context, m *wire.Message) error {
	const patience, pause = time.Second, 20 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		err := k.server.Send(wire.Stdin, m)
		if err == nil || !errors.Is(err, wire.ErrNoPeer) {
			return err
		}
		if waited >= patience {
			return io.EOF
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stdinMessage takes an answer. Answers to questions that are no longer open,
// and those of front ends that were not asked, are dropped. Many clients send
// answers without a parent.
func (k *Kernel) stdinMessage(_ context.Context, m *wire.Message) {
	var c struct {
		Value *string `json:"value"`
	}
	err := decode(m.Content, &c)
	if m.Header.MsgType != "input_reply" || err != nil || c.Value == nil {
		k.log.Warn("stdin: not an input_reply with a value", "type", m.Header.MsgType, "err", err)
		return
	}
	parent := m.ParentHeader().MsgID
	k.stdin.mu.Lock()
	defer k.stdin.mu.Unlock()
	q := k.stdin.open
	if q == nil || !bytes.Equal(q.identity, m.Identities[0]) || (parent != "" && parent != q.ids[0] && parent != q.ids[1]) {
		k.log.Info("stdin: nobody asked for this input")
		return
	}
	k.stdin.open = nil
	q.answer <- *c.Value
}
