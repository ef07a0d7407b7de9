package run

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// An interface value in memory is two words: an itab (or, for an interface
// without methods, a type) and the data.
type ifaceWords struct {
	tab  unsafe.Pointer
	data unsafe.Pointer
}

// typeOfTab returns the dynamic type in an itab: its second word.
func typeOfTab(tab unsafe.Pointer) unsafe.Pointer {
	return *at[unsafe.Pointer](tab, 8)
}

// ifaceToEface reads an interface with methods as an empty one.
func ifaceToEface(p unsafe.Pointer) any {
	w := (*ifaceWords)(p)
	if w.tab == nil {
		return nil
	}
	var e any
	*(*ifaceWords)(unsafe.Pointer(&e)) = ifaceWords{typeOfTab(w.tab), w.data}
	return e
}

// toType returns the reflect.Type of a runtime type descriptor.
func toType(word unsafe.Pointer) reflect.Type {
	var e any
	*(*ifaceWords)(unsafe.Pointer(&e)) = ifaceWords{tab: word}
	// The dynamic value is never looked at.
	return reflect.TypeOf(e)
}

// itabFor returns the first word of an interface of type iface that holds a
// value of type t: t's descriptor, or an itab.
func itabFor(iface, t reflect.Type) unsafe.Pointer {
	if iface.NumMethod() == 0 {
		return typeWord(t)
	}
	v := reflect.New(iface)
	v.Elem().Set(reflect.Zero(t))
	return (*ifaceWords)(v.UnsafePointer()).tab
}

// directIface reports whether interfaces keep a t in the data word itself: a
// value that is one pointer word. The second word of the runtime's type
// descriptor is how many of a value's leading bytes may hold pointers.
func directIface(t reflect.Type) bool {
	return t.Size() == 8 && *at[uintptr](typeWord(t), 8) == 8
}

// makeInterface generates the conversion of a concrete value to an interface.
func (c *compiler) makeInterface(in *ssa.MakeInterface) {
	d, x := c.slot(in), c.slot(in.X)
	mem := x.mem
	tab := itabFor(d.mem.typ, mem.typ)
	dst, src := d.off, x.off
	if k, ok := in.X.(*ssa.Const); ok && !directIface(mem.typ) {
		data := c.constant(k, mem) // shared by all, and never written
		c.emit(func(fr *frame) { *at[ifaceWords](fr.mem, dst) = ifaceWords{tab, data} })
		return
	}
	if directIface(mem.typ) {
		if f := c.standardStream(d, x, tab); f != nil {
			c.emit(f)
			return
		}
		c.emit(func(fr *frame) {
			*at[ifaceWords](fr.mem, dst) = ifaceWords{tab, *at[unsafe.Pointer](fr.mem, src)}
		})
		return
	}
	switch mem.class {
	case class8:
		c.emit(func(fr *frame) {
			p := new(uint64)
			*p = *at[uint64](fr.mem, src)
			*at[ifaceWords](fr.mem, dst) = ifaceWords{tab, unsafe.Pointer(p)}
		})
	case classStr:
		c.emit(func(fr *frame) {
			p := new(string)
			*p = *at[string](fr.mem, src)
			*at[ifaceWords](fr.mem, dst) = ifaceWords{tab, unsafe.Pointer(p)}
		})
	default:
		c.emit(func(fr *frame) {
			p := mem.alloc()
			mem.move(p, unsafe.Add(fr.mem, src))
			*at[ifaceWords](fr.mem, dst) = ifaceWords{tab, p}
		})
	}
}

// changeInterface generates the conversion of an interface to one with fewer
// methods.
func (c *compiler) changeInterface(in *ssa.ChangeInterface) {
	d, x := c.slot(in), c.slot(in.X)
	if d.mem.typ == x.mem.typ {
		c.copySlot(d, x)
		return
	}
	read := c.toEface(in.X)
	to := d.mem.typ
	if to.NumMethod() == 0 {
		c.emit(func(fr *frame) { *at[any](fr.mem, d.off) = read(fr) })
		return
	}
	tabs := &tabCache{iface: to}
	c.emit(func(fr *frame) {
		e := read(fr)
		if e == nil {
			*at[any](fr.mem, d.off) = nil
			return
		}
		w := (*ifaceWords)(unsafe.Pointer(&e))
		*at[ifaceWords](fr.mem, d.off) = ifaceWords{tabs.get(w.tab), w.data}
	})
}

