package run

import (
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
)

// A nativeCall runs compiled code (or an operation that stands in for it):
// args and res point to the memory of the arguments and results.
type nativeCall func(t *thread, args, res []unsafe.Pointer)

// A pendingCall is a call whose callee and arguments are known.
type pendingCall struct {
	frame  *frame // interpreted, or
	native nativeCall
	args   []unsafe.Pointer
	// stub says that native is code of package reflect's that may lead right
	// back to a function of ours, in which recover is to work.
	stub bool
}

// A callMaker evaluates callee and arguments.
type callMaker func(fr *frame) pendingCall

func (c *compiler) argSlots(args []ssa.Value) []slot {
	out := make([]slot, len(args))
	for i, a := range args {
		out[i] = c.slot(a)
	}
	return out
}

// setArgs copies arguments into the callee's frame.
func setArgs(nf *frame, params []slot, fr *frame, args []slot) {
	for i := range params {
		p := &params[i]
		dst, src := unsafe.Add(nf.mem, p.off), unsafe.Add(fr.mem, args[i].off)
		if p.mem.class == class8 {
			*(*uint64)(dst) = *(*uint64)(src)
		} else {
			p.mem.move(dst, src)
		}
	}
}

// fillArgs makes pointers to arguments: into the frame, or to copies for a
// call that is made later.
func fillArgs(ptrs []unsafe.Pointer, fr *frame, args []slot, copies bool) {
	for i := range args {
		a := &args[i]
		p := unsafe.Add(fr.mem, a.off)
		if copies {
			q := a.mem.alloc()
			a.mem.move(q, p)
			p = q
		}
		ptrs[i] = p
	}
}

// argsOf is fillArgs into a slice of its own.
func argsOf(fr *frame, args []slot, copies bool) []unsafe.Pointer {
	if copies && len(args) == 1 && args[0].mem.class == classPtr { // a method without parameters
		ptrs := new([2]unsafe.Pointer)
		ptrs[0], ptrs[1] = unsafe.Pointer(&ptrs[1]), *at[unsafe.Pointer](fr.mem, args[0].off)
		return ptrs[:1]
	}
	ptrs := make([]unsafe.Pointer, len(args))
	fillArgs(ptrs, fr, args, copies)
	return ptrs
}

// call generates a call that is awaited.
func (c *compiler) call(in *ssa.Call) {
	common := in.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		c.builtin(in, b)
		return
	}
	dst := c.resultSlots(in)
	if fn := common.StaticCallee(); fn != nil && !common.IsInvoke() {
		if callee := c.m.bodyOf(fn); callee != nil {
			if mc, ok := common.Value.(*ssa.MakeClosure); ok {
				c.callClosure(mc, callee, common.Args, dst)
				return
			}
			c.callStatic(c.m.function(callee), c.argSlots(common.Args), dst)
			return
		}
		if c.inline(fn, common.Args, dst) {
			return
		}
	}
	maker := c.callMaker(common, false)
	switch {
	case len(dst) == 0:
		c.emit(func(fr *frame) {
			p := maker(fr)
			if p.frame != nil {
				p.frame.exec()
				p.frame.leave()
				return
			}
			p.native(fr.t, p.args, discard(p))
		})
	default:
		c.emit(func(fr *frame) {
			p := maker(fr)
			if p.frame != nil {
				p.frame.exec()
				p.frame.results(fr, dst)
				p.frame.leave()
				return
			}
			var buf [4]unsafe.Pointer
			res := buf[:0]
			for i := range dst {
				res = append(res, unsafe.Add(fr.mem, dst[i].off))
			}
			p.native(fr.t, p.args, res)
		})
	}
}

// discard is the result memory of a call whose results nobody wants.
func discard(pendingCall) []unsafe.Pointer { return nil }

// resultSlots lists the slots of a call's results, none if there are none.
func (c *compiler) resultSlots(in *ssa.Call) []slot {
	if parts := c.tuples[in]; parts != nil {
		out := make([]slot, len(parts))
		for i, p := range parts {
			out[i] = *p
		}
		return out
	}
	if in.Common().Signature().Results().Len() == 0 {
		return nil
	}
	return []slot{c.slot(in)}
}

// results copies a finished call's results into the caller's frame.
func (fr *frame) results(to *frame, dst []slot) {
	src := fr.fn.results
	for i := range dst {
		d := &dst[i]
		p, q := unsafe.Add(to.mem, d.off), unsafe.Add(fr.mem, src[i].off)
		if d.mem.class == class8 {
			*(*uint64)(p) = *(*uint64)(q)
		} else {
			d.mem.move(p, q)
		}
	}
}

// callStatic generates a call of a known interpreted function.
func (c *compiler) callStatic(callee *function, args, dst []slot) {
	wrapper := c.fn.wrapper
	c.emit(func(fr *frame) {
		nf := callee.enter(fr.t, fr)
		setArgs(nf, callee.params, fr, args)
		if wrapper {
			nf.deferred = fr.deferred
		}
		nf.exec()
		if len(dst) > 0 {
			nf.results(fr, dst)
		}
		nf.leave()
	})
}

// callClosure generates a call of a function literal where it is made.
func (c *compiler) callClosure(mc *ssa.MakeClosure, fn *ssa.Function, args []ssa.Value, dst []slot) {
	callee := c.m.function(fn)
	capture := c.capture(mc)
	slots := c.argSlots(args)
	c.emit(func(fr *frame) {
		nf := callee.enter(fr.t, fr)
		setArgs(nf, callee.params, fr, slots)
		nf.setFree(capture(fr))
		nf.exec()
		nf.results(fr, dst)
		nf.leave()
	})
}

