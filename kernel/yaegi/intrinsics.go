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
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/stopping"
)

// Some compiled functions are not called as they are: what blocks must be
// stoppable and known to the scheduler, what prints must go to the cell that the
// goroutine belongs to, what would end the process must not, and what looks at
// types must be told those of boxes.

// standInFor returns what is called in place of a compiled function, or nil. Those in the
// table get the frame of the call before the arguments; a variadic parameter is a slice.
func (m *Machine) standInFor(fullName string) action {
	v := reflect.ValueOf(m.standIns[fullName])
	if !v.IsValid() {
		return nil
	}
	return func(f *Frame, args []reflect.Value) []reflect.Value {
		f.t.handover = nil // see target
		return v.Call(append([]reflect.Value{reflect.ValueOf(f)}, args...))
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
func interruptible(f *Frame, recv reflect.Value, name string, call func() []reflect.Value) (out []reflect.Value) {
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
		"fmt.Errorf": func(_ *Frame, format string, a []any) error {
			return fmt.Errorf(typeVerbs(format, a), a...)
		},
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
		"(*sync.WaitGroup).Go": func(f *Frame, wg *sync.WaitGroup, fn func()) {
			f.t.g.WaitGroupGo(wg, f.here(), "func", begin(fn))
		},
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
