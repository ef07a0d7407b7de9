package instead

import (
	"context"
	"fmt"
	"maps"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
	"github.com/gosched/gosched/kernel/session"
)

// A Caller is a goroutine's call of a compiled function.
type Caller interface {
	// Goroutine is the one that calls.
	Goroutine() *sched.G
	// At is where it is.
	At() sched.Stack
	// SiteOr says what the call works on, if the source has a name for that, or is
	// other.
	SiteOr(other *sched.Site) *sched.Site
	// Source is the file and line where it is, or with skip the call that many
	// further out; ok is false where there is none.
	Source(skip int) (file string, line int, ok bool)
	// Stack is the goroutine's stack as text, with all those of the session's others.
	Stack(all bool) string
}

// Functions lists what is done instead by the full names of the functions. Each has
// a Caller before the parameters of what it stands in for; a variadic parameter is a
// slice. Those that take no longer than a call by reflection have the engine's own type
// of Caller, C, so that it can know them by their types.
func Functions[C Caller](files *Files[C]) map[string]any {
	all := map[string]any{"os.Exit": Exit}
	for _, table := range []map[string]any{
		files.functions(), files.stackFunctions(), syncFunctions[C](), contextFunctions[C](), httpFunctions(), netFunctions(), execFunctions(), logFunctions(files.Appendf),
	} {
		maps.Copy(all, table)
	}
	return all
}

// Exit is what os.Exit does to a cell.
func Exit(c Caller, code int) {
	code &= 0xff // what a process can say
	c.Goroutine().Exit(code, &session.Failure{
		Name:      session.Exit,
		Value:     fmt.Sprintf("exit status %d", code),
		Traceback: []string{fmt.Sprintf("exit status %d: a goroutine of this cell called os.Exit", code)},
	})
}

// Compiled code that waits for the world outside cannot be unwound from
// outside, but much of it has a way of its own to be told to come back: a
// deadline, a context, a Close. A goroutine that is stopped uses that, and is
// unwound when the call returns.

// until runs a compiled call; stopped is called when the goroutine is to end
// meanwhile, and then the goroutine ends.
func until(c Caller, stopped, call func()) {
	g := c.Goroutine()
	cancel := g.OnStop(stopped)
	call()
	cancel()
	if g.ShouldStop() {
		g.Unwind()
	}
}

// withContext runs a compiled call that ends with its context, which it does
// when the goroutine is stopped.
func withContext(c Caller, parent context.Context, call func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	until(c, cancel, func() { call(ctx) })
}

// aside runs a compiled call, which leads to no code of the program on this
// goroutine and does not panic, while the goroutine waits for it. When the
// goroutine is stopped it has the call end; one that does not is left to itself.
func aside(c Caller, site *sched.Site, end, call func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		call()
	}()
	g := c.Goroutine()
	stop := g.Block(&sched.Wait{Kind: wait.IO, Site: c.SiteOr(site), At: c.At()})
	select {
	case <-done:
		g.Unblock()
	case <-stop:
		g.Unblock()
		end()
		g.Unwind()
	}
}
