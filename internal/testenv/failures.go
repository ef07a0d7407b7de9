package testenv

import (
	"fmt"
	"runtime"
	"testing"
)

// Failures runs f, which holds something to what is expected of it, and returns what it
// reports as wrong: for tests of helpers that must not be content with everything.
func Failures(t testing.TB, f func(t testing.TB)) []string {
	t.Helper()
	r := &recorded{TB: t}
	done := make(chan struct{})
	go func() { // which Fatal ends
		defer close(done)
		f(r)
	}()
	<-done
	return r.failures
}

// recorded is a test that fails without the one that it is part of.
type recorded struct {
	testing.TB
	failures []string
}

func (r *recorded) Helper()      { r.TB.Helper() }
func (r *recorded) Failed() bool { return len(r.failures) > 0 }
func (r *recorded) Error(args ...any) {
	r.failures = append(r.failures, fmt.Sprint(args...))
}
func (r *recorded) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorded) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}
func (r *recorded) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}
