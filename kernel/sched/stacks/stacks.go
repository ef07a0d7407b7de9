/*
Package stacks reads what the runtime says of the goroutines of the process: where
they are, and so why they wait if they do, and which of them it has found leaked. It
is asked about those that nobody has seen block: goroutines in compiled code, and
those that compiled code has started.

It knows how the runtime writes all that, and nothing of who the goroutines are: they
come with the label pointers that they have.
*/
package stacks

import (
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// All returns the stacks and labels of all goroutines of the process.
func All() ([]goruntime.StackRecord, []unsafe.Pointer) {
	n := runtime.NumGoroutine()
	for {
		n += n/10 + 16
		stacks, labels := make([]goruntime.StackRecord, n), make([]unsafe.Pointer, n)
		var ok bool
		if n, ok = goruntime.GoroutineStacks(stacks, labels); ok {
			return stacks[:n], labels[:n]
		}
	}
}

// maxRecorded is how many frames of a stack the runtime records in a profile.
const maxRecorded = 128

// A Reader remembers what it has found out about the program counters it has seen:
// stacks are much alike.
type Reader struct {
	roots []string
	known map[uintptr][]string
}

// NewReader returns a reader for which roots are the functions, by the ends of their
// names, with which goroutines of a session begin.
func NewReader(roots ...string) *Reader {
	return &Reader{roots: roots, known: make(map[uintptr][]string)}
}

// Names returns the functions at pc, innermost of the inlined first.
func (r *Reader) Names(pc uintptr) []string {
	if names, ok := r.known[pc]; ok {
		return names
	}
	var names []string
	frames := runtime.CallersFrames([]uintptr{pc})
	for {
		f, more := frames.Next()
		names = append(names, f.Function)
		if !more {
			break
		}
	}
	r.known[pc] = names
	return names
}

// Own reports whether a stack is that of a session's goroutine rather than of a native
// child, which has its label: it then begins with one of the roots. Of stacks that are
// too deep to have been recorded whole it is taken for granted.
func (r *Reader) Own(stack []uintptr) bool {
	for i := len(stack) - 1; i >= 0; i-- {
		for _, name := range r.Names(stack[i]) {
			if slices.ContainsFunc(r.roots, func(root string) bool { return strings.HasSuffix(name, root) }) {
				return true
			}
		}
	}
	return len(stack) >= maxRecorded
}

// Within reports whether the innermost function that is neither the runtime's nor
// package reflect's, by which the engine makes values too, is in one of the packages
// with these import paths or in one below them.
func (r *Reader) Within(stack []uintptr, packages []string) bool {
	for _, pc := range stack {
		for _, name := range r.Names(pc) {
			if strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime/") || strings.HasPrefix(name, "reflect.") {
				continue
			}
			return slices.ContainsFunc(packages, func(pkg string) bool {
				rest, ok := strings.CutPrefix(name, pkg)
				return ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/"))
			})
		}
	}
	return true
}

// passiveFuncs are native functions, by prefix, whose channel operations wait
// for other goroutines only. In other native code a channel may be a timer's.
var passiveFuncs = []string{
	"context.(*cancelCtx).propagateCancel",
	"golang.org/x/sync/errgroup.",
	"golang.org/x/sync/semaphore.",
	"net/http.(*persistConn).writeLoop",
	"database/sql.(*DB).connectionOpener",
}

// State tells from the top of a stack whether its goroutine is passive, which is to
// say that it waits for another one, and why it waits if it does; that is never empty
// of a passive one. One that is not passive runs, is about to, waits for what may come
// from outside or by itself, or does what is not known better.
func (r *Reader) State(stack []uintptr) (passive bool, reason string) {
	parked, sem, channel := false, false, wait.None
	for _, pc := range stack {
		for _, name := range r.Names(pc) {
			switch name {
			case goruntime.FuncPark, goruntime.FuncParkUnlock:
				parked = true
				continue
			case goruntime.FuncCoSwitch, goruntime.FuncCoStart:
				return true, "coroutine"
			case goruntime.FuncNoCases:
				return true, wait.SelectEmpty.String()
			case goruntime.FuncRecv:
				channel = wait.Receive
				continue
			case goruntime.FuncSend:
				channel = wait.Send
				continue
			case goruntime.FuncSelect:
				channel = wait.Select
				continue
			case goruntime.FuncSignals: // the world outside sends them
				return true, "signals"
			}
			if strings.HasPrefix(name, goruntime.FuncsRuntime) {
				continue
			}
			if !parked {
				return false, ""
			}
			if channel != wait.None {
				for _, prefix := range passiveFuncs {
					if strings.HasPrefix(name, prefix) {
						return true, channel.String()
					}
				}
				return false, channel.String()
			}
			switch {
			case strings.HasPrefix(name, goruntime.FuncsPoll):
				return false, wait.IO.String()
			case name == goruntime.FuncSleep:
				return false, wait.Sleep.String()
			}
			isSync := strings.HasPrefix(name, goruntime.FuncsSync) || strings.HasPrefix(name, goruntime.FuncsSyncInner)
			if !sem && !isSync {
				return false, ""
			}
			sem = true
			switch {
			case strings.HasPrefix(name, goruntime.FuncsWaitGroup):
				return true, wait.WaitGroup.String()
			case strings.HasPrefix(name, goruntime.FuncsCond):
				return true, wait.Cond.String()
			case strings.HasPrefix(name, goruntime.FuncsRLock):
				return true, wait.RLock.String()
			case strings.HasPrefix(name, goruntime.FuncsRWMutex):
				return true, wait.RWLock.String()
			case strings.HasPrefix(name, goruntime.FuncsMutex):
				return true, wait.Mutex.String()
			case !isSync:
				return true, "semacquire"
			}
		}
	}
	return false, ""
}
