package observe

import (
	"sync"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// An entry is an Event as it is kept while it is recorded: without pointers, which
// the garbage collector would follow again and again.
type entry struct {
	time                           int64
	goroutine, object, peer, place int32
	text                           uint32 // where in log.text
	length                         uint16 // of the text
	kind                           EventKind
	wait                           wait.Kind
}

const chunk = 4096 // entries

// A log is a list of entries that grows without being copied.
type log struct {
	chunks [][]entry
	n      int32
	text   []byte

	places  []sched.Place
	ofPlace map[sched.Place]int32
}

func (l *log) at(i int32) *entry { return &l.chunks[i/chunk][i%chunk] }

func (l *log) add(e entry) int32 {
	if l.n%chunk == 0 {
		l.chunks = append(l.chunks, spares.take())
	}
	c := &l.chunks[l.n/chunk]
	*c = append(*c, e)
	l.n++
	return l.n - 1
}

// spares are chunks of records that are over: memory that the system has yet to give
// takes longer than all else about an event.
var spares spareChunks

type spareChunks struct {
	mu   sync.Mutex
	list [][]entry
}

const maxSpare = 16 // 2 MB

func (s *spareChunks) take() []entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.list); n > 0 {
		c := s.list[n-1]
		s.list = s.list[:n-1]
		return c
	}
	return make([]entry, 0, chunk)
}

// done gives the log's chunks to others.
func (l *log) done() {
	spares.mu.Lock()
	defer spares.mu.Unlock()
	for _, c := range l.chunks {
		if len(spares.list) < maxSpare {
			spares.list = append(spares.list, c[:0])
		}
	}
	*l = log{}
}

const noPlace = -1

func (l *log) place(p sched.Place) int32 {
	if p == (sched.Place{}) {
		return noPlace
	}
	if i, ok := l.ofPlace[p]; ok {
		return i
	}
	if l.ofPlace == nil {
		l.ofPlace = map[sched.Place]int32{}
	}
	i := int32(len(l.places))
	l.places = append(l.places, p)
	l.ofPlace[p] = i
	return i
}

// say gives e a text that write appends.
func (l *log) say(e *entry, write func(b []byte) []byte) {
	if len(l.text) > 1<<31 {
		return
	}
	e.text = uint32(len(l.text))
	l.text = write(l.text)
	e.length = uint16(len(l.text) - int(e.text))
}

func (l *log) saying(e *entry, text string) {
	if len(l.text) <= 1<<31 {
		e.text, e.length = uint32(len(l.text)), uint16(len(text))
		l.text = append(l.text, text...)
	}
}

func (l *log) textOf(e *entry) string { return string(l.text[e.text : e.text+uint32(e.length)]) }

// events are the entries as Events.
func (l *log) events() []Event {
	out := make([]Event, 0, l.n)
	text := string(l.text) // all of them in one
	for _, c := range l.chunks {
		for i := range c {
			e := &c[i]
			ev := Event{
				Time: e.time, Goroutine: e.goroutine, Kind: e.kind, Object: e.object, Peer: e.peer, Wait: e.wait,
				Value: text[e.text : e.text+uint32(e.length)],
			}
			if e.place != noPlace {
				ev.Place = l.places[e.place]
			}
			out = append(out, ev)
		}
	}
	return out
}
