// Package gobuild builds a Go program that takes minutes to compile and shows how far
// that is. It knows the go command and people who wait, and nothing of what it builds.
package gobuild

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Config says what to build.
type Config struct {
	Go      string   // the go command
	Dir     string   // in the program's module
	Package string   // such as ./cmd/gosched
	Out     string   // the program's file, whose folder is made
	Name    string   // what people call it, such as "the kernel"
	Environ []string // of the go command

	Progress io.Writer
	Terminal bool // Progress is one, where a line can be written again
}

// manyPackages is how many take minutes to compile.
const manyPackages = 100

// Build builds the program. What is compiled already is not again, and not spoken of.
func Build(ctx context.Context, c Config) error {
	if err := os.MkdirAll(filepath.Dir(c.Out), 0o755); err != nil {
		return err
	}
	list := c.command(ctx, "list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", c.Package)
	var problem bytes.Buffer
	list.Stderr = &problem
	stale, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list: %w\n%s", err, bytes.TrimSpace(problem.Bytes()))
	}
	return c.compile(c.command(ctx, "build", "-o", c.Out, "-v", c.Package), len(bytes.Fields(stale)))
}

func (c *Config) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Go, args...)
	cmd.Dir = c.Dir
	cmd.Env = append(slices.Clip(c.Environ), "PWD="+c.Dir)
	return cmd
}

// compile runs go build -v, which prints the name of each package that it compiles.
func (c *Config) compile(build *exec.Cmd, packages int) error {
	line, once := "", ""
	if c.Terminal {
		line = "\r\x1b[K"
	}
	if packages > manyPackages {
		once = " This takes some minutes, once."
	}
	if packages > 0 {
		fmt.Fprintf(c.Progress, "Compiling %s, %d packages.%s\n", c.Name, packages, once)
	}
	output, err := build.StderrPipe()
	if err != nil {
		return err
	}
	if err := build.Start(); err != nil {
		return err
	}
	start, done := time.Now(), 0
	var last []string
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if last = append(last, lines.Text()); len(last) > 20 {
			last = last[1:]
		}
		done++
		if line != "" && packages > 0 {
			fmt.Fprintf(c.Progress, "%s%3.0f s  %d of %d  %.50s", line, time.Since(start).Seconds(), min(done, packages), packages, lines.Text())
		}
	}
	if packages > 0 {
		fmt.Fprint(c.Progress, line)
	}
	_, _ = io.Copy(io.Discard, output) // a line too long to be read
	if err := build.Wait(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, strings.Join(last, "\n"))
	}
	return nil
}
