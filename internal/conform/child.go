package main

import (
	"cmp"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosched/gosched/kernel/engine"
	"github.com/gosched/gosched/kernel/session"
	"github.com/gosched/gosched/kernel/testrun"
)

// childVar is set in the process that runs a program's cells.
const childVar = "GOSCHED_CONFORM_CHILD"

// A job is what such a process reads from its standard input. To its file
// descriptor 3 it writes reports.
type job struct {
	Cells   []string
	Timeout time.Duration
	Memory  uint64 // bytes
	Engine  engine.Kind
}

// A report is a piece of output as soon as it is there, or at last the outcome.
type report struct {
	Cell    int
	Stream  string
	Text    string
	Outcome *outcome // without output
	// Main marks the output that was there when the last cell ended.
	Main bool
}

// child runs a job. Its own standard output and error are what native code
// writes past the engine, and what the runtime says when it dies.
func child() error {
	var j job
	if err := json.NewDecoder(os.Stdin).Decode(&j); err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	limitMemory(j.Memory)
	// In tests this is a test binary, whose flags are not the program's.
	testrun.FindFlags()
	flag.CommandLine = flag.NewFlagSet(programName, flag.ExitOnError)
	debug.SetMaxStack(1 << 29)
	file, err := reportsFile()
	if err != nil {
		return fmt.Errorf("opening the reports: %w", err)
	}
	t := &transcript{reports: gob.NewEncoder(file)}
	if err := runCells(j, t); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := errors.Join(t.broken, file.Close()); err != nil {
		return fmt.Errorf("writing reports: %w", err)
	}
	t.broken = os.ErrClosed // for what is still running
	return nil
}

// runCells runs cells until one fails.
func runCells(j job, t *transcript) error {
	e, err := engine.Open(engine.Options{Kind: j.Engine})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), j.Timeout)
	defer cancel()
	t.stop = cancel
	o := &outcome{End: ending{endExit, "0"}}
	for i, src := range j.Cells {
		sink := &cellSink{transcript: t, cell: i + 1}
		r := e.Execute(ctx, session.Cell{ID: strconv.Itoa(i + 1), Number: i + 1, Source: src}, sink)
		sink.ended.Store(true)
		t.mu.Lock()
		failure := cmp.Or(t.failure, r.Failure)
		t.mu.Unlock()
		if failure == nil {
			continue
		}
		o.End = failureEnd(failure, ctx)
		o.Detail = fmt.Sprintf("cell %d of %d: %s", i+1, len(j.Cells), strings.Join(failure.Traceback, "\n"))
		o.Detail = colour.ReplaceAllString(o.Detail, "")
		break
	}
	// Like main's return, the end of the last cell ends everything: what
	// goroutines print later does not count, only what is on its way.
	t.tell(report{Main: true})
	t.settle()
	o.Late = t.late
	t.tell(report{Outcome: o})
	return nil
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
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return ending{endTimeout, ""}
		}
	}
	return ending{endKind(f.Name), f.Value}
}

// A transcript tells what cells print.
type transcript struct {
	stop context.CancelFunc // ends the program

	mu      sync.Mutex
	reports *gob.Encoder
	broken  error
	last    time.Time        // of what was printed
	late    bool             // a cell's goroutine printed after the cell had ended
	failure *session.Failure // of a goroutine whose cell had ended
}

func (t *transcript) tell(r report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tellLocked(r)
}

func (t *transcript) tellLocked(r report) {
	if t.broken == nil {
		t.broken = t.reports.Encode(r)
	}
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
	cell  int
	ended atomic.Bool
}

// remarks are how the kernel's own words begin.
var remarks = []string{"vet: ", "note: vet has not looked ", "note: main returned while "}

// Emit implements session.Sink.
func (c *cellSink) Emit(ev session.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch ev := ev.(type) {
	case session.Stream:
		if ev.Name == "stderr" && slices.ContainsFunc(remarks, func(r string) bool { return strings.HasPrefix(ev.Text, r) }) {
			return // the kernel's words, not the program's
		}
		c.last = time.Now()
		c.late = c.late || c.ended.Load()
		c.tellLocked(report{Cell: c.cell, Stream: ev.Name, Text: ev.Text})
	case *session.Failure:
		// A goroutine of a cell that has ended: natively that ends the program.
		if c.failure == nil {
			c.failure = ev
			c.stop()
		}
	}
}

// Input implements session.Sink.
func (*cellSink) Input(context.Context, string, bool) (string, error) { return "", io.EOF }
