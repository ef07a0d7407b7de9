package worker

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"syscall"

	"github.com/gosched/gosched/kernel/session"
)

// A death is how a child ended.
type death struct {
	state  *os.ProcessState // nil if it could not be had
	reason string           // why the supervisor killed it; empty if it did not
	report string           // Go's report on standard error, or empty
	limit  int64            // memory limit in bytes, 0 for none
}

// restarted is the last line of every explanation.
const restarted = "The session was restarted: its variables and goroutines are gone. Run the cells again that declare what you need."

// failure explains a death to the person whose cell ended with it.
func (d death) failure(explain func(string) []string) *session.Failure {
	f := &session.Failure{Name: session.FatalError, Restarted: true}
	var hints []string
	message := fatalMessage(d.report)
	switch {
	case d.reason != "":
		f.Value = d.reason
	case (outOfMemory.MatchString(message) || d.starved(message)) && !tooManyThreads(d.report):
		f.Value = "fatal error: out of memory"
		if d.limit > 0 {
			f.Value += fmt.Sprintf(" (the session's limit is %s)", formatSize(d.limit))
			hints = append(hints, fmt.Sprintf(
				"The session may use %s of memory. To allow more, set %s, such as %s=%s, where Jupyter is started.",
				formatSize(d.limit), MemoryLimitVariable, MemoryLimitVariable, strings.ReplaceAll(formatSize(2*d.limit), " ", "")))
		}
		if holdThreads(d.report, crowd) { // whose stacks are a part of what is full
			hints = append(hints, fewerThreads...)
		}
	case message != "" && tooManyThreads(d.report):
		f.Value = "fatal error: too many threads"
		f.Traceback = []string{session.Alarm + f.Value + session.Plain} // the report is whosever turn it was
		hints = append(hints, fewerThreads...)
	case message != "":
		f.Value = message
	default:
		f.Value = "the process that runs the cells ended"
		if d.state != nil {
			f.Value = d.state.String()
		}
		hints = append(hints, exitHint(d.state))
	}
	if message != "" && d.reason == "" && f.Traceback == nil {
		f.Traceback = explain(d.report)
		if len(f.Traceback) > 0 && d.starved(message) {
			f.Traceback[0] = session.Alarm + f.Value + session.Plain
		}
	}
	if len(f.Traceback) == 0 {
		f.Traceback = []string{session.Alarm + f.Value + session.Plain}
	}
	f.Traceback = append(f.Traceback, hints...)
	f.Traceback = append(f.Traceback, restarted)
	return f
}

// starved reports whether the runtime, which had a fault of its own at an address
// next to nil, ran out of memory: some of its code does not look whether it got
// what it has asked the system for. A child that has touched little of what it may
// use died of something else.
func (d death) starved(message string) bool {
	if d.limit == 0 || !runtimeFault.MatchString(message) || !nearNil.MatchString(d.report) || d.state == nil {
		return false
	}
	usage, ok := d.state.SysUsage().(*syscall.Rusage)
	return ok && peakBytes(usage) >= d.limit/4
}

// peakBytes is the most memory that a process has touched.
func peakBytes(usage *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}

var (
	runtimeFault = regexp.MustCompile(`^(fatal error: unexpected signal during runtime execution|SIG(SEGV|BUS): )`)
	nearNil      = regexp.MustCompile(`\baddr=0x[0-9a-f]{1,3}\b`)
)

var outOfMemory = regexp.MustCompile(`out of memory|cannot allocate|can't allocate|failed to reserve|failed to map`)

// tooManyThreads reports whether the runtime could not have one more thread because of
// those that goroutines hold. Where the memory is full of something else, it may be a
// thread, too, for which there was none left.
func tooManyThreads(report string) bool {
	return threadLimit.MatchString(report) || noThread.MatchString(report) && holdThreads(report, someThreads)
}

// holdThreads reports whether so many goroutines of a report hold a thread each.
func holdThreads(report string, n int) bool {
	return len(holdsThread.FindAllStringIndex(report, n)) == n
}

const (
	// someThreads are more than goroutines hold of which nobody knows.
	someThreads = 4
	// crowd is how many are worth a word where memory has run out. Of more than twice as
	// many a report has not all.
	crowd = 64
)

// fewerThreads is what to do about threads that goroutines hold.
var fewerThreads = []string{
	"Every goroutine that waits in a system call or for a process, or that has called runtime.LockOSThread, keeps a thread of the system.",
	"Have fewer of them at once, for instance with a semaphore: sem := make(chan struct{}, 100)",
}

var (
	threadLimit = regexp.MustCompile(`thread exhaustion|thread limit`)
	// noThread is what the runtime says when the system has no thread for it, or, without
	// cgo, where it was when there was no memory for one.
	noThread    = regexp.MustCompile(`pthread_create failed|failed to create new OS thread|(?m)^runtime\.newm\(`)
	holdsThread = regexp.MustCompile(`(?m)^goroutine .*\[(?:syscall|[^\]]*locked to thread)`)
)

