package worker

import (
	"crypto/rand"
	"os"
	"syscall"
	"time"
)

// markVariable names the environment variable by which the processes of a
// session are known: whatever a cell starts inherits it, and what that starts,
// also where they have left the process group or lost their parent.
const markVariable = "GOSCHED_SESSION"

// newMark makes the entry of a session's environment.
func newMark() string { return markVariable + "=" + rand.Text() }

// ownMark is the mark of the session that this process runs; "" for none.
func ownMark() string {
	if value := os.Getenv(markVariable); value != "" {
		return markVariable + "=" + value
	}
	return ""
}

const (
	// endRounds is how often processes are looked for that started while the
	// others were being ended.
	endRounds = 20
	endPause  = 5 * time.Millisecond
)

// endMarked ends the processes of a session, other than this one. It returns when
// none is left, or new ones come without end.
func endMarked(mark string) {
	for range endRounds {
		found := false
		for _, pid := range marked(mark) {
			if pid != os.Getpid() {
				found = syscall.Kill(pid, syscall.SIGKILL) == nil || found
			}
		}
		if !found {
			return
		}
		time.Sleep(endPause)
	}
}
