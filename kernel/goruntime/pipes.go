package goruntime

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"unsafe"
)

// A Pipe is what both ends of an io.Pipe lead to. A writer sends on Writes what
// it has, under Lock, and receives from Read how much of that was read.
type Pipe struct {
	Writes chan []byte
	Read   chan int
	Done   chan struct{} // closed with either end
	Lock   *sync.Mutex   // serialises writers
}

// pipeOffsets is where an io.Pipe keeps the fields of a Pipe; missing names one
// that is not found.
type pipeOffsets struct {
	lock, writes, read, done uintptr
	missing                  string
}

var pipeAt = findPipe()

func findPipe() (at pipeOffsets) {
	w := reflect.TypeFor[io.PipeWriter]()
	r := reflect.TypeFor[io.PipeReader]()
	if w.NumField() != 1 || w.Field(0).Type != r || r.NumField() != 1 || r.Field(0).Type.Kind() != reflect.Struct {
		return pipeOffsets{missing: "pipe"}
	}
	for name, x := range map[string]struct {
		typ reflect.Type
		off *uintptr
	}{
		"wrMu": {reflect.TypeFor[sync.Mutex](), &at.lock},
		"wrCh": {reflect.TypeFor[chan []byte](), &at.writes},
		"rdCh": {reflect.TypeFor[chan int](), &at.read},
		"done": {reflect.TypeFor[chan struct{}](), &at.done},
	} {
		field, ok := r.Field(0).Type.FieldByName(name)
		if !ok || field.Type != x.typ {
			at.missing = name
			continue
		}
		*x.off = field.Offset
	}
	return at
}

// PipeReader returns the pipe that r, not nil, is an end of.
func PipeReader(r *io.PipeReader) Pipe { return pipeOf(unsafe.Pointer(r)) }

// PipeWriter returns the pipe that w, not nil, is an end of.
func PipeWriter(w *io.PipeWriter) Pipe { return pipeOf(unsafe.Pointer(w)) }

func pipeOf(p unsafe.Pointer) Pipe {
	return Pipe{
		Writes: *(*chan []byte)(unsafe.Add(p, pipeAt.writes)),
		Read:   *(*chan int)(unsafe.Add(p, pipeAt.read)),
		Done:   *(*chan struct{})(unsafe.Add(p, pipeAt.done)),
		Lock:   (*sync.Mutex)(unsafe.Add(p, pipeAt.lock)),
	}
}

func checkPipes() error {
	if pipeAt.missing != "" {
		return fmt.Errorf("there is no %s", pipeAt.missing)
	}
	r, w := io.Pipe()
	p := PipeReader(r)
	if p != PipeWriter(w) {
		return errors.New("its ends lead to two")
	}
	read := make(chan string)
	go func() {
		var b [8]byte
		n, _ := r.Read(b[:])
		read <- string(b[:n])
	}()
	p.Lock.Lock()
	p.Writes <- []byte("text")
	if n := <-p.Read; n != 4 || <-read != "text" {
		return errors.New("a write")
	}
	p.Lock.Unlock()
	_ = w.Close()
	select {
	case <-p.Done:
		return nil
	default:
		return errors.New("a closed pipe")
	}
}
