package standin

import (
	"fmt"
	"os"
	"strings"

	"github.com/gosched/gosched/kernel/sched"
)

// NoteRedirected tells people whose cell has assigned a standard stream another
// file, once, since what they print may then be nowhere to be seen.
func (l *Library) NoteRedirected(g *sched.G) {
	var names []string
	for _, s := range []struct {
		name     string
		now, own *os.File
	}{{"os.Stdout", os.Stdout, l.Streams.Out}, {"os.Stderr", os.Stderr, l.Streams.Err}, {"os.Stdin", os.Stdin, l.Streams.In}} {
		if s.now != s.own {
			names = append(names, s.name)
		}
	}
	text := strings.Join(names, " and ")
	if before := l.redirected.Swap(&text); len(names) > 0 && (before == nil || *before != text) {
		_, _ = fmt.Fprintf(sched.Stderr(g), "note: since this cell, %s is another file, and cells use that. Assign it what it was before to undo this.\n", text)
	}
}
