package compile

import (
	"go/types"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/effect"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// An atomicCall is a call of a function or method of package sync/atomic, whose
// first argument is the address of the variable.
type atomicCall struct {
	kind sched.OpKind
	size uintptr // of the variable
	// swaps says that it is a compare-and-swap, whose result says whether it did.
	swaps bool
}

// atomicOf tells whether a call is one.
func (c *compiler) atomicOf(common *ssa.CallCommon) (a atomicCall, ok bool) {
	fn := common.StaticCallee()
	if fn == nil || len(common.Args) == 0 {
		return a, false
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != "sync/atomic" {
		return a, false
	}
	p, ok := common.Args[0].Type().Underlying().(*types.Pointer)
	if !ok {
		return a, false
	}
	switch name := obj.Name(); {
	case strings.HasPrefix(name, "Load"):
		a.kind = sched.OpAtomicLoad
	case strings.HasPrefix(name, "Store"):
		a.kind = sched.OpAtomicStore
	default:
		a.kind, a.swaps = sched.OpAtomicUpdate, strings.HasPrefix(name, "CompareAndSwap")
	}
	a.size = c.memory(p.Elem()).Size
	return a, true
}

// observedAtomic is called before the code of a call is generated, and what it
// returns after that: it has an atomic operation be told.
func (c *compiler) observedAtomic(common *ssa.CallCommon, dst []frame.Slot) func() {
	a, ok := c.atomicOf(common)
	if !ok {
		return func() {}
	}
	first, block := len(c.cur.Code), c.cur
	p, site := c.slot(common.Args[0]).Off, c.site(common.Args[0])
	return func() {
		code := append([]frame.Instr(nil), block.Code[first:]...)
		block.Code, block.Pos = block.Code[:first], block.Pos[:first]
		c.emit(func(fr *frame.Frame) {
			fr.Thread.G.Atomically(a.kind, *memory.At[unsafe.Pointer](fr.Mem, p), a.size, site, fr, func() bool {
				for _, in := range code {
					in(fr)
				}
				return !a.swaps || len(dst) == 0 || *memory.At[bool](fr.Mem, dst[0].Off)
			})
		})
	}
}

// observedNative is what observedAtomic is, for a call that is made later.
func (c *compiler) observedNative(common *ssa.CallCommon, call frame.NativeCall) frame.NativeCall {
	a, ok := c.atomicOf(common)
	if !ok {
		return tellsLater(effect.Of(common), call)
	}
	site := c.site(common.Args[0])
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		do := func() bool {
			call(t, args, res)
			return !a.swaps || len(res) == 0 || *(*bool)(res[0])
		}
		if !t.G.Observed() {
			do()
			return
		}
		t.G.Atomically(a.kind, *(*unsafe.Pointer)(args[0]), a.size, site, t.At(), do)
	}
}
