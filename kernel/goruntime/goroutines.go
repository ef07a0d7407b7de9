package goruntime

import (
	"context"
	"errors"
	"runtime"
	"runtime/pprof"
	"unsafe"
)

// ProfLabel returns the profiler label word of the calling goroutine. The
// runtime copies it to each goroutine that one starts, and reads what it points
// at as a [LabelSet] when it writes profiles and tracebacks.
//
//go:linkname ProfLabel runtime/pprof.runtime_getProfLabel
func ProfLabel() unsafe.Pointer

// SetProfLabel sets it.
//
//go:linkname SetProfLabel runtime/pprof.runtime_setProfLabel
func SetProfLabel(unsafe.Pointer)

// A LabelSet has the layout of internal/runtime/pprof/label.Set.
type LabelSet struct {
	List *Label
	Len  int
	Cap  int
}

// A Label is an element of a LabelSet.
type Label struct{ Key, Value string }

func checkLabels() error {
	result := make(chan error)
	go func() { // whose labels nobody needs
		result <- try(func() error {
			pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("sample", "value")))
			set := (*LabelSet)(ProfLabel())
			if set == nil || set.Len != 1 || set.Cap < 1 || set.List == nil || *set.List != (Label{"sample", "value"}) {
				return errors.New("labels that package runtime/pprof has set")
			}
			mine := &LabelSet{&Label{"own", "value"}, 1, 1}
			SetProfLabel(unsafe.Pointer(mine))
			inherited := make(chan unsafe.Pointer)
			go func() { inherited <- ProfLabel() }()
			if ProfLabel() != unsafe.Pointer(mine) || <-inherited != unsafe.Pointer(mine) {
				return errors.New("a word of our own")
			}
			return nil
		})
	}()
	return <-result
}

// A StackRecord has the layout of internal/profilerecord.StackRecord: program
// counters, innermost call first.
type StackRecord struct{ Stack []uintptr }

// GoroutineStacks fills p with the stacks of all goroutines and labels, of the
// same length, with their label words. n is how many there are, ok that there was
// room.
//
//go:linkname GoroutineStacks runtime.pprof_goroutineProfileWithLabels
func GoroutineStacks(p []StackRecord, labels []unsafe.Pointer) (n int, ok bool)

func checkStacks() error {
	result := make(chan error)
	go func() {
		result <- try(func() error {
			mine := &LabelSet{&Label{"own", "value"}, 1, 1}
			SetProfLabel(unsafe.Pointer(mine))
			size := runtime.NumGoroutine() + 64
			stacks, labels := make([]StackRecord, size), make([]unsafe.Pointer, size)
			n, ok := GoroutineStacks(stacks, labels)
			if !ok || n == 0 {
				return errors.New("there are none")
			}
			for i := range n {
				if labels[i] != unsafe.Pointer(mine) {
					continue
				}
				frames := runtime.CallersFrames(stacks[i].Stack)
				for {
					f, more := frames.Next()
					if f.Func != nil && f.Func.Entry() == Code(checkStacks) || f.Function == "runtime.goexit" {
						return nil
					}
					if !more {
						return errors.New("a stack without its root")
					}
				}
			}
			return errors.New("the caller is not among them")
		})
	}()
	return <-result
}
