package worker

import (
	"fmt"
	"os"
	"regexp"
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

const (
	red   = "\x1b[1;31m"
	plain = "\x1b[0m"
)

// restarted is the last line of every explanation.
const restarted = "The session was restarted: its variables and goroutines are gone. Run the cells again that declare what you need."

// failure explains a death to the person whose cell ended with it.
func (d death) failure(explain func(string) []string) *session.Failure {
	f := &session.Failure{Name: "fatal error", Restarted: true}
	var hints []string
	message := fatalMessage(d.report)
	switch {
	case d.reason != "":
		f.Value = d.reason
	case outOfMemory.MatchString(message):
		f.Value = "fatal error: out of memory"
		if d.limit > 0 {
			f.Value += fmt.Sprintf(" (the session's limit is %s)", formatSize(d.limit))
			hints = append(hints, fmt.Sprintf(
				"The session may use %s of memory. To allow more, set %s, such as %s=%s, where Jupyter is started.",
				formatSize(d.limit), MemoryLimitVariable, MemoryLimitVariable, strings.ReplaceAll(formatSize(2*d.limit), " ", "")))
		}
	case message != "":
		f.Value = message
	default:
		f.Value = "the process that runs the cells ended"
		if d.state != nil {
			f.Value = d.state.String()
		}
		hints = append(hints, exitHint(d.state))
	}
	if message != "" && d.reason == "" {
		f.Traceback = explain(d.report)
	}
	if len(f.Traceback) == 0 {
		f.Traceback = []string{red + f.Value + plain}
	}
	f.Traceback = append(f.Traceback, hints...)
	f.Traceback = append(f.Traceback, restarted)
	return f
}

var outOfMemory = regexp.MustCompile(`out of memory|cannot allocate|can't allocate|failed to reserve|failed to map|pthread_create failed`)

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
		lines = append(lines, red+message+plain)
	}
	all := strings.Split(report, "\n")
	for i, line := range all {
		// Goroutine 0 is a thread's own, on which the runtime does its work.
		if goroutineHeader.MatchString(line) && !strings.HasPrefix(line, "goroutine 0 ") {
			if m := labels.FindStringSubmatch(line); m != nil {
				line = fmt.Sprintf("goroutine of %s [running]:", m[1]) // the runtime's number says nothing
			}
			lines = append(lines, "", addresses.ReplaceAllString(line, ""))
			return append(lines, libraryFrames(all[i+1:])...)
		}
	}
	return lines
}

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
