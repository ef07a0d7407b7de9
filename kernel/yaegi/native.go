package yaegi

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/runtimeerror"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/stopping"
)

// Helpers are functions that core Go calls. Each is made for the types that it
// works on, once for all places that need the same.

// helper returns the name of a helper, which make makes if there is none yet of
// that kind and key and for those types. m.mu is held.
func (m *Machine) helper(kind, key string, make func() reflect.Value, types ...reflect.Type) string {
	key = kind + " " + key
	for _, t := range types {
		key += fmt.Sprintf(" %p", t) // names need not tell types apart
	}
	if name, ok := m.helpers[key]; ok {
		return name
	}
	name := fmt.Sprintf("%s%d", kind, len(m.helpers))
	m.symbols[name] = make()
	m.helpers[key] = "h." + name
	return "h." + name
}

// reshaped converts a value to another type of the same or a convertible kind.
func reshaped(v reflect.Value, to reflect.Type) reflect.Value {
	from := v.Type()
	switch {
	case from == to:
		return v
	case from.Kind() == reflect.Slice && to.Kind() == reflect.Array:
		return toArray(v, to)
	case from.ConvertibleTo(to):
		return v.Convert(to)
	}
	// Raw values, structs with fields of other names, and what consists of them: the
	// memory is the same.
	if to.Kind() == reflect.Interface || from.Size() != to.Size() {
		panic(fmt.Sprintf("yaegi: a %s is not a %s", from, to))
	}
	return memory(v, to)
}

// memory is what a value is in memory as one of another type.
func memory(v reflect.Value, to reflect.Type) reflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return reflect.NewAt(to, p.UnsafePointer()).Elem()
}

// toArray is a slice as an array, or a pointer to one.
func toArray(v reflect.Value, to reflect.Type) reflect.Value {
	n := to
	if to.Kind() == reflect.Pointer {
		n = to.Elem()
	}
	if v.Len() < n.Len() {
		panic(runtimeerror.Conversion(v.Len(), n.Len()))
	}
	return v.Convert(to)
}

// room is a number of elements of t, or -1 where the address space has no room for so many.
func room(t reflect.Type, number reflect.Value) int {
	if n := asInt(number); n <= 1<<46/max(1, int(t.Elem().Size())) {
		return n
	}
	return -1
}

// An iterator goes through a string or a map: it returns whether there is more, and a
// key and a value.
type iterator func() values

func newIterator(v reflect.Value) iterator {
	end := values{reflect.ValueOf(false), {}, {}}
	if v.Kind() == reflect.Map {
		it := v.MapRange()
		return func() values {
			if !it.Next() {
				return end
			}
			return values{reflect.ValueOf(true), it.Key(), it.Value()}
		}
	}
	s := strings.NewReader(v.String())
	return func() values {
		at := int(s.Size()) - s.Len()
		r, _, err := s.ReadRune()
		if err != nil {
			return end
		}
		return values{reflect.ValueOf(true), reflect.ValueOf(at), reflect.ValueOf(r)}
	}
}

// hashable panics as Go does for a key that cannot be one.
func hashable(k reflect.Value) {
	if k.Kind() == reflect.Interface && !k.IsNil() && !k.Comparable() {
		panic(runtimeerror.Of("hash of unhashable type %s", nameOf(k.Interface())))
	}
}

// equalValues is a == b for what is no number or string.
func equalValues(a, b reflect.Value) bool {
	switch {
	case a.Kind() == reflect.Interface || b.Kind() == reflect.Interface:
		return equal(inside(a), inside(b))
	case a.Kind() == reflect.Slice || a.Kind() == reflect.Map || a.Kind() == reflect.Func: // and one is nil
		return a.IsNil() && b.IsNil()
	case !a.Comparable():
		panic(runtimeerror.Of("comparing uncomparable type %s", a.Type()))
	}
	return a.Interface() == reshaped(b, a.Type()).Interface()
}

// inside is what is in an interface, or a value as one would be.
func inside(v reflect.Value) any {
	if v.Kind() == reflect.Interface && v.IsNil() {
		return nil
	}
	return v.Interface()
}

// convertHook does conversions from and to unsafe.Pointer for yaegi.
func convertHook(from, to reflect.Type) func(src, dest reflect.Value) {
	if from == nil || to == nil || (from.Kind() == reflect.UnsafePointer) == (to.Kind() == reflect.UnsafePointer) {
		return nil
	}
	return func(src, dest reflect.Value) { dest.Set(reshaped(src, to)) }
}

// Some compiled functions are not called as they are: what blocks must be stoppable and
// known to the scheduler, what prints must go to the cell that the goroutine belongs to,
// what would end the process must not, and what looks at types must be told those of boxes.

