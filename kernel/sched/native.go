package sched

import "github.com/gosched/gosched/kernel/sched/stacks"

// What the runtime says about goroutines that the scheduler has not seen block: those
// in native code, and those that native code started.

// roots are the functions with which goroutines of a session begin.
var roots = []string{"sched.(*G).run", "sched.(*G).Adopt"}

// A nativeGoroutine is a goroutine with the label of a G of this session.
type nativeGoroutine struct {
	g       *G
	own     bool   // it is the G itself rather than a native child of it
	ours    bool   // it is in code of the engine, which polls, rather than in any it calls
	passive bool   // it waits for another goroutine
	reason  string // why it waits, as far as is known; never empty if passive
	top     uintptr
}

// natives returns the goroutines of the process that belong to the session.
func (s *Scheduler) natives() []nativeGoroutine {
	found, labels := stacks.All()
	var all []nativeGoroutine
	read := stacks.NewReader(roots...)
	for i, stack := range found {
		g := gOfLabel(labels[i])
		if g == nil || g.exec.s != s || len(stack.Stack) == 0 {
			continue
		}
		x := nativeGoroutine{g: g, top: stack.Stack[0]}
		x.passive, x.reason = read.State(stack.Stack)
		x.own = read.Own(stack.Stack)
		x.ours = read.Within(stack.Stack, s.config.Own)
		all = append(all, x)
	}
	return all
}