// callMaker generates the evaluation of callee and arguments for any call but
// a builtin's. With prepare, the call is made after the instruction.
func (c *compiler) callMaker(common *ssa.CallCommon, prepare bool) callMaker {
	if common.IsInvoke() {
		return c.invoke(common, prepare)
	}
	args := c.argSlots(common.Args)
	if fn := common.StaticCallee(); fn != nil {
		if body := c.m.bodyOf(fn); body != nil {
			callee := c.m.function(body)
			var capture func(fr *frame) []unsafe.Pointer
			if mc, ok := common.Value.(*ssa.MakeClosure); ok {
				capture = c.capture(mc)
			}
			return func(fr *frame) pendingCall {
				nf := callee.enter(fr.t, fr)
				setArgs(nf, callee.params, fr, args)
				if capture != nil {
					nf.setFree(capture(fr))
				}
				return pendingCall{frame: nf}
			}
		}
		call := c.nativeCallee(common, fn)
		return func(fr *frame) pendingCall {
			return pendingCall{native: call, args: argsOf(fr, args, prepare)}
		}
	}
	return c.callValue(common, args, prepare)
}

// nativeCallee is the compiled function, or what stands in for it.
func (c *compiler) nativeCallee(common *ssa.CallCommon, fn *ssa.Function) nativeCall {
	call, err := c.m.native(fn)
	if err != nil {
		c.refuse(common.Pos(), "%v", err)
	}
	return call
}

// callValue generates a call of a function value.
func (c *compiler) callValue(common *ssa.CallCommon, args []slot, prepare bool) callMaker {
	f := c.slot(common.Value)
	typ := f.mem.typ
	return func(fr *frame) pendingCall {
		p := *at[unsafe.Pointer](fr.mem, f.off)
		if p == nil && !prepare {
			nilDeref()
		}
		if cl := closureOf(p); cl != nil {
			nf := cl.fn.enter(fr.t, fr)
			setArgs(nf, cl.fn.params, fr, args)
			nf.setFree(cl.free)
			return pendingCall{frame: nf}
		}
		return pendingCall{native: func(t *thread, args, res []unsafe.Pointer) {
			if p == nil {
				nilDeref()
			}
			reflectCall(funcValue(typ, p))(t, args, res)
		}, args: argsOf(fr, args, prepare), stub: p != nil && isStub(p)}
	}
}

// goStmt generates a go statement.
func (c *compiler) goStmt(in *ssa.Go) {
	pos := in.Pos()
	at := sync.OnceValue(func() sched.Place { return c.m.place(c.ssa, pos) })
	if b, ok := in.Call.Value.(*ssa.Builtin); ok {
		run := c.deferredBuiltin(&in.Call, b)
		name := b.Name()
		c.emit(func(fr *frame) {
			f := run(fr)
			fr.t.spawn(at(), name, func(t *thread) { f(t) })
		})
		return
	}
	maker := c.callMaker(&in.Call, true)
	name := calleeName(&in.Call)
	c.emit(func(fr *frame) {
		p := maker(fr)
		if p.frame != nil {
			sched.Go(fr.t.g, at(), p.frame.fn.name(), c.m.running(p.frame))
			return
		}
		native, args := p.native, p.args
		fr.t.spawn(at(), name, func(t *thread) { native(t, args, nil) })
	})
}

func calleeName(common *ssa.CallCommon) string {
	if common.IsInvoke() {
		return common.Method.FullName()
	}
	if fn := common.StaticCallee(); fn != nil {
		return displayName(fn)
	}
	return common.Value.Name()
}

// deferStmt generates a defer statement.
func (c *compiler) deferStmt(in *ssa.Defer) {
	stack := (*frame).deferring
	if in.DeferStack != nil {
		s := c.off(in.DeferStack)
		stack = func(fr *frame) *deferList { return (*deferList)(*at[unsafe.Pointer](fr.mem, s)) }
	}
	if b, ok := in.Call.Value.(*ssa.Builtin); ok {
		if b.Name() == "recover" {
			// As if the deferring function called it, unless it is run by a
			// panic of that function itself.
			c.emit(func(fr *frame) {
				stack(fr).push(func(_ *frame, why *panicking) {
					if why == nil {
						fr.recoverCall()
					}
				})
			})
			return
		}
		run := c.deferredBuiltin(&in.Call, b)
		c.emit(func(fr *frame) {
			f := run(fr)
			stack(fr).push(func(at *frame, _ *panicking) { f(at.t) })
		})
		return
	}
	if fn := in.Call.StaticCallee(); fn != nil && c.m.bodyOf(fn) == nil {
		call, args := c.nativeCallee(&in.Call, fn), c.argSlots(in.Call.Args)
		c.emit(func(fr *frame) {
			args := argsOf(fr, args, true)
			stack(fr).push(func(at *frame, _ *panicking) { call(at.t, args, nil) })
		})
		return
	}
	maker := c.callMaker(&in.Call, true)
	c.emit(func(fr *frame) {
		p := maker(fr)
		stack(fr).push(func(at *frame, why *panicking) {
			if p.frame == nil {
				if p.stub {
					at.t.handover = why
					defer func() { at.t.handover = nil }()
				}
				p.native(at.t, p.args, nil)
				return
			}
			nf := p.frame
			nf.t, nf.caller, nf.deferred = at.t, at, why
			if why == nil {
				nf.deferred = noPanic
			}
			nf.exec()
			nf.leave()
		})
	})
}
