package sched

import (
	"fmt"
	"strings"
)

// A Deadlock is the report that a cell's main goroutine waits for something
// that nothing in the session could bring about any more, or that goroutines wait
// for each other's locks.
type Deadlock struct {
	// Blocked are the goroutines of the session, all blocked, the cell's main
	// goroutine first, then by number.
	Blocked []Info
	// Circle says that Blocked are goroutines that wait for each other's locks,
	// whatever others do.
	Circle bool
	// Lost says that nothing that can still run refers to what Blocked wait for,
	// although others are alive.
	Lost bool
}

// Message is what Go says, or where Go says nothing, what there is to say.
func (d *Deadlock) Message() string {
	if d.Circle {
		return circleMessage(d.Blocked) + " - deadlock!"
	}
	if d.Lost {
		return "all goroutines of the cell are asleep, and nothing else can wake them - deadlock!"
	}
	return "all goroutines are asleep - deadlock!"
}

// maxBlocked is how many goroutines a report names one by one.
const maxBlocked = 50

// Lines is the report for people, a line an element, in the manner of Go's own.
func (d *Deadlock) Lines() []string {
	lines := []string{"fatal error: " + d.Message()}
	for i, in := range d.Blocked {
		if i == maxBlocked {
			lines = append(lines, "", fmt.Sprintf("... and %d more goroutines, all blocked", len(d.Blocked)-i))
			break
		}
		lines = append(lines, "", in.headline())
		if len(in.At) == 0 {
			lines = append(lines, "    started at "+in.Start.String())
			continue
		}
		for _, p := range in.At {
			lines = append(lines, "    "+p.String())
		}
	}
	return lines
}

// headline is the first line of a goroutine in a report:
//
//	goroutine 7 [chan send] on ch (chan int, 0/0), cell 3:
func (in *Info) headline() string {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d [%s]", in.Number, in.State)
	if on := in.Waits(); on != "" {
		b.WriteString(" on " + on)
	}
	if in.Main {
		fmt.Fprintf(&b, ", cell %d:", in.Cell)
	} else {
		fmt.Fprintf(&b, ", started by cell %d:", in.Cell)
	}
	return b.String()
}
