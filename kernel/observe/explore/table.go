package explore

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// A Run is one run under a schedule.
type Run struct {
	Seed    Seed
	Outcome Outcome
	Steps   int // in which a goroutine could have been chosen
	Changes int // of the goroutine that runs
}

// A Table collects the outcomes of runs. Its zero value is empty.
type Table struct {
	// All says that there are no other schedules.
	All bool
	// Took is how long the runs took together.
	Took time.Duration
	// Short says that there was no time for more.
	Short bool
	// Outside names what was not under control.
	Outside []string

	runs int
	rows map[string]*Row
}

// A Row is what is known of one outcome.
type Row struct {
	Outcome Outcome
	Count   int
	// Example is the run with that outcome that has the fewest changes of the
	// goroutine that runs, and of those the fewest steps.
	Example Run
}

// Add notes a run.
func (t *Table) Add(r Run) {
	if t.rows == nil {
		t.rows = map[string]*Row{}
	}
	t.runs++
	key := r.Outcome.key()
	row := t.rows[key]
	if row == nil {
		row = &Row{Outcome: r.Outcome, Example: r}
		t.rows[key] = row
	}
	row.Count++
	if cmp.Or(cmp.Compare(r.Changes, row.Example.Changes), cmp.Compare(r.Steps, row.Example.Steps)) < 0 {
		row.Example = r
	}
}

// Runs is how many runs there were.
func (t *Table) Runs() int { return t.runs }

// Rows are the outcomes, the worst first, and of equally bad ones the commonest.
func (t *Table) Rows() []Row {
	rows := make([]Row, 0, len(t.rows))
	for _, r := range t.rows {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(
			-cmp.Compare(a.Outcome.Kind, b.Outcome.Kind),
			-cmp.Compare(a.Count, b.Count),
			cmp.Compare(a.Outcome.key(), b.Outcome.key()),
		)
	})
	return rows
}

// Worst is the row to look at: of the worst outcomes the rarest, which luck shows least.
func (t *Table) Worst() Row {
	rows := t.Rows()
	worst := rows[0]
	for _, r := range rows[1:] {
		if r.Outcome.Kind == worst.Outcome.Kind {
			worst = r // of equally bad ones the commonest comes first
		}
	}
	return worst
}

// Summary says in a sentence what was tried and found.
func (t *Table) Summary() string {
	var b strings.Builder
	took := t.Took.Round(time.Millisecond)
	if t.Took >= time.Second {
		took = t.Took.Round(10 * time.Millisecond)
	}
	switch n := len(t.rows); {
	case t.All && t.runs == 1:
		b.WriteString("there is one schedule only, and it was tried")
	case t.All:
		fmt.Fprintf(&b, "all %d schedules tried in %s", t.runs, took)
		ways(&b, n)
	default:
		fmt.Fprintf(&b, "%s tried in %s", count(t.runs, "schedule"), took)
		ways(&b, n)
	}
	if t.Short {
		b.WriteString(" (there was no time for more)")
	}
	return b.String()
}

func ways(b *strings.Builder, n int) {
	if n == 1 {
		b.WriteString(": the cell always ends in the same way")
	} else {
		fmt.Fprintf(b, ": the cell can end in %d ways", n)
	}
}

// maxRows is how many outcomes are shown one by one, and maxLines how much of
// each one's output, which has maxWidth columns.
const (
	maxRows  = 12
	maxLines = 6
	maxWidth = 72
)

