package compile

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/funcname"
	"github.com/gosched/gosched/kernel/run/effect"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/run/standin"
	"github.com/gosched/gosched/kernel/sched"
)

// A pendingCall is a call whose callee and arguments are known.
type pendingCall struct {
	frame  *frame.Frame // interpreted, or
	native frame.NativeCall
	args   []unsafe.Pointer
	// stub says that native is code of package reflect's that may lead right
	// back to a function of ours, in which recover is to work.
	stub bool
}

// A callMaker evaluates callee and arguments.
type callMaker func(fr *frame.Frame) pendingCall

func (c *compiler) argSlots(args []ssa.Value) []frame.Slot {
	out := make([]frame.Slot, len(args))
	for i, a := range args {
		out[i] = c.slot(a)
	}
	return out
}

// setArgs copies arguments into the callee's frame.
func setArgs(nf *frame.Frame, params []frame.Slot, fr *frame.Frame, args []frame.Slot) {
	for i := range params {
		p := &params[i]
		dst, src := unsafe.Add(nf.Mem, p.Off), unsafe.Add(fr.Mem, args[i].Off)
		if p.Layout.Class == memory.Class8 {
			*(*uint64)(dst) = *(*uint64)(src)
		} else {
			p.Layout.Move(dst, src)
		}
	}
}

// fillArgs makes pointers to arguments: into the frame, or to copies for a
// call that is made later.
func fillArgs(ptrs []unsafe.Pointer, fr *frame.Frame, args []frame.Slot, copies bool) {
	for i := range args {
		a := &args[i]
		p := unsafe.Add(fr.Mem, a.Off)
		if copies {
			q := a.Layout.Alloc()
			a.Layout.Move(q, p)
			p = q
		}
		ptrs[i] = p
	}
}

