package worker

import (
	"sync"

	"github.com/gosched/gosched/kernel/session"
)

// mergeLimit bounds how much waiting stream text becomes one event, in bytes.
const mergeLimit = 64 << 10

// A relay hands one cell's events to its sink, in order, from one goroutine
// at a time that lives only while there is something to hand over. So a sink
// that blocks holds up its own cell alone.
type relay struct {
	sink session.Sink
	// ack tells the child that bytes have been handed over.
	ack func(bytes int)
	// delivering counts goroutines of all relays of a child.
	delivering *sync.WaitGroup

	mu      sync.Mutex
	room    sync.Cond
	items   []item
	waiting int // bytes in items and in the sink's hands
	unacked int // bytes handed over and not yet acknowledged
	busy    bool
	closed  bool // takes no more events
	dropped bool // hands over no more events
}

// An item is an event, or something to do when all before it was handed over.
type item struct {
	event  session.Event
	text   []byte // of a stream that was merged, instead of event's
	size   int    // bytes in the window; raw output counts for waiting only
	remote bool   // counts in the child's window
	then   func()
}

func newRelay(sink session.Sink, delivering *sync.WaitGroup, ack func(int)) *relay {
	b := &relay{sink: sink, delivering: delivering, ack: ack}
	b.room.L = &b.mu
	return b
}

// push queues an event. It never waits. remote says that the child waits for
// the acknowledgement of its size.
func (b *relay) push(ev session.Event, size int, remote bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.waiting += size
	if n := len(b.items); n > 0 && b.items[n-1].merge(ev, size, remote) {
		return
	}
	b.add(item{event: ev, size: size, remote: remote})
}

// merge appends stream text to a waiting item for the same stream.
func (it *item) merge(ev session.Event, size int, remote bool) bool {
	next, ok := ev.(session.Stream)
	if !ok || it.remote != remote {
		return false
	}
	stream, ok := it.event.(session.Stream)
	if !ok || stream.Name != next.Name || max(len(it.text), len(stream.Text))+len(next.Text) > mergeLimit {
		return false
	}
	if it.text == nil {
		it.text = append(make([]byte, 0, 2*(len(stream.Text)+len(next.Text))), stream.Text...)
	}
	it.text = append(it.text, next.Text...)
	it.size += size
	return true
}

// after calls f when everything queued so far has been handed over, also when
// the relay is closed. f must not block.
func (b *relay) after(f func()) {
	b.mu.Lock()
	if !b.busy {
		b.mu.Unlock()
		f()
		return
	}
	b.add(item{then: f})
	b.mu.Unlock()
}

func (b *relay) add(it item) {
	b.items = append(b.items, it)
	if !b.busy {
		b.busy = true
		b.delivering.Go(b.deliver)
	}
}

func (b *relay) deliver() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) > 0 {
		it := b.items[0]
		b.items[0] = item{}
		b.items = b.items[1:]
		if len(b.items) == 0 {
			b.items = nil
		}
		dropped := b.dropped
		b.mu.Unlock()
		if it.then != nil {
			it.then()
		} else if !dropped {
			if it.text != nil {
				it.event = session.Stream{Name: it.event.(session.Stream).Name, Text: string(it.text)}
			}
			b.sink.Emit(it.event)
		}
		b.mu.Lock()
		b.waiting -= it.size
		b.room.Broadcast()
		if it.remote {
			b.unacked += it.size
		}
		if b.unacked >= window/4 {
			n := b.unacked
			b.unacked = 0
			b.mu.Unlock()
			b.ack(n)
			b.mu.Lock()
		}
	}
	b.busy = false
}

// waitRoom waits until less than a window waits for the sink.
func (b *relay) waitRoom() {
	b.mu.Lock()
	for b.waiting >= window && !b.closed {
		b.room.Wait()
	}
	b.mu.Unlock()
}

// close makes the relay take no more events; with drop it also hands over
// none that wait.
func (b *relay) close(drop bool) {
	b.mu.Lock()
	b.closed = true
	b.dropped = b.dropped || drop
	b.room.Broadcast()
	b.mu.Unlock()
}
