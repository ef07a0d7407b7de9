package sessiontest

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// An Opener makes a session in which nothing is declared.
type Opener func() (session.Engine, error)

// Run runs the contract against the sessions that open makes. What they cannot
// do is listed in cannot, by the test's name or that of a subtest
// ("Contract9_Callbacks/errgroup"), with the reason. Listed tests are run all
// the same, and must fail: so the list can only shrink.
func Run(t *testing.T, open Opener, cannot map[string]string) {
	s := &suite{open: open, cannot: cannot, listed: map[string]bool{}}
	for _, test := range tests {
		s.run(t, nil, test.name, test.run)
	}
	for name := range cannot {
		if !s.listed[name] && !filtered() {
			t.Errorf("there is no test %s, which is listed as one that fails", name)
		}
	}
}

// filtered reports whether only some of the tests were asked for.
func filtered() bool { return strings.Contains(testingRun(), "/") }

// A suite is one run of the contract.
type suite struct {
	open   Opener
	cannot map[string]string
	listed map[string]bool
}

// A T is what a test of the contract knows of [testing.T].
type T struct {
	*testing.T
	suite    *suite
	name     string
	expected bool // to fail
	failed   *atomic.Bool
}

func (s *suite) run(t *testing.T, parent *T, name string, f func(t *T)) {
	full := name
	if parent != nil {
		full = parent.name + "/" + name
	}
	t.Run(name, func(t *testing.T) {
		st := &T{T: t, suite: s, name: full, failed: new(atomic.Bool)}
		reason, listed := s.cannot[full]
		if listed {
			s.listed[full] = true
		}
		st.expected = listed || parent != nil && parent.expected
		if !st.expected {
			f(st)
			return
		}
		done := make(chan struct{})
		go func() { // which Fatalf can end
			defer close(done)
			defer func() {
				if r := recover(); r != nil { // as for a failure that is not there
					st.Errorf("panic: %v", r)
				}
			}()
			f(st)
		}()
		<-done
		if parent != nil && parent.expected {
			if st.failed.Load() {
				parent.failed.Store(true)
			}
			return
		}
		if !st.failed.Load() {
			t.Errorf("this works now: take it off the list, where it says %q", reason)
		}
	})
}

// Run runs f as a subtest.
func (t *T) Run(name string, f func(t *T)) { t.suite.run(t.T, t, name, f) }

// Errorf reports that the contract is not kept.
func (t *T) Errorf(format string, args ...any) {
	t.Helper()
	if t.expected {
		t.failed.Store(true)
		t.Logf("as listed: %s", fmt.Sprintf(format, args...))
		return
	}
	t.T.Errorf(format, args...)
}

// Error is Errorf with the arguments of Log.
func (t *T) Error(args ...any) { t.Helper(); t.Errorf("%s", fmt.Sprint(args...)) }

// Fatalf is Errorf, after which the test ends.
func (t *T) Fatalf(format string, args ...any) {
	t.Helper()
	if t.expected {
		t.Errorf(format, args...)
		runtime.Goexit()
	}
	t.T.Fatalf(format, args...)
}

// Fatal is Fatalf with the arguments of Log.
func (t *T) Fatal(args ...any) { t.Helper(); t.Fatalf("%s", fmt.Sprint(args...)) }
