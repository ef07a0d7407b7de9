package standin

import (
	"io"
	"os"
	"os/exec"
	"unsafe"

	"github.com/gosched/gosched/kernel/run/frame"
)

// execTable lists stand-ins for pipes from and to other processes.
func (l *Library) execTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
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
