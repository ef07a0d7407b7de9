package run

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// Stacks as text, for programs that ask for them and for libraries that print
// them: the calls of the user's code, and nothing of the interpreter.

// writeStack writes a goroutine's calls, as many as most, in the manner of the
// Go runtime.
func writeStack(b *strings.Builder, number int, state string, places []sched.Place, most int) {
	fmt.Fprintf(b, "goroutine %d [%s]:\n", number, state)
	for i, p := range places {
		if i == most {
			b.WriteString("...additional frames elided...\n")
			break
		}
		fmt.Fprintf(b, "%s(...)\n\t%s\n", p.Func, p.Where())
	}
}

// maxStack is how many calls of a goroutine a stack shows, as in Go.
const maxStack = 100

// stack is the thread's own stack as text, with all that of every goroutine of
// the session.
func (t *thread) stack(all bool) string {
	var b strings.Builder
	own := t.g.Number()
	var places []sched.Place
	if t.cur != nil {
		places = t.cur.Places(maxStack + 1)
	}
	writeStack(&b, own, "running", places, maxStack)
	createdBy(&b, t.g.Parent(), t.g.Start())
	if !all {
		return b.String()
	}
	for _, in := range t.g.Scheduler().List() {
		if in.Number != own {
			b.WriteByte('\n')
			writeStack(&b, in.Number, in.State, in.At, maxStack)
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

// stacksTable lists the stand-ins for functions that give a stack as text.
func stacksTable() map[string]intrinsic {
	return map[string]intrinsic{
		"runtime.Stack": func(t *thread, args, res []unsafe.Pointer) {
			set(res, 0, copy(arg[[]byte](args[0]), t.stack(arg[bool](args[1]))))
		},
		"runtime/debug.Stack": func(t *thread, _, res []unsafe.Pointer) {
			set(res, 0, []byte(t.stack(false)))
		},
		"runtime/debug.PrintStack": func(t *thread, _, _ []unsafe.Pointer) {
			io.WriteString(t.m.streams.of(t.m.streams.err), t.stack(false))
		},
	}
}

// A passedPanic is a panic that interpreted code left to the library that
// called it.
type passedPanic struct {
	number, parent int
	trace          []sched.Place
}

// passing runs f, which a library calls on goroutine a, and remembers where a
// panic came from that f leaves to the library.
func (m *Machine) passing(a *sched.G, f func()) {
	defer func() {
		if p, ok := m.traces.LoadAndDelete(a); ok {
			m.passed.Store(sched.Self(), passedPanic{a.Number(), a.Parent(), p.(*panicking).trace})
		}
	}()
	f()
}

// kernelPackages is what the names of the interpreter's functions begin with.
var kernelPackages = strings.TrimSuffix(reflect.TypeFor[Machine]().PkgPath(), "run")

// A StackCleaner passes on what is written to it. Where that has the stack of
// a panic that went through interpreted code, as package net/http logs it, it
// shows the user's calls in place of the interpreter's.
type StackCleaner struct {
	io.Writer
	Machine *Machine
}

// Write implements io.Writer.
func (c StackCleaner) Write(b []byte) (int, error) {
	if clean := c.Machine.cleanStack(b); clean != nil {
		if n, err := c.Writer.Write(clean); err != nil {
			return min(n, len(b)), err
		}
		return len(b), nil
	}
	return c.Writer.Write(b)
}

// cleanStack returns text with the user's calls, or nil if there is nothing to
// change in it.
func (m *Machine) cleanStack(text []byte) []byte {
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
	p, ok := m.passed.LoadAndDelete(sched.Self())
	if !ok {
		return nil
	}
	user := p.(passedPanic)
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
	for _, p := range user.trace {
		fmt.Fprintf(&b, "%s(...)\n\t%s\n", p.Func, p.Where())
	}
	write(lines[last:])
	return []byte(b.String())
}
