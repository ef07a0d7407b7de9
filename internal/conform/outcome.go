package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// An outcome is what one run of a program did.
type outcome struct {
	Stdout string
	Stderr string // without what tells of the end
	End    ending
	// Detail is what else there is to say about the end: a traceback.
	Detail string `json:",omitempty"`
	// Late says that goroutines printed after their cell had ended, so that
	// the order between cells' outputs has no meaning.
	Late bool `json:",omitempty"`
	// TailOut and TailErr came after the last cell had ended: some of it may
	// have been printed before, some not.
	TailOut string `json:",omitempty"`
	TailErr string `json:",omitempty"`
}

// An ending is how a program ended.
type ending struct {
	Kind endKind
	// Text is the status, the panic's message, or the error's.
	Text string
}

type endKind string

const (
	endExit    endKind = "exit"          // of itself, or by os.Exit; Text is the status
	endPanic   endKind = "panic"         // Text is the value's first line
	endFatal   endKind = "fatal error"   // what the runtime cannot recover from
	endCompile endKind = "compile error" // refused
	endTimeout endKind = "time-out"
	endCrash   endKind = "crash" // the engine's process died
)

func (e ending) String() string { return string(e.Kind) + " " + e.Text }

var (
	typedValue = regexp.MustCompile(`^(\([^()]*\)) .*`)
	repanicked = regexp.MustCompile(` \[(recovered|recovered, repanicked|goexit)\]$`)
	address    = regexp.MustCompile(`0x[0-9a-f]+`)
)

// panicMessage is a panic's text in a form that can be compared: its first
// line, without addresses.
func panicMessage(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	text = repanicked.ReplaceAllString(text, "")
	if m := typedValue.FindStringSubmatch(text); m != nil {
		return m[1] // what follows is an address
	}
	return address.ReplaceAllString(text, "0x?")
}

// A native is what several runs of the compiled program did.
type native struct {
	BuildError string `json:",omitempty"`
	Runs       []outcome
	Seconds    float64 // of the first run
}

// freedom says how much of an output the language leaves open, going by what
// differed between native runs.
type freedom int

const (
	exact   freedom = iota // nothing
	ordered                // the order of lines
	numbers                // and the numbers in them
	counts                 // and how often a line comes
	open                   // everything
)

func (f freedom) String() string {
	return [...]string{"output", "output as a set of lines", "output as a set of lines without numbers", "which lines there are", "nothing"}[f]
}

var digits = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+(\.[0-9]+)?(ns|µs|ms|s)?`)

// reduce takes from an output what is free.
func (f freedom) reduce(text string) string {
	if f == open {
		return ""
	}
	if f == exact {
		return text
	}
	if f >= numbers {
		text = digits.ReplaceAllString(text, "#")
	}
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	if f == counts {
		lines = slices.Compact(lines)
	}
	return strings.Join(lines, "\n")
}

// freedomOf is the least freedom under which all texts are equal.
func freedomOf(texts []string) freedom {
	for f := exact; f < open; f++ {
		if all(texts, func(t string) bool { return f.reduce(t) == f.reduce(texts[0]) }) {
			return f
		}
	}
	return open
}

func all(texts []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(texts, func(t string) bool { return !ok(t) })
}

// stdouts and stderrs are what the runs printed.
func (n *native) stdouts() (texts []string) {
	for _, r := range n.Runs {
		texts = append(texts, r.Stdout)
	}
	return texts
}

func (n *native) stderrs() (texts []string) {
	for _, r := range n.Runs {
		texts = append(texts, r.Stderr)
	}
	return texts
}

// compare says in which way an outcome differs from the native ones, or "".
// The end must be that of a native run. The output must be the same, or the
// same lines where native runs print them in different orders or goroutines printed
// them after their cell; where numbers in them differ too (times, addresses)
// those are not compared, nor how often a line comes where that differs; and
// where everything differs, nothing is.
func (n *native) compare(got outcome) string {
	if !slices.ContainsFunc(n.Runs, func(r outcome) bool { return r.End == got.End }) {
		d := fmt.Sprintf("ended with %s, natively with %s", got.End, n.Runs[0].End)
		if got.Detail != "" {
			d += "\n" + got.Detail
		}
		return d
	}
	least := exact
	if got.Late {
		least = ordered
	}
	if d := differs("stdout", least, n.stdouts(), got.Stdout, got.TailOut); d != "" {
		return d
	}
	return differs("stderr", least, n.stderrs(), got.Stderr, got.TailErr)
}

// differs compares one stream. Lines of the tail may belong to the output or
// not.
func differs(stream string, least freedom, want []string, got, tail string) string {
	f := max(least, freedomOf(want))
	reduced := f.reduce(want[0])
	if f.reduce(got) == reduced || f.reduce(got+tail) == reduced {
		return ""
	}
	if f >= ordered && tail != "" {
		missing := without(lineList(want[0], f), lineList(got, f))
		extra := without(lineList(got, f), lineList(want[0], f))
		if len(extra) == 0 && len(without(missing, lineList(tail, f))) == 0 {
			return ""
		}
	}
	return difference(stream, f, want[0], got)
}

func lineList(text string, f freedom) []string {
	return strings.Split(strings.TrimSpace(f.reduce(text)), "\n")
}

// without returns the strings of a that are not in b, where each string of b
// makes up for one of a.
func without(a, b []string) []string {
	left := map[string]int{}
	for _, s := range b {
		left[s]++
	}
	var rest []string
	for _, s := range a {
		if left[s]--; left[s] < 0 {
			rest = append(rest, s)
		}
	}
	return rest
}

// difference shows the first lines that differ.
func difference(stream string, f freedom, want, got string) string {
	const most = 8
	a, b := strings.Split(f.reduce(want), "\n"), strings.Split(f.reduce(got), "\n")
	line := func(list []string, i int) string {
		if i >= len(list) {
			return "(end of output)"
		}
		return clip(fmt.Sprintf("%q", list[i]))
	}
	var diffs []string
	for i := range max(len(a), len(b)) {
		x, y := line(a, i), line(b, i)
		if i < len(a) && i < len(b) && a[i] == b[i] {
			continue
		}
		if len(diffs) == most {
			diffs = append(diffs, "…")
			break
		}
		diffs = append(diffs, fmt.Sprintf("%s line %d is %s,\n\tnatively %s", stream, i+1, y, x))
	}
	return strings.Join(diffs, "\n")
}

func clip(s string) string {
	const most = 160
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
