package observe

import (
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/wait"
)

// A Record is what goroutines did in one stretch of time, usually one run of a
// cell. It refers to nothing that the goroutines used: values are kept as text.
type Record struct {
	// Cell is the number of the execution that was observed, or 0 where
	// several were.
	Cell int
	// Start is when the record begins. All other times are nanoseconds since
	// then.
	Start time.Time
	// Virtual says that the times are those of a clock that jumps when everybody
	// waits.
	Virtual bool
	// End is when the record ends.
	End int64
	// Goroutines are in the order in which they were first seen: a goroutine
	// comes after the one that started it.
	Goroutines []Goroutine
	// Objects are what the events are about, in the order in which they were
	// first used.
	Objects []Object
	// Events are in the order in which they happened.
	Events []Event
	// Dropped counts the events that came when the record was full.
	Dropped int
	// Source are the lines of the cells and files that places name.
	Source map[SourceKey][]string
}

// A SourceKey names a source text: a cell by its number, or else a file.
type SourceKey struct {
	Cell int
	File string
}

// A Goroutine is one lane of a record.
type Goroutine struct {
	Number int         // its number in the session
	Parent int         // the number of the one that started it, or 0
	Name   string      // the function that it was started with
	Start  sched.Place // of the go statement
	Main   bool        // the main goroutine of a cell
	Born   int64       // when it was started, or first seen
	Ended  int64       // when it ended; see Fate
	Fate   Fate
}

// A Fate is how a goroutine stands when the record ends.
type Fate uint8

// The fates of goroutines.
const (
	Alive      Fate = iota // it goes on; Ended is not set
	Returned               // its function returned
	Panicked               // by a panic that nobody recovered
	Stopped                // by an interrupt, a kill, or the end of its program
	Exited                 // by runtime.Goexit
	Leaked                 // alive, and nothing can ever wake it
	Deadlocked             // like that, when the whole cell was
)

// An Object is a channel, lock, or the like that events are about.
type Object struct {
	Kind ObjectKind
	Name string // as the source names it where it was first used; may be empty
	Type string // "chan int"
	Cap  int    // of a channel
	// Outside says that it was made by compiled code, as the channel of a timer
	// is.
	Outside bool
}

// An ObjectKind is what an object is.
type ObjectKind uint8

// The kinds of objects.
const (
	Channel ObjectKind = iota
	Mutex
	RWMutex
	WaitGroup
	Cond
	Once
	Timer
	Context
	Atomic
	Variable
)

// An Event is something that a goroutine did at a time.
type Event struct {
	Time int64
	// Goroutine is an index in Record.Goroutines, or Outside.
	Goroutine int32
	Kind      EventKind
	// Object is an index in Record.Objects, or -1.
	Object int32
	// Peer is the index in Record.Events of the event at the other end: of a
	// receive its send (or the close), of an Unblock what woke the goroutine, of
	// a Lock the Unlock that let it in, of a WaitDone the last Done. It is -1
	// where there is none, or where it came from outside.
	Peer int32
	// Wait says of a Block what the goroutine waits for.
	Wait wait.Kind
	// Value is short text: the value that was sent or received, the panic's
	// message, what was printed, the delta of an Add, the duration of a sleep.
	Value string
	Place sched.Place
}

// Outside stands for compiled code, and whatever else is not observed, where
// an event names a goroutine.
const Outside int32 = -1

// An EventKind is what happened.
type EventKind uint8

// The kinds of events. A Block is followed by an Unblock of the same goroutine,
// unless it waits to the end of the record, and then by the event that it has
// waited for.
const (
	Go      EventKind = iota // started the goroutine whose index is Object
	Block                    // began to wait: Wait says for what
	Unblock                  // went on; Peer says who woke it
	Send
	Receive
	ReceiveClosed // a receive from a closed channel
	Close
	Choose // a select has chosen the case of the next event, Value its text; "default" for that
	Lock
	Unlock
	RLock
	RUnlock
	Add      // sync.WaitGroup.Add or Go
	Done     // sync.WaitGroup.Done
	WaitDone // sync.WaitGroup.Wait returned
	Signal   // sync.Cond.Signal or Broadcast
	CondWait // sync.Cond.Wait returned
	OnceDo   // sync.Once.Do returned
	Cancel   // a context was cancelled
	Fire     // a timer fired
	Sleep    // slept for Value
	Load     // an atomic or shared variable was read
	Store    // an atomic or shared variable was written
	Panic
	Print
	End // the goroutine ended
	// Begin says that a goroutine ran for the first time: from Born until then it
	// was ready. Without it, it is taken to have run at once.
	Begin
	// Yield says that a goroutine gave way, or was made to: until its next event
	// it was ready.
	Yield
)
