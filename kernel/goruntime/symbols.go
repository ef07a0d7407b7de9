package goruntime

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"unsafe"
)

// funcInl has the layout of the runtime's funcinl: what a *runtime.Func points
// to that describes a function without machine code of its own.
type funcInl struct {
	ones      uint32
	entry     uintptr
	name      string
	file      string
	line      int32
	startLine int32
}

// NewFunc returns a description of a function that is not machine code. line is
// where it says to be whichever program counter it is asked for.
func NewFunc(entry uintptr, name, file string, line int) *runtime.Func {
	f := &funcInl{
		ones: ^uint32(0), entry: entry,
		name: name, file: file, line: int32(line), startLine: int32(line),
	}
	return (*runtime.Func)(unsafe.Pointer(f))
}

func checkFuncInfo() error {
	const entry, line = 0x123456, 78
	f := NewFunc(entry, "sample.name", "sample.go", line)
	if f.Name() != "sample.name" || f.Entry() != entry {
		return errors.New("name and entry")
	}
	if file, n := f.FileLine(entry); file != "sample.go" || n != line {
		return fmt.Errorf("file and line")
	}
	return nil
}

// framesField is where a runtime.Frames keeps the frames that it returns next,
// or 0.
var framesField = func() uintptr {
	f, ok := reflect.TypeFor[runtime.Frames]().FieldByName("frames")
	if !ok || f.Type != reflect.TypeFor[[]runtime.Frame]() {
		return 0
	}
	return f.Offset
}()

// NewFrames returns what gives the frames of list, one by one.
func NewFrames(list []runtime.Frame) *runtime.Frames {
	frames := runtime.CallersFrames(nil)
	*(*[]runtime.Frame)(unsafe.Add(unsafe.Pointer(frames), framesField)) = list
	return frames
}

func checkFrames() error {
	if framesField == 0 {
		return errors.New("there is no such field")
	}
	list := []runtime.Frame{{PC: 5, Function: "one", Line: 1}, {PC: 6, Function: "two", Line: 2}, {PC: 7, Function: "three", Line: 3}}
	frames := NewFrames(append([]runtime.Frame(nil), list...))
	for i, want := range list {
		if got, more := frames.Next(); got != want || more != (i < len(list)-1) {
			return errors.New("they do not come one after the other")
		}
	}
	return nil
}
