package sched

import (
	"io"
	"maps"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/session"
)

// Names of the streams in session.Stream.
const (
	stdout = "stdout"
	stderr = "stderr"
)

const (
	// flushDelay is how long output may wait for more to go with it, when there
	// was some just before.
	flushDelay = 3 * time.Millisecond
	// An unfinished line is delivered after so many of these, later where
	// several goroutines are at it and the next text would be another's.
	aloneTicks, amongOthersTicks = 2, 30
	// maxPending bounds what waits; a writer that reaches it delivers it itself.
	maxPending = 64 << 10
	// maxPartial bounds an unfinished line.
	maxPartial = 8 << 10
)

// An outbox gathers what the goroutines of one execution print and hands it to
// the execution's sink, in order. Each goroutine's unfinished line is kept
// apart until it is finished, or its goroutine blocks or ends, or for a few
// milliseconds, so that lines are not torn into each other.
type outbox struct {
	exec *Execution

	emit sync.Mutex // held while delivering; taken before mu

	mu       sync.Mutex
	pieces   []piece
	size     int
	partials *partial // list of unfinished lines
	writer   uint32   // number of the goroutine that wrote last
	mixed    int      // ticks for which several are taken to be writing
	armed    bool
	timer    *time.Timer
}

// A piece is text of one stream.
type piece struct {
	name string
	text []byte
}

// A partial is one goroutine's unfinished line. It is on the outbox's list
// while it holds text.
type partial struct {
	piece
	age  int // ticks it has seen
	prev *partial
	next *partial
}

// outboxes is a set of them. It may be asked while one of them is locked.
type outboxes struct {
	mu  sync.Mutex
	set map[*outbox]struct{}
}

func (s *outboxes) add(o *outbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = make(map[*outbox]struct{})
	}
	s.set[o] = struct{}{}
}

func (s *outboxes) remove(o *outbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.set, o)
}

func (s *outboxes) all() []*outbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.set))
}

// write takes text that g printed. g may be nil.
func (o *outbox) write(g *G, name string, text []byte) {
	if len(text) == 0 {
		return
	}
	o.mu.Lock()
	if g == nil {
		o.append(name, text)
	} else {
		o.writeLine(g, name, text)
	}
	now := o.size >= maxPending
	if !now && !o.armed {
		// What comes after a pause does not wait; what follows it does.
		now = len(o.pieces) > 0
		o.armed = true
		o.exec.s.unsent.add(o)
		if o.timer == nil {
			o.timer = time.AfterFunc(flushDelay, o.tick)
		} else {
			o.timer.Reset(flushDelay)
		}
	}
	o.mu.Unlock()
	if now {
		o.deliver(false)
	}
}

func (o *outbox) writeLine(g *G, name string, text []byte) {
	if o.writer != g.number {
		if o.writer != 0 {
			o.mixed = amongOthersTicks
		}
		o.writer = g.number
	}
	p := g.line
	if p != nil && len(p.text) > 0 && p.name != name {
		o.endPartial(p) // keep the goroutine's own order across its streams
	}
	cut := len(text)
	for cut > 0 && text[cut-1] != '\n' {
		cut--
	}
	if cut > 0 {
		if p != nil && len(p.text) > 0 {
			o.endPartial(p)
		}
		o.append(name, text[:cut])
	}
	if cut == len(text) {
		return
	}
	if p == nil {
		p = new(partial)
		g.line = p
	}
	if len(p.text) == 0 {
		p.name, p.age = name, 0
		p.next = o.partials
		if p.next != nil {
			p.next.prev = p
		}
		o.partials = p
		g.printed.Store(true)
	}
	p.text = append(p.text, text[cut:]...)
	if len(p.text) >= maxPartial {
		o.endPartial(p)
	}
}

// append adds text to what is to be delivered. o.mu is held.
func (o *outbox) append(name string, text []byte) {
	if n := len(o.pieces); n == 0 || o.pieces[n-1].name != name {
		o.pieces = append(o.pieces, piece{name: name})
	}
	last := &o.pieces[len(o.pieces)-1]
	last.text = append(last.text, text...)
	o.size += len(text)
}

// endPartial moves an unfinished line to what is to be delivered.
func (o *outbox) endPartial(p *partial) {
	o.append(p.name, p.text)
	p.text = p.text[:0]
	if p.prev != nil {
		p.prev.next = p.next
	} else {
		o.partials = p.next
	}
	if p.next != nil {
		p.next.prev = p.prev
	}
	p.prev, p.next = nil, nil
}

