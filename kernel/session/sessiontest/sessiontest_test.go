package sessiontest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/gosched/gosched/kernel/session"
)

// idle is a session that does nothing.
type idle struct{}

func (idle) Execute(context.Context, session.Cell, session.Sink) session.Result {
	return session.Result{}
}
func (idle) Complete(context.Context, string, int) (session.Completion, error) {
	return session.Completion{}, nil
}
func (idle) Inspect(context.Context, string, int, int) (session.Inspection, error) {
	return session.Inspection{}, nil
}
func (idle) IsComplete(context.Context, string) (session.Completeness, error) {
	return session.Completeness{}, nil
}
func (idle) Comm(context.Context, session.Comm) ([]session.Comm, error) { return nil, nil }
func (idle) SetSubshells(int)                                           {}
func (idle) Close() error                                               { return nil }
func (idle) Flush()                                                     {}
func (idle) Fatal(string)                                               {}

// refusing is a session with which every cell fails.
type refusing struct{ idle }

func (refusing) Execute(context.Context, session.Cell, session.Sink) session.Result {
	f := &session.Failure{Name: session.InternalError, Value: "no cells today"}
	return session.Result{Failure: f}
}

// Each test of the contract fails with a session that does not keep it: Run sees to it
// that those which are listed do.
func TestBrokenSession(t *testing.T) {
	cannot := map[string]string{}
	for _, test := range tests {
		cannot[test.name] = "it keeps nothing of the contract"
	}
	Run(t, func() (session.Engine, error) { return refusing{}, nil }, cannot)
}

// waiting are tests that wait long for something that a cell does.
var waiting = []string{
	"Contract9_CallbacksBelongToTheirCell", "Contract13_KilledAmongSenders", "Contract15_StateInCompiledCode", "Contract26_ProgramEnds", "CommandsShellInterrupt",
}

// One in which every cell ends well and does nothing keeps it no better.
func TestIdleSession(t *testing.T) {
	s := &suite{open: func() (session.Engine, error) { return idle{}, nil }, cannot: map[string]string{}, listed: map[string]bool{}}
	for _, test := range tests {
		if !slices.Contains(waiting, test.name) {
			s.cannot[test.name] = "it does nothing"
			s.run(t, nil, test.name, test.run)
		}
	}
}

// A session that does not even open fails each test.
func TestNoSession(t *testing.T) {
	cannot := map[string]string{}
	for _, test := range tests {
		cannot[test.name] = "there is no session"
	}
	Run(t, func() (session.Engine, error) { return nil, errors.New("out of sessions") }, cannot)
}
