package compile

import (
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/standin"
	"github.com/gosched/gosched/kernel/sched"
)

// virtual returns call, or what stands in for it where there is a clock.
func (c *compiler) virtual(fn *ssa.Function, call frame.NativeCall) frame.NativeCall {
	obj := fn.Object()
	if obj == nil || obj.Pkg() == nil {
		return call
	}
	name := funcname.Full(fn)
	if v := c.links.Library.Virtuals[name]; v != nil {
		return func(t *frame.Thread, args, res []unsafe.Pointer) {
			if clock := t.G.Clock(); clock != nil {
				v(t, clock, args, res)
				return
			}
			call(t, args, res)
		}
	}
	if r := standin.RandomMethod(obj.Pkg().Path(), fn); r != nil {
		return func(t *frame.Thread, args, res []unsafe.Pointer) {
			if random := t.G.Random(); random != nil {
				r(random, t, args, res)
				return
			}
			call(t, args, res)
		}
	}
	return call
}

// inlineVirtual generates a call of a function that depends on a clock.
func (c *compiler) inlineVirtual(fn *ssa.Function, args []ssa.Value, dst []frame.Slot) bool {
	if !c.observed || !c.links.Library.IsVirtual(fn) {
		return false
	}
	plain, err := c.links.Native(fn)
	if err != nil {
		c.refuse(c.curPos, "%v", err)
	}
	call := c.virtual(fn, plain)
	slots := c.argSlots(args)
	var site *sched.Site
	if fn.Signature.Recv() != nil {
		site = c.site(standin.Reflected(args[0]))
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
