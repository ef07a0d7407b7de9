package main

import (
	"context"
	"errors"

	"github.com/gosched/gosched/kernel/session"
)

// watch has the session look for what --race and --trace are about, from the first
// cell on.
func (r *runner) watch(ctx context.Context) error {
	var errs []error
	if r.options.Race {
		errs = append(errs, r.silently(ctx, "%race on"))
	}
	if r.options.Trace != "" {
		errs = append(errs, r.silently(ctx, "%trace on -keep"))
	}
	return errors.Join(errs...)
}

// judge writes the trace and says whether there were races.
func (r *runner) judge(ctx context.Context) error {
	var errs []error
	if r.options.Trace != "" {
		errs = append(errs, r.silently(ctx, "%trace save -all "+r.path(r.options.Trace)))
	}
	if r.options.Race {
		errs = append(errs, r.silently(ctx, "%race check"))
	}
	return errors.Join(errs...)
}

// silently runs a command for the session, of which only failing is told.
func (r *runner) silently(ctx context.Context, command string) error {
	result := r.session.Execute(ctx, session.Cell{ID: "gosched-run", Source: command, Silent: true}, silence{})
	if result.Failure != nil {
		return errors.New(result.Failure.Value)
	}
	return nil
}

// silence is a sink for what nobody is to see.
type silence struct{}

func (silence) Emit(session.Event) {}

func (silence) Input(context.Context, string, bool) (string, error) {
	return "", errors.New("nobody is asked")
}
