package session

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// A FailureKind says in which way a cell failed. It is Jupyter's ename, so
// people see it.
type FailureKind string

// All the ways in which a cell fails.
const (
	// CompileError: the cell is not Go, or says something that the engine
	// refuses. Nothing of it has run.
	CompileError FailureKind = "compile error"
	// Panic: a goroutine of the cell panicked and nobody recovered.
	Panic FailureKind = "panic"
	// Deadlock: the cell waited and nothing could ever have woken it.
	Deadlock FailureKind = "deadlock"
	// DataRace: goroutines of the cell used memory at the same time, and the cell
	// was to fail then.
	DataRace FailureKind = "data race"
	// Interrupted: somebody stopped the cell.
	Interrupted FailureKind = "interrupted"
	// Exit: the cell called os.Exit, or something that does.
	Exit FailureKind = "exit"
	// Goexit: the cell's main goroutine called runtime.Goexit, and no other
	// goroutine of the cell is left.
	Goexit FailureKind = "goexit"
	// FatalError: what Go itself cannot recover from. The session is lost.
	FatalError FailureKind = "fatal error"
	// TestFailure: tests of the cell failed, or benchmarks.
	TestFailure FailureKind = "test failure"
	// CheckFailed: the cell checked something that is not right, see gosched/check.
	CheckFailed FailureKind = "check failed"
	// CommandError: a % command that does not exist or was used wrongly.
	CommandError FailureKind = "command error"
	// InternalError: a fault in gosched. The session goes on as it was.
	InternalError FailureKind = "internal error"
	// StartFailed: there is no session to run the cell in.
	StartFailed FailureKind = "start failed"
	// Closed: the session was closed before the cell or during it.
	Closed FailureKind = "closed"
)

// FailureKinds lists them.
func FailureKinds() []FailureKind {
	return []FailureKind{CompileError, Panic, Deadlock, DataRace, Interrupted, Exit, Goexit, FatalError, TestFailure, CheckFailed, CommandError, InternalError, StartFailed, Closed}
}

// A Failure explains why a cell, or a goroutine after its cell, failed. As an
// Event it reports a goroutine that failed after its cell had ended.
type Failure struct {
	Name FailureKind
	// Value is the failure in one line, Jupyter's evalue.
	Value string
	// Traceback is what people read, a line an element, with ANSI colours
	// where they help.
	Traceback []string
	// Restarted says that the session was lost and a new one has begun.
	Restarted bool
}

func (f *Failure) Error() string { return string(f.Name) + ": " + f.Value }

// ANSI escape sequences for tracebacks. Alarm is for the line that says what
// is wrong, Mark for what points into the source; Plain ends either. They have no
// colour: none of Jupyter's can be read on the background that it gives errors, in
// its light and its dark theme.
const (
	Alarm = "\x1b[1m"
	Mark  = "\x1b[1m"
	Plain = "\x1b[0m"
)

// Internal is the failure of a cell because of a panic in gosched itself. It
// must be called by the deferred function that has recovered value.
func Internal(value any) *Failure {
	f := &Failure{Name: InternalError, Value: fmt.Sprint(value)}
	f.Traceback = []string{
		Alarm + "internal error: " + f.Value + Plain,
		"This is an error in gosched and not in your code. The session goes on with its variables.",
		"Please report it with the cell and these lines:",
	}
	const most = 16 // lines, two for each call
	var lines []string
	stack := strings.Split(string(debug.Stack()), "\n")
	for i, line := range stack {
		if strings.HasPrefix(line, "panic(") {
			lines = nil // what lies above is of the recovering
		}
		if strings.HasPrefix(line, "github.com/gosched/gosched/") && i+1 < len(stack) {
			lines = append(lines, "    "+line, "    "+stack[i+1])
		}
	}
	f.Traceback = append(f.Traceback, lines[:min(len(lines), most)]...)
	return f
}

// CallSeparator stands between the parts of the label that Go's report of a fatal
// error has of a goroutine: the name of its cell and, where they are known, its
// calls, innermost first, each with its place as a part of its own.
const CallSeparator = " < "
