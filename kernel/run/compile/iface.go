package compile

import (
	"go/types"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/link"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/run/standin"
	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched/standard"
)

// makeInterface generates the conversion of a concrete value to an interface.
func (c *compiler) makeInterface(in *ssa.MakeInterface) {
	d, x := c.slot(in), c.slot(in.X)
	mem := x.Layout
	seen := c.typeOf(types.Default(in.X.Type()))
	if seen != standard.FileType { // see standardStream
		seen = standin.TwinFor(d.Layout.Type, seen)
	}
	tab := goruntime.TabFor(d.Layout.Type, seen)
	dst, src := d.Off, x.Off
	if k, ok := in.X.(*ssa.Const); ok && !goruntime.IsDirect(mem.Type) {
		data := c.constant(k, mem) // shared by all, and never written
		c.emit(func(fr *frame.Frame) {
			*memory.At[goruntime.Iface](fr.Mem, dst) = goruntime.Iface{Tab: tab, Data: data}
		})
		return
	}
	if goruntime.IsDirect(mem.Type) {
		if f := c.standardStream(d, x, tab); f != nil {
			c.emit(f)
			return
		}
		c.emit(func(fr *frame.Frame) {
			*memory.At[goruntime.Iface](fr.Mem, dst) = goruntime.Iface{Tab: tab, Data: *memory.At[unsafe.Pointer](fr.Mem, src)}
		})
		return
	}
	if o := byClass[mem.Class]; o != nil {
		c.emit(o.box(dst, src, tab))
		return
	}
	c.emit(func(fr *frame.Frame) {
		p := mem.Alloc()
		mem.Move(p, unsafe.Add(fr.Mem, src))
		*memory.At[goruntime.Iface](fr.Mem, dst) = goruntime.Iface{Tab: tab, Data: p}
	})
}

