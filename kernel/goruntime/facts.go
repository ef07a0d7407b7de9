package goruntime

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// A Fact is one thing that is known of the runtime.
type Fact uint8

// The facts. What others are checked with stands before them.
const (
	Interfaces Fact = iota
	Types
	Memory
	MapCalls
	Functions
	Slots
	Channels
	ChanState
	Labels
	Identity
	Calls
	MapMark
	AssertionError
	FuncInfo
	Frames
	MutexState
	WaitGroupCount
	OnceDone
	Timers
	RLocker
	Pipes
	Stacks
	WaitNames
	Queues
	ChanQueues
	StackBounds
	Contexts
	Bubbles
	Machine
	facts // how many there are
)

// need says who cannot do without a fact.
type need uint8

const (
	forPrecision need = iota // nobody: something works less well
	forDirect                // the direct engine
	forScheduler             // the scheduler, and so every engine
)

// An entry is a row of the table.
type entry struct {
	name    string // what it is called, also in GOSCHED_WITHOUT_FACTS
	holds   string // what it says, for "it is not true that ..."
	without string // what is lost without it
	need    need
	check   func() error
}

// table is all facts. It is never changed.
var table = [facts]entry{
	Interfaces: {
		name: "interfaces", need: forDirect, check: checkInterfaces,
		holds:   "an interface value is a type or a method table and a data word",
		without: "cells cannot hold values in interfaces",
	},
	Types: {
		name: "types", need: forDirect, check: checkTypes,
		holds:   "the descriptors of types are laid out as those of internal/abi",
		without: "cells cannot declare types",
	},
	Memory: {
		name: "memory", need: forDirect, check: checkMemory,
		holds:   "values are allocated, copied and cleared by functions of the runtime",
		without: "cells cannot have variables",
	},
	MapCalls: {
		name: "map-calls", need: forDirect, check: checkMapCalls,
		holds:   "maps of any type are read and written by functions of the runtime",
		without: "cells cannot use maps",
	},
	Functions: {
		name: "functions", need: forDirect, check: checkFunctions,
		holds:   "a function made by package reflect leads to the one that it was made from",
		without: "functions of cells cannot be told from compiled ones",
	},
	Slots: {
		name: "slots", need: forDirect, check: checkSlots,
		holds:   "there is code that leads a method's call to any function",
		without: "compiled code cannot call methods of cells",
	},
	Channels: {
		name: "channels", need: forDirect, check: checkChannels,
		holds:   "channels of any type are used by the functions behind package reflect",
		without: "cells cannot send, receive or select",
	},
	ChanState: {
		name: "channel-state", check: checkChanState,
		holds:   "a channel's record says whether it is closed and who waits at it",
		without: "cells cannot be run on other schedules or on a virtual clock",
	},
	Labels: {
		name: "labels", need: forScheduler, check: checkLabels,
		holds:   "each goroutine has a word for profiler labels, which those that it starts inherit",
		without: "nobody knows to which cell a goroutine belongs",
	},
	Identity: {
		name: "identity", need: forScheduler, check: checkSelf,
		holds:   "the calling goroutine can be told from all others",
		without: "a goroutine cannot be told from those that a library starts for it",
	},
	Calls: {
		name: "calls", check: checkCalls,
		holds:   "functions are called alike whose parameters differ only in what points where",
		without: "calls of compiled functions take more time",
	},
	MapMark: {
		name: "map-mark", check: checkMapMark,
		holds:   "a map has four bytes that the runtime does not use",
		without: "when goroutines use a map at the same time, the error is Go's own, without cell and line",
	},
	AssertionError: {
		name: "assertion-error", check: checkAssertionError,
		holds:   "a *runtime.TypeAssertionError has three types and the name of a method",
		without: "the error of a failed type assertion has another type than in compiled code",
	},
	FuncInfo: {
		name: "func-info", check: checkFuncInfo,
		holds:   "a *runtime.Func can describe a function that is not machine code",
		without: "runtime.FuncForPC finds no functions of cells",
	},
	Frames: {
		name: "frames", check: checkFrames,
		holds:   "a *runtime.Frames has a list of those to come",
		without: "runtime.CallersFrames finds no functions of cells",
	},
	StackBounds: {
		name: "stack-bounds", check: checkStackBounds,
		holds:   "the record of a goroutine begins with the bounds of its stack",
		without: "endless recursion is told from deep recursion by the number of calls",
	},
	Bubbles: {
		name: "bubbles", check: checkBubbles,
		holds:   "a channel has a word that says whether it was made in a bubble of testing/synctest",
		without: "stopping a goroutine that waits in a bubble ends the session",
	},
	Machine: {
		name: "machine-code", check: checkMachineCode,
		holds:   "machine code can be made, called on a stack of its own, and asked to stop",
		without: "arithmetic in cells takes more time",
	},
	Contexts: {
		name: "contexts", check: checkContexts,
		holds:   "a context with a deadline has that, a timer, and the context that it was made from",
		without: "deadlines of contexts pass in real time also on a virtual clock",
	},
	ChanQueues: {
		name: "chan-queues", check: checkChanQueues,
		holds:   "a channel has lists of the goroutines that wait to receive and to send",
		without: "cells whose messages are traced take more time",
	},
	MutexState: {
		name: "mutex-state", check: checkMutexState,
		holds:   "the first word of a sync.Mutex is 0 when it is unlocked",
		without: "when a cell unlocks an unlocked mutex, the error is Go's own, without cell and line",
	},
	WaitGroupCount: {
		name: "wait-group-count", check: checkWaitGroupCount,
		holds:   "the upper half of a sync.WaitGroup's first word is its counter",
		without: "waiting for a wait group takes more time",
	},
	OnceDone: {
		name: "once-done", check: checkOnceDone,
		holds:   "the first word of a sync.Once is 0 until it is done",
		without: "calls of a sync.Once that is done take more time",
	},
	Timers: {
		name: "timers", check: checkTimers,
		holds:   "a timer has a word for when it fires, and its channel one for the timer",
		without: "a deadlock is not noticed while a cell has a timer, also one that is over",
	},
	RLocker: {
		name: "rlocker", check: checkRLocker,
		holds:   "the RLocker of a sync.RWMutex is the mutex itself",
		without: "waiting for one is neither seen nor stopped",
	},
	Pipes: {
		name: "pipes", check: checkPipes,
		holds:   "both ends of an io.Pipe lead to its channels",
		without: "waiting for one is neither seen nor stopped",
	},
	WaitNames: {
		name: "wait-names", check: checkNames,
		holds:   "the stack of a goroutine that waits has functions that tell for what",
		without: "deadlocks are not noticed, and what goroutines do in compiled code is not shown",
	},
	Stacks: {
		name: "stacks", check: checkStacks,
		holds:   "the stacks of all goroutines can be had with their labels",
		without: "deadlocks are not noticed, and what goroutines do in compiled code is not shown",
	},
	Queues: {
		name: "queues", check: checkQueues,
		holds:   "goroutines wait for locks in queues at known places in these",
		without: "%leaks does not name goroutines that wait for locks, wait groups and conditions",
	},
}

