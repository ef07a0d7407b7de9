package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// A tally counts the results of one group in one mode.
type tally struct{ passed, failed int }

// writeTable prints a row for each group with what passed of how many, by
// mode, and a last row for all of them.
func writeTable(w io.Writer, results []result, modes []mode) {
	const total = "all"
	rows := map[string]map[mode]*tally{}
	count := func(group string, m mode, failed bool) {
		if rows[group] == nil {
			rows[group] = map[mode]*tally{}
		}
		t := rows[group][m]
		if t == nil {
			t = &tally{}
			rows[group][m] = t
		}
		if failed {
			t.failed++
		} else {
			t.passed++
		}
	}
	for _, r := range results {
		for m, cause := range r.cause {
			count(r.program.group, m, cause != "")
			count(total, m, cause != "")
		}
	}
	groups := slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		if (a == total) != (b == total) {
			return cmp.Compare(boolInt(a == total), boolInt(b == total))
		}
		return cmp.Compare(a, b)
	})
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer tw.Flush()
	fmt.Fprint(tw, "group\t")
	for _, m := range modes {
		fmt.Fprintf(tw, "%s\tfailed\t\t", m)
	}
	fmt.Fprintln(tw)
	for _, g := range groups {
		fmt.Fprintf(tw, "%s\t", g)
		for _, m := range modes {
			t := rows[g][m]
			if t == nil {
				t = &tally{}
			}
			fmt.Fprintf(tw, "%d\t%d\t%.1f %%\t", t.passed, t.failed, 100*float64(t.passed)/float64(max(1, t.passed+t.failed)))
		}
		fmt.Fprintln(tw)
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writeRemarks says what the table does not: which programs were not compared,
// in part or at all, and which were tried again.
func writeRemarks(w io.Writer, results []result) {
	for _, r := range results {
		if r.skipped != "" {
			fmt.Fprintf(w, "skipped %s: it %s\n", r.program.name, r.skipped)
		}
		if r.open != "" {
			fmt.Fprintf(w, "only the end of %s is compared: %s\n", r.program.name, r.open)
		}
		if len(r.retried) > 0 {
			fmt.Fprintf(w, "%s did as it should only when it was tried again, in mode %v\n", r.program.name, r.retried)
		}
	}
}

// writeFailures prints each failure with its cause. Modes with the same cause
// share an entry.
func writeFailures(w io.Writer, results []result, modes []mode) {
	for _, r := range results {
		unexpected := r.unexpected()
		told := map[string]bool{}
		for _, m := range modes {
			cause := r.cause[m]
			if u, ok := unexpected[m]; ok {
				cause = u
			}
			if cause == "" || told[cause] {
				continue
			}
			told[cause] = true
			var same []string
			for _, o := range modes {
				if r.cause[o] == cause || unexpected[o] == cause {
					same = append(same, string(o))
				}
			}
			mark := ""
			if reason, ok := r.known[m]; ok && r.cause[m] != "" {
				mark = " (known: " + reason + ")"
			}
			fmt.Fprintf(w, "FAIL %s [%s]%s\n", r.program.name, strings.Join(same, ","), mark)
			if mark == "" {
				fmt.Fprintf(w, "\t%s\n", strings.ReplaceAll(lines(cause, 18), "\n", "\n\t"))
			}
		}
	}
}
