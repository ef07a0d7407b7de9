package standin

import (
	"reflect"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/stopping"
	"github.com/gosched/gosched/kernel/sched/wait"
)

var (
	DeadlinerType = reflect.TypeFor[stopping.Deadliner]()
	timeType      = reflect.TypeFor[time.Time]()
)

// WithDeadline makes a method call stoppable if its receiver has deadlines and
// its name says that it waits for them. Deadlines that the program sets are
// noted, to be put back when a wait has been stopped.
func WithDeadline(recv reflect.Type, method reflect.Type, name string, call frame.NativeCall) frame.NativeCall {
	if !recv.Implements(DeadlinerType) {
		return call
	}
	if dir := instead.DeadlineSet(name); dir != 0 && method.NumIn() > 0 && method.In(method.NumIn()-1) == timeType {
		return func(t *frame.Thread, args, res []unsafe.Pointer) {
			d := deadlinerAt(recv, args[0])
			if d == nil || !bothWays(d) {
				call(t, args, res)
				return
			}
			set(res, 0, t.G.Scheduler().SetDeadline(d, dir, arg[time.Time](args[1])))
		}
	}
	dir := instead.WaitsFor(name)
	n := method.NumOut()
	if dir == 0 || n == 0 || method.Out(n-1) != errorType {
		return call
	}
	seen := recv.Kind() == reflect.Pointer && isLeaf(recv.Elem().PkgPath())
	if method.NumIn() > 1 && method.In(1).Kind() == reflect.Interface { // ReadFrom or WriteTo
		dir, seen = stopping.Reading|stopping.Writing, false
	}
	counts := method.Out(0).Kind() == reflect.Int || method.Out(0).Kind() == reflect.Int64
	connection := method.Out(0) == connType
	return func(t *frame.Thread, args, res []unsafe.Pointer) {
		d := deadlinerAt(recv, args[0])
		if d == nil {
			call(t, args, res)
			return
		}
		if len(res) < n { // nobody wants them, but they say how it went
			res = make([]unsafe.Pointer, n)
			for i := range res {
				res[i] = reflect.New(method.Out(i)).UnsafePointer()
			}
		}
		var w *sched.Wait
		if seen {
			w = ioWait(t, recv.Elem())
		}
		t.G.Transfer(d, dir, w, func() (bool, error) {
			call(t, args, res)
			return counts && *(*int64)(res[0]) > 0, *(*error)(res[n-1])
		})
		if connection {
			c := (*goruntime.Iface)(res[0])
			c.Tab = twinTab(connType, c.Tab)
		}
	}
}

// ioWait is a wait for something of type rt.
func ioWait(t *frame.Thread, rt reflect.Type) *sched.Wait {
	return &sched.Wait{Kind: wait.IO, Site: t.SiteOr(siteOf("", rt.String())), At: t.At()}
}

// isLeaf reports whether methods of the package's types lead to no code of the
// program.
func isLeaf(pkgPath string) bool { return pkgPath == "net" || pkgPath == "os" }

// bothWays reports whether d has all three methods, or is a listener.
func bothWays(d stopping.Deadliner) bool {
	type reader interface{ SetReadDeadline(time.Time) error }
	type writer interface{ SetWriteDeadline(time.Time) error }
	_, r := d.(reader)
	_, w := d.(writer)
	return r == w
}

// deadlinerAt is what is at p, which is of type rt, or nil.
func deadlinerAt(rt reflect.Type, p unsafe.Pointer) stopping.Deadliner {
	d, _ := reflect.NewAt(rt, p).Elem().Interface().(stopping.Deadliner)
	if v := reflect.ValueOf(d); d == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	return d
}
