package park

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/stacks"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A goroutine that is parked at a lock can go on if somebody reaches the lock,
// and can never go on if nobody does. The runtime knows that rule for goroutines
// that wait natively, but not for ours, which wait for a channel of their own.
//
// So while leaks are looked for, each lot with waiters has a witness: a
// goroutine that waits natively at the lock, and on whose stack, and nowhere
// else, hang the lot and the channels of its waiters. If something that can run
// reaches the lock, the witness may run, so the waiters may; otherwise all of
// them are leaked together. The garbage collector does the rest, whatever the
// locks, channels and goroutines between them look like.
//
// The witness waits in the queue of the lock's own semaphore, ahead of native
// waiters, and takes nothing from them: a release that it receives it passes on,
// and it is itself released once. It changes nothing else about the lock.
type witness struct {
	state  atomic.Int32
	shard  *shard
	key    uintptr
	kind   wait.Kind
	ticket uint32 // in the queue of a condition
	done   chan struct{}
}

// States of a witness. Whoever moves it on from waiting owes one release.
const (
	witnessWaits    int32 = iota
	witnessWoken          // by somebody who released the lock
	witnessReleased       // by us
)

// queueOf returns the queue in which native waiters wait for what is at key, or
// false where that is not known.
func queueOf(kind wait.Kind, key uintptr) (q goruntime.Queue, ok bool) {
	var offset uintptr
	switch kind {
	case wait.Mutex:
		offset, ok = goruntime.QueueOffset[sync.Mutex]()
	case wait.RWLock, wait.RLock:
		offset, ok = goruntime.QueueOffset[sync.RWMutex]()
	case wait.WaitGroup:
		offset, ok = goruntime.QueueOffset[sync.WaitGroup]()
	case wait.Once:
		offset, ok = goruntime.QueueOffset[sync.Once]()
	case wait.Cond:
		offset, ok = goruntime.QueueOffset[sync.Cond]()
	}
	at := key + offset
	return *(*goruntime.Queue)(unsafe.Pointer(&at)), ok
}

// witnessLabels is what profiles say of a witness.
var witnessLabels = &goruntime.LabelSet{
	List: &goruntime.Label{Key: "gosched", Value: "looks for leaks"}, Len: 1, Cap: 1,
}

// Hide prepares for a look for leaks: until [Lots.Show], nobody is woken only to look
// again, and with witnesses every lot with waiters is hidden behind one. That needs the
// facts about the queues of locks and the stacks of goroutines to hold. Who calls Hide
// and Show sees to it that there is one look at a time.
func (ls *Lots) Hide(witnesses bool) {
	ls.looking.Store(true)
	if witnesses {
		ls.witnesses = append(ls.witness(), ls.witnesses...)
	}
}

// Hidden is the queues in which witnesses wait. Who holds them while the runtime looks
// again has it forget that it has found witnesses leaked: what was waited for when they
// came may have become garbage since, and a goroutine that counts as leaked must not be
// woken.
func (ls *Lots) Hidden() []goruntime.Queue {
	queues := make([]goruntime.Queue, len(ls.witnesses))
	for i, w := range ls.witnesses {
		queues[i], _ = queueOf(w.kind, w.key) // on the witness's stack
	}
	return queues
}

// Show ends a look for leaks. Witnesses that cannot be released yet are with the next.
func (ls *Lots) Show() {
	ls.witnesses = release(ls.witnesses)
	ls.looking.Store(false)
}

// witness hides every lot with waiters behind a witness, and returns them when
// they wait.
func (ls *Lots) witness() []*witness {
	// What is awake at a lock will wait again in a moment, unless it gets it.
	const patience = 100 * time.Millisecond
	end := time.Now().Add(patience)
	var all []*witness
	for again := true; again; again = again && time.Now().Before(end) {
		time.Sleep(time.Millisecond)
		again = false
		for i := range ls.shards {
			var awake bool
			all, awake = ls.shards[i].witness(all)
			again = again || awake
		}
	}
	for witnessesParked() < len(all) && time.Now().Before(end) {
		time.Sleep(time.Millisecond)
	}
	return all
}

