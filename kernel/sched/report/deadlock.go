package report

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

// Warning is the report for a cell that is not ended by it: its other goroutines go
// on.
func (d *Deadlock) Warning() string {
	lines := d.Lines()
	if d.Circle {
		lines[0] = "deadlock: " + circleMessage(d.Blocked) + " and can never go on"
	} else {
		lines[0] = "deadlock: the cell itself can never go on, since nothing that still runs has what it waits for. " +
			"Its other goroutines go on; an interrupt ends them"
	}
	return strings.Join(lines, "\n") + "\n"
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

// circleMessage says who waits for whom: "goroutines 5, 6 and 7 wait for each
// other's locks".
func circleMessage(list []Info) string {
	var b strings.Builder
	b.WriteString("goroutines ")
	for i := range list {
		switch {
		case i == maxBlocked && i < len(list)-1:
			fmt.Fprintf(&b, " and %d more wait for each other's locks", len(list)-i)
			return b.String()
		case i > 0 && i == len(list)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d", list[i].Number)
	}
	return b.String() + " wait for each other's locks"
}
