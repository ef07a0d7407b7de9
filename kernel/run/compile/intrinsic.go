package compile

import (
	"go/types"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/run/standin"
	"github.com/gosched/gosched/kernel/sched"
)

// Some functions of compiled packages are not called as they are: what blocks
// must be stoppable and known to the scheduler, what prints must go to the
// cell that the goroutine belongs to, and what would end the process must not.

// inline generates a call of an intrinsic in place. It reports false for
// functions that are simply called.
func (c *compiler) inline(fn *ssa.Function, args []ssa.Value, dst []frame.Slot) bool {
	if c.inlineVirtual(fn, args, dst) {
		return true
	}
	call := c.links.Intrinsic(fn)
	if call == nil {
		return c.inlineNative(fn, args, dst)
	}
	slots := c.argSlots(args)
	var site *sched.Site
	if fn.Signature.Recv() != nil {
		site = c.site(standin.Reflected(args[0]))
	}
	if f := synchronization(fn, site); f != nil && !c.observed {
		a := slots[0].Off
		c.emit(func(fr *frame.Frame) { f(fr.Thread, *memory.At[unsafe.Pointer](fr.Mem, a)) })
		return true
	}
	if fn.Object().(*types.Func).FullName() == "(*sync.WaitGroup).Add" && !c.observed {
		wg, delta := slots[0].Off, slots[1].Off
		c.emit(func(fr *frame.Frame) {
			fr.Thread.G.WaitGroupAdd((*sync.WaitGroup)(*memory.At[unsafe.Pointer](fr.Mem, wg)), *memory.At[int](fr.Mem, delta))
		})
		return true
	}
	c.emit(func(fr *frame.Frame) {
		ptrs := make([]unsafe.Pointer, len(slots))
		fillArgs(ptrs, fr, slots, false)
		res := make([]unsafe.Pointer, len(dst))
		for i := range dst {
			res[i] = unsafe.Add(fr.Mem, dst[i].Off)
		}
		fr.Thread.Site = site
		call(fr.Thread, ptrs, res)
		fr.Thread.Site = nil
	})
	return true
}

// inlineNative generates calls of compiled functions with common signatures
// without reflection.
func (c *compiler) inlineNative(fn *ssa.Function, args []ssa.Value, dst []frame.Slot) bool {
	v, err := c.links.NativeFunc(fn)
	if err != nil {
		c.refuse(c.curPos, "%v", err)
	}
	if !c.links.World.Knows.Calls {
		return false
	}
	f := direct(v, c.argSlots(args), dst)
	if f == nil {
		return false
	}
	c.emit(f)
	return true
}

// synchronized is synchronization for a call that is deferred, or nil.
func (c *compiler) synchronized(fn *ssa.Function, args []ssa.Value) func(t *frame.Thread, p unsafe.Pointer) {
	if c.observed || fn.Signature.Recv() == nil || c.links.Intrinsic(fn) == nil {
		return nil
	}
	return synchronization(fn, c.site(standin.Reflected(args[0])))
}

// synchronization returns what the hottest intrinsics do with the object that
// they are methods of, without going by way of argument lists.
func synchronization(fn *ssa.Function, site *sched.Site) func(t *frame.Thread, p unsafe.Pointer) {
	switch fn.Object().(*types.Func).FullName() {
	case "(*sync.Mutex).Lock":
		return func(t *frame.Thread, p unsafe.Pointer) { t.G.Lock((*sync.Mutex)(p), t.Cur, site) }
	case "(*sync.Mutex).Unlock":
		return func(t *frame.Thread, p unsafe.Pointer) { standin.UnlockMutex(t, (*sync.Mutex)(p)) }
	case "(*sync.RWMutex).Lock":
		return func(t *frame.Thread, p unsafe.Pointer) { t.G.RWLock((*sync.RWMutex)(p), t.Cur, site) }
	case "(*sync.RWMutex).Unlock":
		return func(t *frame.Thread, p unsafe.Pointer) { t.G.RWUnlock((*sync.RWMutex)(p)) }
	case "(*sync.RWMutex).RLock":
		return func(t *frame.Thread, p unsafe.Pointer) { t.G.RLock((*sync.RWMutex)(p), t.Cur, site) }
	case "(*sync.RWMutex).RUnlock":
		return func(t *frame.Thread, p unsafe.Pointer) { t.G.RUnlock((*sync.RWMutex)(p)) }
	case "(*sync.WaitGroup).Done":
		return func(t *frame.Thread, p unsafe.Pointer) { t.G.WaitGroupDone((*sync.WaitGroup)(p)) }
	case "(*sync.WaitGroup).Wait":
		return func(t *frame.Thread, p unsafe.Pointer) { t.G.WaitGroupWait((*sync.WaitGroup)(p), t.Cur, site) }
	}
	return nil
}
