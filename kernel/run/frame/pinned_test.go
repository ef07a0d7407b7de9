package frame

import (
	"reflect"
	"testing"

	"github.com/gosched/gosched/kernel/goruntime"
)

// A pool may wait for a lock when a collection has emptied it. So whoever is pinned
// neither takes frames from it nor puts any there.
func TestPinnedKeepsFromPools(t *testing.T) {
	newFunction := func(id uint32) *Function {
		fn := &Function{ID: id, Shape: &Shape{Word: goruntime.TypeWord(reflect.TypeFor[uint64]())}}
		fn.once.Do(func() {}) // it is translated
		return fn
	}
	fn, other := newFunction(1), newFunction(1+freeLists) // they share a free list
	pooled := func(fn *Function) bool { return fn.pool.Get() != nil }

	th := new(Thread)
	kept := other.EnterPinned(th, nil)
	kept.LeavePinned()
	if other.EnterPinned(th, nil) != kept {
		t.Error("a pinned goroutine does not find the frame that it has kept")
	}
	fn.EnterPinned(th, nil).LeavePinned() // the list is the other's
	if pooled(fn) {
		t.Error("a pinned goroutine has put a frame into the pool")
	}
	was := fn.newFrame()
	fn.pool.Put(was)
	if fn.EnterPinned(th, nil) == was {
		t.Error("a pinned goroutine has taken a frame from the pool")
	}
}
