package main

import (
	"context"
	"io"
	"os/exec"
	"slices"
)

// compile compiles packages and their tests in the time that others leave.
func (t *tree) compile(ctx context.Context, environ []string, args ...string) {
	args = slices.Concat([]string{"go", "list", "-test", "-deps", "-export"}, args)
	if nice, err := exec.LookPath("nice"); err == nil {
		args = slices.Concat([]string{nice, "-n", "19"}, args)
	}
	cmd := t.command(ctx, args[0], args[1:]...)
	cmd.Env = environ
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	_ = cmd.Run()
}

// goAhead does what can be done of steps before their turn, one after the other, and
// returns for each how to wait for it.
func (t *tree) goAhead(ctx context.Context, steps []step) map[string]<-chan struct{} {
	done := map[string]<-chan struct{}{}
	ends := make([]chan struct{}, len(steps))
	for i, s := range steps {
		if s.ahead != nil {
			ends[i] = make(chan struct{})
			done[s.name] = ends[i]
		}
	}
	go func() {
		for i, s := range steps {
			if s.ahead == nil {
				continue
			}
			if ctx.Err() == nil {
				s.ahead(ctx, t)
			}
			close(ends[i])
		}
	}()
	return done
}
