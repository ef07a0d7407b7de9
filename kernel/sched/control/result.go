package control

import (
	"time"

	"github.com/gosched/gosched/kernel/sched/report"
)

// An End says why a Control has let go.
type End uint8

// The reasons.
const (
	Running    End = iota // it has not
	Over                  // nothing is left to be done
	Deadlocked            // nobody could ever go on
	Failed                // a goroutine has panicked or exited, or the execution was stopped
	Fatal                 // something happened that no program recovers from; see Control.Misuse
	UsedUp                // Config.MaxSteps
	Pointless             // the strategy did not want to go on
)

// A Result is what there is to say of an execution.
type Result struct {
	End     End
	Misuse  Misuse
	Steps   int
	Changes int
	Left    []report.Info // goroutines that were left when main had returned
	CouldGo bool          // some of those could have gone on
	Program bool          // they ended with the program, see Control.Leave
	Races   []Race
	Outside []string
	Time    time.Duration // by the virtual clock
}

// Result is called after the execution.
func (c *Control) Result() Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := Result{
		End: c.end, Misuse: c.misuse, Steps: c.steps, Changes: c.changes,
		Left: c.left, Program: c.program, Races: c.races, Time: c.now,
		CouldGo: c.couldStillGo(),
	}
	for name := range c.outside {
		r.Outside = append(r.Outside, name)
	}
	return r
}
