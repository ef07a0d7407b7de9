package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/gosched/gosched/internal/kernelproc"
	"github.com/gosched/gosched/kernel/wire"
	"github.com/gosched/gosched/kernel/wire/wiretest"
)

// shutdownTime is how long a kernel may take to shut down.
const shutdownTime = 20 * time.Second

// A sample is one cell that was run.
type sample struct {
	cell    string
	printed bool          // it had output
	first   time.Duration // from Run to the first output, or to the end
	total   time.Duration // from Run to the end
	failure string
}

// A learner has one notebook open at a time.
type learner struct {
	workshop *workshop
	number   int

	mu     sync.Mutex
	kernel *kernelproc.Kernel // nil between notebooks
}

// lesson is the learner's i-th notebook.
func (l *learner) lesson(i int) lesson {
	if !l.workshop.same {
		i += l.number
	}
	return l.workshop.lessons[i%len(l.workshop.lessons)]
}

// open starts the kernel of a notebook and waits until it has run an empty
// cell, which front ends do in their way by asking for its information.
func (l *learner) open(ctx context.Context, of lesson) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, l.workshop.timeout)
	defer cancel()
	start := time.Now()
	k, err := kernelproc.Start(ctx, kernelproc.Options{Program: l.workshop.program, Dir: of.dir, Env: os.Environ()})
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", of.name, err)
	}
	k.Client.OnStdin(func(string, bool) string { return "" })
	l.mu.Lock()
	l.kernel = k
	l.mu.Unlock()
	if _, err := k.Client.Execute(ctx, ""); err != nil {
		return 0, fmt.Errorf("open %s: %w", of.name, err)
	}
	return time.Since(start), nil
}

// leave closes the notebook that is open.
func (l *learner) leave(ctx context.Context) error {
	l.mu.Lock()
	k := l.kernel
	l.kernel = nil
	l.mu.Unlock()
	if k == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return k.Stop(ctx)
}

// usage is what the learner's kernel uses now.
func (l *learner) usage() (kernelproc.Usage, error) {
	l.mu.Lock()
	k := l.kernel
	l.mu.Unlock()
	if k == nil {
		return kernelproc.Usage{}, nil
	}
	return kernelproc.Measure(k.PID)
}

// press runs a cell.
func (l *learner) press(ctx context.Context, c cell) sample {
	ctx, cancel := context.WithTimeout(ctx, l.workshop.timeout)
	defer cancel()
	s := sample{cell: c.name}
	start := time.Now()
	pending, err := l.kernel.Client.Send(wire.Shell, "execute_request", wiretest.Cell(c.source))
	if err != nil {
		s.failure = err.Error()
		return s
	}
	defer pending.Forget()
	done := func(r *wiretest.Result) bool { return r.Reply != nil && r.Idle }
	r, err := pending.Until(ctx, func(r *wiretest.Result) bool { return hasOutput(r) || done(r) })
	s.first = time.Since(start)
	s.printed = hasOutput(r)
	if err == nil {
		r, err = pending.Until(ctx, done)
	}
	s.total = time.Since(start)
	switch {
	case err != nil:
		s.failure = err.Error()
	case r.Status() != "ok" && !c.mayFail:
		s.failure = fmt.Sprintf("%v: %v", r.Content()["ename"], r.Content()["evalue"])
	}
	return s
}

// hasOutput says whether a person would see something.
func hasOutput(r *wiretest.Result) bool {
	for _, m := range r.Messages {
		switch m.Header.MsgType {
		case "stream", "execute_result", "display_data", "error":
			return true
		}
	}
	return false
}

// study runs notebooks until the context ends, beginning in the one that is
// open, and reports every cell and every opening of a notebook.
func (l *learner) study(ctx context.Context, ran func(sample), opened func(time.Duration, error)) {
	within := context.WithoutCancel(ctx) // what has begun is ended
	for i := 0; ; i++ {
		if i > 0 {
			if err := l.leave(within); err != nil {
				opened(0, err)
			}
			took, err := l.open(within, l.lesson(i))
			opened(took, err)
			if err != nil {
				return
			}
		}
		for _, c := range l.lesson(i).cells {
			if !sleep(ctx, l.thinkTime()) {
				return
			}
			s := l.press(within, c)
			ran(s)
			if s.failure != "" {
				break // the rest would fail, too
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// thinkTime is exponentially distributed, as the times between people's
// actions are, but nobody thinks for ever.
func (l *learner) thinkTime() time.Duration {
	mean := float64(l.workshop.think)
	return time.Duration(min(rand.ExpFloat64()*mean, 5*mean))
}

// sleep says whether it slept all the time.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
