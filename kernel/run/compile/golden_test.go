package compile_test

import (
	"regexp"
	"testing"

	"github.com/gosched/gosched/internal/snippet"
	"github.com/gosched/gosched/kernel/sched/control"
)

// madeBy is what made a closure: functions into which it may have been inlined, its
// own, its number, the file and the line. Of that, the function and the file stay.
var madeBy = regexp.MustCompile(`(?m)  +\S*?(\w+)(\[\.\.\.\])?(\.func\d+|\.\d+)+ +(\(\w+\.go):\d+\)$`)

// ofClass are those of the table of memory classes. Up to Go 1.26, what is inlined
// there goes by the table's name.
var ofClass = regexp.MustCompile(`\t(opsOf|copyOf|clearOf|boxOf|loadVia|storeVia|receiveOf) (\(\w+\.go\))`)

// What functions are compiled to: where values live, what becomes part of what, and
// which file made the closures.
func TestDumps(t *testing.T) {
	snippet.Golden(t, "dumps.txtar", func(t *testing.T, src string) string {
		return ofClass.ReplaceAllString(madeBy.ReplaceAllString(compiled(t, src).Dump("f"), "\t$1 $4)"), "\tof its class $2")
	})
}

// What observed goroutines tell of themselves.
func TestTold(t *testing.T) {
	snippet.Golden(t, "told.txtar", func(t *testing.T, src string) string {
		tape := new(snippet.Tape)
		r := compiled(t, src).RunControlled("f", new(control.Fair), tape)
		if r.Failed() != "" {
			t.Errorf("failed: %s", r.Failed())
		}
		return tape.String() + "\n"
	})
}
