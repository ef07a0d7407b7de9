package kernel

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/session"
)

// How output is gathered into messages; docs/output.md says how that adds up
// with what is before and after it. The first line after a pause goes
// out at once; what follows within the gap goes out together. In a flood the gap
// doubles from message to message: front ends draw all of a cell's output again
// for each, so few large messages are much faster than many.
const (
	gap      = time.Millisecond
	floodGap = 3 * time.Millisecond   // after a message with much text
	longGap  = 100 * time.Millisecond // the longest
	flood    = 16 << 10               // much text, in bytes
	// maxText bounds the text of one stream message, in bytes.
	maxText = 1 << 20
	// maxPending bounds what waits to be sent for one cell, in bytes. Who
	// emits more waits.
	maxPending = 2 << 20
	// chunkOverhead is what a chunk counts for besides its text.
	chunkOverhead = 512
)

// output is the session.Sink of one execution. It turns events into iopub
// messages whose parent is the request, also after the cell has ended.
type output struct {
	k          *Kernel
	req        *request
	silent     bool
	allowStdin bool
	late       *late // where output goes when the cell has ended; nil for its own messages

	ended  context.Context // done when the cell has ended
	setEnd context.CancelFunc

	sending sync.Mutex // held while a batch is taken and sent, for order

	mu       sync.Mutex
	room     *sync.Cond
	pending  []chunk
	size     int   // of pending
	emits    int   // since the last batch
	told     int64 // bytes emitted in all
	cut      int64 // of them, left out
	flushing bool  // a flusher is running

	full chan struct{} // wakes the flusher when somebody waits for room
}

// A chunk is one message to be: text of one stream, or finished content.
type chunk struct {
	stream  string // "stdout" or "stderr"
	text    []byte
	msgType string
	content json.RawMessage

	// Of messages of comms.
	metadata, parent json.RawMessage
}

func (c *chunk) size() int {
	return len(c.text) + len(c.content) + len(c.metadata) + len(c.parent) + chunkOverhead
}

func newOutput(k *Kernel, r *request, silent, allowStdin bool) *output {
	o := &output{k: k, req: r, silent: silent, allowStdin: allowStdin, full: make(chan struct{}, 1)}
	o.room = sync.NewCond(&o.mu)
	o.ended, o.setEnd = context.WithCancel(context.Background())
	return o
}

// Emit queues an event and returns, unless very much is waiting to be sent.
func (o *output) Emit(e session.Event) {
	if m, ok := e.(session.Comm); ok { // no output, though in order with it
		o.k.comms.note(m)
		o.put(commChunk(m), "")
		return
	}
	if o.silent {
		return // silent: nothing on iopub
	}
	if !o.admit(e) {
		return
	}
	switch e := e.(type) {
	case session.Stream:
		name := session.Stdout
		if e.Name == session.Stderr {
			name = session.Stderr
		}
		for text := e.Text; text != ""; {
			n := min(len(text), maxText)
			for n < len(text) && n > maxText-utf8.UTFMax && !utf8.RuneStart(text[n]) {
				n--
			}
			o.put(chunk{stream: name}, text[:n])
			text = text[n:]
		}
	case session.Display:
		b := encodeBundle(e.Bundle)
		c := displayContent{bundle: b, Transient: map[string]string{}}
		if e.ID != "" {
			c.Transient["display_id"] = e.ID
		}
		msgType := "display_data"
		if e.Update {
			msgType = "update_display_data"
		}
		o.put(chunk{msgType: msgType, content: mustMarshal(c)}, "")
	case session.Clear:
		o.put(chunk{msgType: "clear_output", content: mustMarshal(map[string]bool{"wait": e.Wait})}, "")
	case *session.Failure:
		if e != nil {
			r := failureReply(e)
			o.put(chunk{msgType: "error", content: mustMarshal(errorOutput{r.Name, r.Value, r.Traceback})}, "")
		}
	}
}

type displayContent struct {
	bundle
	Transient map[string]string `json:"transient"`
}

