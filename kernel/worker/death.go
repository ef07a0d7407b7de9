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
	goroutineHeader = regexp.MustCompile(`^goroutine \d+ .*\[.*\]:?$`)
	location        = regexp.MustCompile(`^\t\S.*:\d+( \+0x[0-9a-f]+)?$`)
)

// mostFrames bounds how many calls of a goroutine ExplainReport keeps.
const mostFrames = 10

// ExplainReport is the explanation of Go's report of a fatal error that is used
// unless [Options] has another: the message in red, then the first goroutine's
// header and its calls, without those of the runtime and of gosched itself.
func ExplainReport(report string) []string {
	message := fatalMessage(report)
	var lines []string
	if message != "" {
		lines = append(lines, red+message+plain)
	}
	all := strings.Split(report, "\n")
	for i, line := range all {
		if goroutineHeader.MatchString(line) && !strings.Contains(line, "gp=0x0 ") {
			lines = append(lines, "", line)
			return append(lines, userFrames(all[i+1:])...)
		}
	}
	return lines
}

// userFrames picks the calls of one goroutine that are not the machinery's.
// A frame is two lines, the call and its place.
func userFrames(lines []string) []string {
	var out []string
	for i := 0; i+1 < len(lines) && lines[i] != ""; i++ {
		if !location.MatchString(lines[i+1]) {
			continue
		}
		call, place := strings.TrimPrefix(lines[i], "created by "), lines[i+1]
		i++
		if machinery(call) {
			continue
		}
		if len(out) == 2*mostFrames {
			return append(out, "...")
		}
		if j := strings.LastIndex(place, " +0x"); j > 0 {
			place = place[:j]
		}
		out = append(out, lines[i-1], place)
	}
	return out
}

func machinery(call string) bool {
	for _, begin := range []string{"runtime.", "runtime/", "internal/", "reflect.", "github.com/gosched/gosched/", "main.main"} {
		if strings.HasPrefix(call, begin) {
			return true
		}
	}
	return false
}
