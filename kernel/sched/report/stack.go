package report

import (
	"fmt"
	"strings"
)

// Stack writes a goroutine's calls, as many as most, in the manner of the Go runtime.
func Stack(b *strings.Builder, number int, state string, places []Place, most int) {
	fmt.Fprintf(b, "goroutine %d [%s]:\n", number, state)
	for i, p := range places {
		if i == most {
			b.WriteString("...additional frames elided...\n")
			break
		}
		fmt.Fprintf(b, "%s(...)\n\t%s\n", p.Func, p.Where())
	}
}
