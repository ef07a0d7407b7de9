package standin

import (
	"io"
	"net"
	"os"
	"reflect"
	"sync"
	"unsafe"
	"weak"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/instead"
	"github.com/gosched/gosched/kernel/run/frame"
	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/stopping"
)

// Compiled code that reads from a pipe or a connection of the program's, such as
// a bufio.Scanner, would wait where nothing can stop it. It reads by way of an
// interface; so where a value with a twin becomes an interface with methods, the
// interface gets the twin's type. A twin is the same object seen as a type of
// ours, which reads and writes in ways that can be stopped. An empty interface
// always has the real type, and so do type assertions and reflection see it.

type (
	twinPipeReader struct{ io.PipeReader }
	twinPipeWriter struct{ io.PipeWriter }
	twinFile       struct{ os.File }
	twinTCPConn    struct{ net.TCPConn }
	twinUnixConn   struct{ net.UnixConn }
	twinUDPConn    struct{ net.UDPConn }
)

// A twin pairs pointer types.
type twin struct{ real, twin reflect.Type }

func twinOf[R, T any]() twin { return twin{reflect.TypeFor[*R](), reflect.TypeFor[*T]()} }

// twins is never changed.
var twins = []twin{
	twinOf[io.PipeReader, twinPipeReader](),
	twinOf[io.PipeWriter, twinPipeWriter](),
	twinOf[os.File, twinFile](),
	twinOf[net.TCPConn, twinTCPConn](),
	twinOf[net.UnixConn, twinUnixConn](),
	twinOf[net.UDPConn, twinUDPConn](),
}

var (
	readerType = reflect.TypeFor[io.Reader]()
	writerType = reflect.TypeFor[io.Writer]()
	connType   = reflect.TypeFor[net.Conn]()
)

// Transfers reports whether an interface type has Read or Write.
func Transfers(iface reflect.Type) bool {
	return iface.Kind() == reflect.Interface && (iface.Implements(readerType) || iface.Implements(writerType))
}

// RealTypes returns the types that may be hidden behind their twins in
// interfaces of type iface: what their twins' type words stand for.
func RealTypes(iface reflect.Type) map[unsafe.Pointer]unsafe.Pointer {
	if !Transfers(iface) {
		return nil
	}
	var words map[unsafe.Pointer]unsafe.Pointer
	for _, w := range twins {
		if w.twin.Implements(iface) {
			if words == nil {
				words = map[unsafe.Pointer]unsafe.Pointer{}
			}
			words[goruntime.TypeWord(w.twin)] = goruntime.TypeWord(w.real)
		}
	}
	return words
}

// TwinFor returns the twin's type for a type that has one and is to be seen as
// that in interfaces of type iface, or the type itself.
func TwinFor(iface, rt reflect.Type) reflect.Type {
	if rt.Kind() != reflect.Pointer || !Transfers(iface) {
		return rt
	}
	for _, w := range twins {
		if w.real == rt {
			return w.twin
		}
	}
	return rt
}

// RealOf is the type that rt is the twin of, or rt.
func RealOf(rt reflect.Type) reflect.Type {
	for _, w := range twins {
		if w.twin == rt {
			return w.real
		}
	}
	return rt
}

// TwinFileWord is the type word of a file's twin.
var TwinFileWord = goruntime.TypeWord(reflect.TypeFor[*twinFile]())

// twinTab is the first word of an interface of type iface for what tab is that
// of: its twin, if it has one.
func twinTab(iface reflect.Type, tab unsafe.Pointer) unsafe.Pointer {
	if tab == nil {
		return nil
	}
	rt := goruntime.TypeOfWord(goruntime.TypeOfTab(tab))
	if w := TwinFor(iface, rt); w != rt {
		return goruntime.TabFor(iface, w)
	}
	return tab
}

// untwin is the object that v, a twin or not, is.
func untwin[I any](v I) I {
	switch x := any(v).(type) {
	case *twinFile:
		return any(&x.File).(I)
	case *twinPipeReader:
		return any(&x.PipeReader).(I)
	case *twinPipeWriter:
		return any(&x.PipeWriter).(I)
	}
	return v
}

// PipeFiles knows the files that are ends of pipes: other files have no twin,
// since what reads them does not wait for long.
type pipeFiles struct {
	mu sync.Mutex
	m  map[weak.Pointer[os.File]]struct{}
}

