package frame

import "github.com/gosched/gosched/kernel/goruntime"

// Known is what a machine knows of the runtime beyond what it cannot do without.
type Known struct {
	Calls          bool // compiled functions can be called without reflection
	MapMark        bool // concurrent use of a map is found before the runtime does
	MutexState     bool // an unlock of an unlocked mutex is, too
	AssertionError bool // the runtime's error can be made
	FuncInfo       bool // *runtime.Func of interpreted functions can be made
	Frames         bool // *runtime.Frames of interpreted calls can be made
	stackBounds    bool // how much of its stack a goroutine uses can be asked
}

func knownOf(f *goruntime.Facts) Known {
	return Known{
		Calls:          f.Holds(goruntime.Calls),
		MapMark:        f.Holds(goruntime.MapMark),
		MutexState:     f.Holds(goruntime.MutexState),
		AssertionError: f.Holds(goruntime.AssertionError),
		FuncInfo:       f.Holds(goruntime.FuncInfo),
		Frames:         f.Holds(goruntime.Frames),
		stackBounds:    f.Holds(goruntime.StackBounds),
	}
}
