package run

import (
	"go/types"
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
)

// Some functions of compiled packages are not called as they are: what blocks
// must be stoppable and known to the scheduler, what prints must go to the
// cell that the goroutine belongs to, and what would end the process must not.

// An intrinsic stands in for a compiled function. site names its first
// argument for reports.
type intrinsic func(t *thread, args, res []unsafe.Pointer)

// arg reads an argument.
func arg[T any](p unsafe.Pointer) T { return *(*T)(p) }

// intrinsic returns the stand-in for fn, or nil.
func (m *Machine) intrinsic(fn *ssa.Function) nativeCall {
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return nil
	}
	f := m.intrinsics[obj.FullName()]
	if f == nil {
		return nil
	}
	return nativeCall(f)
}

// intrinsicMethod is intrinsic for a method found by reflection.
func (m *Machine) intrinsicMethod(rt reflect.Type, name string) nativeCall {
	t, ptr := rt, ""
	if t.Kind() == reflect.Pointer {
		t, ptr = t.Elem(), "*"
	}
	if t.PkgPath() == "" {
		return nil
	}
	if f := m.intrinsics["("+ptr+t.PkgPath()+"."+t.Name()+")."+name]; f != nil {
		return nativeCall(f)
	}
	return nil
}

// intrinsicAsFunc makes an intrinsic a Go function, for use as a value.
func intrinsicAsFunc(m *Machine, typ reflect.Type, call nativeCall) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) []reflect.Value {
		ptrs := make([]unsafe.Pointer, len(args))
		for i, a := range args {
			p := reflect.New(a.Type())
			p.Elem().Set(a)
			ptrs[i] = p.UnsafePointer()
		}
		out := make([]reflect.Value, typ.NumOut())
		res := make([]unsafe.Pointer, len(out))
		for i := range out {
			out[i] = reflect.New(typ.Out(i)).Elem()
			res[i] = out[i].Addr().UnsafePointer()
		}
		m.run(nil, func(t *thread) { call(t, ptrs, res) })
		return out
	}
}

// inline generates a call of an intrinsic in place. It reports false for
// functions that are simply called.
func (c *compiler) inline(fn *ssa.Function, args []ssa.Value, dst []slot) bool {
	call := c.m.intrinsic(fn)
	if call == nil {
		return c.inlineNative(fn, args, dst)
	}
	slots := c.argSlots(args)
	var site *sched.Site
	if fn.Signature.Recv() != nil {
		site = c.site(args[0])
	}
	if f := synchronization(fn, site); f != nil {
		a := slots[0].off
		c.emit(func(fr *frame) { f(fr.t, *at[unsafe.Pointer](fr.mem, a)) })
		return true
	}
	c.emit(func(fr *frame) {
		ptrs := make([]unsafe.Pointer, len(slots))
		fillArgs(ptrs, fr, slots, false)
		res := make([]unsafe.Pointer, len(dst))
		for i := range dst {
			res[i] = unsafe.Add(fr.mem, dst[i].off)
		}
		fr.t.site = site
		call(fr.t, ptrs, res)
		fr.t.site = nil
	})
	return true
}

// inlineNative generates calls of compiled functions with common signatures
// without reflection.
func (c *compiler) inlineNative(fn *ssa.Function, args []ssa.Value, dst []slot) bool {
	v, err := c.m.nativeFunc(fn)
	if err != nil {
		c.refuse(c.curPos, "%v", err)
	}
	f := direct(v, c.argSlots(args), dst)
	if f == nil {
		return false
	}
	c.emit(f)
	return true
}

// synchronization returns what the hottest intrinsics do with the object that
// they are methods of, without going by way of argument lists.
func synchronization(fn *ssa.Function, site *sched.Site) func(t *thread, p unsafe.Pointer) {
	switch fn.Object().(*types.Func).FullName() {
	case "(*sync.Mutex).Lock":
		return func(t *thread, p unsafe.Pointer) { t.g.Lock((*sync.Mutex)(p), t.cur, site) }
	case "(*sync.Mutex).Unlock":
		return func(t *thread, p unsafe.Pointer) { t.unlock((*sync.Mutex)(p)) }
	case "(*sync.RWMutex).RLock":
		return func(t *thread, p unsafe.Pointer) { t.g.RLock((*sync.RWMutex)(p), t.cur, site) }
	case "(*sync.RWMutex).RUnlock":
		return func(t *thread, p unsafe.Pointer) { t.g.RUnlock((*sync.RWMutex)(p)) }
	case "(*sync.WaitGroup).Done":
		return func(t *thread, p unsafe.Pointer) { t.g.WaitGroupDone((*sync.WaitGroup)(p)) }
	}
	return nil
}
