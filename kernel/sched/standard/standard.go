// Package standard is where the standard streams lead to in a session, with either
// engine: what a program writes to os.Stdout and os.Stderr goes to the cell that the
// goroutine belongs to, and what it reads from os.Stdin is asked for.
package standard

import (
	"context"
	"io"
	"os"
	"reflect"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// FileType is the type of the standard streams, as programs see it.
var FileType = reflect.TypeFor[*os.File]()

// Streams are a session's.
type Streams struct {
	In, Out, Err *os.File  // the files that stand for them
	Stdin        io.Reader // what In leads to

	// Through, where it is not nil, is what output passes through.
	Through func(w io.Writer) io.Writer
}

// New returns the streams that this process has now. At says where the goroutine is
// that waits for somebody else to have read; it may be nil.
func New(at func() sched.Stack) *Streams {
	return &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Stdin: &stdin{turn: make(chan struct{}, 1), at: at}}
}

// A Stream is a file in whose place a standard stream is read or written, or a file
// as it is.
type Stream struct {
	*os.File
	r io.Reader
	W io.Writer
}

// Stream is the standard stream that f stands for, or nil.
func (s *Streams) Stream(f *os.File) *Stream {
	output := func(w *sched.Writer) *Stream {
		if s.Through != nil {
			return &Stream{File: f, W: s.Through(w)}
		}
		return &Stream{File: f, W: w}
	}
	switch f {
	case nil:
	case s.Out:
		return output(&sched.Writer{Fallback: f})
	case s.Err:
		return output(&sched.Writer{Err: true, Fallback: f})
	case s.In:
		return &Stream{File: f, r: s.Stdin}
	}
	return nil
}

// Of is the standard stream that f stands for, or f.
func (s *Streams) Of(f *os.File) *Stream {
	if st := s.Stream(f); st != nil {
		return st
	}
	return &Stream{File: f}
}

func (s *Stream) Write(b []byte) (int, error) {
	if s.W == nil {
		return s.File.Write(b)
	}
	return s.W.Write(b)
}

// WriteString is Write.
func (s *Stream) WriteString(text string) (int, error) { return s.Write([]byte(text)) }

func (s *Stream) Read(b []byte) (int, error) {
	if s.r == nil {
		return s.File.Read(b)
	}
	return s.r.Read(b)
}

// ReadFrom and WriteTo would go past Write and Read if they were the file's.
func (s *Stream) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{s}, r) }

// WriteTo is like ReadFrom.
func (s *Stream) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, struct{ io.Reader }{s}) }

// stdin asks the front end for lines, as the program reads them. It is a plain
// reader, as os.Stdin is: fmt.Scan takes a byte at a time and does not put the
// end of a line back.
type stdin struct {
	turn chan struct{} // holds one while somebody reads
	line []byte
	at   func() sched.Stack
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
	g := sched.Current()
	if g == nil {
		s.turn <- struct{}{}
		return
	}
	w := &sched.Wait{Kind: wait.Input}
	if s.at != nil {
		w.At = s.at()
	}
	stop := g.Block(w)
	select {
	case s.turn <- struct{}{}:
		g.Unblock()
	case <-stop:
		g.Unblock()
		g.Unwind()
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
