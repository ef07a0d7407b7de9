package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
)

// childVar is set in the process that runs a program's cells.
const childVar = "GOSCHED_CONFORM_CHILD"

// A job is what such a process reads from its standard input. It writes an
// outcome to its file descriptor 3.
type job struct {
	Cells   []string
	Timeout time.Duration
	Memory  uint64 // bytes
}

// child runs a job. Its own standard output and error are what native code
// writes past the engine, and what the runtime says when it dies.
func child() error {
	var j job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	limitMemory(j.Memory)
	debug.SetMaxStack(1 << 29)
	o, err := runCells(j)
	if err != nil {
		return err
	}
	result := os.NewFile(3, "result")
	if err := json.NewEncoder(result).Encode(o); err != nil {
		return fmt.Errorf("writing the outcome: %w", err)
	}
	return result.Close()
}

// runCells runs cells until one fails.
func runCells(j job) (outcome, error) {
	e, err := engine.New()
	if err != nil {
		return outcome{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), j.Timeout)
	defer cancel()
	t := &transcript{}
	o := outcome{End: ending{endExit, "0"}}
	for i, src := range j.Cells {
		sink := &cellSink{transcript: t}
		r := e.Execute(ctx, session.Cell{ID: strconv.Itoa(i + 1), Number: i + 1, Source: src}, sink)
		sink.ended.Store(true)
		if r.Failure == nil {
			continue
		}
		o.End = failureEnd(r.Failure, ctx)
		o.Detail = fmt.Sprintf("cell %d of %d: %s", i+1, len(j.Cells), strings.Join(r.Failure.Traceback, "\n"))
		o.Detail = colour.ReplaceAllString(o.Detail, "")
		break
	}
	// Like main's return, the end of the last cell ends everything: what
	// goroutines print later does not count, only what is on its way.
	t.mu.Lock()
	o.Stdout, o.Stderr = t.out.String(), t.err.String()
	t.mu.Unlock()
	t.settle()
	t.mu.Lock()
	defer t.mu.Unlock()
	o.TailOut, o.TailErr, o.Late = t.out.String()[len(o.Stdout):], t.err.String()[len(o.Stderr):], t.late
	return o, nil
}

var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// failureEnd says natively how a cell ended.
func failureEnd(f *session.Failure, ctx context.Context) ending {
	switch f.Name {
	case "panic":
		return ending{endPanic, panicMessage(f.Value)}
	case "exit":
		return ending{endExit, strings.TrimPrefix(f.Value, "exit status ")}
	case "deadlock", "fatal error":
		return ending{endFatal, panicMessage(f.Value)}
	case "goexit":
		// Natively the other goroutines go on, and then the runtime says this.
		return ending{endFatal, "no goroutines (main called runtime.Goexit) - deadlock!"}
	case "interrupted":
		if ctx.Err() != nil {
			return ending{endTimeout, ""}
		}
	}
	return ending{endKind(f.Name), f.Value}
}

// A transcript keeps what cells print.
type transcript struct {
	mu       sync.Mutex
	out, err limited
	last     time.Time // of what was printed
	late     bool      // a cell's goroutine printed after the cell had ended
}

// settle waits until nothing has come for a moment.
func (t *transcript) settle() {
	const quiet, most = 15 * time.Millisecond, 150 * time.Millisecond
	for start := time.Now(); time.Since(start) < most; time.Sleep(time.Millisecond) {
		t.mu.Lock()
		last := t.last
		t.mu.Unlock()
		if time.Since(start) >= quiet && time.Since(last) >= quiet {
			return
		}
	}
}

// A cellSink is one cell's part of a transcript.
type cellSink struct {
	*transcript
	ended atomic.Bool
}

// Emit implements session.Sink.
func (c *cellSink) Emit(ev session.Event) {
	s, ok := ev.(session.Stream)
	if !ok || s.Name == "stderr" && strings.HasPrefix(s.Text, "vet: ") {
		return // what go vet would say is not the program's
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = time.Now()
	c.late = c.late || c.ended.Load()
	w := &c.out
	if s.Name == "stderr" {
		w = &c.err
	}
	_, _ = w.Write([]byte(s.Text))
}

// Input implements session.Sink.
func (*cellSink) Input(context.Context, string, bool) (string, error) { return "", io.EOF }
