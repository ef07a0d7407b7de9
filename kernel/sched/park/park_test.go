package park

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/wait"
)

func lots(polled func()) *Lots {
	ls := new(Lots)
	ls.Init(polled)
	return ls
}

// parked queues a waiter for each of the kinds.
func parked(ls *Lots, key uintptr, kinds ...wait.Kind) (all []*Waiter) {
	for i, kind := range kinds {
		w := NewWaiter(i)
		w.Begin(kind)
		ls.Enter(key, w)
		all = append(all, w)
	}
	return all
}

// woken reports whether w has been woken, and for what.
func woken(w *Waiter) (how Wakeup, ok bool) {
	select {
	case how = <-w.Ready():
		return how, true
	default:
		return 0, false
	}
}

// isWoken waits until w is woken for that.
func isWoken(t *testing.T, w *Waiter, want Wakeup) {
	t.Helper()
	for how := range w.Ready() {
		if how == want {
			return
		}
	}
}

// without is lots that do not poll.
func without() *Lots {
	ls := lots(nil)
	ls.polling.Store(true)
	return ls
}

func unused(t *testing.T, ls *Lots) {
	t.Helper()
	if ls.Len() != 0 || ls.Any() || ls.Wakeable() || !ls.Open() {
		t.Errorf("left are %d lots; somebody waits: %v, can be woken: %v, no barrier is up: %v", ls.Len(), ls.Any(), ls.Wakeable(), ls.Open())
	}
}

const key = uintptr(0x1000)

func TestOneIsWokenAtATime(t *testing.T) {
	ls := without()
	w := parked(ls, key, wait.Mutex, wait.Mutex, wait.Mutex)
	ls.WakeOne(key)
	ls.WakeOne(key) // the first has not said yet how that went
	for i, want := range []bool{true, false, false} {
		if how, ok := woken(w[i]); ok != want || how != Real {
			t.Errorf("waiter %d: woken %v", i, ok)
		}
	}
	ls.Again(key, w[0]) // somebody else was faster: it is the first again
	ls.WakeOne(key)
	isWoken(t, w[0], Real)
	ls.Exit(key, w[0], true) // it has the lock
	if _, ok := woken(w[1]); ok {
		t.Error("the next is woken although nobody has released the lock")
	}
	ls.WakeOne(key)
	isWoken(t, w[1], Real)
	ls.Exit(key, w[1], false) // it is stopped, and passes that on
	isWoken(t, w[2], Real)
	ls.Exit(key, w[2], true)
	unused(t, ls)
	ls.WakeOne(key) // nobody there
	if ls.WakeFirst(key, -1) != 0 {
		t.Error("woken are some that are not there")
	}
}

// Who releases a lock asks for waiters only where one can be woken.
func TestWakeable(t *testing.T) {
	const other = key + 0x100
	ls := without()
	is := func(when string, want bool) {
		t.Helper()
		if ls.Wakeable() != want {
			t.Errorf("%s: somebody can be woken: %v", when, !want)
		}
	}
	is("nobody waits", false)
	group := parked(ls, other, wait.WaitGroup)
	is("one waits for a wait group", false)
	w := parked(ls, key, wait.Mutex, wait.RLock)
	is("two wait for a lock", true)
	ls.WakeOne(key)
	isWoken(t, w[0], Real)
	is("one is on the way", false)
	ls.Again(key, w[0])
	is("it was too late", true)
	ls.WakeOne(key)
	isWoken(t, w[0], Real)
	ls.Exit(key, w[0], true)
	is("it has the lock", true)
	ls.wakeToLook()
	isWoken(t, w[1], Poll)
	is("the other looks", false)
	ls.Exit(key, w[1], true)
	is("both have been there", false)
	ls.WakeFirst(other, -1)
	ls.Exit(other, group[0], true)
	unused(t, ls)
}

