package sched

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// A parking lot is where goroutines wait for a lock, a wait group, a condition
// or a once: native Go could not take them out of its own queues again when
// they are stopped. The real object stays what it is; only who waits for it is
// kept here, under its address.
//
// Waiters of a lock are woken one at a time and then compete for it with
// whoever comes along, as with sync.Mutex. A waiter that lost for more than
// starving, or that is a writer among readers, raises the barrier of the lot:
// newcomers then queue behind it.
type parkingLots struct {
	s        *Scheduler
	parked   atomic.Int32 // waiters in all lots: unlocking looks here first
	barriers atomic.Int32 // raised barriers in all lots: locking looks here first
	polling  atomic.Bool
	looking  atomic.Bool // a look for leaks goes on: nobody is woken only to look again
	shards   [32]lotShard
}

type lotShard struct {
	mu   sync.Mutex
	lots map[uintptr]*lot
	// hidden has the addresses of those that the collector must not find here
	// for now, see witness.
	hidden map[uintptr]uintptr
	strays map[uintptr]struct{} // locks of which nobody knows who has them
	lost   bool                 // there were too many of those
}

type lot struct {
	head, tail *waiter
	refs       int  // waiters that use this lot, queued or woken
	woken      bool // one was woken and has not said yet how that went
	barrier    int
}

// A waiter is a goroutine's place in a lot.
type waiter struct {
	g       *G
	ready   chan wakeup // capacity 1: sent under the shard's lock
	lot     *lot        // while it uses one
	kind    Kind
	queued  bool
	barrier bool // it has raised the barrier
	since   int64
	prev    *waiter
	next    *waiter
}

type wakeup uint8

const (
	wakeReal wakeup = iota
	wakePoll        // only to look again, see poll
)

const (
	starving     = int64(time.Millisecond)
	pollInterval = 20 * time.Millisecond
)

func (ls *parkingLots) init(s *Scheduler) {
	ls.s = s
	for i := range ls.shards {
		ls.shards[i].lots = make(map[uintptr]*lot)
	}
}

func (ls *parkingLots) shard(key uintptr) *lotShard {
	return &ls.shards[(key>>4^key>>12)%uintptr(len(ls.shards))]
}

func (g *G) parkingPlace(kind Kind) *waiter {
	p := g.private()
	if p.waiter == nil {
		p.waiter = &waiter{g: g, ready: make(chan wakeup, 1)}
	}
	w := p.waiter
	if w.queued { // cannot happen: a goroutine waits for one thing at a time
		panic("sched: goroutine parked twice")
	}
	w.kind, w.barrier, w.since = kind, false, 0
	return w
}

// enter queues w and reports whether the barrier was up before.
func (ls *parkingLots) enter(key uintptr, w *waiter) (barred bool) {
	sh := ls.shard(key)
	sh.mu.Lock()
	l := sh.find(key)
	if l == nil {
		l = new(lot)
		sh.lots[key] = l
	}
	barred = l.barrier > 0
	l.refs++
	w.lot = l
	l.push(w)
	if w.kind == KindRWLock {
		ls.raise(l, w)
	}
	ls.parked.Add(1)
	sh.mu.Unlock()
	if w.kind != KindCond && !ls.polling.Load() && ls.polling.CompareAndSwap(false, true) {
		time.AfterFunc(pollInterval, ls.poll)
	}
	return barred
}

// again queues w at the front, after it was woken in vain.
func (ls *parkingLots) again(key uintptr, w *waiter) {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.find(key)
	l.woken = false
	l.pushFront(w)
	now := nanotime()
	if w.since == 0 {
		w.since = now
	} else if now-w.since > starving {
		ls.raise(l, w)
	}
}

// exit ends w's stay. A waiter that leaves with nothing passes what it was
// woken for on to the next one; a reader lets the next reader in.
func (ls *parkingLots) exit(key uintptr, w *waiter, got bool) {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.find(key)
	if w.queued {
		l.remove(w)
	} else {
		select { // the wakeup that came while it was leaving
		case <-w.ready:
		default:
		}
		l.woken = false
	}
	if w.barrier {
		w.barrier = false
		l.barrier--
		ls.barriers.Add(-1)
	}
	l.refs--
	w.lot = nil
	ls.parked.Add(-1)
	if !got || w.kind == KindRLock && l.head != nil && l.head.kind == KindRLock {
		l.wakeOne(wakeReal)
	}
	if l.refs == 0 {
		sh.forget(key)
	}
}

func (ls *parkingLots) raise(l *lot, w *waiter) {
	if !w.barrier {
		w.barrier = true
		l.barrier++
		ls.barriers.Add(1)
	}
}

// barred reports whether a lock must not be taken past those who wait for it.
func (ls *parkingLots) barred(key uintptr) bool {
	if ls.barriers.Load() == 0 {
		return false
	}
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.find(key)
	return l != nil && l.barrier > 0
}

// wakeOne wakes the first waiter of a lock that has been released.
func (ls *parkingLots) wakeOne(key uintptr) {
	if ls.parked.Load() == 0 {
		return
	}
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if l := sh.find(key); l != nil {
		l.wakeOne(wakeReal)
	}
}

// wakeFirst wakes n waiters, or all if n is negative, each for good, and
// returns how many there were.
func (ls *parkingLots) wakeFirst(key uintptr, n int) (woken int) {
	if ls.parked.Load() == 0 {
		return 0
	}
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.find(key)
	for l != nil && l.head != nil && woken != n {
		w := l.head
		l.remove(w)
		select { // a poll may be waiting to be seen
		case <-w.ready:
		default:
		}
		w.ready <- wakeReal
		woken++
	}
	return woken
}

// poll has the first waiter of each lot look again: native code may have
// released what it waits for without telling us.
func (ls *parkingLots) poll() {
	if !ls.looking.Load() {
		ls.s.circles.look(ls.s)
		ls.wakeToLook()
	}
	ls.polling.Store(false)
	if ls.parked.Load() > 0 && ls.polling.CompareAndSwap(false, true) {
		time.AfterFunc(pollInterval, ls.poll)
	}
}

func (ls *parkingLots) wakeToLook() {
	for i := range ls.shards {
		sh := &ls.shards[i]
		sh.mu.Lock()
		for _, l := range sh.lots {
			if l.head == nil || l.woken {
				continue
			}
			switch l.head.kind {
			case KindMutex, KindRWLock, KindRLock:
				l.wakeOne(wakePoll)
			case KindWaitGroup:
				for w := l.head; w != nil; w = w.next {
					select {
					case w.ready <- wakePoll:
					default:
					}
				}
			}
		}
		sh.mu.Unlock()
	}
}

func (l *lot) wakeOne(how wakeup) {
	if w := l.head; w != nil && !l.woken {
		l.remove(w)
		l.woken = true
		w.ready <- how
	}
}

func (l *lot) push(w *waiter) {
	w.queued = true
	w.prev, w.next = l.tail, nil
	if l.tail != nil {
		l.tail.next = w
	} else {
		l.head = w
	}
	l.tail = w
}

func (l *lot) pushFront(w *waiter) {
	w.queued = true
	w.prev, w.next = nil, l.head
	if l.head != nil {
		l.head.prev = w
	} else {
		l.tail = w
	}
	l.head = w
}

func (l *lot) remove(w *waiter) {
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

func keyOf(p unsafe.Pointer) uintptr { return uintptr(p) }