func (p *pipeFiles) add(files ...*os.File) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.m == nil {
		p.m = make(map[weak.Pointer[os.File]]struct{})
	}
	for k := range p.m {
		if k.Value() == nil {
			delete(p.m, k)
		}
	}
	for _, f := range files {
		p.m[weak.Make(f)] = struct{}{}
	}
}

// Has reports whether f is an end of a pipe.
func (p *pipeFiles) Has(f *os.File) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.m) == 0 {
		return false
	}
	_, ok := p.m[weak.Make(f)]
	return ok
}

// threadHere is the thread of the goroutine that runs, or nil where compiled code
// started it.
func threadHere() (*frame.Thread, *sched.G) {
	g, own := sched.Here()
	if !own {
		return nil, g
	}
	return frame.ThreadOf(g), g
}

// here is where the goroutine is that runs, if its code is interpreted.
func here() sched.Stack {
	if t, _ := threadHere(); t != nil {
		return t.At()
	}
	return nil
}

// transfer makes a call that reads from or writes to d, on t or, where that is
// nil, on a goroutine of compiled code.
func transfer(t *frame.Thread, d stopping.Deadliner, dir stopping.Direction, call func() (bool, error)) {
	if t != nil {
		t.G.Transfer(d, dir, ioWait(t, reflect.TypeOf(d).Elem()), call)
	} else if _, g := threadHere(); g != nil {
		g.Scheduler().TransferAside(d, call)
	} else {
		_, _ = call()
	}
}

// read is d.Read(b).
func read[D interface {
	stopping.Deadliner
	io.Reader
}](t *frame.Thread, d D, b []byte) (n int, err error) {
	transfer(t, d, stopping.Reading, func() (bool, error) {
		n, err = d.Read(b)
		return n > 0, err
	})
	return n, err
}

// write is d.Write(b). What others that are stopped leave of b is written, too.
func write[D interface {
	stopping.Deadliner
	io.Writer
}](t *frame.Thread, d D, b []byte) (n int, err error) {
	transfer(t, d, stopping.Writing, func() (bool, error) {
		var m int
		m, err = d.Write(b[n:])
		n += m
		return false, err
	})
	return n, err
}

func readHere[D interface {
	stopping.Deadliner
	io.Reader
}](d D, b []byte) (int, error) {
	t, _ := threadHere()
	return read(t, d, b)
}

func writeHere[D interface {
	stopping.Deadliner
	io.Writer
}](d D, b []byte) (int, error) {
	t, _ := threadHere()
	return write(t, d, b)
}

func (p *twinPipeReader) Read(b []byte) (int, error) {
	if t, _ := threadHere(); t != nil {
		return t.G.PipeRead(&p.PipeReader, b, t.At(), instead.PipeReaderSite)
	}
	return p.PipeReader.Read(b)
}

func (p *twinPipeWriter) Write(b []byte) (int, error) {
	if t, _ := threadHere(); t != nil {
		return t.G.PipeWrite(&p.PipeWriter, b, t.At(), instead.PipeWriterSite)
	}
	return p.PipeWriter.Write(b)
}

func (f *twinFile) Read(b []byte) (int, error)             { return readHere(&f.File, b) }
func (f *twinFile) Write(b []byte) (int, error)            { return writeHere(&f.File, b) }
func (f *twinFile) WriteString(s string) (int, error)      { return f.Write([]byte(s)) }
func (f *twinFile) ReadFrom(r io.Reader) (int64, error)    { return io.Copy(struct{ io.Writer }{f}, r) }
func (f *twinFile) WriteTo(w io.Writer) (int64, error)     { return io.Copy(w, struct{ io.Reader }{f}) }
func (c *twinTCPConn) Read(b []byte) (int, error)          { return readHere(&c.TCPConn, b) }
func (c *twinTCPConn) Write(b []byte) (int, error)         { return writeHere(&c.TCPConn, b) }
func (c *twinTCPConn) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{c}, r) }
func (c *twinTCPConn) WriteTo(w io.Writer) (int64, error)  { return io.Copy(w, struct{ io.Reader }{c}) }
func (c *twinUnixConn) Read(b []byte) (int, error)         { return readHere(&c.UnixConn, b) }
func (c *twinUnixConn) Write(b []byte) (int, error)        { return writeHere(&c.UnixConn, b) }
func (c *twinUDPConn) Read(b []byte) (int, error)          { return readHere(&c.UDPConn, b) }
func (c *twinUDPConn) Write(b []byte) (int, error)         { return writeHere(&c.UDPConn, b) }