func TestWhoLeavesUnwokenWakesNobody(t *testing.T) {
	ls := without()
	w := parked(ls, key, wait.Mutex, wait.Mutex, wait.Mutex)
	ls.Exit(key, w[1], true)
	ls.WakeOne(key)
	ls.Exit(key, w[0], false) // had not looked whether it was woken
	isWoken(t, w[2], Real)
	ls.Exit(key, w[2], true)
	unused(t, ls)
}

func TestBarriers(t *testing.T) {
	ls := without()
	w := parked(ls, key, wait.RLock, wait.RWLock)
	if ls.Open() || !ls.Barred(key) || ls.Barred(key+64) {
		t.Error("a writer that waits bars its lock, and no other")
	}
	late := NewWaiter(nil)
	late.Begin(wait.RLock)
	if !ls.Enter(key, late) {
		t.Error("a newcomer is not told that the barrier is up")
	}
	ls.Exit(key, w[1], true)
	if !ls.Open() || ls.Barred(key) {
		t.Error("the barrier stays up")
	}
	ls.Exit(key, w[0], true) // a reader lets the next reader in
	isWoken(t, late, Real)
	ls.Exit(key, late, true)
	unused(t, ls)

	m := parked(ls, key, wait.Mutex)[0]
	for end := time.Now().Add(time.Minute); !ls.Barred(key) && time.Now().Before(end); time.Sleep(time.Millisecond) {
		ls.WakeOne(key)
		isWoken(t, m, Real)
		ls.Again(key, m)
	}
	if !ls.Barred(key) {
		t.Error("one who is always too late does not raise the barrier")
	}
	ls.Exit(key, m, true)
	unused(t, ls)
}

func TestForGood(t *testing.T) {
	ls := without()
	w := parked(ls, key, wait.Cond, wait.Cond, wait.Cond, wait.Cond)
	if n := ls.WakeFirst(key, 2); n != 2 {
		t.Errorf("woken are %d", n)
	}
	isWoken(t, w[0], Real)
	if ls.LeaveCond(key, w[0]) {
		t.Error("a signal is left for one that has seen it")
	}
	if !ls.LeaveCond(key, w[1]) {
		t.Error("the signal of one that was stopped is lost")
	}
	if ls.LeaveCond(key, w[2]) {
		t.Error("there was none for it")
	}
	if n := ls.WakeFirst(key, -1); n != 1 {
		t.Errorf("woken are %d", n)
	}
	if !ls.LeaveCond(key, w[3]) {
		t.Error("all are woken, but not the last")
	}
	unused(t, ls)
}

func TestTwiceParked(t *testing.T) {
	ls := without()
	w := parked(ls, key, wait.Mutex)[0]
	defer func() {
		if recover() == nil {
			t.Error("it waits for two things at once")
		}
	}()
	w.Begin(wait.Mutex)
}

// Native code may have released something without telling.
func TestPolls(t *testing.T) {
	var polls atomic.Int32
	ls := lots(func() { polls.Add(1) })
	locks := parked(ls, key, wait.Mutex, wait.Mutex)
	groups := parked(ls, key+64, wait.WaitGroup, wait.WaitGroup)
	once := parked(ls, key+128, wait.Once)[0]
	isWoken(t, locks[0], Poll)
	for _, w := range groups {
		isWoken(t, w, Poll)
	}
	if _, ok := woken(locks[1]); ok {
		t.Error("two compete for a lock")
	}
	if _, ok := woken(once); ok {
		t.Error("who waits for a once is woken to look")
	}
	if polls.Load() == 0 {
		t.Error("nobody is told of a poll")
	}
	ls.Hide(false)
	ls.Again(key, locks[0])
	before := polls.Load()
	time.Sleep(4 * pollInterval)
	if polls.Load() > before+1 { // one may have been under way
		t.Error("it polls during a look for leaks")
	}
	ls.Show()
	isWoken(t, locks[0], Poll)
	ls.WakeFirst(key+64, -1)
	for _, w := range groups {
		isWoken(t, w, Real) // also if a poll had not been seen
		ls.Exit(key+64, w, true)
	}
	ls.Exit(key, locks[0], true)
	ls.Exit(key, locks[1], true)
	ls.Exit(key+128, once, true)
	unused(t, ls)
}