// A tabCache finds itabs of one interface type by dynamic type.
type tabCache struct {
	iface reflect.Type
	m     sync.Map // type word → itab, or nil where the type lacks methods
}

func (t *tabCache) get(word unsafe.Pointer) unsafe.Pointer {
	if v, ok := t.m.Load(word); ok {
		return v.(unsafe.Pointer)
	}
	var tab unsafe.Pointer
	if rt := toType(word); rt.Implements(t.iface) {
		tab = itabFor(t.iface, rt)
	}
	t.m.Store(word, tab)
	return tab
}

// typeAssert generates x.(T), with or without ok.
func (c *compiler) typeAssert(in *ssa.TypeAssert) {
	read := c.toEface(in.X)
	iface := c.slot(in.X).mem.typ
	want := c.memory(in.AssertedType)
	var d, ok slot
	if in.CommaOk {
		parts := c.tuples[in]
		d, ok = *parts[0], *parts[1]
	} else {
		d = c.slot(in)
	}
	// The SSA builder makes sure in this way that the interface of a method
	// value is not nil.
	nilCheck := !in.CommaOk && types.Identical(in.X.Type(), in.AssertedType) && len(*in.Referrers()) == 0
	fail := func(fr *frame, e any) {
		if nilCheck {
			nilDeref()
		}
		if in.CommaOk {
			d.mem.clear(unsafe.Add(fr.mem, d.off))
			*at[bool](fr.mem, ok.off) = false
			return
		}
		panic(assertionError(iface, e, want.typ))
	}
	succeed := func(fr *frame) {
		if in.CommaOk {
			*at[bool](fr.mem, ok.off) = true
		}
	}
	if want.typ.Kind() == reflect.Interface {
		tabs := &tabCache{iface: want.typ}
		empty := want.typ.NumMethod() == 0
		c.emit(func(fr *frame) {
			e := read(fr)
			if e == nil {
				fail(fr, e)
				return
			}
			w := (*ifaceWords)(unsafe.Pointer(&e))
			tab := w.tab
			if !empty {
				if tab = tabs.get(w.tab); tab == nil {
					fail(fr, e)
					return
				}
			}
			*at[ifaceWords](fr.mem, d.off) = ifaceWords{tab, w.data}
			succeed(fr)
		})
		return
	}
	direct := directIface(want.typ)
	c.emit(func(fr *frame) {
		e := read(fr)
		w := (*ifaceWords)(unsafe.Pointer(&e))
		if w.tab != want.rtype {
			if f, isStream := e.(*stream); isStream && want.typ == fileType {
				*at[unsafe.Pointer](fr.mem, d.off) = unsafe.Pointer(f.File)
				succeed(fr)
				return
			}
			fail(fr, e)
			return
		}
		if direct {
			*at[unsafe.Pointer](fr.mem, d.off) = w.data
		} else {
			want.move(unsafe.Add(fr.mem, d.off), w.data)
		}
		succeed(fr)
	})
}

// assertionError makes the error of a failed type assertion, which is a
// *runtime.TypeAssertionError as in compiled code.
func assertionError(iface reflect.Type, e any, want reflect.Type) error {
	// The fields are those of runtime.TypeAssertionError.
	mirror := &struct {
		iface, concrete, asserted unsafe.Pointer
		missing                   string
	}{iface: typeWord(iface), asserted: typeWord(want)}
	if want.Kind() == reflect.Interface {
		mirror.iface = nil // as the runtime has it
	}
	if e != nil {
		t := reflect.TypeOf(e)
		mirror.concrete = typeWord(t)
		if want.Kind() == reflect.Interface {
			mirror.missing = missingMethod(t, want)
		}
	}
	return (*runtime.TypeAssertionError)(unsafe.Pointer(mirror))
}

