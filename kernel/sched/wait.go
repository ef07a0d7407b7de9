package sched

import (
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// A Place is a position in the user's source. Cell is the number people see;
// a Place with an empty Func and Line 0 is unknown.
type Place struct {
	Func string
	Cell int
	Line int
	// File is set for what is in no cell, but in a package that is run from
	// source.
	File string
}

// Where is the place without its function.
func (p Place) Where() string {
	switch {
	case p.File != "":
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	case p.Cell == 0:
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("cell %d line %d", p.Cell, p.Line)
}

func (p Place) String() string {
	switch {
	case p.Line == 0 && p.Func == "":
		return "unknown place"
	case p.Line == 0:
		return fmt.Sprintf("%s, cell %d", p.Func, p.Cell)
	case p.Func == "":
		return p.Where()
	}
	return p.Func + ", " + p.Where()
}

// A Stack says where a goroutine is, innermost first. The scheduler calls
// Places only while the goroutine is blocked, from another goroutine, so the
// implementation may read the blocked goroutine's frames without locks.
type Stack interface {
	Places(max int) []Place
}

// Places of a fixed Place: a Place is its own Stack.
func (p Place) Places(int) []Place { return []Place{p} }

// A Site describes what an operation in the source works on. The engine makes
// one for each operation when it compiles it, never when it runs it.
type Site struct {
	Name string // the operand as written: "ch", "w.jobs", "mu"; may be empty
	Type string // its type: "chan int"; may be empty
	// Element, if not nil, returns the name with the indexes that the waiting
	// frame has, such as "forks[2]", given [Wait.At] and [Wait.Object] or those of
	// a [Case]. It is called as [Stack] is.
	Element func(at Stack, object unsafe.Pointer) string
	// Place, if not nil, returns where in the source the operation is. It is set
	// for observed goroutines.
	Place func() Place
	// Variable says of a load or store that it is of a variable which the source
	// names, or of a part of one.
	Variable bool

	// Recorded is an observer's own. It is not changed by others.
	Recorded atomic.Uint64

	elem reflect.Type // see ElemSite
}

// Elem is the type of the elements of the channel, if it was made by [ElemSite].
func (s *Site) Elem() reflect.Type { return s.elem }

// NameOf is what the source calls the object that an operation at the site works
// on, with the indexes that at, where it is, has now.
func (s *Site) NameOf(at Stack, object unsafe.Pointer) string {
	if s == nil {
		return ""
	}
	if s.Element != nil && at != nil {
		return s.Element(at, object)
	}
	return s.Name
}

// ElemSite is s for communications on channels with elements of the given type,
// or of one with its layout. With such a site sends take less time, and a
// goroutine that waits can be found leaked.
func ElemSite(elem reflect.Type, s *Site) *Site {
	return &Site{Name: s.Name, Type: s.Type, Element: s.Element, Place: s.Place, Variable: s.Variable, elem: elem}
}

// Kind is the reason why a goroutine waits.
type Kind uint8

// The kinds of waiting. Those from KindSleep on end by themselves or through
// the world outside, so that a goroutine that waits so is never deadlocked.
const (
	KindNone Kind = iota
	KindReceive
	KindReceiveNil
	KindSend
	KindSendNil
	KindSelect
	KindSelectEmpty
	KindMutex
	KindRWLock
	KindRLock
	KindWaitGroup
	KindCond
	KindOnce
	KindPipeRead
	KindPipeWrite
	KindGoexit // of a cell's main goroutine, which waits for the others
	KindSleep
	KindInput
	KindIO
	KindNative // a native call of which nothing is known
)

var kindNames = [...]string{
	KindNone:        "running",
	KindReceive:     "chan receive",
	KindReceiveNil:  "chan receive (nil chan)",
	KindSend:        "chan send",
	KindSendNil:     "chan send (nil chan)",
	KindSelect:      "select",
	KindSelectEmpty: "select (no cases)",
	KindMutex:       "sync.Mutex.Lock",
	KindRWLock:      "sync.RWMutex.Lock",
	KindRLock:       "sync.RWMutex.RLock",
	KindWaitGroup:   "sync.WaitGroup.Wait",
	KindCond:        "sync.Cond.Wait",
	KindOnce:        "sync.Once.Do",
	KindPipeRead:    "io.Pipe read",
	KindPipeWrite:   "io.Pipe write",
	KindGoexit:      "runtime.Goexit",
	KindSleep:       "sleep",
	KindInput:       "input",
	KindIO:          "IO wait",
	KindNative:      "native call",
}

// String returns the reason in the words of Go's own tracebacks.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// endsByItself reports whether a wait of this kind can end without any
// goroutine of the session doing something.
func (k Kind) endsByItself() bool { return k >= KindSleep }

// isChan reports whether Wait.Object is a channel.
func (k Kind) isChan() bool { return k == KindReceive || k == KindSend }

// A Wait says what a goroutine is about to wait for.
type Wait struct {
	Kind   Kind
	Object unsafe.Pointer // the channel's pointer, or the address of the lock
	Site   *Site          // may be nil
	At     Stack          // may be nil
	Cases  []Case         // of a select
}

// A Case is one communication of a select.
type Case struct {
	Send   bool
	Object unsafe.Pointer // nil for a nil channel
	Site   *Site          // may be nil
}

func chanLen(c unsafe.Pointer) int { return goruntime.ChanLen(c) }
func chanCap(c unsafe.Pointer) int { return goruntime.ChanCap(c) }

// ChanPointer returns what [Wait.Object] wants for a channel of any type. C
// must be a channel type.
func ChanPointer[C any](ch C) unsafe.Pointer { return goruntime.ChanWord(ch) }