func TestLockWaits(t *testing.T) {
	ls := without()
	a := parked(ls, key, wait.Mutex, wait.Mutex)
	b := parked(ls, key+64, wait.RLock, wait.RWLock)
	c := parked(ls, key+128, wait.WaitGroup)
	ls.Strayed(key)
	if !ls.Stray(key) || ls.Stray(key+64) {
		t.Error("which lock is a stray")
	}
	got := ls.LockWaits()
	if want := []Wait{{0, key + 64, wait.RLock}, {1, key + 64, wait.RWLock}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for i := range uintptr(maxStrays + 1) {
		ls.Strayed(i << 17) // all in one shard
	}
	if !ls.Stray(1<<60) || ls.shard(1<<60) != ls.shard(0) {
		t.Error("too many strays, and it is still said who has a lock")
	}
	for _, w := range a {
		ls.Exit(key, w, true)
	}
	for _, w := range b {
		ls.Exit(key+64, w, true)
	}
	ls.Exit(key+128, c[0], true)
	unused(t, ls)
}

// A lot that is hidden from the collector is one like any other for those who wait.
func TestWitnesses(t *testing.T) {
	ls := without()
	mu, rw, wg, once := new(sync.Mutex), new(sync.RWMutex), new(sync.WaitGroup), new(sync.Once)
	cond := sync.NewCond(new(sync.Mutex))
	mu.Lock()
	rw.Lock()
	wg.Add(1)
	begun, end := make(chan int), make(chan int)
	go once.Do(func() { close(begun); <-end })
	<-begun
	places := map[unsafe.Pointer]wait.Kind{
		unsafe.Pointer(mu): wait.Mutex, unsafe.Pointer(rw): wait.RLock, unsafe.Pointer(wg): wait.WaitGroup,
		unsafe.Pointer(once): wait.Once, unsafe.Pointer(cond): wait.Cond,
	}
	waiters := make(map[unsafe.Pointer]*Waiter)
	for p, kind := range places {
		waiters[p] = parked(ls, uintptr(p), kind)[0]
	}
	ls.Hide(true)
	if len(ls.witnesses) != len(places) {
		t.Errorf("%d lots have %d witnesses", len(places), len(ls.witnesses))
	}
	for i := range ls.shards {
		if n := len(ls.shards[i].lots); n != 0 {
			t.Errorf("%d lots are to be seen", n)
		}
	}
	if ls.Len() != len(places) {
		t.Errorf("there are %d lots", ls.Len())
	}
	mu.Unlock() // wakes the witness, which passes it on
	ls.WakeOne(uintptr(unsafe.Pointer(mu)))
	isWoken(t, waiters[unsafe.Pointer(mu)], Real)
	if !mu.TryLock() {
		t.Error("a witness has the lock")
	}
	ls.Exit(uintptr(unsafe.Pointer(mu)), waiters[unsafe.Pointer(mu)], true)
	ls.Show()
	if len(ls.witnesses) != 0 {
		t.Errorf("%d witnesses stay", len(ls.witnesses))
	}
	ls.WakeFirst(uintptr(unsafe.Pointer(cond)), 1)
	if !ls.LeaveCond(uintptr(unsafe.Pointer(cond)), waiters[unsafe.Pointer(cond)]) {
		t.Error("a lot that was hidden has lost its waiter")
	}
	for p, kind := range places {
		if kind != wait.Mutex && kind != wait.Cond {
			ls.Exit(uintptr(p), waiters[p], true)
		}
	}
	unused(t, ls)
	rw.Unlock()
	wg.Done()
	close(end)
	cond.Broadcast()
}
