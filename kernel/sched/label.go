package sched

import (
	"strings"
	"sync/atomic"
	"unsafe"
)

// A goroutine's identity is its profiler label pointer: the runtime keeps one
// word for every goroutine, copies it to each goroutine that one starts, and
// promises that it can be linked to. The word points at a G, whose first field
// has the layout that the runtime expects of labels, so that profiles and
// tracebacks can read it.

//go:linkname getProfLabel runtime/pprof.runtime_getProfLabel
func getProfLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(unsafe.Pointer)

// getg returns the address of the runtime's own record of the calling
// goroutine; it tells a goroutine from its native children, which share its
// label.
func getg() uintptr

// Self identifies the calling goroutine among all of the process that are
// alive, also where it is no goroutine of a session's own.
func Self() uintptr { return getg() }

// labelSet and label have the layout of internal/runtime/pprof/label.Set.
type labelSet struct {
	list *label
	len  int
	cap  int
}

type label struct{ key, value string }

// labelKey is the key of our only label. Its address, not its text, tells our
// labels from those that a program sets with pprof.Do: it is copied at start so
// that the linker cannot merge it with an equal constant.
var labelKey = strings.Clone("gosched")

func newLabel(value string) *label { return &label{labelKey, value} }

func (l *labelSet) init(first *label) { *l = labelSet{first, 1, 1} }

// gOfLabel returns the G that a label pointer points at, or nil.
func gOfLabel(p unsafe.Pointer) *G {
	if p == nil {
		return nil
	}
	l := (*labelSet)(p)
	if l.len != 1 {
		return nil
	}
	first := (*label)(atomic.LoadPointer((*unsafe.Pointer)(p)))
	if first == nil || unsafe.StringData(first.key) != unsafe.StringData(labelKey) {
		return nil
	}
	return (*G)(p)
}

// Current returns the goroutine that the caller runs on, or, on a native
// goroutine that a library started, the one on whose behalf that was done. It
// is nil where nobody is known to be behind it, such as in a time.AfterFunc
// callback.
func Current() *G { return gOfLabel(getProfLabel()) }

// Here is like [Current], but also says whether the caller really runs on that
// goroutine. Where it does not, interpreted code must be given a goroutine of
// its own with [G.Adopt] or [G.Callback].
func Here() (g *G, own bool) {
	g = Current()
	return g, g != nil && g.self.Load() == getg()
}

// Relabel makes g the caller's identity again, after native code such as
// pprof.Do has replaced its labels.
func (g *G) Relabel() { setProfLabel(unsafe.Pointer(g)) }
