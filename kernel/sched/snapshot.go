package sched

import (
	"runtime"
	"strings"
	"unsafe"
)

// A snapshot is what the runtime says about goroutines that the scheduler has
// not seen block: those in native code, and those that native code started.
// The runtime gives their stacks and labels, not their wait reasons; these can
// be told from the functions on top of the stack.

//go:linkname goroutineProfile runtime.pprof_goroutineProfileWithLabels
func goroutineProfile(p []stackRecord, labels []unsafe.Pointer) (n int, ok bool)

// stackRecord has the layout of internal/profilerecord.StackRecord.
type stackRecord struct{ Stack []uintptr }

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
	state  nativeState
	reason string // why it waits, as far as is known; never empty if passive
	top    uintptr
}

// natives returns the goroutines of the process that belong to the session.
func (s *Scheduler) natives() []nativeGoroutine {
	n := runtime.NumGoroutine()
	var stacks []stackRecord
	var labels []unsafe.Pointer
	for {
		n += n/10 + 16
		stacks, labels = make([]stackRecord, n), make([]unsafe.Pointer, n)
		var ok bool
		if n, ok = goroutineProfile(stacks, labels); ok {
			break
		}
	}
	var all []nativeGoroutine
	known := make(stackReader)
	for i, stack := range stacks[:n] {
		g := gOfLabel(labels[i])
		if g == nil || g.exec.s != s || len(stack.Stack) == 0 {
			continue
		}
		x := nativeGoroutine{g: g, top: stack.Stack[0]}
		x.state, x.reason = known.state(stack.Stack)
		x.own = known.own(stack.Stack)
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
			case "runtime.gopark", "runtime.goparkunlock":
				parked = true
				continue
			case "runtime.coroswitch", "runtime.corostart":
				return passive, "coroutine"
			case "runtime.block":
				return passive, KindSelectEmpty.String()
			case "runtime.chanrecv":
				channel = KindReceive
				continue
			case "runtime.chansend":
				channel = KindSend
				continue
			case "runtime.selectgo":
				channel = KindSelect
				continue
			case "os/signal.signal_recv": // see Scheduler.MarkExternal
				return passive, "signals"
			}
			if strings.HasPrefix(name, "runtime.") {
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
			case strings.HasPrefix(name, "internal/poll."):
				return active, KindIO.String()
			case name == "time.Sleep":
				return active, KindSleep.String()
			}
			isSync := strings.HasPrefix(name, "sync.") || strings.HasPrefix(name, "internal/sync.")
			if !sem && !isSync {
				return active, ""
			}
			sem = true
			switch {
			case strings.HasPrefix(name, "sync.(*WaitGroup)"):
				return passive, KindWaitGroup.String()
			case strings.HasPrefix(name, "sync.(*Cond)"):
				return passive, KindCond.String()
			case strings.HasPrefix(name, "sync.(*RWMutex).R"):
				return passive, KindRLock.String()
			case strings.HasPrefix(name, "sync.(*RWMutex)"):
				return passive, KindRWLock.String()
			case strings.HasPrefix(name, "sync.(*Mutex)"):
				return passive, KindMutex.String()
			case !isSync:
				return passive, "semacquire"
			}
		}
	}
	return active, ""
}
