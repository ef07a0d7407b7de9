package compile

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/run/effect"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/run/memory"
	"github.com/gosched/gosched/kernel/sched"
)

// A toucher tells what a call does to one argument, which is at p. The results
// are known after the call only.
type toucher func(t *frame.Thread, p unsafe.Pointer, results []unsafe.Pointer)

// touchesOf returns what tells before and after a call of compiled code what that
// does to the memory that it is given, and to whom it may speak; each is nil where
// nothing is known.
func (c *compiler) touchesOf(in *ssa.Call) (before, after frame.Instr) {
	call := &in.Call
	if _, ok := call.Value.(*ssa.Builtin); ok {
		return nil, nil
	}
	if fn := call.StaticCallee(); fn != nil && c.links.Interpreted(fn) != nil {
		return nil, nil
	}
	e := effect.Of(call)
	e.Args = c.given(call, e.Args)
	always := func(*frame.Frame) bool { return true }
	compiled, hears := always, always
	switch {
	case call.IsInvoke():
		compiled = c.arrivesAtCompiled(call)
	case call.StaticCallee() == nil:
		f := c.off(call.Value)
		value := func(fr *frame.Frame) unsafe.Pointer { return *memory.At[unsafe.Pointer](fr.Mem, f) }
		compiled = func(fr *frame.Frame) bool { return frame.ClosureOf(value(fr)) == nil }
		hears = func(fr *frame.Frame) bool { return !cancels(value(fr)) }
	}
	var now, then []func(fr *frame.Frame)
	var results []frame.Slot
	if len(e.Args) > 0 {
		results = c.resultSlots(in)
	}
	for _, a := range e.Args {
		tell, s := c.toucher(call, a), c.slot(call.Args[a.Arg])
		if a.How == effect.Fills {
			then = append(then, func(fr *frame.Frame) {
				var res []unsafe.Pointer
				if len(results) > 0 {
					res = []unsafe.Pointer{unsafe.Add(fr.Mem, results[0].Off)}
				}
				tell(fr.Thread, unsafe.Add(fr.Mem, s.Off), res)
			})
			continue
		}
		now = append(now, func(fr *frame.Frame) { tell(fr.Thread, unsafe.Add(fr.Mem, s.Off), nil) })
	}
	if e.Object != "" {
		b, a := c.synchronises(in, e.Object)
		if b != nil {
			now = append(now, b)
		}
		if a != nil {
			then = append(then, a)
		}
	}
	if e.Tells {
		now = append(now, func(fr *frame.Frame) { fr.Thread.G.Other(sched.Calling, nil, fr) })
	}
	if e.Hears {
		then = append(then, func(fr *frame.Frame) {
			if hears(fr) {
				fr.Thread.G.Other(sched.Called, nil, fr)
			}
		})
	}
	return all(compiled, now), all(compiled, then)
}

// all is what calls each, or nil if there are none.
func all(when func(*frame.Frame) bool, each []func(fr *frame.Frame)) frame.Instr {
	if len(each) == 0 {
		return nil
	}
	return func(fr *frame.Frame) {
		if !when(fr) {
			return
		}
		for _, f := range each {
			f(fr)
		}
	}
}

// given are those of the touches whose arguments the call has.
func (c *compiler) given(call *ssa.CallCommon, args []effect.Touch) []effect.Touch {
	var list []effect.Touch
	for _, a := range args {
		if a.Arg < len(call.Args) && c.slots[call.Args[a.Arg]] != nil {
			list = append(list, a)
		}
	}
	return list
}

// arrivesAtCompiled returns what tells whether a call of an interface's method is
// one of compiled code.
func (c *compiler) arrivesAtCompiled(call *ssa.CallCommon) func(fr *frame.Frame) bool {
	x, method, m := c.slot(call.Value), call.Method, c.links
	eface := x.Layout.Type.NumMethod() == 0
	return func(fr *frame.Frame) bool {
		word := memory.At[goruntime.Iface](fr.Mem, x.Off).Tab
		if word == nil {
			return false // the call panics
		}
		if !eface {
			word = goruntime.TypeOfTab(word)
		}
		t, err := m.InvokeTarget(word, method)
		return err == nil && t.Fn == nil
	}
}

// tellsLater has a call of compiled code that is made after the instruction tell whom it
// speaks to.
func tellsLater(e effect.Effect, call frame.NativeCall) frame.NativeCall {
	if !e.Tells && !e.Hears {
		return call
	}
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		t.G.Other(sched.Calling, nil, t.At())
		call(t, args, res)
		if e.Hears {
			t.G.Other(sched.Called, nil, t.At())
		}
	}
}

