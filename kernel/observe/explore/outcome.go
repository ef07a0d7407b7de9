package explore

import (
	"fmt"
	"slices"
	"strings"
)

// A Kind is a way in which a run ends.
type Kind uint8

// The ways in which runs end, from good to bad.
const (
	Finished Kind = iota // by itself, with nothing left
	Left                 // and goroutines are left that could go on
	Exited               // by os.Exit
	Endless              // it had not ended when its steps were used up
	Leaked               // and goroutines are left that wait for ever
	Raced                // and memory was used without an order
	Deadlocked
	Panicked
	Fatal // what no program recovers from
)

// An Outcome is how a run ended, as far as runs are compared: it has nothing that
// differs from run to run by itself, such as the numbers of goroutines.
type Outcome struct {
	Kind Kind
	// Message says more of it in a line: the panic's message and where.
	Message string
	// Goroutines are those that are left, or blocked, with where and on what.
	Goroutines []string
	// Races are the data races, each in a line.
	Races []string
	// Output is what was printed.
	Output string
}

// Bad reports whether a program that can end like that has a bug.
func (o *Outcome) Bad() bool { return o.Kind >= Endless || len(o.Races) > 0 }

// Headline says in a line how the run ended.
func (o *Outcome) Headline() string {
	switch o.Kind {
	case Left:
		return count(len(o.Goroutines), "goroutine") + " left over"
	case Exited:
		return o.Message
	case Endless:
		return "no end: " + o.Message
	case Leaked:
		return "leak: " + count(len(o.Goroutines), "goroutine") + " can never go on"
	case Raced:
		return "data race"
	case Deadlocked:
		return "deadlock: " + o.Message
	case Panicked:
		return "panic: " + o.Message
	case Fatal:
		return "fatal error: " + o.Message
	}
	if o.Output == "" {
		return "ends, and prints nothing"
	}
	return "ends"
}

// key is the same for outcomes that count as one.
func (o *Outcome) key() string {
	var b strings.Builder
	b.WriteByte(byte(o.Kind))
	for _, part := range [][]string{{o.Message, o.Output}, o.Goroutines, o.Races} {
		for _, s := range part {
			b.WriteString(s)
			b.WriteByte(0)
		}
		b.WriteByte(1)
	}
	return b.String()
}

// Alike lists what is told of goroutines in an order that does not depend on them,
// those of which the same is told together. The first, if it is the main one, stays
// in front.
func Alike(lines []string) []string {
	counts := map[string]int{}
	var list []string
	for _, l := range lines {
		if counts[l]++; counts[l] == 1 {
			list = append(list, l)
		}
	}
	rest := list
	if len(list) > 0 && strings.HasPrefix(list[0], "main,") {
		rest = list[1:]
	}
	slices.Sort(rest)
	for i, l := range list {
		if n := counts[l]; n > 1 {
			list[i] = fmt.Sprintf("%d × %s", n, l)
		}
	}
	return list
}
