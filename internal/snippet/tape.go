package snippet

import (
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"github.com/gosched/gosched/kernel/sched"
)

// A Tape is a sched.Detector that writes down what it is told: a line for each
// operation, with its kind, what it works on in the source's words, and the line.
type Tape struct {
	mu    sync.Mutex
	lines []string
}

// String is what is on the tape.
func (t *Tape) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}

func (t *Tape) say(kind, name string, site *sched.Site) {
	line := kind
	if name != "" {
		line += " " + name
	}
	if site != nil && site.Place != nil {
		line += fmt.Sprintf(" :%d", site.Place().Line)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
}

// Did implements sched.Observer.
func (t *Tape) Did(_ *sched.G, op *sched.Op) {
	switch op.Kind {
	case sched.OpBlock, sched.OpUnblock: // who comes first is chance
		return
	case sched.OpOther: // how often compiled code is entered is the library's business
		return
	}
	t.say(op.Kind.String(), op.Name(), op.Site)
}

// Read implements sched.Detector.
func (t *Tape) Read(_ *sched.G, p unsafe.Pointer, size uintptr, site *sched.Site, at sched.Stack) {
	t.say(fmt.Sprintf("read%d", size), site.NameOf(at, p), site)
}

// Write implements sched.Detector.
func (t *Tape) Write(_ *sched.G, p unsafe.Pointer, size uintptr, site *sched.Site, at sched.Stack) {
	t.say(fmt.Sprintf("write%d", size), site.NameOf(at, p), site)
}

// Born implements sched.Detector.
func (t *Tape) Born(*sched.G, unsafe.Pointer, uintptr) {}
