package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A Command is one run of a program.
type Command struct {
	// Program and Args are what to start.
	Program string
	Args    []string
	// Env is added to the environment of this process, NAME=value each.
	Env []string
	// Input is the program's standard input.
	Input string
	// Out is called with what the program prints, whole characters, as it comes;
	// errs says that it was on standard error. It is called by several
	// goroutines, one for each of the two, also after Run has returned, for what
	// the program has left in the background.
	Out func(text string, errs bool)
}

// Line is the command that has the shell carry out a line or a script.
func Line(script string) Command { return Command{Program: Default(), Args: []string{"-c", script}} }

// Script is the command that has a shell carry out a script with arguments. Its
// standard input is empty, unless it is too long to be an argument itself.
func Script(program, script string, args ...string) Command {
	if len(script) > longestArgument {
		return Command{Program: program, Args: append([]string{"-s", "-"}, args...), Input: script}
	}
	return Command{Program: program, Args: append([]string{"-c", script, program}, args...)}
}

// longestArgument is below what Linux takes, 128 kB.
const longestArgument = 100 << 10

// Default is bash, or sh where there is none.
func Default() string {
	if _, err := exec.LookPath("bash"); err == nil {
		return "bash"
	}
	return "sh"
}

// A Runner runs commands and owns what outlives them. The zero value is ready.
type Runner struct {
	mu     sync.Mutex
	closed bool
	open   map[*os.File]struct{} // ends of pipes that are being read
	work   sync.WaitGroup        // grows only while a run or a read is under way
}

// ErrClosed is the error of a run after Close.
var ErrClosed = errors.New("the session is closed")

const (
	// drain is how long after a program's end what it printed is waited for. A
	// process in the background may hold the pipes open for ever.
	drain = 100 * time.Millisecond
	// parts is how many parts that time has. Who reads has a turn in each of them, also
	// where a busy machine has let this process wait for all of it at once.
	parts = 10
	// grace is how long a program that is interrupted may take to end by itself:
	// an interrupt is to be answered within 100 ms.
	grace = 50 * time.Millisecond
)

// Run runs a program to its end. The error is an [*exec.ExitError] where the
// program said that it failed, and ctx's where that was done: then the program and
// what it had started have been killed.
func (r *Runner) Run(ctx context.Context, c Command) error {
	if err := errors.Join(ctx.Err(), possible()); err != nil {
		return err
	}
	cmd := exec.Command(c.Program, c.Args...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.SysProcAttr = attributes()
	cmd.Stdin = nil
	if c.Input != "" {
		cmd.Stdin = strings.NewReader(c.Input)
		cmd.WaitDelay = drain
	}
	var read sync.WaitGroup
	var ends []*os.File
	closeAll := func() {
		for _, f := range ends {
			f.Close()
		}
	}
	for i, to := range []*io.Writer{&cmd.Stdout, &cmd.Stderr} {
		in, out, err := os.Pipe()
		if err != nil {
			closeAll()
			return fmt.Errorf("making a pipe: %w", err)
		}
		defer out.Close()
		ends = append(ends, in)
		*to = out
		read.Add(1)
		if !r.read(in, func(text string) { c.Out(text, i == 1) }, read.Done) {
			in.Close()
			closeAll()
			return ErrClosed
		}
	}
	if err := cmd.Start(); err != nil {
		closeAll()
		return err
	}
	for _, w := range []io.Writer{cmd.Stdout, cmd.Stderr} {
		w.(*os.File).Close()
	}
	ended := make(chan error, 1)
	r.work.Go(func() { ended <- cmd.Wait() })
	var err error
	select {
	case err = <-ended:
		if errors.Is(err, exec.ErrWaitDelay) {
			err = nil // it did not read all its input
		}
	case <-ctx.Done():
		interrupt(cmd.Process)
		select {
		case <-ended:
		case <-time.After(grace):
		}
		kill(cmd.Process)
		err = ctx.Err()
	}
	printed := make(chan struct{})
	r.work.Go(func() { read.Wait(); close(printed) })
	for range parts {
		select {
		case <-printed:
			return err
		case <-time.After(drain / parts):
		}
	}
	return err
}

// read hands on what comes out of a pipe, until its end, and closes it.
func (r *Runner) read(in *os.File, out func(string), done func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	if r.open == nil {
		r.open = map[*os.File]struct{}{}
	}
	r.open[in] = struct{}{}
	r.work.Go(func() {
		defer done()
		defer func() {
			in.Close()
			r.mu.Lock()
			delete(r.open, in)
			r.mu.Unlock()
		}()
		pump(in, out)
	})
	return true
}

// pump hands on text in whole characters.
func pump(in io.Reader, out func(string)) {
	buf := make([]byte, 32<<10)
	held := 0 // bytes of a character that has begun
	for {
		n, err := in.Read(buf[held:])
		n += held
		whole := n
		if err == nil {
			whole = wholeRunes(buf[:n])
		}
		if whole > 0 {
			out(strings.ToValidUTF8(string(buf[:whole]), "\uFFFD"))
		}
		held = copy(buf, buf[whole:n])
		if err != nil {
			return
		}
	}
}

// wholeRunes is the length of p without a character at its end that may go on.
func wholeRunes(p []byte) int {
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				return i
			}
			break
		}
	}
	return len(p)
}

// Close hears no more of what was left in the background.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	for f := range r.open {
		f.Close()
	}
	r.mu.Unlock()
	r.work.Wait()
}
