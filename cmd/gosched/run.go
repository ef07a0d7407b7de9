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
	"github.com/gosched/gosched/kernel/session"
)

const runHelp = `
Usage: gosched run [flags] FILE...

Run notebooks in the terminal, without Python, and show what the cells print
as they print it. A .go file runs as if it were one cell.

The first cell that fails ends its notebook, except that a cell with the tag
raises-exception may fail, and one with the tag skip-execution is not run.
Ctrl-C interrupts the running cell and then ends.

Exit code: 0 if no cell failed, 1 if one did, 130 after Ctrl-C.
`

// The cell tags that nbclient, too, heeds.
const (
	tagMayFail = "raises-exception"
	tagSkip    = "skip-execution"
)

// runOptions are the flags of `gosched run`.
type runOptions struct {
	save        string
	timeout     time.Duration
	allowErrors bool
	quiet       bool
}

func runRun(ctx context.Context, p *process, args []string) error {
	var options runOptions
	set := p.flags("run", runHelp)
	set.StringVar(&options.save, "save", "", "write the notebook with its outputs to `FILE`")
	set.DurationVar(&options.timeout, "timeout", 0, "how long one cell may take, such as 30s; by default for ever")
	set.BoolVar(&options.allowErrors, "allow-errors", false, "go on with the next cell when one fails")
	set.BoolVar(&options.quiet, "quiet", false, "show only what the cells print, and why they fail")
	files, err := parse(set, args)
	switch {
	case err != nil:
		return err
	case len(files) == 0:
		return usageErrorf("which notebook? For example: gosched run notebooks/index.ipynb")
	case len(files) > 1 && options.save != "":
		return usageErrorf("--save takes the outputs of one notebook, and these are %d", len(files))
	case options.timeout < 0:
		return usageErrorf("--timeout must be longer than nothing")
	}
	signals, stop := p.notify(syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	failed := false
	for _, file := range files {
		r := &runner{process: p, options: options, signals: signals, file: file}
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
	options runOptions
	signals <-chan os.Signal
	file    string

	session  session.Session
	terminal *terminal
	recorder *recorder
	input    *lineReader
}

func (r *runner) run(ctx context.Context) error {
	nb, err := r.read()
	if err != nil {
		return err
	}
	options, err := r.process.workerOptions()
	if err != nil {
		return err
	}
	options.Dir = filepath.Dir(r.path(r.file))
	r.session, err = r.process.openSession(ctx, options)
	if err != nil {
		return err
	}
	r.terminal = newTerminal(r.process, r.options.quiet)
	r.recorder = newRecorder()
	r.input = newLineReader(r.process.stdin)

	start := time.Now()
	r.terminal.file(r.file)
	count, failed, runErr := r.cells(ctx, nb)
	closeErr := r.session.Close() // and the last output arrives
	r.terminal.end()
	if r.options.save != "" {
		r.recorder.store()
		setMetadata(nb)
		if err := nb.WriteFile(r.path(r.options.save)); err != nil {
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
	plural := "s"
	if count == 1 {
		plural = ""
	}
	r.terminal.note("%d cell%s in %v", count, plural, time.Since(start).Round(time.Millisecond))
	return closeErr
}

// path resolves a file name of the command line.
func (r *runner) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(r.process.dir, name)
}

// read reads the notebook, or makes one of a Go file.
func (r *runner) read() (*notebook.Notebook, error) {
	if filepath.Ext(r.file) == ".go" {
		source, err := os.ReadFile(r.path(r.file))
		if err != nil {
			return nil, err
		}
		return notebook.New(string(source)), nil
	}
	nb, err := notebook.ReadFile(r.path(r.file))
	if err != nil {
		return nil, err
	}
	if spec, ok := nb.Metadata["kernelspec"].(map[string]any); ok {
		if language, ok := spec["language"].(string); ok && language != "" && language != "go" {
			return nil, fmt.Errorf("%s is a notebook for %s, and gosched runs Go", r.file, language)
		}
	}
	return nb, nil
}

// cells runs the cells. It returns how many it has run and the numbers of
// those that failed and may not; the error is that it was interrupted.
func (r *runner) cells(ctx context.Context, nb *notebook.Notebook) (count int, failed []string, err error) {
	for _, cell := range nb.Cells {
		if cell.Type == notebook.Code {
			cell.Outputs, cell.ExecutionCount = nil, 0
		}
	}
	for _, cell := range nb.Cells {
		if cell.Type == notebook.Markdown {
			r.terminal.markdown(cell.Source)
		}
		if cell.Type != notebook.Code || cell.Tagged(tagSkip) || isBlank(cell.Source) {
			continue
		}
		count++
		cell.ExecutionCount = count
		switch err := r.cell(ctx, cell); {
		case err == nil:
		case errors.Is(err, errSignal):
			return count, failed, &exitError{exitInterrupted, errSignal}
		case errors.Is(err, errTimeout), !cell.Tagged(tagMayFail):
			failed = append(failed, strconv.Itoa(count))
			if !r.options.allowErrors {
				return count, failed, nil
			}
		}
	}
	return count, failed, nil
}

// cell runs one cell. The error is why it failed, and has been shown.
func (r *runner) cell(ctx context.Context, cell *notebook.Cell) error {
	cellCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	number := cell.ExecutionCount
	r.terminal.begin(number, cell.Source)
	sink := &cellSink{runner: r, number: number, outputs: r.recorder.cell(cell)}
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
			r.terminal.complain("cell %d was interrupted because it took longer than %v", number, r.options.timeout)
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
	if r.options.timeout > 0 {
		timer := time.NewTimer(r.options.timeout)
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
	s.runner.terminal.event(s.number, session.Stream{Name: "stdout", Text: prompt})
	return s.runner.input.line(ctx)
}

// setMetadata says whose notebook it is, as front ends do when they save.
func setMetadata(nb *notebook.Notebook) {
	if _, ok := nb.Metadata["kernelspec"]; !ok {
		nb.Metadata["kernelspec"] = map[string]any{
			"name":         install.DefaultName,
			"display_name": install.DefaultDisplayName,
			"language":     "go",
		}
	}
	nb.Metadata["language_info"] = map[string]any{
		"name":               "go",
		"version":            version().Go,
		"mimetype":           "text/x-go",
		"file_extension":     ".go",
		"pygments_lexer":     "go",
		"codemirror_mode":    map[string]any{"name": "go"},
		"nbconvert_exporter": "script",
	}
}
