package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gosched/gosched/install"
	"github.com/gosched/gosched/internal/notebook"
	"github.com/gosched/gosched/kernel"
	"github.com/gosched/gosched/kernel/session"
)

// A runCommand is `gosched run`.
type runCommand struct {
	Files []string `arg:"" name:"file" help:"Notebooks, or .go files."`
	engineFlag
	Save        string        `placeholder:"FILE" help:"Write the notebook with its outputs to FILE."`
	Timeout     time.Duration `placeholder:"30s" help:"How long one cell may take; by default for ever."`
	AllowErrors bool          `help:"Go on with the next cell when one fails."`
	Quiet       bool          `help:"Show only what the cells print, and why they fail."`
	Parameters  parameters    `name:"parameter" short:"p" sep:"none" placeholder:"NAME=VALUE" help:"Set a variable of the notebook; may be given several times."`
	Test        bool          `help:"Run the tests that the cells declare, after the last one."`
	Race        bool          `help:"Look for data races in all cells, and fail if there is one."`
	Trace       string        `placeholder:"FILE" help:"Write what the goroutines of all cells do to FILE, for https://ui.perfetto.dev."`
}

func (*runCommand) Help() string {
	return `It shows what the cells print as they print it. A .go file runs as if it were one cell, or, with lines such as // %% in it (Jupytext's percent format), as the cells that these begin.

With -p NAME=VALUE, a variable of the cell with the tag "parameters" is set to another value, as papermill does it.

The first cell that fails ends its notebook, except that a cell with the tag raises-exception may fail, and one with the tag skip-execution is not run. Ctrl-C interrupts the running cell and then ends.

Exit code: 0 if no cell failed, 1 if one did, 130 after Ctrl-C.`
}

// Validate says what is wrong with the flags.
func (c *runCommand) Validate() error {
	switch {
	case len(c.Files) > 1 && c.Trace != "":
		return fmt.Errorf("--trace takes what one notebook does, and these are %d", len(c.Files))
	case len(c.Files) > 1 && c.Save != "":
		return fmt.Errorf("--save takes the outputs of one notebook, and these are %d", len(c.Files))
	case c.Timeout < 0:
		return errors.New("--timeout must be longer than nothing")
	}
	return nil
}

// The cell tags that nbclient, too, heeds.
const (
	tagMayFail = "raises-exception"
	tagSkip    = "skip-execution"
)

func (c *runCommand) Run(ctx context.Context, p *process) error {
	if _, err := p.chosen(c.Engine); err != nil {
		return err
	}
	signals, stop := p.notify(syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	failed := false
	for _, file := range c.Files {
		r := &runner{process: p, options: c, signals: signals, file: file}
		err := r.run(ctx)
		var exit *exitError
		switch {
		case errors.As(err, &exit) && exit.code == exitInterrupted:
			return err
		case errors.Is(err, errCellFailed):
			failed = true
		case err != nil:
			fmt.Fprintf(p.stderr, "gosched: %v\n", err)
			failed = true
		}
	}
	if failed {
		return &exitError{code: exitFailed}
	}
	return nil
}

// errCellFailed means that a cell failed that may not, which has been told.
var errCellFailed = errors.New("a cell failed")

// The reasons for which a running cell is interrupted.
var (
	errSignal  = errors.New("interrupted")
	errTimeout = errors.New("timed out")
)

// A runner runs one notebook.
type runner struct {
	process *process
	options *runCommand
	signals <-chan os.Signal
	file    string

	session  session.Session
	terminal *terminal
	recorder *recorder
	input    *lineReader
}

func (r *runner) run(ctx context.Context) error {
	nb, err := r.open()
	if err != nil {
		return err
	}
	defer nb.Close()
	// What cannot be written is better known before everything has run.
	for _, file := range []string{r.options.Trace, r.options.Save} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(filepath.Dir(r.path(file))); err != nil {
			return fmt.Errorf("%s cannot be written, so nothing was run: %w", file, err)
		}
	}
	options, err := r.process.workerOptions(r.options.Engine)
	if err != nil {
		return err
	}
	options.Dir = filepath.Dir(r.path(r.file))
	options.Env = r.process.keepingNothing(options.Env)
	r.session, err = r.process.openSession(ctx, options)
	if err != nil {
		return err
	}
	r.terminal = newTerminal(r.process, r.options.Quiet)
	r.recorder = newRecorder(r.options.Save != "")
	r.input = newLineReader(r.process.stdin)

	start := time.Now()
	r.terminal.file(r.file)
	if err := r.watch(ctx); err != nil {
		return errors.Join(err, r.session.Close())
	}
	count, failed, runErr := r.cells(ctx, nb)
	watchErr := r.judge(ctx)
	closeErr := r.session.Close() // and the last output arrives
	r.terminal.end()
	if r.options.Save != "" {
		setMetadata(nb.Metadata)
		if err := nb.WriteFile(r.path(r.options.Save), r.recorder.store); err != nil {
			return fmt.Errorf("save the outputs: %w", err)
		}
	}
	if runErr != nil {
		return runErr
	}
	if len(failed) > 0 {
		what := "cell"
		if len(failed) > 1 {
			what = "cells"
		}
		r.terminal.complain("%s: %s %s failed", r.file, what, strings.Join(failed, ", "))
		return errCellFailed
	}
	if watchErr != nil {
		r.terminal.complain("%s: %v", r.file, watchErr)
		return errCellFailed
	}
	plural := "s"
	if count == 1 {
		plural = ""
	}
	r.terminal.note("%d cell%s in %v", count, plural, time.Since(start).Round(time.Millisecond))
	return closeErr
}