// toucher makes what tells of one argument.
func (c *compiler) toucher(call *ssa.CallCommon, a effect.Touch) toucher {
	arg := call.Args[a.Arg]
	s, site := c.slot(arg), c.site(arg)
	typ := s.Layout.Type
	value := func(p unsafe.Pointer) reflect.Value { return reflect.NewAt(typ, p).Elem() }
	switch a.How {
	case effect.Reads, effect.Writes:
		write := a.How == effect.Writes
		return func(t *frame.Thread, p unsafe.Pointer, _ []unsafe.Pointer) { touches(t, value(p), write, site, 0) }
	case effect.ReadsAll, effect.WritesAll:
		sites := c.listed(arg)
		write := a.How == effect.WritesAll
		if typ != reflect.TypeFor[[]any]() {
			return func(t *frame.Thread, p unsafe.Pointer, _ []unsafe.Pointer) { touches(t, value(p), write, site, 1) }
		}
		return func(t *frame.Thread, p unsafe.Pointer, _ []unsafe.Pointer) {
			for i, v := range *(*[]any)(p) {
				at := site
				if i < len(sites) && sites[i] != nil {
					at = sites[i]
				}
				if !showsItself(v) {
					touches(t, reflect.ValueOf(v), write, at, 1)
				}
			}
		}
	case effect.Fills:
		return func(t *frame.Thread, p unsafe.Pointer, results []unsafe.Pointer) {
			b := *(*[]byte)(p)
			if len(results) > 0 {
				if n := *(*int)(results[0]); n >= 0 && n <= len(b) {
					b = b[:n]
				}
			}
			if len(b) > 0 {
				t.G.Touches(true, unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)), site, t.At())
			}
		}
	case effect.Gathers:
		return func(t *frame.Thread, p unsafe.Pointer, _ []unsafe.Pointer) {
			w, _ := value(p).Interface().(io.Writer)
			switch w.(type) {
			case *bytes.Buffer, *strings.Builder:
				touches(t, reflect.ValueOf(w), true, site, 0)
			}
		}
	case effect.GetsValue, effect.SetsValue:
		write := a.How == effect.SetsValue
		return func(t *frame.Thread, p unsafe.Pointer, _ []unsafe.Pointer) {
			switch v := *(*reflect.Value)(p); {
			case v.IsValid() && v.CanAddr():
				t.G.Touches(write, v.Addr().UnsafePointer(), v.Type().Size(), site, t.At())
			case v.IsValid() && v.Kind() == reflect.Slice:
				touches(t, v, write, site, 0)
			}
		}
	}
	return func(*frame.Thread, unsafe.Pointer, []unsafe.Pointer) {}
}

// touches tells that what v refers to is read or written, and what that refers to,
// so many times.
func touches(t *frame.Thread, v reflect.Value, write bool, site *sched.Site, deep int) {
	tell := func(p unsafe.Pointer, size uintptr) {
		if p != nil && size > 0 {
			t.G.Touches(write, p, size, site, t.At())
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		tell(v.UnsafePointer(), v.Type().Elem().Size())
		if deep > 0 {
			touches(t, v.Elem(), write, site, deep-1)
		}
	case reflect.Slice:
		tell(v.UnsafePointer(), uintptr(v.Len())*v.Type().Elem().Size())
	case reflect.Map:
		tell(v.UnsafePointer(), mapSize)
	case reflect.Interface:
		touches(t, v.Elem(), write, site, deep)
	case reflect.Struct:
		for i := range v.NumField() {
			switch f := v.Field(i); f.Kind() {
			case reflect.Slice, reflect.Map:
				touches(t, f, write, site, 0)
			}
		}
	}
}

// showsItself reports whether package fmt calls a method of v's to print it: that
// tells for itself what it does, if it is a cell's.
func showsItself(v any) bool {
	switch v.(type) {
	case error, interface{ String() string }, interface {
		Format(s interface{ Write([]byte) (int, error) }, verb rune)
	}:
		return true
	}
	return false
}

// listed are the sites of the arguments that a slice was made of for a call.
func (c *compiler) listed(v ssa.Value) []*sched.Site {
	s, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	a, ok := s.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var sites []*sched.Site
	for _, ref := range *a.Referrers() {
		ia, ok := ref.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, r := range *ia.Referrers() {
			st, ok := r.(*ssa.Store)
			if !ok {
				continue
			}
			x := st.Val
			if mi, ok := x.(*ssa.MakeInterface); ok {
				x = mi.X
			}
			site := c.site(x)
			sites = append(sites, site)
		}
	}
	return sites
}

// synchronises returns what tells of a call that orders what goroutines do.
func (c *compiler) synchronises(in *ssa.Call, name string) (before, after frame.Instr) {
	switch name {
	case "runtime.GC":
		return func(fr *frame.Frame) { fr.Thread.G.Other(name, nil, fr) }, nil
	case "testing/synctest.Wait":
		return nil, func(fr *frame.Frame) { fr.Thread.G.Other(name, nil, fr) }
	}
	recv := c.off(in.Call.Args[0])
	switch name {
	case "sync.(*Pool).Put":
		x := c.off(in.Call.Args[1])
		return func(fr *frame.Frame) { fr.Thread.G.Other(name, (*goruntime.Iface)(unsafe.Add(fr.Mem, x)).Data, fr) }, nil
	case "sync.(*Pool).Get":
		d := c.resultSlots(in)
		if len(d) == 0 {
			return nil, nil
		}
		return nil, func(fr *frame.Frame) {
			fr.Thread.G.Other(name, (*goruntime.Iface)(unsafe.Add(fr.Mem, d[0].Off)).Data, fr)
		}
	}
	tell := func(fr *frame.Frame) { fr.Thread.G.Other(name, *memory.At[unsafe.Pointer](fr.Mem, recv), fr) }
	switch name {
	case "sync.(*Map).Load", "sync.(*Map).Range":
		return nil, tell
	case "sync.(*Map).Store", "sync.(*Map).Delete", "sync.(*Map).Clear":
		return tell, nil
	}
	return tell, tell
}
