package main

import (
	"context"
	"io"
	"os/exec"
	"slices"
	"strconv"
)

// compile compiles packages and their tests in the time that others leave.
func (t *tree) compile(ctx context.Context, environ []string, args ...string) {
	cmd := t.nice(ctx, aheadNiceness, slices.Concat([]string{"go", "list", "-test", "-deps", "-export"}, args)...)
	cmd.Env = environ
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	_ = cmd.Run()
}

// nice is a command in the checkout that lets others go first, where that can be had.
func (t *tree) nice(ctx context.Context, niceness int, args ...string) *exec.Cmd {
	if nice, err := exec.LookPath("nice"); err == nil && niceness > 0 {
		args = slices.Concat([]string{nice, "-n", strconv.Itoa(niceness)}, args)
	}
	return t.command(ctx, args[0], args[1:]...)
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
