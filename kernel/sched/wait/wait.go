// Package wait names the reasons for which a goroutine waits, in the words of Go's
// own tracebacks. It knows nothing of goroutines or of what they wait for.
package wait

// Kind is the reason why a goroutine waits.
type Kind uint8

// The kinds of waiting. Those from Sleep on end by themselves or through the world
// outside, so that a goroutine that waits so is never deadlocked.
const (
	None Kind = iota
	Receive
	ReceiveNil
	Send
	SendNil
	Select
	SelectEmpty
	Mutex
	RWLock
	RLock
	WaitGroup
	Cond
	Once
	PipeRead
	PipeWrite
	Goexit // of a cell's main goroutine, which waits for the others
	Sleep
	Input
	IO
	Native // a native call of which nothing is known
)

var names = [...]string{
	None:        "running",
	Receive:     "chan receive",
	ReceiveNil:  "chan receive (nil chan)",
	Send:        "chan send",
	SendNil:     "chan send (nil chan)",
	Select:      "select",
	SelectEmpty: "select (no cases)",
	Mutex:       "sync.Mutex.Lock",
	RWLock:      "sync.RWMutex.Lock",
	RLock:       "sync.RWMutex.RLock",
	WaitGroup:   "sync.WaitGroup.Wait",
	Cond:        "sync.Cond.Wait",
	Once:        "sync.Once.Do",
	PipeRead:    "io.Pipe read",
	PipeWrite:   "io.Pipe write",
	Goexit:      "runtime.Goexit",
	Sleep:       "sleep",
	Input:       "input",
	IO:          "IO wait",
	Native:      "native call",
}

// String returns the reason in the words of Go's own tracebacks.
func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// EndsByItself reports whether a wait of this kind can end without any goroutine of
// the session doing something.
func (k Kind) EndsByItself() bool { return k >= Sleep }

// IsChan reports whether what is waited for is one channel, which is not nil.
func (k Kind) IsChan() bool { return k == Receive || k == Send }

// IsLock reports whether what is waited for is a lock that others may have.
func (k Kind) IsLock() bool { return k == Mutex || k == RWLock || k == RLock }
