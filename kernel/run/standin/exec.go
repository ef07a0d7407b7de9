package standin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"unsafe"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// Commands run as ever. A goroutine that is stopped while it waits for one kills
// it.

// execTable lists stand-ins for what waits for other processes.
func (l *Library) execTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"(*os/exec.Cmd).Start": fn1x1(startCommand),
		"(*os/exec.Cmd).Wait":  fn1x1(waitCommand),
		"(*os/exec.Cmd).Run":   fn1x1(runCommand),
		"(*os/exec.Cmd).Output": fn1x2(func(t *frame.Thread, c *exec.Cmd) ([]byte, error) {
			if c.Stdout != nil {
				return c.Output() // says that this cannot be
			}
			var out bytes.Buffer
			var said *ends
			c.Stdout = &out
			if c.Stderr == nil {
				said = new(ends)
				c.Stderr = said
			}
			err := runCommand(t, c)
			if exit, ok := err.(*exec.ExitError); ok && said != nil {
				exit.Stderr = said.bytes()
			}
			return out.Bytes(), err
		}),
		"(*os/exec.Cmd).CombinedOutput": fn1x2(func(t *frame.Thread, c *exec.Cmd) ([]byte, error) {
			if c.Stdout != nil || c.Stderr != nil {
				return c.CombinedOutput()
			}
			var out bytes.Buffer
			c.Stdout, c.Stderr = &out, &out
			err := runCommand(t, c)
			return out.Bytes(), err
		}),
		"(*os/exec.Cmd).StdoutPipe": fn1x2(func(t *frame.Thread, c *exec.Cmd) (io.ReadCloser, error) {
			r, err := c.StdoutPipe()
			return pipeEnd(l, r), err
		}),
		"(*os/exec.Cmd).StderrPipe": fn1x2(func(t *frame.Thread, c *exec.Cmd) (io.ReadCloser, error) {
			r, err := c.StderrPipe()
			return pipeEnd(l, r), err
		}),
		"(*os/exec.Cmd).StdinPipe": fn1x2(func(t *frame.Thread, c *exec.Cmd) (io.WriteCloser, error) {
			w, err := c.StdinPipe()
			return pipeEnd(l, w), err
		}),
		"(*os.Process).Wait": fn1x2(waitProcess),
	}
}

// pipeEnd is one end of a pipe as the program gets it.
func pipeEnd[I any](l *Library, end I) I {
	f, ok := any(end).(*os.File)
	if !ok || f == nil {
		return end
	}
	l.PipeFiles.add(f)
	return any((*twinFile)(unsafe.Pointer(f))).(I)
}

// start is c.Start(). Package exec gives files to the process as they are, which
// it must be able to see.
func startCommand(t *frame.Thread, c *exec.Cmd) error {
	if c != nil {
		c.Stdin, c.Stdout, c.Stderr = untwin(c.Stdin), untwin(c.Stdout), untwin(c.Stderr)
	}
	if runtime.GOOS == "js" && c != nil {
		return &exec.Error{Name: c.Path, Err: errNoPrograms}
	}
	return c.Start()
}

var errNoPrograms = errors.New("a browser runs no programs")

func runCommand(t *frame.Thread, c *exec.Cmd) error {
	if err := startCommand(t, c); err != nil {
		return err
	}
	return waitCommand(t, c)
}

func waitCommand(t *frame.Thread, c *exec.Cmd) (err error) {
	if c == nil || c.Process == nil || c.ProcessState != nil {
		return c.Wait() // which returns at once
	}
	p := c.Process
	aside(t, siteOf("", "exec.Cmd"), func() { _ = p.Kill() }, func() { err = c.Wait() })
	return err
}

func waitProcess(t *frame.Thread, p *os.Process) (state *os.ProcessState, err error) {
	if p == nil {
		return p.Wait()
	}
	aside(t, siteOf("", "os.Process"), func() { _ = p.Kill() }, func() { state, err = p.Wait() })
	return state, err
}

// aside runs a compiled call, which leads to no code of the program on this
// goroutine and does not panic, while the goroutine waits for it. When the
// goroutine is stopped it has the call end; one that does not is left to itself.
func aside(t *frame.Thread, site *sched.Site, end, call func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		call()
	}()
	stop := t.G.Block(&sched.Wait{Kind: wait.IO, Site: t.SiteOr(site), At: t.At()})
	select {
	case <-done:
		t.G.Unblock()
	case <-stop:
		t.G.Unblock()
		end()
		t.G.Unwind()
	}
}

// ends keeps the beginning and the end of what is written to it, as package exec
// does for the errors of [exec.Cmd.Output].
type ends struct {
	first, last []byte
	dropped     int
}

const endLength = 32 << 10

func (e *ends) Write(b []byte) (int, error) {
	n := len(b)
	fits := min(endLength-len(e.first), len(b))
	e.first, b = append(e.first, b[:fits]...), b[fits:]
	e.last = append(e.last, b...)
	if over := len(e.last) - endLength; over > 0 {
		e.dropped += over
		e.last = append(e.last[:0], e.last[over:]...)
	}
	return n, nil
}

func (e *ends) bytes() []byte {
	if e.dropped == 0 {
		return append(e.first, e.last...)
	}
	return append(fmt.Appendf(e.first, "\n... omitting %d bytes ...\n", e.dropped), e.last...)
}
