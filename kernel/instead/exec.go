package instead

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/gosched/gosched/kernel/sched"
)

// Commands run as ever. A goroutine that is stopped while it waits for one kills
// it.

func execFunctions() map[string]any {
	return map[string]any{
		"(*os/exec.Cmd).Start": start,
		"(*os/exec.Cmd).Wait":  waitCommand,
		"(*os/exec.Cmd).Run":   run,
		"(*os/exec.Cmd).Output": func(c Caller, cmd *exec.Cmd) ([]byte, error) {
			if cmd.Stdout != nil {
				return cmd.Output() // says that this cannot be
			}
			var out bytes.Buffer
			var said *ends
			cmd.Stdout = &out
			if cmd.Stderr == nil {
				said = new(ends)
				cmd.Stderr = said
			}
			err := run(c, cmd)
			if exit, ok := err.(*exec.ExitError); ok && said != nil {
				exit.Stderr = said.bytes()
			}
			return out.Bytes(), err
		},
		"(*os/exec.Cmd).CombinedOutput": func(c Caller, cmd *exec.Cmd) ([]byte, error) {
			if cmd.Stdout != nil || cmd.Stderr != nil {
				return cmd.CombinedOutput()
			}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := run(c, cmd)
			return out.Bytes(), err
		},
		"(*os.Process).Wait": waitProcess,
	}
}

func start(_ Caller, cmd *exec.Cmd) error {
	if runtime.GOOS == "js" && cmd != nil {
		return &exec.Error{Name: cmd.Path, Err: errNoPrograms}
	}
	return cmd.Start()
}

var errNoPrograms = errors.New("a browser runs no programs")

func run(c Caller, cmd *exec.Cmd) error {
	if err := start(c, cmd); err != nil {
		return err
	}
	return waitCommand(c, cmd)
}

func waitCommand(c Caller, cmd *exec.Cmd) (err error) {
	if cmd == nil || cmd.Process == nil || cmd.ProcessState != nil {
		return cmd.Wait() // which returns at once
	}
	p := cmd.Process
	aside(c, &sched.Site{Type: "exec.Cmd"}, func() { _ = p.Kill() }, func() { err = cmd.Wait() })
	return err
}

func waitProcess(c Caller, p *os.Process) (state *os.ProcessState, err error) {
	if p == nil {
		return p.Wait()
	}
	aside(c, &sched.Site{Type: "os.Process"}, func() { _ = p.Kill() }, func() { state, err = p.Wait() })
	return state, err
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
