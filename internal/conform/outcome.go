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
	// the order between cells' outputs has no meaning. That within a cell's has.
	Late bool `json:",omitempty"`
	// PartsOut and PartsErr are what each cell printed, tails included.
	PartsOut, PartsErr []string `json:",omitempty"`
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
	repanicked = regexp.MustCompile(`(?m) \[(recovered|recovered, repanicked|goexit)\]$`)
	address    = regexp.MustCompile(`0x[0-9a-f]+`)
)

// panicMessage is a panic's text in a form that can be compared: all of its
// lines, without addresses.
func panicMessage(text string) string {
	text, _, _ = strings.Cut(text, "\n\ngoroutine ")
	text, _, _ = strings.Cut(text, "\n[signal ")
	text = strings.TrimSpace(strings.ReplaceAll(text, "\n\t", "\n"))
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
	Mended     bool    `json:",omitempty"` // it builds only when it is mended
	Wide       bool    `json:",omitempty"` // runs of other builds are among them; see widen
}

// freedom says how much of an output the language leaves open, going by what
// differed between native runs.
type freedom int

const (
	exact   freedom = iota // nothing
	ordered                // the order of lines
	numbers                // and the numbers in them
	counts                 // and how often a line comes
	some                   // and which of the lines come that not all runs have
	open                   // everything
)

func (f freedom) String() string {
	return [...]string{"output", "output as a set of lines", "output as a set of lines without numbers", "which lines there are", "lines that may be missing", "nothing"}[f]
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
	if f >= counts {
		lines = slices.Compact(lines)
	}
	return strings.Join(lines, "\n")
}

// freedomOf is the least freedom under which all texts are equal, or, if it is
// some, one of them has all lines of the others.
func freedomOf(texts []string) freedom {
	for f := exact; f < some; f++ {
		if all(texts, func(t string) bool { return f.reduce(t) == f.reduce(texts[0]) }) {
			return f
		}
	}
	if _, _, ok := bounds(texts); ok {
		return some
	}
	return open
}

// bounds are the lines that every text has, and those that one of them has; ok
// says that there is one with all lines of the others.
func bounds(texts []string) (least, most []string, ok bool) {
	least = lineList(texts[0], some)
	for _, t := range texts {
		lines := lineList(t, some)
		least = without(least, without(least, lines))
		if len(without(most, lines)) == 0 {
			most = lines
		}
	}
	return least, most, all(texts, func(t string) bool { return len(without(lineList(t, some), most)) == 0 })
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
// those are not compared, nor how often a line comes where that differs; lines
// that some native runs do not have may be missing; and where everything
// differs, nothing is.
func (n *native) compare(got outcome) string {
	if !slices.ContainsFunc(n.Runs, func(r outcome) bool { return r.End == got.End }) {
		d := fmt.Sprintf("ended with %s, natively with %s", got.End, n.Runs[0].End)
		if got.Detail != "" {
			d += "\n" + got.Detail
		}
		return d
	}
	for _, s := range []struct {
		name      string
		want      []string
		got, tail string
		parts     []string
	}{
		{"stdout", n.stdouts(), got.Stdout, got.TailOut, got.PartsOut},
		{"stderr", n.stderrs(), got.Stderr, got.TailErr, got.PartsErr},
	} {
		least := exact
		if got.Late {
			least = ordered
			if d := outOfOrder(s.name, s.want, s.parts); d != "" {
				return d
			}
		}
		if d := differs(s.name, least, s.want, s.got, s.tail); d != "" {
			return d
		}
	}
	return ""
}

// outOfOrder finds a cell's output whose lines come in another order than they
// do natively, where that is always the same. Between cells there may be lines
// of other cells.
func outOfOrder(stream string, want, parts []string) string {
	if freedomOf(want) != exact {
		return ""
	}
	for _, part := range parts {
		rest := strings.SplitAfter(want[0], "\n")
		first := true
		for line := range strings.Lines(part) {
			// A cell may begin and end in the middle of a line.
			end := !strings.HasSuffix(line, "\n")
			i := slices.IndexFunc(rest, func(l string) bool {
				return l == line || first && strings.HasSuffix(l, line) || end && strings.HasPrefix(l, line) || first && end && strings.Contains(l, line)
			})
			first = false
			if i < 0 {
				return fmt.Sprintf("%s: a cell prints %q in another place than natively", stream, clip(line))
			}
			rest = rest[i+1:]
		}
	}
	return ""
}

// openOutput says why none of the output is compared, or "".
func (n *native) openOutput() string {
	var streams []string
	if freedomOf(n.stdouts()) == open {
		streams = append(streams, "stdout")
	}
	if freedomOf(n.stderrs()) == open {
		streams = append(streams, "stderr")
	}
	if len(streams) == 0 {
		return ""
	}
	return fmt.Sprintf("%d native runs have nothing in common on %s", len(n.Runs), strings.Join(streams, " and "))
}

// differs compares one stream. Lines of the tail may belong to the output or
// not.
func differs(stream string, least freedom, want []string, got, tail string) string {
	f := max(least, freedomOf(want))
	if f == some {
		least, most, _ := bounds(want)
		if printed := lineList(got, f); len(without(printed, most)) == 0 && len(without(least, printed)) == 0 {
			return ""
		}
	}
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