// witness does that for a shard, and reports whether it has left lots whose
// waiters are awake. It is not inlined, so that nothing of the lots stays on the caller's
// stack.
//
//go:noinline
func (sh *shard) witness(all []*witness) (more []*witness, awake bool) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for key, l := range sh.lots {
		if l.woken || l.head == nil {
			awake = true
			continue
		}
		queue, ok := queueOf(l.head.kind, key) // which the waiters keep alive
		if !ok {
			continue
		}
		w := &witness{shard: sh, key: key, kind: l.head.kind, done: make(chan struct{})}
		delete(sh.lots, key)
		if sh.hidden == nil {
			sh.hidden = make(map[uintptr]uintptr)
		}
		sh.hidden[key] = uintptr(unsafe.Pointer(l))
		if w.kind == wait.Cond {
			w.ticket = goruntime.CondTicket(queue)
		}
		go w.run(l, queue)
		all = append(all, w)
	}
	return all, awake
}

func (w *witness) run(l *lot, queue goruntime.Queue) {
	defer close(w.done)
	goruntime.SetProfLabel(unsafe.Pointer(witnessLabels))
	if w.kind == wait.Cond {
		goruntime.CondWait(queue, w.ticket)
	} else {
		goruntime.WaitInFront(queue)
	}
	if w.state.CompareAndSwap(witnessWaits, witnessWoken) {
		w.pass(queue)
	}
	w.shard.unhide(w.key, l)
}

// pass wakes the next in the queue.
func (w *witness) pass(queue goruntime.Queue) {
	if w.kind == wait.Cond {
		goruntime.CondNotify(queue)
	} else {
		goruntime.Release(queue)
	}
}

// release ends the witnesses, and returns those that have to stay for now.
func release(witnesses []*witness) (left []*witness) {
	for _, w := range witnesses {
		if !w.release() {
			left = append(left, w)
		}
	}
	return left
}

// release ends a witness that still waits, and waits for that. It must not
// wake a native waiter in its place: where it might, it does nothing.
func (w *witness) release() bool {
	if w.state.Load() == witnessWaits {
		queue, _ := queueOf(w.kind, w.key) // on the witness's stack
		if !w.first(queue) {
			return false
		}
		if w.state.CompareAndSwap(witnessWaits, witnessReleased) {
			w.pass(queue)
		}
	}
	<-w.done
	return true
}

// first reports whether the witness is the first in its queue, if it still is
// in it. It queued in front; only a native waiter of a mutex that was awake at
// that time may have come before it since.
func (w *witness) first(queue goruntime.Queue) bool {
	switch w.kind {
	case wait.Mutex, wait.Once:
		return goruntime.MutexIsQuiet(queue)
	case wait.Cond:
		return goruntime.CondNext(queue) == w.ticket
	}
	return true
}

// find returns the lot of a lock, or nil. sh.mu is held.
func (sh *shard) find(key uintptr) *lot {
	if l := sh.lots[key]; l != nil || len(sh.hidden) == 0 {
		return l
	}
	p := sh.hidden[key] // its waiters keep it alive
	return *(**lot)(unsafe.Pointer(&p))
}

// forget drops a lot that nobody uses any more. sh.mu is held.
func (sh *shard) forget(key uintptr) {
	delete(sh.lots, key)
	delete(sh.hidden, key)
}

// unhide makes a lot one like any other again, if it is still in use.
func (sh *shard) unhide(key uintptr, l *lot) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.hidden[key] == uintptr(unsafe.Pointer(l)) {
		delete(sh.hidden, key)
		sh.lots[key] = l
	}
}

// witnessesParked returns how many witnesses wait.
func witnessesParked() (n int) {
	all, labels := stacks.All()
	read := stacks.NewReader()
	for i, stack := range all {
		if labels[i] == unsafe.Pointer(witnessLabels) && len(stack.Stack) > 0 &&
			read.Names(stack.Stack[0])[0] == goruntime.FuncPark {
			n++
		}
	}
	runtime.KeepAlive(witnessLabels)
	return n
}
