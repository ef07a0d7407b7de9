package worker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gosched/gosched/kernel/session"
)

// A call is a request that waits for its answer.
type call struct {
	id    uint64
	box   *relay // of an execution
	begun bool   // the child has begun to run the cell
	done  chan answer
}

// An answer is one of these; err also stands for a death.
type answer struct {
	result       session.Result
	completion   session.Completion
	inspection   session.Inspection
	completeness session.Completeness
	comms        []session.Comm
	err          error
}

// errDied is a call's end when the child has ended.
type errDied struct{ failure *session.Failure }

func (e errDied) Error() string { return "the session ended: " + e.failure.Value }

// errNotRun says that a call never reached the child, so another child may
// have it.
var errNotRun = errors.New("the session has just ended")

// begin registers a call and sends its request.
func (c *child) begin(k kind, sink session.Sink, payload func([]byte) []byte) (*call, error) {
	c.mu.Lock()
	if c.dying {
		c.mu.Unlock()
		return nil, errNotRun
	}
	c.nextID++
	id := c.nextID
	p := &call{id: id, done: make(chan answer, 1)}
	if sink != nil {
		p.box = newRelay(sink, &c.delivering, func(n int) {
			_ = c.conn.send(false, kindAck, id, func(b []byte) []byte { return binary.AppendUvarint(b, uint64(n)) })
		})
		c.boxes[id] = p.box
		c.running = append(c.running, p.box)
		c.latest = p.box
	}
	c.calls[id] = p
	c.mu.Unlock()
	switch err := c.conn.send(true, k, id, payload); {
	case errors.Is(err, errFrameTooBig):
		c.forget(p)
		return nil, err
	case err != nil:
		c.kill(channelClosed)
	}
	return p, nil // a death answers the call
}

// began notes that the child runs a cell.
func (c *child) began(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.calls[id]; p != nil && p.box != nil && !p.begun {
		p.begun = true
		c.met = p.box
	}
}

// forget ends a call's registration; its relay stays for its goroutines.
func (c *child) forget(p *call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.calls, p.id)
	for i, b := range c.running {
		if b == p.box {
			c.running = append(c.running[:i], c.running[i+1:]...)
			break
		}
	}
}

// setSubshells is not answered.
func (c *child) setSubshells(n int) {
	_ = c.conn.send(true, kindSubshells, 0, func(b []byte) []byte { return appendInt(b, n) })
}

// cancelCall asks the child to give up a call.
func (c *child) cancelCall(p *call) { _ = c.conn.send(true, kindCancel, p.id, nil) }

// look makes a call that runs no cell. When ctx ends first, so does look.
func (c *child) look(ctx context.Context, k kind, payload func([]byte) []byte) (answer, error) {
	p, err := c.begin(k, nil, payload)
	if err != nil {
		return answer{}, err
	}
	select {
	case a := <-p.done:
		return a, a.err
	case <-ctx.Done():
		c.cancelCall(p)
		return answer{}, ctx.Err()
	}
}

// execute runs a cell to its end, which an interrupt or a death may be.
func (c *child) execute(ctx context.Context, cell session.Cell, sink session.Sink) (session.Result, error) {
	p, err := c.begin(kindExecute, sink, func(b []byte) []byte { return appendCell(b, cell) })
	if err != nil {
		return session.Result{}, err
	}
	select {
	case a := <-p.done:
		return a.result, a.err
	case <-ctx.Done():
	}
	c.cancelCall(p)
	warn := time.NewTimer(c.opts.InterruptWarning)
	defer warn.Stop()
	kill := time.NewTimer(c.opts.InterruptGrace)
	defer kill.Stop()
	for {
		select {
		case a := <-p.done:
			return a.result, a.err
		case <-warn.C:
			c.log.Warn("cell has not answered its interrupt", "cell", cell.Number, "after", c.opts.InterruptWarning)
		case <-kill.C:
			c.log.Error("cell does not answer its interrupt: ending the session", "cell", cell.Number, "after", c.opts.InterruptGrace)
			c.kill(fmt.Sprintf("signal: killed (cell %d did not stop within %v of being interrupted)", cell.Number, c.opts.InterruptGrace))
		}
	}
}