// put appends a chunk, or its text to the last chunk of the same stream.
func (o *output) put(c chunk, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.late != nil && o.late.over(o) && !o.flushing && o.size == 0 {
		if isComm(c.msgType) {
			o.k.publishChunk(o.req.RawHeader, c)
			return
		}
		if c.stream != "" {
			c.text = []byte(text)
		}
		o.late.take([]chunk{c})
		return
	}
	for o.size > 0 && o.size+c.size()+len(text) > maxPending && o.flushing {
		select {
		case o.full <- struct{}{}:
		default:
		}
		o.room.Wait()
	}
	o.emits++
	last := len(o.pending) - 1
	switch {
	case c.stream == "":
		o.pending = append(o.pending, c)
		o.size += c.size()
	case last >= 0 && o.pending[last].stream == c.stream && len(o.pending[last].text)+len(text) <= maxText:
		o.pending[last].text = append(o.pending[last].text, text...)
		o.size += len(text)
	default:
		if last >= 0 && o.pending[last].stream == c.stream {
			c.text = o.pending[last].cutTail() // of a character that goes on in text
			o.size -= len(c.text)
		}
		c.text = append(c.text, text...)
		o.pending = append(o.pending, c)
		o.size += c.size()
	}
	if !o.flushing {
		o.flushing = o.k.spawn(o.flusher)
		if !o.flushing { // the kernel is ending
			o.pending, o.size = nil, 0
		}
	}
}

// cutTail cuts the bytes of an unfinished character off the end of the text.
func (c *chunk) cutTail() []byte {
	n := len(c.text)
	for i := 1; i < utf8.UTFMax && i <= n; i++ {
		if b := c.text[n-i]; utf8.RuneStart(b) {
			if b >= utf8.RuneSelf && !utf8.FullRune(c.text[n-i:]) {
				tail := append([]byte(nil), c.text[n-i:]...)
				c.text = c.text[:n-i]
				return tail
			}
			break
		}
	}
	return nil
}

// flusher sends what is pending until nothing is.
func (o *output) flusher() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	d := gap
	for {
		if o.flush() < flood {
			d = gap
		} else {
			d = min(max(2*d, floodGap), longGap)
		}
		pause.Reset(d)
		select {
		case <-pause.C:
		case <-o.full:
		}
		o.mu.Lock()
		if o.emits == 0 {
			o.flushing = false
			o.room.Broadcast()
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
	}
}

// flush sends what is pending and returns how many bytes that were. When it
// returns, everything emitted before is on its way, in order.
func (o *output) flush() (size int) {
	o.sending.Lock()
	defer o.sending.Unlock()
	o.mu.Lock()
	batch := o.pending
	size = o.size
	o.pending, o.size, o.emits = nil, 0, 0
	if last := len(batch) - 1; last >= 0 && batch[last].stream != "" && o.ended.Err() == nil {
		// A character that was written in two parts is kept until it is whole.
		if tail := batch[last].cutTail(); len(tail) > 0 {
			held := chunk{stream: batch[last].stream, text: tail}
			o.pending, o.size = []chunk{held}, held.size()
		}
	}
	o.room.Broadcast()
	o.mu.Unlock()
	if o.late != nil && o.late.take(withoutComms(batch)) {
		batch = slices.DeleteFunc(batch, func(c chunk) bool { return !isComm(c.msgType) })
	}
	for _, c := range batch {
		switch {
		case c.stream == "":
			o.k.publishChunk(o.req.RawHeader, c)
		case len(c.text) > 0:
			o.k.publish(o.req.RawHeader, "stream", streamContent{c.stream, string(c.text)})
		}
	}
	return size
}

// withoutComms are the chunks that are output.
func withoutComms(batch []chunk) []chunk {
	if !slices.ContainsFunc(batch, func(c chunk) bool { return isComm(c.msgType) }) {
		return batch
	}
	return slices.DeleteFunc(slices.Clone(batch), func(c chunk) bool { return isComm(c.msgType) })
}

type streamContent struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// end says that the cell has ended: its output goes out before anything that
// is published next, and it gets no more input.
func (o *output) end() {
	if note := o.cutNote(); note != "" {
		o.put(chunk{stream: session.Stderr}, note)
	}
	o.setEnd()
	o.flush()
}

// Input asks the front end that sent the cell.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.allowStdin || o.ended.Err() != nil {
		return "", io.EOF
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(o.ended, func() { cancel(io.EOF) })()
	o.flush() // what was printed before the question is seen before it
	text, err := o.k.input(ctx, o.req, prompt, password)
	if err != nil && context.Cause(ctx) == io.EOF {
		return "", io.EOF
	}
	return text, err
}
