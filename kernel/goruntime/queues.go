package goruntime

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// A Queue is where goroutines wait natively for something of package sync: a
// semaphore, or the list of a condition.
type Queue unsafe.Pointer

// queueOffsets is where in the types of package sync their queues are. A type
// that is missing has none that is known.
var queueOffsets = sync.OnceValue(func() map[reflect.Type]uintptr {
	offsets := make(map[reflect.Type]uintptr)
	note := func(t reflect.Type, path ...string) {
		at, in := uintptr(0), t
		for _, name := range path {
			if in.Kind() != reflect.Struct {
				return
			}
			f, ok := in.FieldByName(name)
			if !ok {
				return
			}
			at += f.Offset
			in = f.Type
		}
		if in.Kind() == reflect.Uint32 || t == reflect.TypeFor[sync.Cond]() && in.Kind() == reflect.Struct {
			offsets[t] = at
		}
	}
	note(reflect.TypeFor[sync.Mutex](), "mu", "sema")
	note(reflect.TypeFor[sync.RWMutex](), "readerSem")
	note(reflect.TypeFor[sync.WaitGroup](), "sema")
	note(reflect.TypeFor[sync.Once](), "m", "mu", "sema")
	note(reflect.TypeFor[sync.Cond](), "notify")
	return offsets
})

// QueueOffset returns where in a T of package sync its queue is.
func QueueOffset[T any]() (offset uintptr, ok bool) {
	offset, ok = queueOffsets()[reflect.TypeFor[T]()]
	return offset, ok
}

// WaitInFront waits at a semaphore, ahead of those that wait there already, as
// one that waits for a lock: the runtime's leak detection judges it by whether
// somebody reaches the memory around q.
func WaitInFront(q Queue) { semacquire((*uint32)(q), true, 0) }

// Release lets one who waits at a semaphore go on, the first of them; or, where
// nobody does, the next to come.
func Release(q Queue) { semrelease((*uint32)(q), false, 0) }

// MutexIsQuiet reports whether nobody waits natively for the mutex of a
// semaphore, nor has been woken and not gone on yet.
func MutexIsQuiet(q Queue) bool {
	const locked, starving = 1, 4
	return atomic.LoadUint32((*uint32)(unsafe.Add(unsafe.Pointer(q), -4)))&^(locked|starving) == 0
}

//go:linkname semacquire sync.runtime_SemacquireRWMutexR
func semacquire(sema *uint32, lifo bool, skip int)

//go:linkname semrelease sync.runtime_Semrelease
func semrelease(sema *uint32, handoff bool, skip int)

// CondTicket takes a place in the list of a condition, and CondWait waits there
// until it is this ticket's turn.
//
//go:linkname CondTicket sync.runtime_notifyListAdd
func CondTicket(q Queue) uint32

// CondWait is described at [CondTicket].
//
//go:linkname CondWait sync.runtime_notifyListWait
func CondWait(q Queue, ticket uint32)

// CondNotify lets the first of a condition's list go on, if there is one.
//
//go:linkname CondNotify sync.runtime_notifyListNotifyOne
func CondNotify(q Queue)

// CondNext is the ticket whose turn it is next.
func CondNext(q Queue) uint32 {
	return atomic.LoadUint32((*uint32)(unsafe.Add(unsafe.Pointer(q), 4)))
}

func checkQueues() error {
	for _, t := range []reflect.Type{
		reflect.TypeFor[sync.Mutex](), reflect.TypeFor[sync.RWMutex](), reflect.TypeFor[sync.WaitGroup](),
		reflect.TypeFor[sync.Once](), reflect.TypeFor[sync.Cond](),
	} {
		if _, ok := queueOffsets()[t]; !ok {
			return fmt.Errorf("the queue of a %v", t)
		}
	}
	offset, _ := QueueOffset[sync.Mutex]()
	m := new(sync.Mutex)
	q := Queue(unsafe.Add(unsafe.Pointer(m), offset))
	m.Lock()
	if offset != 4 || !MutexIsQuiet(q) {
		return errors.New("the state of a locked mutex")
	}
	native := make(chan struct{})
	go func() {
		defer close(native)
		m.Lock()
		defer m.Unlock()
	}()
	for end := time.Now().Add(time.Second); MutexIsQuiet(q); runtime.Gosched() {
		if time.Now().After(end) {
			return errors.New("the count of those who wait for a mutex")
		}
	}
	m.Unlock()
	<-native
	Release(q)
	WaitInFront(q) // does not have to

	c := sync.NewCond(m)
	offset, _ = QueueOffset[sync.Cond]()
	q = Queue(unsafe.Add(unsafe.Pointer(c), offset))
	ticket := CondTicket(q)
	if CondNext(q) != ticket {
		return errors.New("the tickets of a condition")
	}
	c.Signal()
	if CondNext(q) != ticket+1 {
		return errors.New("the tickets of a condition that was signalled")
	}
	CondWait(q, ticket) // does not have to
	return nil
}
