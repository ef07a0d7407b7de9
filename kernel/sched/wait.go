package sched

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A Place is a position in the user's source. It is a [Stack] of one.
type Place = report.Place

// A Stack says where a goroutine is, innermost first. The scheduler calls
// Places only while the goroutine is blocked, from another goroutine, so the
// implementation may read the blocked goroutine's frames without locks.
type Stack interface {
	Places(max int) []Place
}

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

// A Wait says what a goroutine is about to wait for.
type Wait struct {
	Kind   wait.Kind
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
