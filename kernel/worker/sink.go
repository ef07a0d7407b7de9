package worker

import (
	"context"
	"encoding/binary"
	"runtime"
	"sync"

	"github.com/gosched/gosched/kernel/session"
)

// window is how many bytes of a cell's output may be on their way to its sink
// before the cell waits.
const window = 1 << 20

// A flow counts a cell's output on its way.
type flow struct {
	mu     sync.Mutex
	room   sync.Cond
	flight int
}

// take waits until there is room and counts n bytes. A single output larger
// than the window passes when nothing else is under way.
func (f *flow) take(n int) {
	f.mu.Lock()
	for f.flight >= window {
		f.room.Wait()
	}
	f.flight += n
	f.mu.Unlock()
}

func (f *flow) ack(n int) {
	f.mu.Lock()
	f.flight -= n
	f.room.Broadcast()
	f.mu.Unlock()
}

// A cellSink is a cell's sink in the child.
type cellSink struct {
	s    *server
	id   uint64
	flow *flow
}

// newSink makes the sink of one execution. When neither the session nor any
// goroutine of the cell can reach it any more, the supervisor is told to let
// go of its part.
func (s *server) newSink(id uint64) *cellSink {
	f := &flow{}
	f.room.L = &f.mu
	s.mu.Lock()
	s.flows[id] = f
	s.mu.Unlock()
	sink := &cellSink{s: s, id: id, flow: f}
	runtime.AddCleanup(sink, s.release, id)
	return sink
}

func (s *server) release(id uint64) {
	s.mu.Lock()
	delete(s.flows, id)
	s.mu.Unlock()
	_ = s.conn.send(false, kindRelease, id, nil)
}

// Emit sends an event to the supervisor. It waits while the cell's window is
// full.
func (k *cellSink) Emit(ev session.Event) {
	b := frames.Get().(*[]byte)
	defer putFrame(b)
	var err error
	*b, err = appendFrame((*b)[:0], kindEvent, k.id, func(b []byte) []byte { return appendEvent(b, ev) })
	if err != nil {
		k.Emit(session.Stream{Name: session.Stderr, Text: "gosched: an output was left out: " + err.Error() + "\n"})
		return
	}
	n := len(*b)
	k.flow.take(n)
	if k.s.conn.write(false, *b) != nil {
		k.flow.ack(n)
	}
	runtime.KeepAlive(k) // its release must come after its output
}

// Input asks the supervisor for a line.
func (k *cellSink) Input(ctx context.Context, prompt string, password bool) (string, error) {
	s := k.s
	reply := make(chan inputReply, 1)
	s.mu.Lock()
	s.nextInput++
	id := s.nextInput
	s.inputs[id] = reply
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.inputs, id)
		s.mu.Unlock()
	}()
	err := s.conn.send(true, kindInput, k.id, func(b []byte) []byte {
		b = binary.AppendUvarint(b, id)
		b = appendString(b, prompt)
		return appendBool(b, password)
	})
	if err != nil {
		return "", err
	}
	select {
	case r := <-reply:
		return r.text, r.err
	case <-ctx.Done():
		_ = s.conn.send(true, kindInputCancel, id, nil)
		return "", ctx.Err()
	}
}
