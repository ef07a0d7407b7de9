package park

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/sched/wait"
)

// Lots are the parking lots of a session, under the addresses of what is waited for.
//
// Waiters of a lock are woken one at a time and then compete for it with
// whoever comes along, as with sync.Mutex. A waiter that lost for more than
// starving, or that is a writer among readers, raises the barrier of the lot:
// newcomers then queue behind it.
type Lots struct {
	parked   atomic.Int32 // waiters in all lots: who wakes looks here first
	wakeable atomic.Int32 // lots of locks in which one can be woken: unlocking looks here first
	barriers atomic.Int32 // raised barriers in all lots: locking looks here first
	polling  atomic.Bool
	looking  atomic.Bool // a look for leaks goes on: nobody is woken only to look again
	polled   func()      // called at each poll; may be nil
	shards   [32]shard

	witnesses []*witness // see Hide
}

type shard struct {
	mu   sync.Mutex
	lots map[uintptr]*lot
	// hidden has the addresses of those that the collector must not find here
	// for now, see witness.
	hidden map[uintptr]uintptr
	strays map[uintptr]struct{} // locks of which nobody knows who has them
	lost   bool                 // there were too many of those
}

const (
	starving     = int64(time.Millisecond)
	pollInterval = 20 * time.Millisecond
)

var base = time.Now()

func nanotime() int64 { return int64(time.Since(base)) }

// Init prepares the lots. polled, which may be nil, is called now and then while
// somebody waits.
func (ls *Lots) Init(polled func()) {
	ls.polled = polled
	for i := range ls.shards {
		ls.shards[i].lots = make(map[uintptr]*lot)
	}
}

func (ls *Lots) shard(key uintptr) *shard {
	return &ls.shards[(key>>4^key>>12)%uintptr(len(ls.shards))]
}

// Any reports whether anybody waits at all, and so need be woken.
func (ls *Lots) Any() bool { return ls.parked.Load() != 0 }

// Wakeable reports whether anybody waits for a lock of any kind and is not on the way
// to it already: whoever releases one then calls [Lots.WakeOne]. Who is on the way
// looks itself, after it has queued again.
func (ls *Lots) Wakeable() bool { return ls.wakeable.Load() != 0 }

// count counts l among those in which one can be woken, or not any more. The shard's
// lock is held.
func (ls *Lots) count(l *lot) {
	if can := l.head != nil && !l.woken && l.head.kind.IsLock(); can != l.counted {
		l.counted = can
		if can {
			ls.wakeable.Add(1)
		} else {
			ls.wakeable.Add(-1)
		}
	}
}

// Open reports whether no barrier is up anywhere: whoever finds a lock free then may
// take it.
func (ls *Lots) Open() bool { return ls.barriers.Load() == 0 }

// Len is how many things there are that somebody waits for.
func (ls *Lots) Len() (n int) {
	for i := range ls.shards {
		sh := &ls.shards[i]
		sh.mu.Lock()
		n += len(sh.lots) + len(sh.hidden)
		sh.mu.Unlock()
	}
	return n
}

// Enter queues w and reports whether the barrier was up before.
func (ls *Lots) Enter(key uintptr, w *Waiter) (barred bool) {
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
	if w.kind == wait.RWLock {
		ls.raise(l, w)
	}
	ls.parked.Add(1)
	ls.count(l)
	sh.mu.Unlock()
	if w.kind != wait.Cond && !ls.polling.Load() && ls.polling.CompareAndSwap(false, true) {
		time.AfterFunc(pollInterval, ls.poll)
	}
	return barred
}

// Again queues w at the front, after it was woken in vain.
func (ls *Lots) Again(key uintptr, w *Waiter) {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.find(key)
	l.woken = false
	l.pushFront(w)
	ls.count(l)
	now := nanotime()
	if w.since == 0 {
		w.since = now
	} else if now-w.since > starving {
		ls.raise(l, w)
	}
}

// Exit ends w's stay. A waiter that leaves with nothing passes what it was
// woken for on to the next one; a reader lets the next reader in.
func (ls *Lots) Exit(key uintptr, w *Waiter, got bool) {
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
	if !got || w.kind == wait.RLock && l.head != nil && l.head.kind == wait.RLock {
		l.wakeOne(Real)
	}
	ls.count(l)
	if l.refs == 0 {
		sh.forget(key)
	}
}

// LeaveCond ends w's stay at a condition and reports whether a signal that it has
// not received was meant for it.
func (ls *Lots) LeaveCond(key uintptr, w *Waiter) (signalled bool) {
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.find(key)
	if w.queued {
		l.remove(w)
	} else {
		select {
		case <-w.ready:
			signalled = true
		default:
		}
	}
	l.refs--
	w.lot = nil
	ls.parked.Add(-1)
	if l.refs == 0 {
		sh.forget(key)
	}
	return signalled
}

func (ls *Lots) raise(l *lot, w *Waiter) {
	if !w.barrier {
		w.barrier = true
		l.barrier++
		ls.barriers.Add(1)
	}
}

// Barred reports whether a lock must not be taken past those who wait for it.
func (ls *Lots) Barred(key uintptr) bool {
	if ls.barriers.Load() == 0 {
		return false
	}
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	l := sh.find(key)
	return l != nil && l.barrier > 0
}

// WakeOne wakes the first waiter of a lock that has been released.
func (ls *Lots) WakeOne(key uintptr) {
	if !ls.Wakeable() {
		return
	}
	sh := ls.shard(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if l := sh.find(key); l != nil {
		l.wakeOne(Real)
		ls.count(l)
	}
}

// WakeFirst wakes n waiters, or all if n is negative, each for good, and
// returns how many there were.
func (ls *Lots) WakeFirst(key uintptr, n int) (woken int) {
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
		w.ready <- Real
		woken++
	}
	return woken
}

// poll has the first waiter of each lot look again: native code may have
// released what it waits for without telling us.
func (ls *Lots) poll() {
	if !ls.looking.Load() {
		if ls.polled != nil {
			ls.polled()
		}
		ls.wakeToLook()
	}
	ls.polling.Store(false)
	if ls.parked.Load() > 0 && ls.polling.CompareAndSwap(false, true) {
		time.AfterFunc(pollInterval, ls.poll)
	}
}

func (ls *Lots) wakeToLook() {
	for i := range ls.shards {
		sh := &ls.shards[i]
		sh.mu.Lock()
		for _, l := range sh.lots {
			if l.head == nil || l.woken {
				continue
			}
			switch l.head.kind {
			case wait.Mutex, wait.RWLock, wait.RLock:
				l.wakeOne(Poll)
				ls.count(l)
			case wait.WaitGroup:
				for w := l.head; w != nil; w = w.next {
					select {
					case w.ready <- Poll:
					default:
					}
				}
			}
		}
		sh.mu.Unlock()
	}
}
