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
	const tries = 40
	for range tries {
		if later, spent := stopped(t); later {
			return
		} else if spent < grace/10 {
			t.Fatalf("the second deferred call did not run, and the first had used %v of a processor", spent)
		}
	}
	t.Fatalf("in %d tries, what is to stop the process came too late", tries)
}

// stopped interrupts a goroutine with two deferred calls, of which the first has the
// process stand still for a while. It reports whether the second was made, and how much
// of a processor was used before the process stood still.
func stopped(t *testing.T) (later bool, spent time.Duration) {
	pid := os.Getpid()
	other := exec.Command("sh", "-c", fmt.Sprintf("read x; sleep 0.002; kill -STOP %d; sleep 0.2; kill -CONT %d", pid, pid))
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
	n.most = time.Minute // of which it stands still for a part
	n.interrupted(10*time.Millisecond, func(g *G) {
		deferred(g, func() { later = true }, func() {
			deferred(g, func() {
				began, last := processorTime(), time.Now()
				fmt.Fprintln(now)
				for gap := time.Duration(0); gap < 2*grace; { // until it was stopped
					gap = time.Since(last)
					last = last.Add(gap)
				}
				spent = processorTime() - began
				for end := time.Now().Add(grace / 50); time.Now().Before(end); { // and is not in a system call
				}
			}, func() { spin(g) })
		})
	})
	// Where it was stopped late, it was given up.
	eventually(t, "the goroutine ends", func() bool { return n.Count() == 0 })
	return later, spent
}
