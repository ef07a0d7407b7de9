package stacks

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
)

// numbered is what [Label] puts before a number.
const numbered = "goroutine "

// Label is the label value by which [Leaked] tells a goroutine.
func Label(number int) string { return numbered + strconv.Itoa(number) }

// Leaked reads the numbers of goroutines from a goroutineleak profile in its text form:
// paragraphs of
//
//	1 @ 0x43cd4e 0x40a56b …
//	# labels: {"gosched":"goroutine 17"}
//	#	0x40a56a	runtime.chanrecv+0x3aa	…
//
// A stack without one of the roots, see [NewReader], is that of a native child, which
// has its parent's label.
func Leaked(text io.Reader, roots ...string) map[int]bool {
	leaked := make(map[int]bool)
	number, depth := 0, 0
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.Contains(line, " @ 0x"):
			number, depth = 0, strings.Count(line, " 0x")
		case strings.HasPrefix(line, "# labels:"):
			if _, rest, ok := strings.Cut(line, `:"`+numbered); ok {
				digits, _, _ := strings.Cut(rest, `"`)
				number, _ = strconv.Atoi(digits)
			}
		case number != 0 && (depth >= maxRecorded ||
			slices.ContainsFunc(roots, func(root string) bool { return strings.Contains(line, root+"+") })):
			leaked[number] = true
		}
	}
	return leaked
}