// standInFor returns what is called in place of a compiled function, or nil. Those in the
// table get the frame of the call before the arguments; a variadic parameter is a slice.
func (m *Machine) standInFor(fullName string) action {
	v := reflect.ValueOf(m.standIns[fullName])
	if !v.IsValid() {
		return nil
	}
	return func(f *Frame, args values) values {
		f.t.handover = nil // see target
		return v.Call(append(values{reflect.ValueOf(f)}, args...))
	}
}

// standInMethod is standInFor for a method found by reflection.
func (m *Machine) standInMethod(rt reflect.Type, name string) action {
	t, ptr := rt, ""
	if t.Kind() == reflect.Pointer {
		t, ptr = t.Elem(), "*"
	}
	return m.standInFor("(" + ptr + t.PkgPath() + "." + t.Name() + ")." + name)
}

// interruptible makes a call of a compiled method one that ends when the goroutine
// is stopped, where the receiver takes deadlines and the name says that it waits.
func interruptible(f *Frame, recv reflect.Value, name string, call func() values) (out values) {
	f.t.handover = nil // see target
	dir := instead.WaitsFor(name)
	d, ok := recv.Interface().(stopping.Deadliner)
	if dir == 0 || !ok {
		return call()
	}
	f.t.g.Transfer(d, dir, nil, func() (some bool, err error) {
		out = call()
		if n := len(out); n > 0 {
			err, _ = out[n-1].Interface().(error)
			some = out[0].CanInt() && out[0].Int() > 0
		}
		return some, err
	})
	return out
}

// Stack is the goroutine's own stack as Go prints it.
func (f *Frame) Stack(bool) string {
	var b strings.Builder
	report.Stack(&b, f.t.g.Number(), "running", f.Places(101), 100)
	return b.String()
}

// refused names compiled functions that would find the interpreter where they
// look for cells.
var refused = map[string]bool{
	"runtime.SetFinalizer": true, "runtime.Callers": true, "runtime.CallersFrames": true, "runtime.FuncForPC": true,
	"(reflect.Value).Pointer": true, "(log/slog.Record).Source": true,
}

// standIn fills the table of stand-ins.
func (m *Machine) standIn() {
	begin := func(f func()) func(*sched.G) {
		return func(g *sched.G) { m.withThread(g, func(*Frame) { f() }) }
	}
	m.standIns = map[string]any{
		"fmt.Sprintf": func(_ *Frame, format string, a []any) string { return fmt.Sprintf(typeVerbs(format, a), a...) },
		"fmt.Appendf": func(_ *Frame, b []byte, format string, a []any) []byte {
			return fmt.Appendf(b, typeVerbs(format, a), a...)
		},
		"fmt.Fprintf": func(_ *Frame, w io.Writer, format string, a []any) (int, error) {
			return fmt.Fprintf(w, typeVerbs(format, a), a...)
		},
		"fmt.Errorf":        func(_ *Frame, format string, a []any) error { return fmt.Errorf(typeVerbs(format, a), a...) },
		"errors.As":         errorsAs,
		"reflect.DeepEqual": deepEqual,
		"runtime.Caller": func(f *Frame, skip int) (uintptr, string, int, bool) {
			file, line, ok := f.Source(skip)
			return 0, file, line, ok
		},
		"time.AfterFunc": func(f *Frame, d time.Duration, fn func()) *time.Timer {
			return f.t.g.Scheduler().AfterFunc(f.t.g, d, f.here(), "func", begin(fn))
		},
		"context.AfterFunc": func(f *Frame, ctx context.Context, fn func()) func() bool {
			return context.AfterFunc(ctx, f.t.g.Callback(f.here(), "func", begin(fn)))
		},
		"(*sync.Mutex).Unlock": func(f *Frame, m *sync.Mutex) {
			if m.TryLock() { // what unlocking it would be fatal for
				f.t.fatal("", "sync: unlock of unlocked mutex")
			}
			f.t.g.Unlock(m)
		},
		"(*sync.WaitGroup).Go": func(f *Frame, wg *sync.WaitGroup, fn func()) { f.t.g.WaitGroupGo(wg, f.here(), "func", begin(fn)) },
	}
	maps.Copy(m.standIns, instead.Functions(&instead.Files[*Frame]{
		Streams: m.streams,
		Read:    func(_ *Frame, f *os.File, b []byte) (int, error) { return f.Read(b) },
		Write:   func(_ *Frame, f *os.File, b []byte) (int, error) { return f.Write(b) },
		Appendf: func(b []byte, format string, a ...any) []byte { return fmt.Appendf(b, typeVerbs(format, a), a...) },
	}))
	for _, name := range []string{"fmt.Scan", "fmt.Scanln", "fmt.Scanf"} {
		m.standIns[name] = unboxing(reflect.ValueOf(m.standIns[name]), name, scans).Interface()
	}
}
