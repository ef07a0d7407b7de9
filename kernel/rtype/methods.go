package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/lower/composite"
	"github.com/gosched/gosched/kernel/lower/typename"
	"github.com/gosched/gosched/kernel/runtimeerror"
)

// A method is an element of the method set of an own type or its pointer.
type method struct {
	sel *types.Selection
	fn  *types.Func
}

// collectMethods finds the method sets of o and its pointer, and collects the
// types in them.
func (b *build) collectMethods(o *ownType) error {
	if _, ok := o.under.(*types.Interface); ok {
		return nil
	}
	var err error
	if o.methods, err = b.methodSet(o.typ); err != nil {
		return err
	}
	if _, ok := o.under.(*types.Pointer); ok {
		return nil // a pointer to a pointer has no methods
	}
	o.ptr, err = b.methodSet(types.NewPointer(o.typ))
	return err
}

// mayWait reports whether a type can do without its methods until something asks for
// them: what packages declare, whose methods stay what they are.
func (ts *Types) mayWait(t *types.Named) bool {
	return t.Obj().Pkg() != nil && !reaches(t, func(o types.Object) bool { return typename.PkgPath(o) == userPath })
}

// wait has o, the type t, do without methods, and see to it that there is room for them.
func (o *ownType) wait(t *types.Named) {
	o.waits = true
	switch u := o.under.(type) {
	case *types.Interface:
		return
	case *types.Pointer:
		o.room = t.NumMethods()
		return
	case *types.Struct:
		for f := range u.Fields() {
			if f.Embedded() {
				o.room = types.NewMethodSet(t).Len()
				o.ptrRoom = types.NewMethodSet(types.NewPointer(t)).Len()
				return
			}
		}
	}
	o.room, o.ptrRoom = t.NumMethods(), t.NumMethods()
}

func (b *build) methodSet(t types.Type) ([]method, error) {
	set := types.NewMethodSet(t)
	ms := make([]method, 0, set.Len())
	for sel := range set.Methods() {
		fn := sel.Obj().(*types.Func)
		if fn.Signature().TypeParams() != nil {
			continue // no method set has a generic method
		}
		if err := b.collectSignature(sel.Type().(*types.Signature)); err != nil {
			if !fn.Exported() && !b.ts.isUser(fn) {
				continue // promoted, and callable by its own package only
			}
			return nil, fmt.Errorf("method %s: %w", fn.Name(), err)
		}
		if sel.Type().(*types.Signature).Params().Len()+sel.Type().(*types.Signature).Results().Len() >= goruntime.MaxFuncArgs-1 {
			return nil, fmt.Errorf("method %s has too many parameters", fn.Name())
		}
		ms = append(ms, method{sel, fn})
	}
	slices.SortFunc(ms, func(a, b method) int { return typename.Compare(a.fn, b.fn) })
	return ms, nil
}

// slotsNeeded is the number of stubs that the methods of o take: one for each
// method of the pointer, which those of a type that interfaces hold by pointer
// share, and one for each method of the type, to call it by value.
func (o *ownType) slotsNeeded() int { return len(o.ptr) + len(o.methods) }

// addMethods fills the method tables of all own types.
func (b *build) addMethods() error {
	n := 0
	all := append(b.late, b.own...)
	for _, o := range all {
		n += o.slotsNeeded()
	}
	if n == 0 {
		return nil
	}
	slot, err := reserveSlots(n)
	if err != nil {
		return err
	}
	next := func() int { slot++; return slot - 1 }
	for _, o := range all {
		b.addMethodsOf(o, next)
	}
	return nil
}

