package compile

import (
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
)

// capture generates the evaluation of what a closure captures.
func (c *compiler) capture(mc *ssa.MakeClosure) func(fr *frame.Frame, free []unsafe.Pointer) {
	binds := c.argSlots(mc.Bindings)
	return func(fr *frame.Frame, free []unsafe.Pointer) {
		for i := range binds {
			b := &binds[i]
			p := unsafe.Add(fr.Mem, b.Off)
			if b.Layout.Class == memory.ClassPtr {
				free[i] = *(*unsafe.Pointer)(p)
				continue
			}
			q := b.Layout.Alloc()
			b.Layout.Move(q, p)
			free[i] = q
		}
	}
}

// makeClosure generates a function literal that is used as a value.
func (c *compiler) makeClosure(in *ssa.MakeClosure) {
	if onlyCalled(in) {
		return
	}
	fn := in.Fn.(*ssa.Function)
	d := c.slot(in)
	typ := d.Layout.Type
	capture := c.capture(in)
	callee := c.links.Function(fn)
	n := len(in.Bindings)
	m := c.links.World
	like := sync.OnceValue(func() unsafe.Pointer { return frame.LikeFunc(typ) })
	c.emit(func(fr *frame.Frame) {
		f, free := frame.NewFunc(like(), m, callee, n)
		capture(fr, free)
		*memory.At[unsafe.Pointer](fr.Mem, d.Off) = f
	})
}

// onlyCalled reports whether a closure is never seen as a value: its captured
// values are then read where it is called.
func onlyCalled(mc *ssa.MakeClosure) bool {
	for _, ref := range *mc.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if !ok || call.Common().Value != mc || ref.Block() != mc.Block() {
			return false
		}
		for _, a := range call.Common().Args {
			if a == mc {
				return false
			}
		}
	}
	for _, b := range mc.Bindings {
		if _, ok := b.(*ssa.Phi); ok {
			return false // its slot may have been written again by then
		}
	}
	return len(*mc.Referrers()) > 0
}
