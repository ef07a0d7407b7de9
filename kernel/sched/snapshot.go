package sched

import (
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// A snapshot is what the runtime says about goroutines that the scheduler has
// not seen block: those in native code, and those that native code started.
// The runtime gives their stacks and labels, not their wait reasons; these can
// be told from the functions on top of the stack.

// nativeState is what a goroutine does, as far as its stack tells.
type nativeState uint8

const (
	// active: running, about to run, or waiting for something that may come
	// from outside or by itself. Also whatever is not known better.
	active nativeState = iota
	// passive: waiting for another goroutine.
	passive
)

// A nativeGoroutine is a goroutine with the label of a G of this session.
type nativeGoroutine struct {
	g      *G
	own    bool // it is the G itself rather than a native child of it
	ours   bool // it is in code of the engine, which polls, rather than in any it calls
	state  nativeState
	reason string // why it waits, as far as is known; never empty if passive
	top    uintptr
}

// profileAll returns the stacks and labels of all goroutines of the process.
func profileAll() ([]goruntime.StackRecord, []unsafe.Pointer) {
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

// natives returns the goroutines of the process that belong to the session.
func (s *Scheduler) natives() []nativeGoroutine {
	stacks, labels := profileAll()
	var all []nativeGoroutine
	known := make(stackReader)
	for i, stack := range stacks {
		g := gOfLabel(labels[i])
		if g == nil || g.exec.s != s || len(stack.Stack) == 0 {
			continue
		}
		x := nativeGoroutine{g: g, top: stack.Stack[0]}
		x.state, x.reason = known.state(stack.Stack)
		x.own = known.own(stack.Stack)
		x.ours = known.ours(stack.Stack, s.config.Own)
		all = append(all, x)
	}
	return all
}

// maxRecorded is how many frames of a stack the runtime records in a profile.
const maxRecorded = 128

// A stackReader remembers what it has found out about the program counters it
// has seen: stacks are much alike.
type stackReader map[uintptr][]string

// names returns the functions at pc, innermost of the inlined first.
func (r stackReader) names(pc uintptr) []string {
	if names, ok := r[pc]; ok {
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
	r[pc] = names
	return names
}

// own reports whether a stack is that of a G rather than of a native child: it
// then has one of our own functions at its root. Of stacks that are too deep to
// have been recorded whole it is taken for granted.
func (r stackReader) own(stack []uintptr) bool {
	for i := len(stack) - 1; i >= 0; i-- {
		for _, name := range r.names(stack[i]) {
			if strings.HasSuffix(name, "sched.(*G).run") || strings.HasSuffix(name, "sched.(*G).Adopt") {
				return true
			}
		}
	}
	return len(stack) >= maxRecorded
}

// ours reports whether the innermost function that is not the runtime's is in one
// of the engine's own packages.
func (r stackReader) ours(stack []uintptr, own []string) bool {
	for _, pc := range stack {
		for _, name := range r.names(pc) {
			if strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime/") {
				continue
			}
			return slices.ContainsFunc(own, func(pkg string) bool {
				rest, ok := strings.CutPrefix(name, pkg)
				return ok && strings.HasPrefix(rest, ".")
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

// state tells from the top of a stack what its goroutine does, and why it waits
// if it does. An active goroutine may be waiting, too.
func (r stackReader) state(stack []uintptr) (nativeState, string) {
	parked, sem, channel := false, false, KindNone
	for _, pc := range stack {
		for _, name := range r.names(pc) {
			switch name {
			case goruntime.FuncPark, goruntime.FuncParkUnlock:
				parked = true
				continue
			case goruntime.FuncCoSwitch, goruntime.FuncCoStart:
				return passive, "coroutine"
			case goruntime.FuncNoCases:
				return passive, KindSelectEmpty.String()
			case goruntime.FuncRecv:
				channel = KindReceive
				continue
			case goruntime.FuncSend:
				channel = KindSend
				continue
			case goruntime.FuncSelect:
				channel = KindSelect
				continue
			case goruntime.FuncSignals: // see Scheduler.MarkExternal
				return passive, "signals"
			}
			if strings.HasPrefix(name, goruntime.FuncsRuntime) {
				continue
			}
			if !parked {
				return active, ""
			}
			if channel != KindNone {
				for _, prefix := range passiveFuncs {
					if strings.HasPrefix(name, prefix) {
						return passive, channel.String()
					}
				}
				return active, channel.String()
			}
			switch {
			case strings.HasPrefix(name, goruntime.FuncsPoll):
				return active, KindIO.String()
			case name == goruntime.FuncSleep:
				return active, KindSleep.String()
			}
			isSync := strings.HasPrefix(name, goruntime.FuncsSync) || strings.HasPrefix(name, goruntime.FuncsSyncInner)
			if !sem && !isSync {
				return active, ""
			}
			sem = true
			switch {
			case strings.HasPrefix(name, goruntime.FuncsWaitGroup):
				return passive, KindWaitGroup.String()
			case strings.HasPrefix(name, goruntime.FuncsCond):
				return passive, KindCond.String()
			case strings.HasPrefix(name, goruntime.FuncsRLock):
				return passive, KindRLock.String()
			case strings.HasPrefix(name, goruntime.FuncsRWMutex):
				return passive, KindRWLock.String()
			case strings.HasPrefix(name, goruntime.FuncsMutex):
				return passive, KindMutex.String()
			case !isSync:
				return passive, "semacquire"
			}
		}
	}
	return active, ""
}