// Name is what the fact is called: a word or two with a hyphen.
func (f Fact) Name() string { return table[f].name }

func (f Fact) String() string { return f.Name() }

// Without says in a clause what is lost where the fact does not hold.
func (f Fact) Without() string { return table[f].without }

// Needed reports whether cells cannot run with the direct engine where the fact
// does not hold.
func (f Fact) Needed() bool { return table[f].need != forPrecision }

// A Failure is a fact that does not hold.
type Failure struct {
	Fact Fact
	Err  error // how the runtime differs
}

// Error says what differs and what is lost, for people.
func (f Failure) Error() string {
	return fmt.Sprintf("%s: in %s it does not hold that %s (%v); so %s",
		f.Fact.Name(), runtime.Version(), table[f.Fact].holds, f.Err, f.Fact.Without())
}

// Unwrap returns Err.
func (f Failure) Unwrap() error { return f.Err }

// Facts says which facts hold. A fact is checked when it is first asked for, once
// for the process. A nil *Facts is what [Check] returns.
type Facts struct{ without [facts]bool }

// Check returns the facts as the running program has them.
func Check() *Facts { return new(Facts) }

// checked is the checks, each of which looks once.
var checked = func() (all [facts]func() error) {
	for i := range table {
		all[i] = sync.OnceValue(func() error { return try(table[i].check) })
	}
	return all
}()

func (f *Facts) check(x Fact) error {
	if f != nil && f.without[x] {
		return errAsked
	}
	return checked[x]()
}

// try is check(), for which a wrong guess about memory is an error like others.
func try(check func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("looking for it ended with %v", r)
		}
	}()
	return check()
}

// Without returns f but for the facts of the given names, as if they did not
// hold: it is for trying what happens then.
func (f *Facts) Without(names ...string) (*Facts, error) {
	less := new(Facts)
	if f != nil {
		*less = *f
	}
next:
	for _, name := range names {
		for i := range table {
			if table[i].name == name {
				less.without[i] = true
				continue next
			}
		}
		return nil, fmt.Errorf("there is no fact called %q; those that there are: %s", name, strings.Join(Names(), ", "))
	}
	return less, nil
}

var errAsked = errors.New("because that was asked for")

// Names returns the names of all facts.
func Names() []string {
	names := make([]string, facts)
	for i := range table {
		names[i] = table[i].name
	}
	return names
}

// Holds reports whether a fact holds.
func (f *Facts) Holds(x Fact) bool { return f.check(x) == nil }

// Failures returns the facts that do not hold. It asks for all of them.
func (f *Facts) Failures() []Failure { return f.failures(forPrecision) }

func (f *Facts) failures(least need) (list []Failure) {
	for x := range facts {
		if table[x].need >= least {
			if err := f.check(x); err != nil {
				list = append(list, Failure{x, err})
			}
		}
	}
	return list
}

// Direct returns why the direct engine cannot run in this process, in one
// sentence for people, or nil if it can.
func (f *Facts) Direct() error { return f.refusal(forDirect) }

// Scheduler returns why package sched cannot run in this process, whichever
// engine is on it, or nil if it can.
func (f *Facts) Scheduler() error { return f.refusal(forScheduler) }

// Releases names the releases of Go that the table is for.
const Releases = "Go 1.26 or 1.27"

// A Refusal says which facts are missing that something cannot do without.
type Refusal struct{ Missing []Failure }

func (r *Refusal) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gosched knows too little of %s for %s/%s to run cells: ", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for i, m := range r.Missing {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s (%v)", m.Fact.Name(), m.Err)
	}
	fmt.Fprintf(&b, "; build it with %s for amd64 or arm64", Releases)
	return b.String()
}

// Unwrap returns the failures.
func (r *Refusal) Unwrap() []error {
	list := make([]error, len(r.Missing))
	for i, m := range r.Missing {
		list[i] = m
	}
	return list
}

func (f *Facts) refusal(least need) error {
	if missing := f.failures(least); missing != nil {
		return &Refusal{missing}
	}
	return nil
}
