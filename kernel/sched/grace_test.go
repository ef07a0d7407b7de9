//go:build unix

package sched

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Deferred calls are not cut off for time that the process was not given.
func TestContract13_DeferredCallsHaveTheirTime(t *testing.T) {
	pid := os.Getpid()
	other := exec.Command("sh", "-c", fmt.Sprintf("read x; kill -STOP %d; sleep 0.2; kill -CONT %d", pid, pid))
	now, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer now.Close()
	n := newNotebook(t)
	later := false
	n.interrupted(10*time.Millisecond, func(g *G) {
		deferred(g, func() { later = true }, func() {
			deferred(g, func() {
				fmt.Fprintln(now)
				for last, gap := time.Now(), time.Duration(0); gap < 2*grace; { // until it was stopped
					gap = time.Since(last)
					last = last.Add(gap)
				}
				for end := processorTime() + grace/50; processorTime() < end; {
				}
			}, func() { spin(g) })
		})
	})
	if !later {
		t.Error("the second deferred call did not run")
	}
}
