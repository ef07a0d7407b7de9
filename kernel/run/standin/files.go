package standin

import (
	"os"

	"github.com/gosched/gosched/kernel/run/frame"
)

// filesTable lists stand-ins for what makes pipes.
func (l *Library) filesTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"os.Pipe": fn0x3(func(t *frame.Thread) (r, w *os.File, err error) {
			if r, w, err = os.Pipe(); err == nil {
				l.PipeFiles.add(r, w)
			}
			return r, w, err
		}),
	}
}
