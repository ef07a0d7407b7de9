package report

import (
	"fmt"
	"time"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched/wait"
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

// FileName is what a program is told that the file is called.
func (p Place) FileName() string {
	if p.File == "" {
		return fmt.Sprintf("cell %d", p.Cell)
	}
	return p.File
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

// Places returns the place itself: a Place is a stack of one.
func (p Place) Places(int) []Place { return []Place{p} }

// Info describes a goroutine at one moment.
type Info struct {
	Number   int
	Parent   int // number of the goroutine that started it, or 0
	Cell     int // number of its cell
	Main     bool
	Name     string        // function it was started with
	Start    Place         // of its go statement
	State    string        // "running", "stopping", or why it waits in Go's words
	Blocked  bool          // it waits for something
	Kind     wait.Kind     // why
	On       []Waiting     // what it waits for; several in a select
	Held     []uintptr     // addresses of the locks that it has, where it waits
	At       []Place       // where it waits, innermost first; empty if unknown
	For      time.Duration // how long it has been waiting
	Age      time.Duration // since its start
	Stopping bool
	Leaked   bool // the runtime has found that it can never run again
}

// Waiting is one thing that a goroutine waits for.
type Waiting struct {
	Send bool // a send of a select, or of its own
	Name string
	Type string
	// Len and Cap are those of a channel; Cap is -1 for anything else.
	Len, Cap int
	// Holder is the number of the goroutine that has the lock, or 0 where that
	// is not known.
	Holder int
	// Object is the channel's pointer or the address of the lock; nil for a nil
	// channel.
	Object unsafe.Pointer
}

// Meets reports whether two wait at different ends of one channel.
func (w *Waiting) Meets(o *Waiting) bool {
	return w.Cap >= 0 && w.Object != nil && w.Object == o.Object && w.Send != o.Send
}

// Is reports whether this object, such as a channel, is what it waits for.
func (w *Waiting) Is(object unsafe.Pointer) bool { return w.Object != nil && w.Object == object }

// Hopeless reports whether the goroutine waits for what can never come.
func (in *Info) Hopeless() bool {
	switch in.Kind {
	case wait.ReceiveNil, wait.SendNil, wait.SelectEmpty:
		return in.Blocked
	case wait.Select:
		for _, on := range in.On {
			if on.Object != nil {
				return false
			}
		}
		return in.Blocked
	}
	return false
}

// Leaks names goroutines that can never run again.
type Leaks struct {
	Leaked []Info
	// Complete says that the garbage collector has examined every goroutine
	// that waits for a channel. Otherwise only those are named that wait for
	// what can never come, such as a nil channel: the program was not built
	// with GOEXPERIMENT=goroutineleakprofile.
	Complete bool
}

// NameHolders says of those in a list that wait for a lock who has it, where that
// is one of the list and the lock is one of which that is known.
func NameHolders(list []Info, known func(lock uintptr) bool) {
	const several = -1
	holders := make(map[uintptr]int)
	for i := range list {
		for _, lock := range list[i].Held {
			if holders[lock] == 0 {
				holders[lock] = list[i].Number
			} else {
				holders[lock] = several
			}
		}
	}
	if len(holders) == 0 {
		return
	}
	for i := range list {
		in := &list[i]
		if !in.Kind.IsLock() {
			continue
		}
		for j := range in.On {
			lock := uintptr(in.On[j].Object)
			if n := holders[lock]; n > 0 && known(lock) {
				in.On[j].Holder = n
			}
		}
	}
}
