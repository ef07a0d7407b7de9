package spelling

import (
	"slices"
	"strings"
)

// DidYouMean asks for names, at most three, each with the given text
// before it.
func DidYouMean(names []string, before string) string {
	if len(names) == 0 {
		return ""
	}
	names = slices.Clone(names[:min(3, len(names))])
	for i := range names {
		names[i] = before + names[i]
	}
	return "did you mean " + List(names, "or") + "?"
}

// Nearest returns the names that may have been meant by a mistyped one: the
// same letters in another case, or else those that are fewest slips away.
func Nearest(name string, known []string) []string {
	known = slices.Compact(slices.Sorted(slices.Values(known)))
	var same, best []string
	least := slips(len(name))
	for _, k := range known {
		if k == name {
			continue
		}
		if strings.EqualFold(k, name) {
			same = append(same, k)
			continue
		}
		if diff := len(k) - len(name); diff > least || -diff > least {
			continue
		}
		switch d := Distance(name, k); {
		case d < least:
			best, least = []string{k}, d
		case d == least && d > 0:
			best = append(best, k)
		}
	}
	if len(same) > 0 {
		return same
	}
	return best
}

// slips is how many slips of the finger are thought possible in a name of n
// bytes.
func slips(n int) int {
	switch {
	case n < 3:
		return 0
	case n < 6:
		return 1
	}
	return 2
}

// Distance counts the slips between two names: letters left out, added,
// changed, or swapped with their neighbour.
func Distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// List joins names with commas, and the last two with a word.
func List(names []string, word string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + word + " " + names[last]
}
