package standin

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"unsafe"

	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/testrun"
)

// Package testing is compiled. What a test logs is to name the place in the
// cell, which only we know; and a test that panics, or that is stopped, is to
// fail and not to take the process with it, which is what package testing does
// with a panic on one of its goroutines.

// testingTable lists the stand-ins for package testing's methods.
func (l *Library) testingTable() map[string]frame.NativeCall {
	table := map[string]frame.NativeCall{}
	// The methods are those of an embedded struct, which is a T's, B's or F's
	// first field, so that a pointer to it is one to what it is embedded in.
	for _, typ := range []string{"common", "T", "B", "F"} {
		method := func(name string, f func(t *frame.Thread, c *testing.T, args []unsafe.Pointer)) {
			table["(*testing."+typ+")."+name] = func(t *frame.Thread, args, _ []unsafe.Pointer) {
				f(t, arg[*testing.T](args[0]), args[1:])
			}
		}
		for name, end := range map[string]func(c *testing.T){
			"Log": func(*testing.T) {}, "Error": (*testing.T).Fail, "Fatal": (*testing.T).FailNow, "Skip": (*testing.T).SkipNow,
		} {
			method(name, func(t *frame.Thread, c *testing.T, args []unsafe.Pointer) {
				l.testLog(t, c, fmt.Sprintln(arg[[]any](args[0])...))
				end(c)
			})
			method(name+"f", func(t *frame.Thread, c *testing.T, args []unsafe.Pointer) {
				l.testLog(t, c, fmt.Sprintf(arg[string](args[0]), arg[[]any](args[1])...))
				end(c)
			})
		}
		method("Helper", func(t *frame.Thread, _ *testing.T, _ []unsafe.Pointer) {
			if s := t.Sites(0, 1); len(s) > 0 && s[0].Fn != nil {
				l.helpers.Store(s[0].Fn, true)
			}
		})
	}
	table["(*testing.T).Run"] = fn3x1(func(t *frame.Thread, c *testing.T, name string, f func(*testing.T)) bool {
		return c.Run(name, l.GuardTest(f))
	})
	table["testing/synctest.Test"] = fn2x0(func(t *frame.Thread, c *testing.T, f func(*testing.T)) {
		if _, virtual := l.virtual.LoadAndDelete(c); virtual { // it is in a bubble already, see GuardVirtual
			defer l.virtual.Store(c, true)
			l.GuardTest(f)(c)
			return
		}
		synctest.Test(c, l.GuardTest(f))
	})
	table["(*testing.B).Run"] = fn3x1(func(t *frame.Thread, c *testing.B, name string, f func(*testing.B)) bool {
		return c.Run(name, l.GuardBenchmark(f))
	})
	table["(*testing.F).Fuzz"] = fn2x0(func(t *frame.Thread, c *testing.F, f any) { c.Fuzz(l.guardTarget(f)) })
	table["testing.Main"] = func(t *frame.Thread, args, _ []unsafe.Pointer) {
		l.testMain(t, arg[func(pat, str string) (bool, error)](args[0]), testrun.Suite{
			Tests:      arg[[]testing.InternalTest](args[1]),
			Benchmarks: arg[[]testing.InternalBenchmark](args[2]),
			Examples:   arg[[]testing.InternalExample](args[3]),
		})
	}
	return table
}

// testMain is testing.Main, which ends the program.
func (l *Library) testMain(t *frame.Thread, match func(pat, str string) (bool, error), s testrun.Suite) {
	var guarded testrun.Suite
	for _, x := range s.Tests {
		x.F = l.GuardTest(x.F)
		guarded.Tests = append(guarded.Tests, x)
	}
	for _, x := range s.Benchmarks {
		x.F = l.GuardBenchmark(x.F)
		guarded.Benchmarks = append(guarded.Benchmarks, x)
	}
	for _, x := range s.Examples {
		x.F = l.GuardExample(x.F)
		guarded.Examples = append(guarded.Examples, x)
	}
	r, err := testrun.Run(context.Background(), guarded, testrun.Options{Match: match, Print: func(line string) {
		_, _ = io.WriteString(l.Streams.Stream(l.Streams.Out).W, line)
	}})
	switch {
	case err != nil:
		panic(err)
	case r.OK:
		instead.Exit(t, 0)
	}
	instead.Exit(t, 1)
}

