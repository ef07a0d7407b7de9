package yaegi

import (
	"context"
	"io"
	"os"
	"reflect"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

var fileType = reflect.TypeFor[*os.File]()

// streams are the session's standard streams: what os.Stdin, os.Stdout and
// os.Stderr lead to when the program uses them.
type streams struct {
	in, out, err *os.File // the files that stand for them
	stdin        *stdin
}

// A stream is a file in whose place a standard stream is read or written.
type stream struct {
	*os.File
	r io.Reader
	w io.Writer
}

// of is the standard stream that f stands for, or f.
func (s *streams) of(f *os.File) *stream {
	st := &stream{File: f, r: f, w: f}
	switch f {
	case nil:
	case s.out:
		st.w = &sched.Writer{Fallback: f}
	case s.err:
		st.w = &sched.Writer{Err: true, Fallback: f}
	case s.in:
		st.r = s.stdin
	}
	return st
}

func (s *streams) isStandard(f *os.File) bool {
	return f != nil && (f == s.in || f == s.out || f == s.err)
}

func (s *stream) Write(b []byte) (int, error)          { return s.w.Write(b) }
func (s *stream) WriteString(text string) (int, error) { return s.w.Write([]byte(text)) }
func (s *stream) Read(b []byte) (int, error)           { return s.r.Read(b) }
func (s *stream) ReadFrom(r io.Reader) (int64, error)  { return io.Copy(struct{ io.Writer }{s}, r) }
func (s *stream) WriteTo(w io.Writer) (int64, error)   { return io.Copy(w, struct{ io.Reader }{s}) }

// fileHelper is the conversion of an *os.File to an interface, which is where a
// standard stream takes the file's place. m.mu is held.
func (m *Machine) fileHelper(to reflect.Type) string {
	return m.helper("I", "file", func() reflect.Value {
		return make1(fileType, to, func(v reflect.Value) reflect.Value {
			out := reflect.New(to).Elem()
			if f := v.Interface().(*os.File); m.streams.isStandard(f) {
				out.Set(reflect.ValueOf(m.streams.of(f)))
			} else {
				out.Set(v)
			}
			return out
		})
	}, to)
}

// stdin asks the front end for lines, as the program reads them.
type stdin struct {
	turn chan struct{} // holds one while somebody reads
	line []byte
}

// Read implements io.Reader: it waits for a line when none is left.
func (s *stdin) Read(b []byte) (int, error) {
	g := sched.Current()
	if len(b) == 0 || g == nil {
		return 0, nil
	}
	stop := g.Block(&sched.Wait{Kind: wait.Input})
	select {
	case s.turn <- struct{}{}:
		g.Unblock()
	case <-stop:
		g.Unblock()
		g.Unwind()
	}
	defer func() { <-s.turn }()
	if len(s.line) == 0 {
		text, err := ask(g)
		if err != nil {
			return 0, err
		}
		s.line = append([]byte(text), '\n')
	}
	n := copy(b, s.line)
	s.line = s.line[n:]
	return n, nil
}

// ask asks the front end of g's cell for a line.
func ask(g *sched.G) (string, error) {
	e := g.Execution()
	e.Flush()
	if !e.Cell().AllowStdin || e.Sink() == nil {
		return "", io.EOF
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // ends when the question is answered or withdrawn
		text, err := e.Sink().Input(ctx, "", false)
		answers <- answer{text, err}
	}()
	stop := g.Block(&sched.Wait{Kind: wait.Input})
	select {
	case a := <-answers:
		g.Unblock()
		return a.text, a.err
	case <-stop:
		g.Unblock()
		cancel()
		<-answers
		g.Unwind()
	}
	return "", io.EOF
}
