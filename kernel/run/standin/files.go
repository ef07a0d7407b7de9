package standin

import (
	"io"
	"os"

	"github.com/gosched/gosched/kernel/run/frame"
)

// filesTable lists stand-ins for what reads from and writes to files and pipes:
// the standard streams lead to the cell, and other waits can be stopped.
func (l *Library) filesTable() map[string]frame.NativeCall {
	return map[string]frame.NativeCall{
		"os.Pipe": fn0x3(func(t *frame.Thread) (r, w *os.File, err error) {
			if r, w, err = os.Pipe(); err == nil {
				l.PipeFiles.add(r, w)
			}
			return r, w, err
		}),
		"(*os.File).Read": fn2x2(func(t *frame.Thread, f *os.File, b []byte) (int, error) {
			if st := l.Streams.Stream(f); st != nil {
				return st.Read(b)
			}
			return read(t, f, b)
		}),
		"(*os.File).Write":       fn2x2(l.writeFile),
		"(*os.File).WriteString": fn2x2(func(t *frame.Thread, f *os.File, s string) (int, error) { return l.writeFile(t, f, []byte(s)) }),

		"(*io.PipeReader).Read": fn2x2(func(t *frame.Thread, r *io.PipeReader, b []byte) (int, error) {
			return t.G.PipeRead(r, b, t.At(), t.SiteOr(pipeReaderSite))
		}),
		"(*io.PipeWriter).Write": fn2x2(func(t *frame.Thread, w *io.PipeWriter, b []byte) (int, error) {
			return t.G.PipeWrite(w, b, t.At(), t.SiteOr(pipeWriterSite))
		}),
	}
}

func (l *Library) writeFile(t *frame.Thread, f *os.File, b []byte) (int, error) {
	if st := l.Streams.Stream(f); st != nil {
		return st.Write(b)
	}
	return write(t, f, b)
}
