package stream

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gosched/gosched/kernel/session"
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

// A Printer gathers what the writers of one cell's execution print and hands it
// to a sink, in order. Its zero value drops everything; see [Printer.Init].
type Printer struct {
	sink   session.Sink
	unsent *Pending

	emit sync.Mutex // held while delivering; taken before mu

	mu       sync.Mutex
	pieces   []piece
	size     int
	partials *partial // list of unfinished lines
	writer   uint32   // number of who wrote last
	mixed    int      // ticks for which several are taken to be writing
	armed    bool
	timer    *time.Timer
}

// Init has p deliver to sink, which may be nil. Unsent is where p is while it has
// text that waits for more.
func (p *Printer) Init(sink session.Sink, unsent *Pending) { p.sink, p.unsent = sink, unsent }

// A Writer is one who prints, a goroutine. Only that goroutine uses it, but for
// the printer.
type Writer struct {
	number  uint32
	begun   atomic.Bool // it may have an unfinished line
	partial *partial    // under the printer's mu
}

// Init gives w its number, which tells it from others and is not 0.
func (w *Writer) Init(number uint32) { w.number = number }

// Begun reports whether w may have begun a line, so that [Printer.Release] has
// something to do when it is about to wait.
func (w *Writer) Begun() bool { return w.begun.Load() }

// A piece is text of one stream.
type piece struct {
	name string
	text []byte
}

// A partial is one goroutine's unfinished line. It is on the Printer's list
// while it holds text.
type partial struct {
	piece
	age  int // ticks it has seen
	prev *partial
	next *partial
}

// Pending is a set of printers that have text which waits for more. It may be
// asked while one of them is locked.
type Pending struct {
	mu  sync.Mutex
	set map[*Printer]struct{}
}

func (s *Pending) add(p *Printer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = make(map[*Printer]struct{})
	}
	s.set[p] = struct{}{}
}

func (s *Pending) remove(p *Printer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.set, p)
}

// Flush is Flush of all of them.
func (s *Pending) Flush() {
	s.mu.Lock()
	all := slices.Collect(maps.Keys(s.set))
	s.mu.Unlock()
	for _, p := range all {
		p.Flush()
	}
}

// Write takes text that w printed on the stream of the given name. w may be nil:
// then it is delivered as it is.
func (o *Printer) Write(w *Writer, name string, text []byte) {
	if len(text) == 0 {
		return
	}
	o.mu.Lock()
	if w == nil {
		o.append(name, text)
	} else {
		o.writeLine(w, name, text)
	}
	now := o.size >= maxPending
	if !now && !o.armed {
		// What comes after a pause does not wait; what follows it does.
		now = len(o.pieces) > 0
		o.armed = true
		o.unsent.add(o)
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

func (o *Printer) writeLine(w *Writer, name string, text []byte) {
	if o.writer != w.number {
		if o.writer != 0 {
			o.mixed = amongOthersTicks
		}
		o.writer = w.number
	}
	p := w.partial
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
		w.partial = p
	}
	if len(p.text) == 0 {
		p.name, p.age = name, 0
		p.next = o.partials
		if p.next != nil {
			p.next.prev = p
		}
		o.partials = p
		w.begun.Store(true)
	}
	p.text = append(p.text, text[cut:]...)
	if len(p.text) >= maxPartial {
		o.endPartial(p)
	}
}

// append adds text to what is to be delivered. o.mu is held.
func (o *Printer) append(name string, text []byte) {
	if n := len(o.pieces); n == 0 || o.pieces[n-1].name != name {
		o.pieces = append(o.pieces, piece{name: name})
	}
	last := &o.pieces[len(o.pieces)-1]
	last.text = append(last.text, text...)
	o.size += len(text)
}

// endPartial moves an unfinished line to what is to be delivered.
func (o *Printer) endPartial(p *partial) {
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

// Release lets go of w's unfinished line, since w is about to wait or has ended.
func (o *Printer) Release(w *Writer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w.begun.Store(false)
	if p := w.partial; p != nil && len(p.text) > 0 {
		o.endPartial(p)
	}
}

func (o *Printer) tick() {
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
		o.unsent.remove(o)
	}
	o.mu.Unlock()
}

// endWhole is endPartial, but keeps the beginning of a character whose end has
// not been written yet.
func (o *Printer) endWhole(p *partial) {
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

// Flush delivers everything, unfinished lines too.
func (o *Printer) Flush() { o.deliver(true) }

// Deliver delivers what is whole.
func (o *Printer) Deliver() { o.deliver(false) }

func (o *Printer) deliver(all bool) {
	o.emit.Lock()
	defer o.emit.Unlock()
	o.deliverLocked(all)
}

func (o *Printer) deliverLocked(all bool) {
	o.mu.Lock()
	for all && o.partials != nil {
		o.endPartial(o.partials)
	}
	pieces := o.pieces
	o.pieces, o.size = nil, 0
	o.mu.Unlock()
	if o.sink == nil {
		return
	}
	for _, p := range pieces {
		o.sink.Emit(session.Stream{Name: p.name, Text: string(p.text)})
	}
}

// Emit sends an event to the sink, after the whole lines printed before it.
func (o *Printer) Emit(ev session.Event) {
	o.emit.Lock()
	defer o.emit.Unlock()
	o.deliverLocked(false)
	if o.sink != nil {
		o.sink.Emit(ev)
	}
}
