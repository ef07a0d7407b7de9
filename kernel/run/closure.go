package run

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/rtype"
)

// A closure is an interpreted function with the values it captured. In
// memory, a function value is always what compiled code expects, made by
// reflect.MakeFunc; closureOf finds the closure behind it, so that
// interpreted code calls it without reflection.
type closure struct {
	m    *Machine
	fn   *function
	free []unsafe.Pointer // a pointer each, or a pointer to the value
}

// call runs the closure for compiled code.
func (cl *closure) call(args []reflect.Value) (out []reflect.Value) {
	cl.m.run(cl.fn, func(t *thread) {
		nf := cl.fn.enter(t, t.cur)
		for i, a := range args {
			p := &cl.fn.params[i]
			p.mem.value(unsafe.Add(nf.mem, p.off)).Set(a)
		}
		nf.setFree(cl.free)
		nf.deferred, t.handover = t.handover, nil
		nf.exec()
		out = make([]reflect.Value, len(cl.fn.results))
		for i := range out {
			r := &cl.fn.results[i]
			v := reflect.New(r.mem.typ).Elem()
			v.Set(r.mem.value(unsafe.Add(nf.mem, r.off)))
			out[i] = v
		}
		nf.leave()
	})
	return out
}

// Bound is only there for its method value to be looked at.
func (cl *closure) Bound() {}

// methodValue is the memory of a method value: code and receiver.
type methodValue struct {
	code uintptr
	recv *closure
}

// makeFuncLayout is found out once from functions that reflect made.
type makeFuncLayout struct {
	stub   uintptr // the code of every function that MakeFunc returns
	call   uintptr // the code of the method value closure.call
	method uintptr // the code of method values that reflect makes
	field  uintptr // where the implementation keeps the Go function
}

// makeFunc is never changed after the package is initialised.
var makeFunc makeFuncLayout

func init() { makeFunc = findMakeFuncLayout() }

func findMakeFuncLayout() makeFuncLayout {
	cl := &closure{}
	f := cl.call
	mv := *(**methodValue)(unsafe.Pointer(&f))
	v := reflect.MakeFunc(reflect.TypeFor[func()](), f)
	impl := *(*unsafe.Pointer)(funcPointer(v))
	l := makeFuncLayout{stub: *(*uintptr)(impl), call: mv.code}
	bound := reflect.ValueOf(cl).MethodByName("Bound").Interface()
	l.method = *(*uintptr)((*ifaceWords)(unsafe.Pointer(&bound)).data)
	// The words up to the function are few; look for our pointer among them.
	for off := uintptr(8); off <= 64; off += 8 {
		if *at[unsafe.Pointer](impl, off) == unsafe.Pointer(mv) {
			l.field = off
			return l
		}
	}
	panic("gosched: the layout of functions made by package reflect is not known for this Go release")
}

// funcPointer returns the address of the word that v, a function, consists of.
func funcPointer(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.UnsafePointer()
}

// closureOf returns the closure behind a function value, or nil for compiled
// code.
func closureOf(f unsafe.Pointer) *closure {
	if f == nil || *(*uintptr)(f) != makeFunc.stub {
		return nil
	}
	mv := *at[*methodValue](f, makeFunc.field)
	if mv == nil || mv.code != makeFunc.call {
		return nil
	}
	return mv.recv
}

// isStub reports whether a function value was made by package reflect.
func isStub(f unsafe.Pointer) bool {
	code := *(*uintptr)(f)
	return code == makeFunc.stub || code == makeFunc.method || rtype.IsMethodCode(code)
}

// value makes the function value that compiled code can call.
func (cl *closure) value(typ reflect.Type) unsafe.Pointer {
	v := reflect.MakeFunc(typ, cl.call)
	return *(*unsafe.Pointer)(funcPointer(v))
}

// funcValue is the inverse of value for any function word.
func funcValue(typ reflect.Type, f unsafe.Pointer) reflect.Value {
	return reflect.NewAt(typ, unsafe.Pointer(&f)).Elem()
}

// setFree puts captured values where the code looks for them.
func (fr *frame) setFree(free []unsafe.Pointer) {
	for i, p := range free {
		s := &fr.fn.free[i]
		if s.mem.class == classPtr {
			*at[unsafe.Pointer](fr.mem, s.off) = p
		} else {
			s.mem.move(unsafe.Add(fr.mem, s.off), p)
		}
	}
}

// capture generates the evaluation of what a closure captures.
func (c *compiler) capture(mc *ssa.MakeClosure) func(fr *frame) []unsafe.Pointer {
	binds := c.argSlots(mc.Bindings)
	return func(fr *frame) []unsafe.Pointer {
		free := make([]unsafe.Pointer, len(binds))
		for i := range binds {
			b := &binds[i]
			p := unsafe.Add(fr.mem, b.off)
			if b.mem.class == classPtr {
				free[i] = *(*unsafe.Pointer)(p)
				continue
			}
			q := b.mem.alloc()
			b.mem.move(q, p)
			free[i] = q
		}
		return free
	}
}

// makeClosure generates a function literal that is used as a value.
func (c *compiler) makeClosure(in *ssa.MakeClosure) {
	if onlyCalled(in) {
		return
	}
	fn := in.Fn.(*ssa.Function)
	d := c.slot(in)
	typ := d.mem.typ
	capture := c.capture(in)
	callee := c.m.function(fn)
	m := c.m
	c.emit(func(fr *frame) {
		cl := &closure{m: m, fn: callee, free: capture(fr)}
		*at[unsafe.Pointer](fr.mem, d.off) = cl.value(typ)
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
