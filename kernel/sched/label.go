package sched

import (
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/gosched/gosched/kernel/goruntime"
)

// A goroutine's identity is its profiler label word, which the runtime keeps for
// every goroutine and copies to each one that one starts. The word points at a
// G, whose first field has the layout that the runtime expects of labels, so
// that profiles and tracebacks can read it.

// Self identifies the calling goroutine among all of the process that are
// alive, also where it is no goroutine of a session's own. It tells a goroutine
// from its native children, which share its label.
func Self() uintptr { return goruntime.Self() }

type (
	labelSet struct{ goruntime.LabelSet }
	label    = goruntime.Label
)

// labelKey is the key of our only label. Its address, not its text, tells our
// labels from those that a program sets with pprof.Do: it is copied at start so
// that the linker cannot merge it with an equal constant.
var labelKey = strings.Clone("gosched")

func newLabel(value string) *label { return &label{Key: labelKey, Value: value} }

func (l *labelSet) init(first *label) { l.LabelSet = goruntime.LabelSet{List: first, Len: 1, Cap: 1} }

// gOfLabel returns the G that a label pointer points at, or nil.
func gOfLabel(p unsafe.Pointer) *G {
	if p == nil {
		return nil
	}
	l := (*labelSet)(p)
	if l.Len != 1 {
		return nil
	}
	first := (*label)(atomic.LoadPointer((*unsafe.Pointer)(p)))
	if first == nil || unsafe.StringData(first.Key) != unsafe.StringData(labelKey) {
		return nil
	}
	return (*G)(p)
}

// Current returns the goroutine that the caller runs on, or, on a native
// goroutine that a library started, the one on whose behalf that was done. It
// is nil where nobody is known to be behind it, such as in a time.AfterFunc
// callback.
func Current() *G { return gOfLabel(goruntime.ProfLabel()) }

// Here is like [Current], but also says whether the caller really runs on that
// goroutine. Where it does not, interpreted code must be given a goroutine of
// its own with [G.Adopt] or [G.Callback].
func Here() (g *G, own bool) {
	g = Current()
	return g, g != nil && g.self.Load() == goruntime.Self()
}

// Relabel makes g the caller's identity again, after native code such as
// pprof.Do has replaced its labels.
func (g *G) Relabel() { goruntime.SetProfLabel(unsafe.Pointer(g)) }
