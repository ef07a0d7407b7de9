package display

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// maxChain is how many wrapped errors are shown.
const maxChain = 30

// errPlain is of the type of errors that are a text and nothing else.
var errPlain = errors.New("")

// errorChain is what an error says and, below it as a tree, what it wraps: each
// with its type. An error that wraps nothing is its text. One that says no more
// than what it joins, as those of errors.Join, says how many these are.
func errorChain(err error) string {
	var b strings.Builder
	parts := wrapped(err)
	if saysAll(err, parts) {
		fmt.Fprintf(&b, "%d errors:", len(parts))
	} else {
		b.WriteString(err.Error())
	}
	lines := 0
	var below func(parts []error, indent string)
	below = func(parts []error, indent string) {
		for i, e := range parts {
			if lines++; lines > maxChain {
				return
			}
			branch, deeper := "├ ", "│ "
			if i == len(parts)-1 {
				branch, deeper = "└ ", "  "
			}
			inner := wrapped(e)
			var line []string
			if t := reflect.TypeOf(e); t != reflect.TypeOf(errPlain) {
				line = append(line, typeName(t))
			}
			if saysAll(e, inner) {
				line = append(line, fmt.Sprintf("%d errors", len(inner)))
			} else {
				line = append(line, strings.ReplaceAll(clean(e.Error()), "\n", "\n"+indent+deeper))
			}
			b.WriteString("\n" + indent + branch + strings.Join(line, ": "))
			below(inner, indent+deeper)
		}
	}
	below(parts, "")
	if lines > maxChain {
		b.WriteString("\n…")
	}
	return b.String()
}

// saysAll reports whether an error's text is that of its several parts, a line
// for each.
func saysAll(err error, parts []error) bool {
	var texts []string
	for _, e := range parts {
		texts = append(texts, e.Error())
	}
	return len(texts) > 1 && err.Error() == strings.Join(texts, "\n")
}

// wrapped are the errors that one wraps.
func wrapped(err error) []error {
	if e := errors.Unwrap(err); e != nil {
		return []error{e}
	}
	var parts []error
	if m, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range m.Unwrap() {
			if e != nil {
				parts = append(parts, e)
			}
		}
	}
	return parts
}
