package sched

import (
	"sync"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/holding"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// What observed goroutines do in place of what others do: the same, and it is told.
// Between a look at G.watch and here the observation may have ended.

// isHere reports whether the caller runs on g, and not on a native goroutine that works
// for it.
func (g *G) isHere() bool { return g.self.Load() == goruntime.Self() }

var objectKinds = [...]ObjectKind{
	wait.Receive: ObjectChannel, wait.Send: ObjectChannel,
	wait.Mutex: ObjectMutex, wait.RWLock: ObjectRWMutex, wait.RLock: ObjectRWMutex,
	wait.WaitGroup: ObjectWaitGroup, wait.Cond: ObjectCond, wait.Once: ObjectOnce,
}

// waitsFor is the object of a wait, or nil.
func (g *G) waitsFor(kind wait.Kind, p unsafe.Pointer) *Object {
	if p == nil || int(kind) >= len(objectKinds) {
		return nil
	}
	return g.object(p, objectKinds[kind])
}

// blocks tells that g is about to wait for what private.wait says.
func (g *G) blocks() {
	o := g.Observation()
	if o == nil || g.observed().quiet {
		return
	}
	w := &g.private().wait
	o.did(g, g, &Op{Kind: OpBlock, Object: g.waitsFor(w.Kind, w.Object), Site: w.Site, At: w.At, Wait: w})
}

// unblocks tells that the wait is over, before private.wait is cleared.
func (g *G) unblocks() {
	o := g.Observation()
	if o == nil || g.observed().quiet {
		return
	}
	w := &g.private().wait
	o.did(g, g, &Op{Kind: OpUnblock, Object: g.waitsFor(w.Kind, w.Object), Site: w.Site, At: w.At, Wait: w})
	if !g.ShouldStop() {
		g.resumes(o)
	}
}

// locks is Lock, RWLock or RLock.
func (g *G) locks(kind wait.Kind, p unsafe.Pointer, at Stack, site *Site) {
	op := Op{Kind: OpLock, At: at, Site: site}
	key := keyOf(p)
	if kind == wait.RLock {
		op.Kind = OpRLock
		key |= holding.Shared
	}
	x := g.waitsFor(kind, p)
	op.Object = x
	o := g.Observation()
	if o != nil {
		o.before(g, &op)
	}
	if !g.exec.s.lots.Open() || !g.try(kind, p) {
		g.acquire(kind, p, at, site)
	}
	g.held.Take(key)
	if o != nil {
		x.tell(o, g, &op)
	}
}

// triesLock is TryLock, TryRWLock or TryRLock.
func (g *G) triesLock(kind wait.Kind, p unsafe.Pointer) (ok bool) {
	at, site := g.here()
	op := Op{Kind: OpLock, Try: true, At: at, Site: site}
	key := keyOf(p)
	x := g.waitsFor(kind, p)
	op.Object = x
	o := g.Observation()
	if kind == wait.RLock {
		op.Kind = OpRLock
		key |= holding.Shared
	}
	if o != nil {
		o.before(g, &op)
	}
	switch kind {
	case wait.Mutex:
		ok = (*sync.Mutex)(p).TryLock()
	case wait.RWLock:
		ok = (*sync.RWMutex)(p).TryLock()
	default:
		ok = (*sync.RWMutex)(p).TryRLock()
	}
	if ok {
		g.held.Take(key)
	}
	if op.OK = ok; o != nil {
		x.tell(o, g, &op)
	}
	return ok
}

// unlocks is Unlock, RWUnlock or RUnlock.
func (g *G) unlocks(kind wait.Kind, p unsafe.Pointer) {
	op, what := OpUnlock, ObjectMutex
	key := keyOf(p)
	switch kind {
	case wait.RWLock:
		what = ObjectRWMutex
	case wait.RLock:
		op, what = OpRUnlock, ObjectRWMutex
		key |= holding.Shared
	}
	g.changes(op, what, p, 0, func() {
		g.gives(key)
		g.release(kind, p)
	})
}

// changes does what lets others go on, which does not wait.
func (g *G) changes(kind OpKind, what ObjectKind, p unsafe.Pointer, n int64, do func()) {
	o := g.Observation()
	if o == nil || !g.isHere() {
		do()
		return
	}
	at, site := g.here()
	x := g.object(p, what)
	op := Op{Kind: kind, Object: x, N: n, At: at, Site: site}
	o.before(g, &op)
	x.mu.Lock()
	defer x.mu.Unlock()
	do() // where it panics, nothing is told; nobody else is told before this is
	o.did(g, g, &op)
}

// awaits does what may have to wait.
func (g *G) awaits(kind OpKind, what ObjectKind, p unsafe.Pointer, at Stack, site *Site, do func()) {
	x := g.object(p, what)
	op := Op{Kind: kind, Object: x, At: at, Site: site}
	o := g.Observation()
	if o != nil {
		o.before(g, &op)
	}
	do()
	if o != nil {
		x.tell(o, g, &op)
	}
}

// tell tells that g, which calls it, did op on x.
func (x *Object) tell(o *Observation, g *G, op *Op) {
	x.mu.Lock()
	defer x.mu.Unlock()
	o.did(g, g, op)
}

// doesOnce is OnceDo.
func (g *G) doesOnce(once *sync.Once, f func(), at Stack, site *Site) {
	x := g.object(unsafe.Pointer(once), ObjectOnce)
	op := Op{Kind: OpOnce, Object: x, At: at, Site: site}
	o := g.Observation()
	if o == nil {
		g.once(once, f, at, site)
		return
	}
	o.before(g, &op)
	g.once(once, func() {
		f()
		op.OK = true
		x.tell(o, g, &Op{Kind: OpOnceDone, Object: x, At: at, Site: site})
	}, at, site)
	x.tell(o, g, &op)
}

// sleeps is Sleep.
func (g *G) sleeps(d time.Duration, at Stack) {
	op := Op{Kind: OpSleep, N: int64(d), At: at}
	o := g.Observation()
	if o != nil {
		o.before(g, &op)
	}
	g.sleep(d, at)
	if o != nil {
		o.did(g, g, &op)
	}
}

// prints tells that g prints.
func (g *G) prints(p []byte) {
	if !g.isHere() {
		return
	}
	if o := g.Observation(); o != nil {
		at, _ := g.here()
		o.did(g, g, &Op{Kind: OpPrint, Text: string(p), At: at})
	}
}

// tellsPanic tells that g ends with a panic.
func (g *G) tellsPanic(value any) {
	if o := g.Observation(); o != nil {
		o.did(g, g, &Op{Kind: OpPanic, Panic: value})
	}
}