func (b *build) addMethodsOf(o *ownType, slot func() int) {
	if o.slotsNeeded() == 0 {
		return
	}
	rt := goruntime.ReflectOf(o.t)
	impls := make(map[string]*implementation, len(o.methods)) // of the type's own set
	byPtr := make(map[string]int32, len(o.ptr))               // text offsets

	for _, m := range o.methods {
		impls[m.fn.Id()] = b.implement(rt, m)
	}
	if o.ptrTo != nil {
		o.ptrBlk.setCounts(o.ptr)
		for i, m := range o.ptr {
			impl, ofValue := impls[m.fn.Id()]
			if !ofValue {
				impl = b.implement(goruntime.ReflectOf(o.ptrTo), m)
			}
			text := goruntime.SetSlot(slot(), b.makeFunc(pointerShape, m, impl.throughPointer(rt, ofValue)))
			byPtr[m.fn.Id()] = text
			o.ptrBlk.methods[i] = b.entry(m, o.pkg, text, text)
		}
	}
	if len(o.methods) == 0 {
		return
	}
	o.block.setCounts(o.methods)
	for i, m := range o.methods {
		tfn := goruntime.SetSlot(slot(), b.makeFunc(rt, m, impls[m.fn.Id()].call))
		ifn := tfn
		if !o.t.IsDirect() {
			ifn = byPtr[m.fn.Id()]
		}
		o.block.methods[i] = b.entry(m, o.pkg, ifn, tfn)
	}
}

func (b *block) setCounts(ms []method) {
	b.u.Mcount = uint16(len(ms))
	b.u.Xcount = 0
	for _, m := range ms {
		if m.fn.Exported() {
			b.u.Xcount++
		}
	}
}

func (b *build) entry(m method, pkg *types.Package, ifn, tfn int32) goruntime.Method {
	home := ""
	if pkg != nil {
		home = pkg.Path()
	}
	return goruntime.Method{
		Name: b.ts.names.off(methodName(m.fn, home)),
		Mtyp: goruntime.AddReflectOff(unsafe.Pointer(b.finalAbi(withoutReceiver(m.sel.Type().(*types.Signature))))),
		Ifn:  ifn,
		Tfn:  tfn,
	}
}

func withoutReceiver(s *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// makeFunc returns a function that calls call with a receiver of type recv and
// the arguments of m.
func (b *build) makeFunc(recv reflect.Type, m method, call func([]reflect.Value) []reflect.Value) reflect.Value {
	sig := m.sel.Type().(*types.Signature)
	in := append([]reflect.Type{recv}, composite.List(sig.Params(), b.final)...)
	out := composite.List(sig.Results(), b.final)
	return reflect.MakeFunc(reflect.FuncOf(in, out, sig.Variadic()), call)
}

// An implementation is what a method does, asked for at its first call.
type implementation struct {
	ts   *Types
	recv reflect.Type
	sel  atomic.Pointer[types.Selection]
	fn   atomic.Pointer[func([]reflect.Value) []reflect.Value]
}

// implement makes the implementation of a method of recv, an own type or the
// pointer to one.
func (b *build) implement(recv reflect.Type, m method) *implementation {
	impl := &implementation{ts: b.ts, recv: recv}
	impl.sel.Store(m.sel)
	b.ts.impls[recv] = append(b.ts.impls[recv], impl)
	return impl
}

func (m *implementation) call(args []reflect.Value) []reflect.Value {
	fn := m.fn.Load()
	if fn == nil {
		var f func([]reflect.Value) []reflect.Value
		if m.ts.opt.Method != nil {
			f = m.ts.opt.Method(m.recv, m.sel.Load())
		}
		if f == nil {
			panic(fmt.Sprintf("method %s of %s has no implementation", m.sel.Load().Obj().Name(), m.recv))
		}
		fn = &f
		m.fn.Store(fn)
	}
	return (*fn)(args)
}

// throughPointer returns m for a receiver that comes as a pointer to base, an
// unsafe.Pointer so that functions of the same signature share what reflect
// computes about it. For a method of the value the pointer is followed; a
// promoted method reaches for its embedded field through the pointer, which
// fails as such where it is nil.
func (m *implementation) throughPointer(base reflect.Type, ofValue bool) func([]reflect.Value) []reflect.Value {
	declared := len(m.sel.Load().Index()) == 1
	return func(args []reflect.Value) []reflect.Value {
		p := args[0].UnsafePointer()
		args[0] = reflect.NewAt(base, p)
		if ofValue {
			if p == nil {
				if declared {
					panic(runtimeerror.NilMethod(m.recv.String(), m.sel.Load().Obj().Name()))
				}
				_ = *(*byte)(p)
			}
			args[0] = args[0].Elem()
		}
		return m.call(args)
	}
}