// testLog is what a test logs, with the place of the call that is not in a
// helper.
func (l *Library) testLog(t *frame.Thread, c *testing.T, text string) {
	where := "???"
	for _, s := range t.Sites(0, 50) {
		if s.Fn == nil {
			continue
		}
		_, file, line := t.World.Source(s)
		where = fmt.Sprintf("%s:%d", file[strings.LastIndexByte(file, '/')+1:], line)
		if _, helper := l.helpers.Load(s.Fn); !helper {
			break
		}
	}
	text = strings.TrimSuffix(text, "\n")
	fmt.Fprintf(c.Output(), "%s: %s\n", where, strings.ReplaceAll(text, "\n", "\n    "))
}

// A failing is what a test, benchmark or fuzz target can do when it goes wrong.
type failing interface {
	testing.TB
	FailNow()
}

// guarded runs f. What ends it other than by its own means fails the test.
func (l *Library) guarded(c failing, f func()) {
	returned := false
	defer func() {
		r := recover()
		if c == nil {
			if r != nil {
				fmt.Print(l.panicReport(r))
			}
			return
		}
		switch {
		case returned, c.Skipped():
			return
		case isOver(c):
			// It was left behind in a bubble in which everybody waits, and is stopped now.
			// Nothing but skipping is allowed any more, and something must be called.
			c.SkipNow()
		case r != nil:
			fmt.Fprint(c.Output(), l.panicReport(r))
		case !c.Failed():
			fmt.Fprintln(c.Output(), "the test has called runtime.Goexit, or was stopped")
		}
		c.FailNow()
	}()
	f()
	returned = true
}

// isOver reports whether package testing has done with a test.
func isOver(c testing.TB) (over bool) {
	defer func() { over = recover() != nil }()
	c.Output()
	return false
}

// panicReport is a panic that came out of interpreted code, and where.
func (l *Library) panicReport(r any) string {
	var b strings.Builder
	if err, ok := r.(error); ok {
		fmt.Fprintf(&b, "panic: %v\n", err)
	} else {
		fmt.Fprintf(&b, "panic: %s\n", panicText(r))
	}
	if p, ok := l.World.Passed.LoadAndDelete(sched.Self()); ok {
		for _, at := range p.(frame.PassedPanic).Trace {
			fmt.Fprintf(&b, "    %s(...)\n        %s\n", at.Func, at.Where())
		}
	}
	return b.String()
}

// panicText is a value that was panicked with, as the runtime prints it.
func panicText(r any) string {
	switch v := reflect.ValueOf(r); v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
		reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64:
		return fmt.Sprintf("%T(%v)", r, r)
	}
	return fmt.Sprintf("%v", r)
}

// GuardTest returns a test that fails where f panics.
func (l *Library) GuardTest(f func(*testing.T)) func(*testing.T) {
	return func(c *testing.T) { l.guarded(c, func() { f(c) }) }
}

// GuardVirtual is GuardTest for a test that is run in a bubble of testing/synctest
// anyway. One that makes a bubble itself makes do with that.
func (l *Library) GuardVirtual(f func(*testing.T)) func(*testing.T) {
	return func(c *testing.T) {
		l.virtual.Store(c, true)
		defer l.virtual.Delete(c)
		l.guarded(c, func() { f(c) })
	}
}

// GuardBenchmark is [Machine.GuardTest] for a benchmark.
func (l *Library) GuardBenchmark(f func(*testing.B)) func(*testing.B) {
	return func(c *testing.B) { l.guarded(c, func() { f(c) }) }
}

// GuardFuzz is [Machine.GuardTest] for a fuzz target.
func (l *Library) GuardFuzz(f func(*testing.F)) func(*testing.F) {
	return func(c *testing.F) { l.guarded(c, func() { f(c) }) }
}

// GuardExample returns an example that prints the panic of f, which is not what
// it is to print.
func (l *Library) GuardExample(f func()) func() {
	return func() { l.guarded(nil, f) }
}

// guardTarget is [Machine.GuardTest] for a function of the type that a fuzz
// target takes.
func (l *Library) guardTarget(f any) any {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() || v.Type().NumIn() == 0 || v.Type().In(0) != reflect.TypeFor[*testing.T]() || v.Type().NumOut() > 0 {
		return f // which package testing refuses
	}
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		l.guarded(args[0].Interface().(*testing.T), func() { v.Call(args) })
		return nil
	}).Interface()
}

// guardedCall is what the name of the function ends in that recovers for a test.
const guardedCall = "standin.(*Library).guarded"