// Text is the table as plain text.
func (t *Table) Text() string {
	var b strings.Builder
	b.WriteString(t.Summary() + "\n\n")
	rows := t.Rows()
	fmt.Fprintf(&b, "%6s %6s  %-16s  %s\n", "runs", "share", "seed", "how the cell ends")
	for i := range rows {
		if i == maxRows {
			b.WriteString(more(rows[i:]) + "\n")
			break
		}
		r := &rows[i]
		fmt.Fprintf(&b, "%6d %6s  %-16s  %s\n", r.Count, t.share(r.Count), r.Example.Seed, r.Outcome.Headline())
		for _, line := range details(&r.Outcome) {
			fmt.Fprintf(&b, "%34s%s\n", "", line)
		}
	}
	for _, o := range t.Outside {
		b.WriteString("\nnot under control: " + o)
	}
	if len(t.Outside) > 0 {
		b.WriteString("\n")
	}
	if len(rows) > 1 {
		fmt.Fprintf(&b, "\n%%%%replay %s in the place of %%%%explore runs the first of them again.\n", rows[0].Example.Seed)
	}
	return b.String()
}

// more says what rows that are not shown have.
func more(rows []Row) string {
	runs := 0
	for _, r := range rows {
		runs += r.Count
	}
	return fmt.Sprintf("%6d         and %s more", runs, count(len(rows), "outcome"))
}

func (t *Table) share(n int) string {
	share := 100 * float64(n) / float64(t.runs)
	if n < t.runs && share < 10 {
		return fmt.Sprintf("%.1f %%", share)
	}
	return fmt.Sprintf("%.0f %%", share)
}

// details are what an outcome has to tell beside its headline.
func details(o *Outcome) []string {
	var lines []string
	lines = append(lines, o.Races...)
	lines = append(lines, head(o.Goroutines, "more goroutines")...)
	if out := strings.TrimSuffix(o.Output, "\n"); out != "" {
		for i, l := range head(strings.Split(out, "\n"), "more lines") {
			mark := "  │ "
			if i == 0 {
				mark = "prints │ "
			}
			lines = append(lines, fmt.Sprintf("%9s%s", mark, cutShort(l)))
		}
	}
	return lines
}

func head(lines []string, what string) []string {
	if len(lines) <= maxLines {
		return lines
	}
	return append(slices.Clone(lines[:maxLines-1]), fmt.Sprintf("… %d %s", len(lines)-maxLines+1, what))
}

func cutShort(line string) string {
	if r := []rune(line); len(r) > maxWidth {
		return string(r[:maxWidth]) + "…"
	}
	return line
}

// HTML is the table as HTML. It takes its colours from the page.
func (t *Table) HTML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<div><p>%s</p>\n<table><thead><tr><th style=\"text-align:right\">runs</th><th style=\"text-align:right\">share</th><th style=\"text-align:left\">see it again</th><th style=\"text-align:left\">how the cell ends</th></tr></thead>\n<tbody>\n", html.EscapeString(t.Summary()))
	rows := t.Rows()
	for i := range rows {
		if i == maxRows {
			fmt.Fprintf(&b, "<tr><td colspan=\"4\" style=\"text-align:left\">%s</td></tr>\n", html.EscapeString(more(rows[i:])))
			break
		}
		r := &rows[i]
		weight, sign := "normal", ""
		if r.Outcome.Bad() {
			weight, sign = "bold", "✗ "
		}
		fmt.Fprintf(&b, "<tr style=\"vertical-align:top\"><td>%d</td><td style=\"white-space:nowrap\">%s</td><td style=\"text-align:left;white-space:nowrap\"><code>%%%%replay %s</code></td><td style=\"text-align:left\"><span style=\"font-weight:%s\">%s%s</span>",
			r.Count, t.share(r.Count), html.EscapeString(r.Example.Seed.String()), weight, sign, html.EscapeString(r.Outcome.Headline()))
		if lines := details(&r.Outcome); len(lines) > 0 {
			fmt.Fprintf(&b, "<pre style=\"margin:.3em 0 0\">%s</pre>", html.EscapeString(strings.Join(lines, "\n")))
		}
		b.WriteString("</td></tr>\n")
	}
	b.WriteString("</tbody></table>\n")
	for _, o := range t.Outside {
		fmt.Fprintf(&b, "<p>not under control: %s</p>\n", html.EscapeString(o))
	}
	b.WriteString("</div>")
	return b.String()
}

// count is n with the name of what is counted.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