// path resolves a file name of the command line.
func (r *runner) path(name string) string { return r.process.path(name) }

// open opens the notebook, or makes one of a Go file.
func (r *runner) open() (*notebook.File, error) { return openNotebook(r.file, r.path(r.file)) }

// cells runs the cells. It returns how many it has run and the numbers of
// those that failed and may not; the error is that it was interrupted, or that
// the notebook cannot be read any more.
func (r *runner) cells(ctx context.Context, nb *notebook.File) (count int, failed []string, err error) {
	parametersAt, setting, err := r.options.Parameters.prepare(nb)
	if err != nil {
		return 0, nil, err
	}
	number := -1 // in the file
	for cell, err := range nb.Cells() {
		if err != nil {
			return count, failed, err
		}
		number++
		if cell.Type == notebook.Markdown {
			r.terminal.markdown(cell.Source)
		}
		if cell.Type != notebook.Code || cell.Tagged(tagSkip) || isBlank(cell.Source) {
			continue
		}
		count++
		cell.ExecutionCount = count
		switch err := r.cell(ctx, number, cell); {
		case err == nil:
		case errors.Is(err, errSignal):
			return count, failed, &exitError{exitInterrupted, errSignal}
		case errors.Is(err, errTimeout), !cell.Tagged(tagMayFail):
			failed = append(failed, strconv.Itoa(count))
			if !r.options.AllowErrors {
				return count, failed, nil
			}
		}
		if number == parametersAt {
			count++
			if err := r.cell(ctx, notInFile, &notebook.Cell{Type: notebook.Code, Source: setting, ExecutionCount: count}); err != nil {
				return count, append(failed, strconv.Itoa(count)), interruptOnly(err)
			}
		}
	}
	if r.options.Test {
		count++
		if err := r.cell(ctx, notInFile, &notebook.Cell{Type: notebook.Code, Source: "%test .", ExecutionCount: count}); err != nil {
			return count, append(failed, strconv.Itoa(count)), interruptOnly(err)
		}
	}
	return count, failed, nil
}

// notInFile is the place of a cell that gosched adds to those of the file.
const notInFile = -1

// interruptOnly is what ends the whole run, of the reasons why a cell failed.
func interruptOnly(err error) error {
	if errors.Is(err, errSignal) {
		return &exitError{exitInterrupted, errSignal}
	}
	return nil
}

// cell runs the cell at a place in the file. The error is why it failed, and has been shown.
func (r *runner) cell(ctx context.Context, place int, cell *notebook.Cell) error {
	cellCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	number := cell.ExecutionCount
	r.terminal.begin(number, cell.Source)
	sink := &cellSink{runner: r, number: number, outputs: r.recorder.cell(place, number)}
	ended := make(chan session.Result, 1)
	go func() {
		ended <- r.session.Execute(cellCtx, session.Cell{
			ID:         fmt.Sprintf("cell-%d", number),
			Number:     number,
			Source:     cell.Source,
			AllowStdin: true,
		}, sink)
	}()
	result, err := r.await(cellCtx, cancel, ended)
	if err != nil {
		return err
	}
	cause := context.Cause(cellCtx)
	if result.Failure != nil {
		r.terminal.failure(number, result.Failure)
		sink.outputs.failure(result.Failure)
		if errors.Is(cause, errTimeout) {
			r.terminal.complain("cell %d was interrupted because it took longer than %v", number, r.options.Timeout)
		}
		if cause != nil {
			return cause
		}
		return result.Failure
	}
	if result.Value != nil {
		r.terminal.value(number, *result.Value)
		sink.outputs.value(number, *result.Value)
	}
	r.terminal.settle()
	if errors.Is(cause, errSignal) {
		return cause // it ended at the same moment
	}
	return nil
}

// await waits for the end of a cell and interrupts it when it must. A second
// Ctrl-C does not wait for the cell.
func (r *runner) await(ctx context.Context, interrupt context.CancelCauseFunc, ended <-chan session.Result) (session.Result, error) {
	var timeout <-chan time.Time
	if r.options.Timeout > 0 {
		timer := time.NewTimer(r.options.Timeout)
		defer timer.Stop()
		timeout = timer.C
	}
	signalled := false
	for {
		select {
		case result := <-ended:
			return result, nil
		case <-timeout:
			interrupt(errTimeout)
		case <-r.signals:
			if signalled {
				return session.Result{}, errSignal
			}
			signalled = true
			interrupt(errSignal)
		}
	}
}

// A cellSink hands what one cell tells to the terminal and the recorder.
type cellSink struct {
	runner  *runner
	number  int
	outputs *cellOutputs
}

func (s *cellSink) Emit(event session.Event) {
	s.runner.terminal.event(s.number, event)
	s.outputs.event(event)
}

// Input reads a line of standard input. A password is seen while it is typed.
func (s *cellSink) Input(ctx context.Context, prompt string, _ bool) (string, error) {
	s.runner.terminal.event(s.number, session.Stream{Name: session.Stdout, Text: prompt})
	return s.runner.input.line(ctx)
}

// setMetadata says whose notebook it is, as front ends do when they save.
func setMetadata(metadata map[string]any) {
	if _, ok := metadata["kernelspec"]; !ok {
		metadata["kernelspec"] = map[string]any{
			"name":         install.DefaultName,
			"display_name": install.DefaultDisplayName,
			"language":     "go",
		}
	}
	metadata["language_info"] = kernel.LanguageInfo()
}