// changeInterface generates the conversion of an interface to one with fewer
// methods.
func (c *compiler) changeInterface(in *ssa.ChangeInterface) {
	d, x := c.slot(in), c.slot(in.X)
	if d.Layout.Type == x.Layout.Type {
		c.copySlot(d, x)
		return
	}
	to := d.Layout.Type
	if to.NumMethod() == 0 {
		read := c.toEface(in.X)
		c.emit(func(fr *frame.Frame) { *memory.At[any](fr.Mem, d.Off) = read(fr) })
		return
	}
	read := c.toTwin(in.X)
	tabs := &tabCache{iface: to}
	c.emit(func(fr *frame.Frame) {
		e := read(fr)
		if e == nil {
			*memory.At[any](fr.Mem, d.Off) = nil
			return
		}
		w := (*goruntime.Iface)(unsafe.Pointer(&e))
		*memory.At[goruntime.Iface](fr.Mem, d.Off) = goruntime.Iface{Tab: tabs.get(w.Tab), Data: w.Data}
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
	if rt := goruntime.TypeOfWord(word); rt.Implements(t.iface) {
		if rt != standard.FileType {
			rt = standin.TwinFor(t.iface, rt)
		}
		tab = goruntime.TabFor(t.iface, rt)
	}
	t.m.Store(word, tab)
	return tab
}

// typeAssert generates x.(T), with or without ok.
func (c *compiler) typeAssert(in *ssa.TypeAssert) {
	read := c.toEface(in.X)
	iface := c.slot(in.X).Layout.Type
	want := c.memory(in.AssertedType)
	knows, pipes := c.links.World.Knows, &c.links.Library.PipeFiles
	var d, ok frame.Slot
	if in.CommaOk {
		parts := c.tuples[in]
		d, ok = *parts[0], *parts[1]
	} else {
		d = c.slot(in)
	}
	// The SSA builder makes sure in this way that the interface of a method
	// value is not nil.
	nilCheck := !in.CommaOk && types.Identical(in.X.Type(), in.AssertedType) && len(*in.Referrers()) == 0
	fail := func(fr *frame.Frame, e any) {
		if nilCheck {
			nilDeref()
		}
		if in.CommaOk {
			d.Layout.Clear(unsafe.Add(fr.Mem, d.Off))
			*memory.At[bool](fr.Mem, ok.Off) = false
			return
		}
		panic(assertionError(knows, iface, e, want.Type))
	}
	succeed := func(fr *frame.Frame) {
		if in.CommaOk {
			*memory.At[bool](fr.Mem, ok.Off) = true
		}
	}
	if want.Type.Kind() == reflect.Interface {
		tabs := &tabCache{iface: want.Type}
		empty := want.Type.NumMethod() == 0
		if !empty {
			read = c.toTwin(in.X)
		}
		file := goruntime.TypeWord(standard.FileType)
		mayBeFile := standin.Transfers(want.Type)
		c.emit(func(fr *frame.Frame) {
			e := read(fr)
			if e == nil {
				fail(fr, e)
				return
			}
			w := (*goruntime.Iface)(unsafe.Pointer(&e))
			tab := w.Tab
			if !empty {
				if tab = tabs.get(w.Tab); tab == nil {
					fail(fr, e)
					return
				}
			}
			if mayBeFile && w.Tab == file && pipes.Has((*os.File)(w.Data)) {
				tab = tabs.get(standin.TwinFileWord)
			}
			*memory.At[goruntime.Iface](fr.Mem, d.Off) = goruntime.Iface{Tab: tab, Data: w.Data}
			succeed(fr)
		})
		return
	}
	direct := goruntime.IsDirect(want.Type)
	c.emit(func(fr *frame.Frame) {
		e := read(fr)
		w := (*goruntime.Iface)(unsafe.Pointer(&e))
		if w.Tab != want.Word {
			if f, isStream := e.(*standard.Stream); isStream && want.Type == standard.FileType {
				*memory.At[unsafe.Pointer](fr.Mem, d.Off) = unsafe.Pointer(f.File)
				succeed(fr)
				return
			}
			fail(fr, e)
			return
		}
		if direct {
			*memory.At[unsafe.Pointer](fr.Mem, d.Off) = w.Data
		} else {
			want.Move(unsafe.Add(fr.Mem, d.Off), w.Data)
		}
		succeed(fr)
	})
}

// AssertionError makes the error of a failed type assertion, which is a
// *runtime.TypeAssertionError as in compiled code.
func assertionError(knows frame.Known, iface reflect.Type, e any, want reflect.Type) error {
	var concrete reflect.Type
	var missing string
	if e != nil {
		concrete = reflect.TypeOf(e)
	}
	if want.Kind() == reflect.Interface {
		iface = nil // as the runtime has it
		if concrete != nil {
			missing = missingMethod(concrete, want)
		}
	}
	if !knows.AssertionError {
		return assertionFailure(iface, concrete, want, missing)
	}
	return goruntime.NewAssertionError(iface, concrete, want, missing)
}

// assertionFailure is the error of a failed type assertion where the runtime's
// own cannot be made: it says the same.
func assertionFailure(iface, concrete, want reflect.Type, missing string) error {
	dynamic := ""
	if concrete != nil {
		dynamic = concrete.String()
	}
	err := runtimeerror.Assertion(inWords(iface), dynamic, want.String(), missing)
	switch {
	case dynamic != want.String():
	case concrete.PkgPath() != want.PkgPath():
		err += " (types from different packages)"
	default:
		err += " (types from different scopes)"
	}
	return err
}

func inWords(iface reflect.Type) string {
	if iface == nil {
		return "interface"
	}
	return iface.String()
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

// invoke generates a method call through an interface.
func (c *compiler) invoke(common *ssa.CallCommon, prepare bool) callMaker {
	method := common.Method
	x := c.slot(common.Value)
	eface := x.Layout.Type.NumMethod() == 0
	args := c.argSlots(common.Args)
	m := c.links
	var last atomic.Pointer[link.Target]
	var called *dynamic
	if !eface {
		called = c.dynamic(common, prepare)
	}
	find := func(fr *frame.Frame) (*link.Target, unsafe.Pointer) {
		w := memory.At[goruntime.Iface](fr.Mem, x.Off)
		if w.Tab == nil {
			nilDeref()
		}
		word := w.Tab
		if !eface {
			word = goruntime.TypeOfTab(w.Tab)
		}
		t := last.Load()
		if t == nil || t.Word != word || t.Stale.Load() {
			var err error
			if t, err = m.InvokeTarget(word, method); err != nil {
				panic(err)
			}
			last.Store(t)
			if called != nil {
				called.methods.note(t)
			}
		}
		if t.Direct {
			return t, unsafe.Pointer(&w.Data)
		}
		return t, w.Data
	}
	return func(fr *frame.Frame) pendingCall {
		t, recv := find(fr)
		if t.Fn != nil {
			nf := t.Fn.Enter(fr.Thread, fr)
			p := &t.Fn.Params[0]
			p.Layout.Move(unsafe.Add(nf.Mem, p.Off), recv)
			setArgs(nf, t.Fn.Params[1:], fr, args)
			return pendingCall{frame: nf}
		}
		ptrs := make([]unsafe.Pointer, 1+len(args))
		if prepare || t.Direct {
			// The slot may be reused while the call still needs its receiver.
			p := t.Recv.Alloc()
			t.Recv.Move(p, recv)
			recv = p
		}
		ptrs[0] = recv
		fillArgs(ptrs[1:], fr, args, prepare)
		return pendingCall{native: t.Native, args: ptrs}
	}
}

// standardStream generates the conversion of an *os.File to an interface,
// which is where a standard stream has to take the file's place.
func (c *compiler) standardStream(d, x frame.Slot, tab unsafe.Pointer) frame.Instr {
	if x.Layout.Type != standard.FileType {
		return nil
	}
	s, pipes := c.links.Library.Streams, &c.links.Library.PipeFiles
	streamTab := goruntime.TabFor(d.Layout.Type, reflect.TypeFor[*standard.Stream]())
	twinTab := goruntime.TabFor(d.Layout.Type, standin.TwinFor(d.Layout.Type, standard.FileType))
	return func(fr *frame.Frame) {
		f := *memory.At[*os.File](fr.Mem, x.Off)
		if st := s.Stream(f); st != nil {
			*memory.At[goruntime.Iface](fr.Mem, d.Off) = goruntime.Iface{Tab: streamTab, Data: unsafe.Pointer(st)}
			return
		}
		tab := tab
		if f != nil && pipes.Has(f) {
			tab = twinTab
		}
		*memory.At[goruntime.Iface](fr.Mem, d.Off) = goruntime.Iface{Tab: tab, Data: unsafe.Pointer(f)}
	}
}
