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
		sig := fn.Signature() // that of the selection differs in the receiver alone
		if err := b.collectSignature(sig); err != nil {
			if !fn.Exported() && !b.ts.isUser(fn) {
				continue // promoted, and callable by its own package only
			}
			return nil, fmt.Errorf("method %s: %w", fn.Name(), err)
		}
		if sig.Params().Len()+sig.Results().Len() >= goruntime.MaxFuncArgs-1 {
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
	made := make(map[string]*madeMethod, max(len(o.methods), len(o.ptr)))
	for _, m := range o.methods {
		made[m.fn.Id()] = &madeMethod{impl: b.implement(rt, m), ofValue: true}
	}
	if o.ptrTo != nil {
		o.ptrBlk.setCounts(o.ptr)
		for i, m := range o.ptr {
			mm := made[m.fn.Id()]
			if mm == nil {
				mm = &madeMethod{impl: b.implement(goruntime.ReflectOf(o.ptrTo), m)}
				made[m.fn.Id()] = mm
			}
			b.describe(mm, m, o.pkg)
			stub := reflect.MakeFunc(b.ts.withPointer(mm.typ), mm.impl.throughPointer(rt, mm.ofValue))
			text := goruntime.SetSlot(slot(), stub)
			mm.entry.Ifn, mm.entry.Tfn = text, text
			o.ptrBlk.methods[i] = mm.entry
		}
	}
	if len(o.methods) == 0 {
		return
	}
	o.block.setCounts(o.methods)
	withValue := map[reflect.Type]reflect.Type{}
	for i, m := range o.methods {
		mm := made[m.fn.Id()]
		b.describe(mm, m, o.pkg)
		of := withValue[mm.typ]
		if of == nil {
			of = b.ts.withReceiver(rt, mm.typ)
			withValue[mm.typ] = of
		}
		mm.entry.Tfn = goruntime.SetSlot(slot(), reflect.MakeFunc(of, mm.impl.call))
		if o.t.IsDirect() {
			mm.entry.Ifn = mm.entry.Tfn
		}
		o.block.methods[i] = mm.entry
	}
}

// A madeMethod is a method of a type, its pointer or both.
type madeMethod struct {
	impl    *implementation
	ofValue bool
	typ     reflect.Type // without a receiver
	entry   goruntime.Method
}

// describe says of what name and type a method is.
func (b *build) describe(mm *madeMethod, m method, pkg *types.Package) {
	if mm.typ != nil {
		return
	}
	sig := m.fn.Signature()
	mm.typ = reflect.FuncOf(composite.List(sig.Params(), b.final), composite.List(sig.Results(), b.final), sig.Variadic())
	if b.methodTypes[mm.typ] == nil {
		if b.methodTypes == nil {
			b.methodTypes = map[reflect.Type]*types.Signature{}
		}
		b.methodTypes[mm.typ] = withoutReceiver(sig)
	}
	home := ""
	if pkg != nil {
		home = pkg.Path()
	}
	mm.entry = goruntime.Method{
		Name: b.ts.names.off(methodName(m.fn, home)),
		Mtyp: goruntime.AddReflectOff(unsafe.Pointer(goruntime.DescriptorOf(mm.typ))),
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

func withoutReceiver(s *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// withPointer is withReceiver for pointers, which methods of many types share.
func (ts *Types) withPointer(of reflect.Type) reflect.Type {
	rt := ts.byPtr[of]
	if rt == nil {
		rt = ts.withReceiver(pointerShape, of)
		ts.byPtr[of] = rt
	}
	return rt
}

// withReceiver returns a function type with one more parameter, before the others, for
// reflect.MakeFunc alone: unlike those that reflect.FuncOf returns, it is not looked for
// among all that there are, and is not identical to any.
func (ts *Types) withReceiver(recv, of reflect.Type) reflect.Type {
	b := ts.allocate(reflect.Func, 1+of.NumIn()+of.NumOut(), 0)
	t := (*goruntime.FuncType)(unsafe.Pointer(b.t))
	*t = *(*goruntime.FuncType)(unsafe.Pointer(goruntime.DescriptorOf(of)))
	t.TFlag = t.TFlag&^(goruntime.TFlagNamed|goruntime.TFlagExtraStar) | goruntime.TFlagUncommon
	t.Str = ts.names.off(nameKey{name: "func"}) // nobody sees it
	t.PtrToThis = 0
	t.InCount++
	args := append(b.args[:0], goruntime.DescriptorOf(recv))
	for i := range of.NumIn() {
		args = append(args, goruntime.DescriptorOf(of.In(i)))
	}
	for i := range of.NumOut() {
		args = append(args, goruntime.DescriptorOf(of.Out(i)))
	}
	return goruntime.ReflectOf(b.t)
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