// argsOf is fillArgs into a slice of its own.
func argsOf(fr *frame.Frame, args []frame.Slot, copies bool) []unsafe.Pointer {
	if copies && len(args) == 1 && args[0].Layout.Class == memory.ClassPtr { // a method without parameters
		ptrs := new([2]unsafe.Pointer)
		ptrs[0], ptrs[1] = unsafe.Pointer(&ptrs[1]), *memory.At[unsafe.Pointer](fr.Mem, args[0].Off)
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
	if c.observed {
		defer c.observedContext(common, dst)
		defer c.observedTimer(common, dst)
		defer c.observedAtomic(common, dst)()
	}
	if fn := common.StaticCallee(); fn != nil && !common.IsInvoke() {
		if callee := c.links.Interpreted(fn); callee != nil {
			if mc, ok := common.Value.(*ssa.MakeClosure); ok {
				c.callClosure(mc, callee, common.Args, dst)
				return
			}
			c.callStatic(callee, c.argSlots(common.Args), dst, c.movedBy(in))
			return
		}
		if c.inline(fn, common.Args, dst) {
			return
		}
	}
	maker := c.callMaker(common, false)
	switch {
	case len(dst) == 0:
		c.emit(func(fr *frame.Frame) {
			p := maker(fr)
			if p.frame != nil {
				p.frame.Exec()
				p.frame.Leave()
				return
			}
			p.native(fr.Thread, p.args, discard(p))
		})
	default:
		c.emit(func(fr *frame.Frame) {
			p := maker(fr)
			if p.frame != nil {
				p.frame.Exec()
				p.frame.Results(fr, dst)
				p.frame.Leave()
				return
			}
			var buf [4]unsafe.Pointer
			res := buf[:0]
			for i := range dst {
				res = append(res, unsafe.Add(fr.Mem, dst[i].Off))
			}
			p.native(fr.Thread, p.args, res)
		})
	}
}

// discard is the result memory of a call whose results nobody wants.
func discard(pendingCall) []unsafe.Pointer { return nil }

// resultSlots lists the slots of a call's results, none if there are none.
func (c *compiler) resultSlots(in *ssa.Call) []frame.Slot {
	if parts := c.tuples[in]; parts != nil {
		out := make([]frame.Slot, len(parts))
		for i, p := range parts {
			out[i] = *p
		}
		return out
	}
	if in.Common().Signature().Results().Len() == 0 {
		return nil
	}
	return []frame.Slot{c.slot(in)}
}

// callStatic generates a call of a known interpreted function. Where moved is not nil,
// it clears what only the callee still needs.
func (c *compiler) callStatic(callee *frame.Function, args, dst []frame.Slot, moved frame.Instr) {
	wrapper := c.fn.Wrapper
	c.emit(func(fr *frame.Frame) {
		nf := callee.Enter(fr.Thread, fr)
		setArgs(nf, callee.Params, fr, args)
		if moved != nil {
			moved(fr)
		}
		if wrapper {
			nf.Deferred = fr.Deferred
		}
		nf.Exec()
		if len(dst) > 0 {
			nf.Results(fr, dst)
		}
		nf.Leave()
	})
}

// callClosure generates a call of a function literal where it is made.
func (c *compiler) callClosure(mc *ssa.MakeClosure, callee *frame.Function, args []ssa.Value, dst []frame.Slot) {
	captured, slots := c.argSlots(mc.Bindings), c.argSlots(args)
	c.emit(func(fr *frame.Frame) {
		nf := callee.Enter(fr.Thread, fr)
		setArgs(nf, callee.Params, fr, slots)
		setArgs(nf, callee.Free, fr, captured)
		nf.Exec()
		nf.Results(fr, dst)
		nf.Leave()
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
		if callee := c.links.Interpreted(fn); callee != nil {
			var captured []frame.Slot
			if mc, ok := common.Value.(*ssa.MakeClosure); ok {
				captured = c.argSlots(mc.Bindings)
			}
			return func(fr *frame.Frame) pendingCall {
				nf := callee.Enter(fr.Thread, fr)
				setArgs(nf, callee.Params, fr, args)
				setArgs(nf, callee.Free, fr, captured)
				return pendingCall{frame: nf}
			}
		}
		call := c.nativeCallee(common, fn)
		return func(fr *frame.Frame) pendingCall {
			return pendingCall{native: call, args: argsOf(fr, args, prepare)}
		}
	}
	return c.callValue(common, args, prepare)
}

// nativeCallee is the compiled function, or what stands in for it.
func (c *compiler) nativeCallee(common *ssa.CallCommon, fn *ssa.Function) frame.NativeCall {
	call, err := c.links.Native(fn)
	if err != nil {
		c.refuse(common.Pos(), "%v", err)
	}
	if c.observed {
		return c.observedNative(common, c.virtual(fn, call))
	}
	return call
}

// callValue generates a call of a function value.
func (c *compiler) callValue(common *ssa.CallCommon, args []frame.Slot, prepare bool) callMaker {
	f := c.slot(common.Value)
	typ := f.Layout.Type
	called := c.dynamic(common, prepare)
	return func(fr *frame.Frame) pendingCall {
		p := *memory.At[unsafe.Pointer](fr.Mem, f.Off)
		if p == nil && !prepare {
			nilDeref()
		}
		if cl := frame.ClosureOf(p); cl != nil {
			callee := cl.Fn
			if called != nil {
				called.functions.note(callee)
			}
			nf := callee.Enter(fr.Thread, fr)
			setArgs(nf, callee.Params, fr, args)
			nf.SetFree(cl.Free)
			return pendingCall{frame: nf}
		}
		return pendingCall{native: func(t *frame.Thread, args, res []unsafe.Pointer) {
			if p == nil {
				nilDeref()
			}
			call := standin.ReflectCall(goruntime.FuncValue(typ, p))
			if prepare && t.G.Observed() {
				call = tellsLater(effect.Of(common), call)
			}
			call(t, args, res)
		}, args: argsOf(fr, args, prepare), stub: p != nil && goruntime.IsReflected(p)}
	}
}

// An origin is that of goroutines which a go statement starts with fn. They know its
// first part, which must not lead to what they may wait for, as fn does.
type origin struct {
	*sched.Origin
	fn *frame.Function
}

// goStmt generates a go statement.
func (c *compiler) goStmt(in *ssa.Go) {
	pos := in.Pos()
	at := sync.OnceValue(func() sched.Place { return c.links.World.Place(c.ssa, pos) })
	if b, ok := in.Call.Value.(*ssa.Builtin); ok {
		run := c.deferredBuiltin(&in.Call, b)
		name := b.Name()
		c.emit(func(fr *frame.Frame) {
			f := run(fr)
			fr.Thread.Spawn(at(), name, func(t *frame.Thread) { f(t) })
		})
		return
	}
	maker := c.callMaker(&in.Call, true)
	name := calleeName(&in.Call)
	var latest atomic.Pointer[origin]
	c.emit(func(fr *frame.Frame) {
		p := maker(fr)
		if p.frame != nil {
			from := latest.Load()
			if from == nil || from.fn != p.frame.Fn {
				from = &origin{&sched.Origin{At: at(), Name: p.frame.Fn.Name()}, p.frame.Fn}
				latest.Store(from)
			}
			from.Go(fr.Thread.G, p.frame.Body())
			return
		}
		native, args := p.native, p.args
		fr.Thread.Spawn(at(), name, func(t *frame.Thread) { native(t, args, nil) })
	})
}

func calleeName(common *ssa.CallCommon) string {
	if common.IsInvoke() {
		return common.Method.FullName()
	}
	if fn := common.StaticCallee(); fn != nil {
		return funcname.Of(fn)
	}
	return common.Value.Name()
}

// deferStmt generates a defer statement.
func (c *compiler) deferStmt(in *ssa.Defer) {
	stack := (*frame.Frame).Deferring
	if in.DeferStack != nil {
		s := c.off(in.DeferStack)
		stack = func(fr *frame.Frame) *frame.DeferList {
			return (*frame.DeferList)(*memory.At[unsafe.Pointer](fr.Mem, s))
		}
	}
	if b, ok := in.Call.Value.(*ssa.Builtin); ok {
		if b.Name() == "recover" {
			// As if the deferring function called it, unless it is run by a
			// panic of that function itself.
			c.emit(func(fr *frame.Frame) {
				stack(fr).Push(func(_ *frame.Frame, why *sched.Panicking) {
					if why == nil {
						fr.Deferred.Recover()
					}
				})
			})
			return
		}
		run := c.deferredBuiltin(&in.Call, b)
		c.emit(func(fr *frame.Frame) {
			f := run(fr)
			stack(fr).Push(func(at *frame.Frame, _ *sched.Panicking) { f(at.Thread) })
		})
		return
	}
	if fn := in.Call.StaticCallee(); fn != nil && c.links.Interpreted(fn) == nil {
		if f := c.synchronized(fn, in.Call.Args); f != nil {
			object := c.off(in.Call.Args[0])
			c.emit(func(fr *frame.Frame) {
				stack(fr).PushOn(f, *memory.At[unsafe.Pointer](fr.Mem, object))
			})
			return
		}
		call, args := c.nativeCallee(&in.Call, fn), c.argSlots(in.Call.Args)
		c.emit(func(fr *frame.Frame) {
			args := argsOf(fr, args, true)
			stack(fr).Push(func(at *frame.Frame, _ *sched.Panicking) { call(at.Thread, args, nil) })
		})
		return
	}
	maker := c.callMaker(&in.Call, true)
	c.emit(func(fr *frame.Frame) {
		p := maker(fr)
		stack(fr).Push(func(at *frame.Frame, why *sched.Panicking) {
			if p.frame == nil {
				if p.stub {
					at.Thread.Handover = why
					defer func() { at.Thread.Handover = nil }()
				}
				p.native(at.Thread, p.args, nil)
				return
			}
			nf := p.frame
			nf.Thread, nf.Caller, nf.Deferred = at.Thread, at, why
			if why == nil {
				nf.Deferred = sched.NoPanic
			}
			nf.Exec()
			nf.Leave()
		})
	})
}
