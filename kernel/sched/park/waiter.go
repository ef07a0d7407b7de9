package park

import "github.com/gosched/gosched/kernel/sched/wait"

// A Waiter is a goroutine's place in a lot. It is for one wait at a time.
type Waiter struct {
	owner   any
	ready   chan Wakeup // capacity 1: sent under the shard's lock
	lot     *lot        // while it uses one
	kind    wait.Kind
	queued  bool
	barrier bool // it has raised the barrier
	since   int64
	prev    *Waiter
	next    *Waiter
}

// NewWaiter returns the waiter of a goroutine, which is what owner says for those who
// ask [Lots.Waits].
func NewWaiter(owner any) *Waiter {
	return &Waiter{owner: owner, ready: make(chan Wakeup, 1)}
}

// Begin prepares w for a wait: for a lock, wait group, condition or once.
func (w *Waiter) Begin(kind wait.Kind) {
	if w.queued { // cannot happen: a goroutine waits for one thing at a time
		panic("park: goroutine parked twice")
	}
	w.kind, w.barrier, w.since = kind, false, 0
}

// Ready gets what w is woken with.
func (w *Waiter) Ready() <-chan Wakeup { return w.ready }

// A Wakeup says what a goroutine was woken for.
type Wakeup uint8

const (
	// Real is because of what it waits for.
	Real Wakeup = iota
	// Poll is only to look again whether it need not wait any more.
	Poll
)

// A lot has who waits for one thing, in order.
type lot struct {
	head, tail *Waiter
	refs       int  // waiters that use this lot, queued or woken
	woken      bool // one was woken and has not said yet how that went
	counted    bool // see [Lots.count]
	barrier    int
}

func (l *lot) wakeOne(how Wakeup) {
	if w := l.head; w != nil && !l.woken {
		l.remove(w)
		l.woken = true
		w.ready <- how
	}
}

func (l *lot) push(w *Waiter) {
	w.queued = true
	w.prev, w.next = l.tail, nil
	if l.tail != nil {
		l.tail.next = w
	} else {
		l.head = w
	}
	l.tail = w
}

func (l *lot) pushFront(w *Waiter) {
	w.queued = true
	w.prev, w.next = nil, l.head
	if l.head != nil {
		l.head.prev = w
	} else {
		l.tail = w
	}
	l.head = w
}

func (l *lot) remove(w *Waiter) {
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		l.head = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		l.tail = w.prev
	}
	w.prev, w.next, w.queued = nil, nil, false
}