func missingMethod(t, iface reflect.Type) string {
	for i := range iface.NumMethod() {
		m := iface.Method(i)
		have, ok := t.MethodByName(m.Name)
		if !ok {
			return m.Name
		}
		if have.Type.NumIn()-1 != m.Type.NumIn() || have.Type.NumOut() != m.Type.NumOut() {
			return m.Name
		}
		for j := range m.Type.NumIn() {
			if have.Type.In(j+1) != m.Type.In(j) {
				return m.Name
			}
		}
		for j := range m.Type.NumOut() {
			if have.Type.Out(j) != m.Type.Out(j) {
				return m.Name
			}
		}
	}
	return ""
}

// A target is what a method call through an interface arrives at for one
// dynamic type.
type target struct {
	word   unsafe.Pointer
	fn     *function // interpreted, or
	native nativeCall
	recv   memory // the receiver, as fn takes it
	direct bool
	stale  atomic.Bool // the type has got other methods, see Machine.Same
}

// invokeTarget finds the method of dynamic type word.
func (m *Machine) invokeTarget(word unsafe.Pointer, method *types.Func) (*target, error) {
	key := invokeKey{word, method}
	if t, ok := m.targets.Load(key); ok {
		return t.(*target), nil
	}
	rt := toType(word)
	t := &target{word: word, recv: memoryOf(rt), direct: directIface(rt)}
	if gt := m.goType(rt); gt != nil {
		fn := m.method(gt, method)
		if fn == nil {
			return nil, fmt.Errorf("type %s has no method %s", rt, method.Name())
		}
		if fn.Blocks != nil {
			t.fn = m.function(fn)
		} else {
			call, err := m.native(fn)
			if err != nil {
				return nil, err
			}
			t.native = call
		}
	} else {
		rm, ok := rt.MethodByName(method.Name())
		if !ok {
			return nil, fmt.Errorf("type %s has no method %s", rt, method.Name())
		}
		if f := m.intrinsicMethod(rt, method.Name()); f != nil {
			t.native = f
		} else if f := wellKnown(rt, method.Name()); f != nil {
			t.native = f
		} else {
			t.native = withDeadline(rt, method.Name(), reflectCall(rm.Func))
		}
	}
	m.targets.Store(key, t)
	return t, nil
}

type invokeKey struct {
	word   unsafe.Pointer
	method *types.Func
}

// invoke generates a method call through an interface.
func (c *compiler) invoke(common *ssa.CallCommon, prepare bool) callMaker {
	method := common.Method
	x := c.slot(common.Value)
	eface := x.mem.typ.NumMethod() == 0
	args := c.argSlots(common.Args)
	m := c.m
	var last atomic.Pointer[target]
	find := func(fr *frame) (*target, unsafe.Pointer) {
		w := at[ifaceWords](fr.mem, x.off)
		if w.tab == nil {
			nilDeref()
		}
		word := w.tab
		if !eface {
			word = typeOfTab(w.tab)
		}
		t := last.Load()
		if t == nil || t.word != word || t.stale.Load() {
			var err error
			if t, err = m.invokeTarget(word, method); err != nil {
				panic(err)
			}
			last.Store(t)
		}
		if t.direct {
			return t, unsafe.Pointer(&w.data)
		}
		return t, w.data
	}
	return func(fr *frame) pendingCall {
		t, recv := find(fr)
		if t.fn != nil {
			nf := t.fn.enter(fr.t, fr)
			p := &t.fn.params[0]
			p.mem.move(unsafe.Add(nf.mem, p.off), recv)
			setArgs(nf, t.fn.params[1:], fr, args)
			return pendingCall{frame: nf}
		}
		ptrs := make([]unsafe.Pointer, 1+len(args))
		if prepare || t.direct {
			// The slot may be reused while the call still needs its receiver.
			p := t.recv.alloc()
			t.recv.move(p, recv)
			recv = p
		}
		ptrs[0] = recv
		fillArgs(ptrs[1:], fr, args, prepare)
		return pendingCall{native: t.native, args: ptrs}
	}
}