// read takes messages from the child until the channel ends. It never waits
// for anything else.
func (c *child) read() {
	defer close(c.readDone)
	for {
		k, id, payload, err := c.conn.receive()
		c.hearing.note()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) {
			return // died, perhaps in the middle of a message
		}
		if err == nil {
			if err = c.handle(k, id, &decoder{b: payload}); err != nil {
				err = fmt.Errorf("message %d: %w", k, err)
			}
		}
		if err != nil {
			c.log.Error("worker channel is damaged", "error", err)
			c.kill("the channel to the process that runs the cells was damaged: " + err.Error())
			return
		}
	}
}

func (c *child) handle(k kind, id uint64, d *decoder) error {
	size := len(d.b)
	switch k {
	case kindReady:
		c.startIsOver(nil)
	case kindStartFailed:
		text := d.string()
		c.startIsOver(errors.New(text))
	case kindEvent:
		ev := d.event()
		if err := d.finish(); err != nil {
			return err
		}
		c.mu.Lock()
		box := c.boxes[id]
		c.mu.Unlock()
		if box != nil {
			box.push(ev, frameSize(id, size), true)
		}
	case kindResult:
		a := answer{result: d.result()}
		if err := d.finish(); err != nil {
			return err
		}
		c.answer(id, a)
	case kindCompletion:
		a := answer{completion: d.completion()}
		if err := d.finish(); err != nil {
			return err
		}
		c.answer(id, a)
	case kindInspection:
		a := answer{inspection: d.inspection()}
		if err := d.finish(); err != nil {
			return err
		}
		c.answer(id, a)
	case kindCompleteness:
		a := answer{completeness: d.completeness()}
		if err := d.finish(); err != nil {
			return err
		}
		c.answer(id, a)
	case kindComms:
		a := answer{comms: d.comms()}
		if err := d.finish(); err != nil {
			return err
		}
		c.answer(id, a)
	case kindError:
		text := d.string()
		c.answer(id, answer{err: errors.New(text)})
	case kindInput:
		input, prompt, password := d.uvarint(), d.string(), d.bool()
		if err := d.finish(); err != nil {
			return err
		}
		c.input(id, input, prompt, password)
	case kindInputCancel:
		c.mu.Lock()
		cancel := c.inputs[id]
		c.mu.Unlock()
		if cancel != nil {
			cancel()
		}
	case kindFlushed:
		for _, s := range c.stdio {
			s.drain()
		}
		c.flushOnce.Do(func() { close(c.flushed) })
	case kindPong:
		if id != listenPing {
			c.stdio[1].alive(id)
		}
	case kindRelease:
		c.mu.Lock()
		delete(c.boxes, id)
		c.mu.Unlock()
	default:
		return errors.New("unknown kind")
	}
	return d.finish()
}

// frameSize is the size of a frame on the wire, which is what windows count.
func frameSize(id uint64, payload int) int {
	n := frameHeader + 2 + payload
	for ; id >= 0x80; id >>= 7 {
		n++
	}
	return n
}

// answer ends a call. An execution's answer comes after all its output, also
// that on descriptors 1 and 2.
func (c *child) answer(id uint64, a answer) {
	c.mu.Lock()
	p := c.calls[id]
	c.mu.Unlock()
	if p == nil {
		return
	}
	if p.box == nil {
		c.forget(p)
		p.done <- a
		return
	}
	for _, s := range c.stdio {
		s.drain()
	}
	c.marks.take(c.began)
	c.forget(p)
	p.box.after(func() { p.done <- a })
}

// input asks a sink for a line on the child's behalf.
func (c *child) input(id, input uint64, prompt string, password bool) {
	c.mu.Lock()
	box := c.boxes[id]
	ctx, cancel := context.WithCancel(c.ctx)
	c.inputs[input] = cancel
	c.mu.Unlock()
	c.helping.Go(func() {
		defer func() {
			cancel()
			c.mu.Lock()
			delete(c.inputs, input)
			c.mu.Unlock()
		}()
		r := inputReply{err: errors.New("the cell's input is closed")}
		if box != nil {
			r.text, r.err = box.sink.Input(ctx, prompt, password)
		}
		_ = c.conn.send(true, kindInputReply, input, func(b []byte) []byte { return appendInputReply(b, r) })
	})
}

// target is the cell that raw output belongs to; nil before the first.
func (c *child) target() *relay {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.running); n > 0 {
		return c.running[n-1]
	}
	return c.latest
}

func (c *child) waitRoom() {
	if box := c.target(); box != nil {
		box.waitRoom()
	}
}

func (c *child) caught(name, text string) {
	if box := c.target(); box != nil {
		box.push(session.Stream{Name: name, Text: text}, len(text), false)
		return
	}
	c.opts.OnCaught(name, text)
}
