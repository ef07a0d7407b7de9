package run

import (
	"context"
	"io"
	"os"
	"reflect"
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

var fileType = reflect.TypeFor[*os.File]()

// streams are the session's standard streams: what os.Stdin, os.Stdout and
// os.Stderr lead to when the program uses them.
type streams struct {
	m            *Machine
	in, out, err *os.File // the files that stand for them
	stdin        *stdin
}

func newStreams(m *Machine) *streams {
	return &streams{m: m, in: os.Stdin, out: os.Stdout, err: os.Stderr, stdin: &stdin{}}
}

// A stream is a file in whose place a standard stream is read or written.
type stream struct {
	*os.File
	r io.Reader
	w io.Writer
}

// file is what of and a plain file have in common.
type file interface {
	io.ReadWriter
	io.StringWriter
}

// of returns the standard stream that f stands for, or f itself.
func (s *streams) of(f *os.File) file {
	if st := s.stream(f); st != nil {
		return st
	}
	return f
}

func (s *streams) stream(f *os.File) *stream {
	switch f {
	case nil:
	case s.out:
		return &stream{File: f, w: StackCleaner{&sched.Writer{Fallback: f}, s.m}}
	case s.err:
		return &stream{File: f, w: StackCleaner{&sched.Writer{Err: true, Fallback: f}, s.m}}
	case s.in:
		return &stream{File: f, r: s.stdin}
	}
	return nil
}

func (s *stream) Write(b []byte) (int, error) {
	if s.w == nil {
		return s.File.Write(b)
	}
	return s.w.Write(b)
}

func (s *stream) WriteString(text string) (int, error) { return s.Write([]byte(text)) }

func (s *stream) Read(b []byte) (int, error) {
	if s.r == nil {
		return s.File.Read(b)
	}
	return s.r.Read(b)
}

// ReadFrom and WriteTo would go past Write and Read if they were the file's.
func (s *stream) ReadFrom(r io.Reader) (int64, error) { return io.Copy(writerOnly{s}, r) }

// WriteTo is like ReadFrom.
func (s *stream) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, readerOnly{s}) }

type writerOnly struct{ io.Writer }
type readerOnly struct{ io.Reader }

// standardStream generates the conversion of an *os.File to an interface,
// which is where a standard stream has to take the file's place.
func (c *compiler) standardStream(d, x slot, tab unsafe.Pointer) instr {
	if x.mem.typ != fileType {
		return nil
	}
	s := c.m.streams
	streamTab := itabFor(d.mem.typ, reflect.TypeFor[*stream]())
	return func(fr *frame) {
		f := *at[*os.File](fr.mem, x.off)
		if st := s.stream(f); st != nil {
			*at[ifaceWords](fr.mem, d.off) = ifaceWords{streamTab, unsafe.Pointer(st)}
			return
		}
		*at[ifaceWords](fr.mem, d.off) = ifaceWords{tab, unsafe.Pointer(f)}
	}
}

// stdin asks the front end for lines, as the program reads them. It is a plain
// reader, as os.Stdin is: fmt.Scan takes a byte at a time and does not put the
// end of a line back.
type stdin struct {
	mu   sync.Mutex
	line []byte
}

// Read implements io.Reader: it waits for a line when none is left.
func (s *stdin) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fill(); err != nil {
		return 0, err
	}
	n := copy(b, s.line)
	s.line = s.line[n:]
	return n, nil
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
	stop := g.Block(&sched.Wait{Kind: sched.KindInput})
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
