package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// childMemory is what the engine's process may use, in bytes.
const childMemory = 3 << 30

// runEngine runs cells in a process of their own, so that whatever happens
// there happens to this program only.
func runEngine(ctx context.Context, cells []string, timeout time.Duration) (outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return outcome{}, fmt.Errorf("finding this program: %w", err)
	}
	input, err := json.Marshal(job{Cells: cells, Timeout: timeout, Memory: childMemory})
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
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(environment(), childVar+"=1", "GOTRACEBACK=single")
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
	result, readErr := io.ReadAll(r)
	err = cmd.Wait()
	var o outcome
	if err == nil && readErr == nil && json.Unmarshal(result, &o) == nil {
		o.Stdout += stdout.String()
		o.Stderr += stderr.String()
		return o, nil
	}
	var exit *exec.ExitError
	if ctx.Err() == context.DeadlineExceeded {
		return outcome{End: ending{endTimeout, "that could not be interrupted"}}, nil
	}
	if err == nil && readErr == nil {
		return outcome{Stdout: stdout.String(), Stderr: stderr.String(), End: ending{endCrash, "the process ended without a result"}}, nil
	}
	if !errors.As(err, &exit) {
		return outcome{}, errors.Join(fmt.Errorf("running the engine's process: %w", err), readErr)
	}
	return died(stdout.String(), stderr.String(), exit), nil
}

// died explains the death of the engine's process: of one of the things that
// kill a Go program too, or of an error in the engine.
func died(stdout, stderr string, exit *exec.ExitError) outcome {
	rest, end := nativeEnd(stderr, exit.ExitCode())
	o := outcome{Stdout: stdout, Stderr: rest, End: end, Detail: firstFrames(stderr)}
	for _, own := range []string{"concurrent map", "all goroutines are asleep", "unlock of unlocked", "Unlock of unlocked", "stack overflow", "out of memory", "unlocked RWMutex"} {
		if end.Kind == endFatal && strings.Contains(end.Text, own) {
			return o
		}
	}
	o.End = ending{endCrash, end.String()}
	return o
}

// firstFrames is the first goroutine's traceback, cut short.
func firstFrames(stderr string) string {
	lines := strings.Split(stderr, "\n")
	return strings.Join(lines[:min(len(lines), 30)], "\n")
}
