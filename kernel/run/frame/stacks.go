package frame

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
)

// Stacks as text, for programs that ask for them and for libraries that print
// them: the calls of the user's code, and nothing of the interpreter.

// MaxStack is how many calls of a goroutine a stack shows, as in Go.
const MaxStack = 100

// Stack is the thread's own stack as text, with all that of every goroutine of
// the session.
func (t *Thread) Stack(all bool) string {
	var b strings.Builder
	own := t.G.Number()
	var places []sched.Place
	if t.Cur != nil {
		places = t.Cur.Places(MaxStack + 1)
	}
	report.Stack(&b, own, "running", places, MaxStack)
	createdBy(&b, t.G.Parent(), t.G.Start())
	if !all {
		return b.String()
	}
	for _, in := range t.G.Scheduler().List() {
		if in.Number != own {
			b.WriteByte('\n')
			report.Stack(&b, in.Number, in.State, in.At, MaxStack)
			createdBy(&b, in.Parent, in.Start)
		}
	}
	return b.String()
}

func createdBy(b *strings.Builder, parent int, at sched.Place) {
	if parent != 0 {
		fmt.Fprintf(b, "created by %s in goroutine %d\n\t%s\n", at.Func, parent, at.Where())
	}
}

// A PassedPanic is a panic that interpreted code left to the library that
// called it.
type PassedPanic struct {
	number, parent int
	Trace          []sched.Place
}

// passing runs f, which a library calls on goroutine a, and remembers where a
// panic came from that f leaves to the library.
func (w *World) passing(a *sched.G, f func()) {
	defer func() {
		if p, ok := a.CarriedPanic().(*sched.Panicking); ok {
			w.Passed.Store(sched.Self(), PassedPanic{a.Number(), a.Parent(), p.Trace})
		}
	}()
	f()
}

// kernelPackages is what the names of the interpreter's functions begin with.
var kernelPackages = strings.TrimSuffix(reflect.TypeFor[World]().PkgPath(), "run/frame")

// A StackCleaner passes on what is written to it. Where that has the stack of
// a panic that went through interpreted code, as package net/http logs it, it
// shows the user's calls in place of the interpreter's.
type StackCleaner struct {
	io.Writer
	World *World
}

// Write implements io.Writer.
func (c StackCleaner) Write(b []byte) (int, error) {
	if clean := c.World.cleanStack(b); clean != nil {
		if n, err := c.Writer.Write(clean); err != nil {
			return min(n, len(b)), err
		}
		return len(b), nil
	}
	return c.Writer.Write(b)
}

// cleanStack returns text with the user's calls, or nil if there is nothing to
// change in it.
func (w *World) cleanStack(text []byte) []byte {
	if len(text) < 256 || !bytes.Contains(text, []byte(kernelPackages)) {
		return nil
	}
	head, stack, ok := strings.Cut(string(text), "\ngoroutine ")
	if !ok {
		return nil
	}
	_, stack, _ = strings.Cut(stack, "\n")
	lines := strings.Split(strings.TrimSuffix(stack, "\n"), "\n")
	// A call takes two lines. Those from the first to the last of the
	// interpreter's are replaced.
	first, last := -1, -1
	for i := 0; i+1 < len(lines); i += 2 {
		if strings.HasPrefix(lines[i], kernelPackages) {
			if first < 0 {
				first = i
			}
			last = i + 2
		}
	}
	if first < 0 {
		return nil
	}
	p, ok := w.Passed.LoadAndDelete(sched.Self())
	if !ok {
		return nil
	}
	user := p.(PassedPanic)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ngoroutine %d [running]:\n", head, user.number)
	write := func(lines []string) {
		for _, l := range lines {
			if by, _, ok := strings.Cut(l, " in goroutine "); ok && strings.HasPrefix(l, "created by ") {
				l = fmt.Sprintf("%s in goroutine %d", by, user.parent)
			}
			b.WriteString(l)
			b.WriteByte('\n')
		}
	}
	write(lines[:first])
	for _, p := range user.Trace {
		fmt.Fprintf(&b, "%s(...)\n\t%s\n", p.Func, p.Where())
	}
	write(lines[last:])
	return []byte(b.String())
}
