package main

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/engine"
)

// childMemory is what the engine's process may use, in bytes.
const childMemory = 3 << 30

// runEngine runs cells in a process of their own, so that whatever happens
// there happens to this program only.
func runEngine(ctx context.Context, kind engine.Kind, cells []string, timeout time.Duration) (outcome, error) {
	return runHosted(ctx, nil, kind, cells, timeout)
}

// runHosted is runEngine by another command than this program, if host is one.
func runHosted(ctx context.Context, host []string, kind engine.Kind, cells []string, timeout time.Duration) (outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return outcome{}, fmt.Errorf("finding this program: %w", err)
	}
	args := []string{programName}
	if len(host) > 0 {
		self, args = host[0], host
	}
	input, err := json.Marshal(job{Cells: cells, Timeout: timeout, Memory: childMemory, Engine: kind})
	if err != nil {
		return outcome{}, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return outcome{}, err
	}
	defer r.Close()
	// The grace is for a cell that cannot be interrupted.
	ctx, cancel := context.WithTimeout(ctx, timeout+3*time.Second)
	defer cancel()
	empty, err := os.MkdirTemp("", "conform")
	if err != nil {
		return outcome{}, err
	}
	defer os.RemoveAll(empty)
	cmd := exec.CommandContext(ctx, self)
	cmd.Dir, cmd.Args = empty, args
	env := environment()
	if len(cells) > 0 && strings.HasPrefix(cells[0], "%get ") {
		env = os.Environ() // it may have to download what the go command has not needed
	}
	cmd.Env = append(env, childVar+"=1", "GOTRACEBACK=single", "PWD="+empty)
	cmd.Stdin = bytes.NewReader(input)
	var stdout, stderr limited
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.ExtraFiles = []*os.File{w}
	cmd.WaitDelay = time.Second
	err = cmd.Start()
	w.Close()
	if err != nil {
		return outcome{}, fmt.Errorf("starting the engine's process: %w", err)
	}
	got, readErr := readReports(r)
	err = cmd.Wait()
	got.Stdout += stdout.String()
	if err == nil && readErr == nil && got.End.Kind != "" {
		got.Stderr += stderr.String()
		return got, nil
	}
	var exit *exec.ExitError
	if ctx.Err() == context.DeadlineExceeded {
		got.End = ending{endTimeout, "that could not be interrupted"}
		return got, nil
	}
	if err == nil && readErr == nil {
		got.End = ending{endCrash, "the process ended without a result"}
		return got, nil
	}
	if !errors.As(err, &exit) {
		return outcome{}, errors.Join(fmt.Errorf("running the engine's process: %w", err), readErr)
	}
	died(&got, stderr.String(), exit)
	return got, nil
}

// readReports puts an outcome together from what the process reports.
func readReports(r io.Reader) (o outcome, err error) {
	var out, errs limited
	parts := map[part]*strings.Builder{}
	var mainOut, mainErr int
	tail := false
	dec := gob.NewDecoder(r)
	for {
		var rep report
		if err = dec.Decode(&rep); err != nil {
			break
		}
		switch {
		case rep.Outcome != nil:
			o = *rep.Outcome
		case rep.Main:
			tail = true
			mainOut, mainErr = out.Len(), errs.Len()
		case rep.Stream == "stderr":
			errs.WriteString(rep.Text)
			add(parts, rep)
		default:
			out.WriteString(rep.Text)
			add(parts, rep)
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if !tail {
		mainOut, mainErr = out.Len(), errs.Len()
	}
	for p, text := range parts {
		if p.stream == "stderr" {
			o.PartsErr = append(o.PartsErr, text.String())
		} else {
			o.PartsOut = append(o.PartsOut, text.String())
		}
	}
	o.Stdout, o.TailOut = out.String()[:mainOut], out.String()[mainOut:]
	o.Stderr, o.TailErr = errs.String()[:mainErr], errs.String()[mainErr:]
	return o, err
}

// A part is a stream of one cell.
type part struct {
	cell   int
	stream string
}

func add(parts map[part]*strings.Builder, rep report) {
	p := part{rep.Cell, rep.Stream}
	if parts[p] == nil {
		parts[p] = &strings.Builder{}
	}
	parts[p].WriteString(rep.Text)
}

// died explains the death of the engine's process: of one of the things that
// kill a Go program too, or of an error in the engine.
func died(o *outcome, stderr string, exit *exec.ExitError) {
	rest, end := nativeEnd(stderr, exit.ExitCode())
	o.Stderr += rest
	o.End, o.Detail = end, firstFrames(stderr)
	for _, own := range []string{"concurrent map", "all goroutines are asleep", "unlock of unlocked", "Unlock of unlocked", "stack overflow", "out of memory", "unlocked RWMutex"} {
		if end.Kind == endFatal && strings.Contains(end.Text, own) {
			return
		}
	}
	o.End = ending{endCrash, end.String()}
}

// firstFrames is the first goroutine's traceback, cut short.
func firstFrames(stderr string) string {
	lines := strings.Split(stderr, "\n")
	return strings.Join(lines[:min(len(lines), 12)], "\n")
}
