package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gosched/gosched/kernel/sched"
	"github.com/gosched/gosched/kernel/sched/report"
	"github.com/gosched/gosched/kernel/session"
)

// describe tells all that is known of one of the goroutines listed.
func (e *Engine) describe(x *report.Info, all []report.Info) string {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d [%s]", x.Number, x.State)
	if on := x.Waits(); on != "" {
		fmt.Fprintf(&b, " on %s", on)
	}
	if x.Blocked && x.For >= time.Second {
		fmt.Fprintf(&b, ", for %s", x.For.Round(time.Second))
	}
	b.WriteString("\n")
	for _, at := range x.At {
		fmt.Fprintf(&b, "%s\n\t%s%s\n", at.Func, at.Where(), e.quoted(at))
	}
	switch {
	case x.Main:
		fmt.Fprintf(&b, "it runs cell %d\n", x.Cell)
	case x.Parent > 0:
		fmt.Fprintf(&b, "started by goroutine %d: %s\n\t%s%s\n", x.Parent, x.Name, x.Start.Where(), e.quoted(x.Start))
	default:
		fmt.Fprintf(&b, "started: %s\n\t%s%s\n", x.Name, x.Start.Where(), e.quoted(x.Start))
	}
	if x.Leaked {
		b.WriteString("nobody has what it waits for any more: it can never run again\n")
	}
	for _, line := range wakers(x, all) {
		b.WriteString(line + "\n")
	}
	for _, line := range waitingFor(x, all) {
		b.WriteString(line + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// quoted is the line of the source at a place, after a colon.
func (e *Engine) quoted(at sched.Place) string {
	if line := e.sourceLine(at); line != "" {
		return ": " + line
	}
	return ""
}

// wakers says who could wake a goroutine, as far as that is known: who has the
// lock that it waits for, and who waits at the other end of its channel.
func wakers(x *report.Info, all []report.Info) (lines []string) {
	for i := range x.On {
		w := &x.On[i]
		if w.Holder > 0 {
			who := "itself"
			if w.Holder != x.Number {
				who = naming(all, w.Holder)
			}
			lines = append(lines, fmt.Sprintf("could wake it: %s, which has %s", who, w.Name))
		}
		for k := range all {
			other := &all[k]
			if other.Number == x.Number {
				continue
			}
			for j := range other.On {
				if o := &other.On[j]; w.Meets(o) {
					lines = append(lines, fmt.Sprintf("could wake it: %s, at the other end of %s", naming(all, other.Number), w.Name))
				}
			}
		}
	}
	return lines
}

// waitingFor says who waits for a lock that a goroutine has.
func waitingFor(x *report.Info, all []report.Info) (lines []string) {
	for i := range all {
		for j := range all[i].On {
			if w := &all[i].On[j]; w.Holder == x.Number && all[i].Number != x.Number {
				lines = append(lines, fmt.Sprintf("it has %s, for which waits: %s", w.Name, naming(all, all[i].Number)))
			}
		}
	}
	return lines
}

func naming(all []report.Info, number int) string {
	for i := range all {
		if all[i].Number == number {
			return fmt.Sprintf("goroutine %d (%s)", number, all[i].Name)
		}
	}
	return fmt.Sprintf("goroutine %d", number)
}

// goroutinesLive runs rest and lists the session's goroutines meanwhile, ten times
// a second at most, in a table that updates in place.
func (in *invocation) goroutinesLive(ctx context.Context, rest func(context.Context) ending) ending {
	id := fmt.Sprintf("goroutines-%d-%d", in.run.request.Number, time.Now().UnixNano())
	exec := in.run.exec
	shown := ""
	show := func() {
		list := in.engine.sched.List()
		table, _ := goroutineTable(list).(session.Display)
		if text := report.Text(list); text != shown || shown == "" {
			table.ID, table.Update = id, shown != ""
			exec.Emit(table)
			shown = text
		}
	}
	end := live(ctx, rest, show)
	show()
	return end
}
