package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gosched/gosched/kernel/engine"
)

// A suite runs programs in modes.
type suite struct {
	modes    []mode
	timeout  time.Duration
	parallel int
	engine   engine.Kind
	host     []string // what runs the engine's program; see hosted
	known    known
	// progress, if set, is told of each program that has run.
	progress func(result)
}

// A result is what came of one program.
type result struct {
	program program
	skipped string          // why it was not compared
	cause   map[mode]string // of a failure; "" is a pass
	known   map[mode]string // the reason why a failure is expected
	took    map[mode]time.Duration
	open    string // why the output was compared by nothing
	retried []mode // that did as they should only when tried again
}

// unexpected are the modes whose result is not what the list of known
// failures says, each with an explanation.
func (r *result) unexpected() map[mode]string {
	u := map[mode]string{}
	for m, cause := range r.cause {
		reason, listed := r.known[m]
		switch {
		case cause != "" && !listed:
			u[m] = cause
		case cause == "" && listed && !strings.HasPrefix(reason, sometimes):
			u[m] = "passes, and is listed as a known failure: " + reason
		}
	}
	return u
}

// run runs programs, several at a time, and returns results in their order.
func (s *suite) run(ctx context.Context, programs []program) ([]result, error) {
	results := make([]result, len(programs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.parallel)
	var mu sync.Mutex
	for i, p := range programs {
		g.Go(func() error {
			r, err := s.one(ctx, p)
			if err != nil {
				return err
			}
			results[i] = r
			if s.progress != nil {
				mu.Lock()
				defer mu.Unlock()
				s.progress(r)
			}
			return nil
		})
	}
	return results, g.Wait()
}

// one runs one program natively and in each mode.
func (s *suite) one(ctx context.Context, p program) (r result, err error) {
	r = result{program: p, cause: map[mode]string{}, known: s.known[p.name], took: map[mode]time.Duration{}}
	n, err := runNative(ctx, p)
	if err != nil {
		return r, err
	}
	if n.BuildError != "" {
		r.skipped = "does not build: " + lines(n.BuildError, 3)
		return r, nil
	}
	// Which of the two streams was first is not known.
	unlike := func() bool {
		return p.golden != nil && ordered.reduce(n.golden()) != ordered.reduce(*p.golden) && freedomOf(n.stdouts()) == exact
	}
	if unlike() {
		if err := n.widenAndKeep(ctx, p); err != nil {
			return r, err
		}
	}
	if unlike() {
		r.skipped = "does not print natively what its golden file says"
		return r, nil
	}
	if n.Runs[0].End.Kind == endTimeout {
		r.skipped = "does not end natively"
		return r, nil
	}
	defer func() { r.open = n.openOutput() }()
	for _, m := range s.modes {
		cells, err := split(p.source, m)
		if err != nil {
			r.cause[m] = err.Error()
			continue
		}
		if len(p.modules) > 0 {
			cells = append([]string{"%get " + strings.Join(p.modules, " ")}, cells...)
		}
		timeout := s.timeout
		if len(p.modules) > 0 {
			timeout *= loading
		}
		// A program that waits for time to pass may be late on a busy
		// machine: it gets a second and a third chance.
		for try := range 3 {
			start := time.Now()
			got, err := runHosted(ctx, s.host, s.engine, cells, timeout)
			if err != nil {
				return r, fmt.Errorf("running %s in mode %s: %w", p.name, m, err)
			}
			r.took[m] = time.Since(start)
			if r.cause[m], err = n.compareWidely(ctx, p, got); err != nil {
				return r, err
			}
			if r.cause[m] != "" && tellsTime(p.source) {
				// Perhaps it is another second, or day, than it was natively.
				if r.cause[m], err = n.compareNow(ctx, p.source, p.modules, got); err != nil {
					return r, err
				}
			}
			if r.cause[m] == "" || got.End.Kind != endExit || !strings.Contains(p.source, "time.") || !strings.Contains(p.source, "go ") {
				if try > 0 && r.cause[m] == "" {
					r.retried = append(r.retried, m)
				}
				break
			}
		}
	}
	return r, nil
}

// golden is a run as a golden file has it: both streams, and then the end
// unless that is an exit with status 0.
func (o outcome) golden() string {
	text := o.Stdout + o.Stderr
	if o.End != (ending{endExit, "0"}) {
		text += o.End.String() + "\n"
	}
	return text
}

func (n *native) golden() string { return n.Runs[0].golden() }

func lines(text string, n int) string {
	list := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(list[:min(n, len(list))], "\n")
}
