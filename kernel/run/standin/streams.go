package standin

import (
	"context"
	"io"
	"os"
	"reflect"
	"sync/atomic"

	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// FileType is the type of the standard streams, as programs see it.
var FileType = reflect.TypeFor[*os.File]()

// streams are the session's standard streams: what os.Stdin, os.Stdout and
// os.Stderr lead to when the program uses them.
type streams struct {
	m            *frame.World
	In, Out, Err *os.File // the files that stand for them
	stdin        *stdin
	redirected   atomic.Pointer[string] // see NoteRedirected
}

func newStreams(m *frame.World) *streams {
	return &streams{m: m, In: os.Stdin, Out: os.Stdout, Err: os.Stderr, stdin: &stdin{turn: make(chan struct{}, 1)}}
}

// A Stream is a file in whose place a standard stream is read or written.
type Stream struct {
	*os.File
	r io.Reader
	W io.Writer
}

// Stream is the standard stream that f stands for, or nil.
func (s *streams) Stream(f *os.File) *Stream {
	switch f {
	case nil:
	case s.Out:
		return &Stream{File: f, W: frame.StackCleaner{Writer: &sched.Writer{Fallback: f}, World: s.m}}
	case s.Err:
		return &Stream{File: f, W: frame.StackCleaner{Writer: &sched.Writer{Err: true, Fallback: f}, World: s.m}}
	case s.In:
		return &Stream{File: f, r: s.stdin}
	}
	return nil
}

func (s *Stream) Write(b []byte) (int, error) {
	if s.W == nil {
		return s.File.Write(b)
	}
	return s.W.Write(b)
}

func (s *Stream) WriteString(text string) (int, error) { return s.Write([]byte(text)) }

func (s *Stream) Read(b []byte) (int, error) {
	if s.r == nil {
		return s.File.Read(b)
	}
	return s.r.Read(b)
}

// ReadFrom and WriteTo would go past Write and Read if they were the file's.
func (s *Stream) ReadFrom(r io.Reader) (int64, error) { return io.Copy(writerOnly{s}, r) }

// WriteTo is like ReadFrom.
func (s *Stream) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, readerOnly{s}) }

type writerOnly struct{ io.Writer }
type readerOnly struct{ io.Reader }

// stdin asks the front end for lines, as the program reads them. It is a plain
// reader, as os.Stdin is: fmt.Scan takes a byte at a time and does not put the
// end of a line back.
type stdin struct {
	turn chan struct{} // holds one while somebody reads
	line []byte
}

// Read implements io.Reader: it waits for a line when none is left.
func (s *stdin) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	s.take()
	defer func() { <-s.turn }()
	if err := s.fill(); err != nil {
		return 0, err
	}
	n := copy(b, s.line)
	s.line = s.line[n:]
	return n, nil
}

// take waits until nobody else reads.
func (s *stdin) take() {
	select {
	case s.turn <- struct{}{}:
		return
	default:
	}
	t, _ := threadHere()
	if t == nil {
		s.turn <- struct{}{}
		return
	}
	stop := t.G.Block(&sched.Wait{Kind: wait.Input, At: t.At()})
	select {
	case s.turn <- struct{}{}:
		t.G.Unblock()
	case <-stop:
		t.G.Unblock()
		t.G.Unwind()
	}
}

// fill waits for a line if none is left.
func (s *stdin) fill() error {
	if len(s.line) > 0 {
		return nil
	}
	g := sched.Current()
	if g == nil {
		return io.EOF
	}
	e := g.Execution()
	e.Flush()
	if !e.Cell().AllowStdin || e.Sink() == nil {
		return io.EOF
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
	var a answer
	stop := g.Block(&sched.Wait{Kind: wait.Input})
	select {
	case a = <-answers:
		g.Unblock()
	case <-stop:
		g.Unblock()
		cancel()
		<-answers
		g.Unwind()
	}
	if a.err != nil {
		return a.err
	}
	s.line = append([]byte(a.text), '\n')
	return nil
}
