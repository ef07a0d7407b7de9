package yaegi

import (
	"context"
	"fmt"
	"go/types"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// Some compiled functions are not called as they are: what blocks must be
// stoppable and known to the scheduler, what prints must go to the cell that the
// goroutine belongs to, what would end the process must not, and what looks at
// types must be told those of boxes.

// A standIn is what is called in place of a compiled function. It gets the frame
// of the call before the arguments; a variadic parameter is a slice.
type standIn struct {
	name string
	v    reflect.Value
}

func (s standIn) call(f *Frame, args []reflect.Value) []reflect.Value {
	return s.v.Call(append([]reflect.Value{reflect.ValueOf(f)}, args...))
}

// standIn returns what stands in for fn.
func (m *Machine) standIn(fn *ssa.Function) (standIn, bool) {
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Pkg() == nil {
		return standIn{}, false
	}
	f, ok := standIns[obj.FullName()]
	return standIn{obj.FullName(), reflect.ValueOf(f)}, ok
}

// standInMethod is standIn for a method found by reflection.
func standInMethod(rt reflect.Type, name string) (standIn, bool) {
	t, ptr := rt, ""
	if t.Kind() == reflect.Pointer {
		t, ptr = t.Elem(), "*"
	}
	full := "(" + ptr + t.PkgPath() + "." + t.Name() + ")." + name
	f, ok := standIns[full]
	return standIn{full, reflect.ValueOf(f)}, ok
}

var (
	mutexSite     = &sched.Site{Type: "sync.Mutex"}
	rwMutexSite   = &sched.Site{Type: "sync.RWMutex"}
	waitGroupSite = &sched.Site{Type: "sync.WaitGroup"}
	condSite      = &sched.Site{Type: "sync.Cond"}
	onceSite      = &sched.Site{Type: "sync.Once"}
)

// exit is what os.Exit does to a cell.
func exit(f *Frame, code int) {
	f.t.g.Exit(code, &session.Failure{
		Name:      session.Exit,
		Value:     fmt.Sprintf("exit status %d", code),
		Traceback: []string{fmt.Sprintf("exit status %d: a goroutine of this cell called os.Exit", code)},
	})
}

// until runs a compiled call; stopped is called when the goroutine is to end
// meanwhile, and then the goroutine ends.
func until[T any](f *Frame, stopped func(), call func() (T, error)) (T, error) {
	cancel := f.t.g.OnStop(stopped)
	v, err := call()
	cancel()
	if f.t.g.ShouldStop() {
		f.t.unwind()
	}
	return v, err
}

// A deadliner is what reads and writes of can be ended from outside.
type deadliner interface{ SetDeadline(time.Time) error }

// interruptible makes a call of a compiled method one that ends when the goroutine
// is stopped, where the receiver takes deadlines.
func interruptible(f *Frame, recv reflect.Value, name string, call func() []reflect.Value) (out []reflect.Value) {
	d, ok := recv.Interface().(deadliner)
	if !ok || !slices.Contains([]string{"Read", "Write", "ReadFrom", "WriteTo", "Accept", "AcceptTCP", "AcceptUnix", "ReadFromUDP", "WriteToUDP"}, name) {
		return call()
	}
	defer func() {
		if f.t.g.ShouldStop() {
			_ = d.SetDeadline(time.Time{})
		}
	}()
	_, _ = until(f, func() { _ = d.SetDeadline(time.Unix(1, 0)) }, func() (any, error) { out = call(); return nil, nil })
	return out
}

// callFunc calls a function of the cells on a goroutine that is g's own.
func (m *Machine) callFunc(g *sched.G, f func()) { m.withThread(g, func(*Frame) { f() }) }

// stack is the goroutine's stack as Go prints it.
func (f *Frame) stack() string {
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

func (f *Frame) print(b []byte) (int, error) {
	f.t.g.Print(b)
	return len(b), nil
}

// logOutput is l.Output: depth 1 is the call that the frame is at.
func logOutput(f *Frame, l *log.Logger, depth int, text string) error {
	if flags := l.Flags(); flags&(log.Lshortfile|log.Llongfile) != 0 {
		var at sched.Place
		if ps := f.Places(depth); len(ps) == depth && depth > 0 {
			at = ps[depth-1]
		}
		where := fmt.Sprintf("%s:%d: ", at.File, at.Line)
		if at.File == "" {
			where = fmt.Sprintf("cell %d:%d: ", at.Cell, at.Line)
		}
		prefix := l.Prefix()
		if flags&log.Lmsgprefix != 0 {
			prefix = where + prefix
		} else {
			text = where + text
		}
		return log.New(l.Writer(), prefix, flags&^(log.Lshortfile|log.Llongfile)).Output(2, text)
	}
	return l.Output(2, text)
}

// standIns lists the stand-ins by the full name of what they stand for.
var standIns map[string]any

func init() {
	standIns = map[string]any{
		"fmt.Print": func(f *Frame, a []any) (int, error) {
			return f.print(fmt.Append(nil, a...))
		},
		"fmt.Println": func(f *Frame, a []any) (int, error) {
			return f.print(fmt.Appendln(nil, a...))
		},
		"fmt.Printf": func(f *Frame, format string, a []any) (int, error) {
			return f.print([]byte(sprintf(f, format, a)))
		},
		"fmt.Sprintf": sprintf,
		"fmt.Appendf": func(_ *Frame, b []byte, format string, a []any) []byte {
			format, a = typeVerbs(format, a)
			return fmt.Appendf(b, format, a...)
		},
		"fmt.Fprintf": func(_ *Frame, w io.Writer, format string, a []any) (int, error) {
			format, a = typeVerbs(format, a)
			return fmt.Fprintf(w, format, a...)
		},
		"fmt.Errorf": func(_ *Frame, format string, a []any) error {
			format, a = typeVerbs(format, a)
			return fmt.Errorf(format, asErrors(a)...)
		},
		"fmt.Scan": func(f *Frame, a []any) (int, error) {
			return fmt.Fscan(f.t.m.streams.Stdin, unboxAll(a, scans)...)
		},
		"fmt.Scanln": func(f *Frame, a []any) (int, error) {
			return fmt.Fscanln(f.t.m.streams.Stdin, unboxAll(a, scans)...)
		},
		"fmt.Scanf": func(f *Frame, format string, a []any) (int, error) {
			return fmt.Fscanf(f.t.m.streams.Stdin, format, unboxAll(a, scans)...)
		},
		"errors.As":         errorsAs,
		"reflect.DeepEqual": deepEqual,

		"os.Exit":              exit,
		"runtime.Goexit":       func(*Frame) { runtime.Goexit() },
		"runtime.NumGoroutine": func(f *Frame) int { return f.t.g.Scheduler().Count() },
		"runtime.Caller": func(f *Frame, skip int) (uintptr, string, int, bool) {
			ps := f.Places(skip + 1)
			if len(ps) <= skip {
				return 0, "", 0, false
			}
			p := ps[skip]
			if p.File == "" {
				p.File = fmt.Sprintf("cell %d", p.Cell)
			}
			return 0, p.File, p.Line, true
		},
		"runtime.Stack":            func(f *Frame, buf []byte, _ bool) int { return copy(buf, f.stack()) },
		"runtime/debug.Stack":      func(f *Frame) []byte { return []byte(f.stack()) },
		"runtime/debug.PrintStack": func(f *Frame) { f.t.g.PrintErr([]byte(f.stack())) },
		"time.Sleep":               func(f *Frame, d time.Duration) { f.t.g.Sleep(d, f) },
		"time.AfterFunc": func(f *Frame, d time.Duration, fn func()) *time.Timer {
			m := f.t.m
			return f.t.g.Scheduler().AfterFunc(f.t.g, d, f.here(), "func", func(g *sched.G) { m.callFunc(g, fn) })
		},
		"(*time.Timer).Reset": func(f *Frame, t *time.Timer, d time.Duration) bool {
			active := t.Reset(d)
			if t.C == nil {
				f.t.g.Scheduler().WatchTimer(t, d)
			}
			return active
		},
		"context.AfterFunc": func(f *Frame, ctx context.Context, fn func()) func() bool {
			m := f.t.m
			return context.AfterFunc(ctx, f.t.g.Callback(f.here(), "func", func(g *sched.G) { m.callFunc(g, fn) }))
		},
		"os/signal.Notify": func(f *Frame, ch chan<- os.Signal, sigs []os.Signal) {
			f.t.g.Scheduler().MarkExternal(sched.ChanPointer(ch))
			signal.Notify(ch, sigs...)
		},

		"(*sync.Mutex).Lock": func(f *Frame, m *sync.Mutex) { f.t.g.Lock(m, f, mutexSite) },
		"(*sync.Mutex).Unlock": func(f *Frame, m *sync.Mutex) {
			if m.TryLock() { // what unlocking it would be fatal for
				f.t.fatal("", "sync: unlock of unlocked mutex")
			}
			f.t.g.Unlock(m)
		},
		"(*sync.RWMutex).Lock":    func(f *Frame, m *sync.RWMutex) { f.t.g.RWLock(m, f, rwMutexSite) },
		"(*sync.RWMutex).Unlock":  func(f *Frame, m *sync.RWMutex) { f.t.g.RWUnlock(m) },
		"(*sync.RWMutex).RLock":   func(f *Frame, m *sync.RWMutex) { f.t.g.RLock(m, f, rwMutexSite) },
		"(*sync.RWMutex).RUnlock": func(f *Frame, m *sync.RWMutex) { f.t.g.RUnlock(m) },
		"(*sync.WaitGroup).Add":   func(f *Frame, wg *sync.WaitGroup, n int) { f.t.g.WaitGroupAdd(wg, n) },
		"(*sync.WaitGroup).Done":  func(f *Frame, wg *sync.WaitGroup) { f.t.g.WaitGroupDone(wg) },
		"(*sync.WaitGroup).Wait":  func(f *Frame, wg *sync.WaitGroup) { f.t.g.WaitGroupWait(wg, f, waitGroupSite) },
		"(*sync.Cond).Wait":       func(f *Frame, c *sync.Cond) { f.t.g.CondWait(c, f, condSite) },
		"(*sync.Cond).Signal":     func(f *Frame, c *sync.Cond) { f.t.g.CondSignal(c) },
		"(*sync.Cond).Broadcast":  func(f *Frame, c *sync.Cond) { f.t.g.CondBroadcast(c) },
		"(*sync.Once).Do":         func(f *Frame, o *sync.Once, fn func()) { f.t.g.OnceDo(o, fn, f, onceSite) },
		"(*sync.WaitGroup).Go": func(f *Frame, wg *sync.WaitGroup, fn func()) {
			m := f.t.m
			f.t.g.WaitGroupGo(wg, f.here(), "func", func(g *sched.G) { m.callFunc(g, fn) })
		},

		"(*os.File).Write":       func(f *Frame, file *os.File, b []byte) (int, error) { return f.t.m.streams.Of(file).Write(b) },
		"(*os.File).WriteString": func(f *Frame, file *os.File, s string) (int, error) { return f.t.m.streams.Of(file).WriteString(s) },
		"(*os.File).Read":        func(f *Frame, file *os.File, b []byte) (int, error) { return f.t.m.streams.Of(file).Read(b) },

		"net/http.Serve": func(f *Frame, l net.Listener, h http.Handler) error {
			srv := &http.Server{Handler: h}
			_, err := until(f, func() {
				_ = l.(deadliner).SetDeadline(time.Unix(1, 0))
				_ = srv.Close()
			}, func() (int, error) { return 0, srv.Serve(l) })
			return err
		},
		"(*os/exec.Cmd).Run": func(f *Frame, c *exec.Cmd) error {
			if err := c.Start(); err != nil {
				return err
			}
			_, err := until(f, func() { _ = c.Process.Kill() }, func() (int, error) { return 0, c.Wait() })
			return err
		},
		"net/http.Get":           func(f *Frame, url string) (*http.Response, error) { return get(f, http.DefaultClient, url) },
		"(*net/http.Client).Do":  do,
		"(*net/http.Client).Get": get,
	}
	standIns["context.WithTimeout"] = watched(context.WithTimeout)
	standIns["context.WithDeadline"] = watched(context.WithDeadline)
	standIns["context.WithTimeoutCause"] = watchedCause(context.WithTimeoutCause)
	standIns["context.WithDeadlineCause"] = watchedCause(context.WithDeadlineCause)

	logging("Print", func(*Frame, string) {})
	logging("Fatal", func(f *Frame, _ string) { exit(f, 1) })
	logging("Panic", func(_ *Frame, s string) { panic(s) })
	standIns["log.Output"] = func(f *Frame, depth int, s string) error { return logOutput(f, log.Default(), depth, s) }
	standIns["(*log.Logger).Output"] = logOutput
}

// logging lists the stand-ins of a kind in package log: then is called when the text
// is printed.
func logging(name string, then func(f *Frame, text string)) {
	both := func(suffix string, of func(print func(f *Frame, l *log.Logger, text string)) (plain, method any)) {
		plain, method := of(func(f *Frame, l *log.Logger, text string) { _ = logOutput(f, l, 1, text); then(f, text) })
		standIns["log."+name+suffix], standIns["(*log.Logger)."+name+suffix] = plain, method
	}
	type printer = func(f *Frame, l *log.Logger, text string)
	list := func(text func(a ...any) string) func(p printer) (any, any) {
		return func(p printer) (any, any) {
			return func(f *Frame, a []any) { p(f, log.Default(), text(a...)) }, func(f *Frame, l *log.Logger, a []any) { p(f, l, text(a...)) }
		}
	}
	both("", list(fmt.Sprint))
	both("ln", list(fmt.Sprintln))
	both("f", func(p printer) (any, any) {
		return func(f *Frame, s string, a []any) { p(f, log.Default(), sprintf(f, s, a)) },
			func(f *Frame, l *log.Logger, s string, a []any) { p(f, l, sprintf(f, s, a)) }
	})
}

func sprintf(_ *Frame, format string, a []any) string {
	format, a = typeVerbs(format, a)
	return fmt.Sprintf(format, a...)
}

// watched and watchedCause tell the scheduler of a context that ends by itself.
func watched[T any](with func(context.Context, T) (context.Context, context.CancelFunc)) any {
	return func(f *Frame, parent context.Context, at T) (context.Context, context.CancelFunc) {
		ctx, cancel := with(parent, at)
		f.t.g.Scheduler().WatchContext(ctx)
		return ctx, cancel
	}
}

func watchedCause[T any](with func(context.Context, T, error) (context.Context, context.CancelFunc)) any {
	return func(f *Frame, parent context.Context, at T, cause error) (context.Context, context.CancelFunc) {
		ctx, cancel := with(parent, at, cause)
		f.t.g.Scheduler().WatchContext(ctx)
		return ctx, cancel
	}
}

// do is c.Do, which ends when the goroutine is stopped.
func do(f *Frame, c *http.Client, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	return until(f, cancel, func() (*http.Response, error) { return c.Do(req.WithContext(ctx)) })
}

func get(f *Frame, c *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return do(f, c, req)
}
