package sched

import (
	"sync"
	"unsafe"
	"weak"
)

// An Object is what observed goroutines work on together: a channel, lock, wait
// group and so on. There is one for each as long as that is in memory.
type Object struct {
	Kind ObjectKind
	// Number tells objects apart, also when one gets the address of another that is
	// gone.
	Number uint64
	Cap    int // of a channel
	Slots

	mu       sync.Mutex
	self     weak.Pointer[byte]
	exchange exchange // of a channel
}

// An ObjectKind is what an object is.
type ObjectKind uint8

// The kinds of objects.
const (
	ObjectChannel ObjectKind = iota
	ObjectMutex
	ObjectRWMutex
	ObjectWaitGroup
	ObjectCond
	ObjectOnce
	ObjectAtomic
	ObjectTimer
	ObjectOther
)

// objects knows those of a session by their addresses. It keeps none of them in
// memory, so that goroutines which wait for them can be found leaked.
type objects struct {
	mu     sync.RWMutex
	m      map[objectKey]*Object
	number uint64
	looks  bool // the queues of channels can be looked at
	prune  int  // the length of m at which to look for those that are gone
}

type objectKey struct {
	address uintptr
	kind    ObjectKind
}

// firstPrune is small because what is gone may keep a whole observation, in its Slots.
const firstPrune = 64

// of returns the object at p, or nil for nil.
func (os *objects) of(p unsafe.Pointer, kind ObjectKind, capacity int) *Object {
	if p == nil {
		return nil
	}
	key := objectKey{keyOf(p), kind}
	os.mu.RLock()
	x := os.m[key]
	os.mu.RUnlock()
	if x != nil && x.is(p) {
		return x
	}
	os.mu.Lock()
	defer os.mu.Unlock()
	if x := os.m[key]; x != nil && x.is(p) {
		return x
	}
	if os.m == nil {
		os.m = make(map[objectKey]*Object)
		os.prune = firstPrune
	}
	if len(os.m) >= os.prune {
		for k, x := range os.m {
			if x.self.Value() == nil {
				delete(os.m, k)
			}
		}
		os.prune = max(firstPrune, 2*len(os.m))
	}
	os.number++
	x = &Object{exchange: exchange{looks: os.looks}, Kind: kind, Number: os.number, Cap: capacity, self: weak.Make((*byte)(p))}
	os.m[key] = x
	return x
}

// is reports whether x is still the object at p, which has its address.
func (x *Object) is(p unsafe.Pointer) bool {
	return unsafe.Pointer(x.self.Value()) == p
}

// Object returns the object of the session at p, which must not be nil.
func (s *Scheduler) Object(p unsafe.Pointer, kind ObjectKind) *Object {
	n := 0
	if kind == ObjectChannel {
		n = chanCap(p)
	}
	return s.objects.of(p, kind, n)
}

// With calls f while no operation on x is told.
func (x *Object) With(f func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	f()
}

// object is objects.of for the calling goroutine, which is observed.
func (g *G) object(p unsafe.Pointer, kind ObjectKind) *Object {
	if p == nil {
		return nil
	}
	seen := &g.observed().seen
	i := (keyOf(p)>>4 ^ keyOf(p)>>8) % uintptr(len(seen))
	if x := seen[i]; x != nil && x.Kind == kind && x.is(p) {
		return x
	}
	if x := seen[i^1]; x != nil && x.Kind == kind && x.is(p) {
		return x
	}
	seen[i^1], seen[i] = seen[i], g.exec.s.Object(p, kind)
	return seen[i]
}