// release lets go of g's unfinished line, since g is about to wait.
func (o *outbox) release(g *G) {
	o.mu.Lock()
	defer o.mu.Unlock()
	g.printed.Store(false)
	if p := g.line; p != nil && len(p.text) > 0 {
		o.endPartial(p)
	}
}

func (o *outbox) tick() {
	o.mu.Lock()
	o.armed = false
	limit := aloneTicks
	if o.mixed > 0 {
		o.mixed--
		limit = amongOthersTicks
	}
	for p := o.partials; p != nil; {
		next := p.next
		if p.age++; p.age >= limit {
			o.endWhole(p)
		}
		p = next
	}
	if o.partials != nil || len(o.pieces) > 0 {
		o.armed = true
		o.timer.Reset(flushDelay)
	}
	o.mu.Unlock()
	o.deliver(false)
	o.mu.Lock()
	if !o.armed {
		o.exec.s.unsent.remove(o)
	}
	o.mu.Unlock()
}

// endWhole is endPartial, but keeps the beginning of a character whose end has
// not been written yet.
func (o *outbox) endWhole(p *partial) {
	whole := len(p.text)
	for i := 1; i <= utf8.UTFMax && i <= len(p.text); i++ {
		b := p.text[len(p.text)-i]
		if utf8.RuneStart(b) {
			if !utf8.FullRune(p.text[len(p.text)-i:]) {
				whole -= i
			}
			break
		}
	}
	switch {
	case whole == len(p.text):
		o.endPartial(p)
	case whole > 0:
		o.append(p.name, p.text[:whole])
		p.text = append(p.text[:0], p.text[whole:]...)
	}
}

// flush delivers everything, unfinished lines too.
func (o *outbox) flush() { o.deliver(true) }

func (o *outbox) deliver(all bool) {
	o.emit.Lock()
	defer o.emit.Unlock()
	o.deliverLocked(all)
}

func (o *outbox) deliverLocked(all bool) {
	o.mu.Lock()
	for all && o.partials != nil {
		o.endPartial(o.partials)
	}
	pieces := o.pieces
	o.pieces, o.size = nil, 0
	o.mu.Unlock()
	if o.exec.sink == nil {
		return
	}
	for _, p := range pieces {
		o.exec.sink.Emit(session.Stream{Name: p.name, Text: string(p.text)})
	}
}

// Emit sends an event to the execution's sink, after what its goroutines have
// printed before: whole lines, and what the caller has begun.
func (e *Execution) Emit(ev session.Event) {
	if g := Current(); g != nil && g.exec == e {
		e.out.release(g)
	}
	e.out.emit.Lock()
	defer e.out.emit.Unlock()
	e.out.deliverLocked(false)
	if e.sink != nil {
		e.sink.Emit(ev)
	}
}

// Flush delivers what the execution's goroutines have printed so far. The
// engine calls it before it asks for input.
func (e *Execution) Flush() { e.out.flush() }

// Stdout returns the standard output of g's cell, Stderr its standard error.
// Every Write is kept in one piece.
func Stdout(g *G) io.Writer { return streamOf{g, stdout} }

// Stderr is described at [Stdout].
func Stderr(g *G) io.Writer { return streamOf{g, stderr} }

type streamOf struct {
	g    *G
	name string
}

func (w streamOf) Write(p []byte) (int, error) {
	w.g.write(w.name, p)
	return len(p), nil
}

// Print writes to g's standard output, PrintErr to its standard error.
func (g *G) Print(p []byte) { g.write(stdout, p) }

// PrintErr is described at [G.Print].
func (g *G) PrintErr(p []byte) { g.write(stderr, p) }

func (g *G) write(name string, p []byte) {
	if g.silent.Load() {
		return // abandoned
	}
	g.exec.out.write(g, name, p)
}

// A Writer writes to the standard output or standard error of whichever cell
// the calling goroutine belongs to, and to Fallback where it belongs to none.
type Writer struct {
	Err      bool      // standard error instead of standard output
	Fallback io.Writer // may be nil: what nobody printed is dropped
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	g := Current()
	if g == nil {
		if w.Fallback == nil {
			return len(p), nil
		}
		return w.Fallback.Write(p)
	}
	name := stdout
	if w.Err {
		name = stderr
	}
	g.write(name, p)
	return len(p), nil
}