// exitHint says what an end without a report usually means.
func exitHint(state *os.ProcessState) string {
	if state != nil {
		if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			if ws.Signal() == syscall.SIGKILL {
				return "The process that runs the cells was killed from outside. Often the machine or its container had run out of memory."
			}
			return "The process that runs the cells was ended by a signal from outside."
		}
	}
	return "The process that runs the cells ended itself."
}

// fatalMessage finds what went wrong in one line of Go's report: the fatal
// error, or else the panic; empty if there is neither.
func fatalMessage(report string) string {
	var first string
	for line := range strings.Lines(report) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "fatal error: ") {
			return line
		}
		if goroutineHeader.MatchString(line) {
			break
		}
		if first == "" && (strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "SIG") || strings.HasPrefix(line, "runtime/cgo: ") || strings.HasPrefix(line, "fatal: ")) {
			first = line
		}
	}
	return first
}

var (
	goroutineHeader = regexp.MustCompile(`^goroutine \d+ .*\[.*\]`)
	addresses       = regexp.MustCompile(` (gp|m|mp)=\w+`)
	labels          = regexp.MustCompile(` labels:\{"gosched": "([^"]*)"\}`)
	location        = regexp.MustCompile(`^\t\S.*:\d+( \+0x[0-9a-f]+)?( fp=.*)?$`)
)

// mostFrames bounds how many calls of a goroutine ExplainReport keeps.
const mostFrames = 10

// ExplainReport is the explanation of Go's report of a fatal error that is used
// unless [Options] has another: the message in red, then the header of the
// goroutine that caused it and the library calls it was in, down to gosched's
// own, without those of the runtime. Which cell that is says a label. The engine reports the fatal errors that it
// finds itself with the user's calls in place of compiled ones.
func ExplainReport(report string) []string {
	var lines []string
	if message := fatalMessage(report); message != "" {
		lines = append(lines, session.Alarm+message+session.Plain)
	}
	all := strings.Split(report, "\n")
	i := guilty(all)
	if i < 0 {
		return lines
	}
	line := all[i]
	var announced []string // a call and its place, by turns
	if m := labels.FindStringSubmatch(line); m != nil {
		parts := strings.Split(m[1], session.CallSeparator)
		line = fmt.Sprintf("goroutine of %s [running]:", parts[0]) // the runtime's number says nothing
		announced = parts[1:]
	}
	lines = append(lines, "", addresses.ReplaceAllString(line, ""))
	lines = append(lines, libraryFrames(all[i+1:])...)
	for i, part := range announced {
		lines = append(lines, strings.Repeat("\t", i%2)+part)
	}
	return lines
}

// guilty returns the header of the goroutine that caused a fatal error, in the
// lines of a report, or -1. That is the first, except where the garbage collector
// noticed that a cell has used up the memory: then it is the cell's that was
// running, or one that helped the collector.
func guilty(lines []string) int {
	first, mine := -1, -1
	for i, line := range lines {
		// Goroutine 0 is a thread's own, on which the runtime does its work.
		if !goroutineHeader.MatchString(line) || strings.HasPrefix(line, "goroutine 0 ") {
			continue
		}
		if first < 0 {
			if first = i; !collector.MatchString(line) {
				return first
			}
		}
		if labels.MatchString(line) && (mine < 0 || busy.MatchString(line) && !busy.MatchString(lines[mine])) {
			mine = i
		}
	}
	if mine >= 0 {
		return mine
	}
	return first
}

var (
	// collector matches goroutines that work for the garbage collector.
	collector = regexp.MustCompile(`\[(GC worker|GC scavenge|GC sweep|force gc|finalizer|cleanup)`)
	busy      = regexp.MustCompile(`\[(running|runnable|GC assist)`)
)

// libraryFrames picks from the lines of one goroutine the calls above gosched's
// own, which run the user's code, and below the runtime's. A frame is two
// lines, the call and its place.
func libraryFrames(lines []string) []string {
	var out []string
	for i := 0; i+1 < len(lines) && lines[i] != ""; i++ {
		call, place := lines[i], lines[i+1]
		if strings.HasPrefix(place, "\tcell ") { // a call in the user's code, reported by the engine
			out = append(out, call, place)
			i++
			if len(out) == 2*mostFrames {
				return append(out, "...")
			}
			continue
		}
		m := location.FindStringSubmatchIndex(place)
		if m == nil {
			continue
		}
		i++
		name := strings.TrimPrefix(call, "created by ")
		if strings.HasPrefix(name, "github.com/gosched/gosched/") || strings.HasPrefix(name, "main.") {
			break
		}
		if runtimeCall(name) {
			continue
		}
		if len(out) == 2*mostFrames {
			return append(out, "...")
		}
		if m[2] >= 0 {
			place = place[:m[2]]
		} else if m[4] >= 0 {
			place = place[:m[4]]
		}
		out = append(out, call, place)
	}
	return out
}

func runtimeCall(name string) bool {
	for _, begin := range []string{"runtime.", "runtime/", "internal/", "panic(", "reflect."} {
		if strings.HasPrefix(name, begin) {
			return true
		}
	}
	return false
}
