/*
Package sched knows the goroutines of a session: who they are, which cell
execution started them, what they wait for, how they are stopped, where their
output goes, and when nothing can wake them any more. It knows nothing of Go
source or of how it is run; the engine that runs it calls here.

Goroutines are native ones. Each carries a [G], which the engine passes along
where it can and finds with [Current] or [Here] where native code calls back.
Stopping is cooperative: the engine polls [G.ShouldStop] at calls and loop back
edges, and whatever blocks also watches the channel that [G.Block] returns, or
is woken by a stop in another way; then [G.Unwind] ends the goroutine with its
deferred calls.

	New, Scheduler.Begin, Execution.Run          a cell's execution
	Go, G.WaitGroupGo                            go statements
	Here, G.Adopt, G.Contain, G.Callback         native code that calls back
	G.ShouldStop, G.Unwind, G.EnterDeferred,
	G.LeaveDeferred, G.OnStop                    stopping, seen from inside
	Execution.Interrupt, G.Exit, Scheduler.Kill,
	Scheduler.KillCell, Scheduler.KillAll        stopping, from outside
	G.Block, G.Unblock, G.Stopped                waiting
	Send, Recv, Communicate, Select,
	G.Sleep, G.Lock, G.RWLock, G.RLock,
	G.LockLocker, G.WaitGroupWait, G.CondWait,
	G.OnceDo and their counterparts,
	G.PipeRead, G.PipeWrite, G.Transfer          waiting that can be stopped
	Scheduler.AfterFunc, Scheduler.WatchTimer,
	Scheduler.WatchContext, Scheduler.MarkExternal,
	Scheduler.SetOpenSubshells                   what may yet wake somebody
	G.Panics, G.EndedWith, G.Fatal               panics, from their beginning to the report
	Writer, Stderr, G.Print,
	Execution.Emit, Execution.Flush              output, see package stream
	Scheduler.List, Scheduler.Leaks, Outcome     what there is to tell, see package report
	Observation, Op, Object, Execution.Observe   who is told what goroutines do, and what
	Transact, Choose, G.Close, G.Touches,
	G.Atomically, G.MakesContext, Cancel         what observed goroutines do

Subjects that can do without a G are packages of their own, which know nothing of this
one:

	wait, report        reasons for waiting; what is said of goroutines
	stacks              what the runtime says of them
	park, holding       waiting for locks and the like; who has which locks
	stopping            ends waits that watch for no stop
	world               what could wake a goroutine from outside
	stream              output

# Identity

A goroutine's identity is its profiler label pointer, which the runtime copies
to every goroutine that one starts, also inside libraries, and which a timer's
callback lacks: those go through [G.Callback].

# Leaks

Everything that leads to what a goroutine waits for hangs on that goroutine's
own stack only, so that the runtime's own leak detection works on goroutines of
a session; see private in g.go.
*/
package sched
