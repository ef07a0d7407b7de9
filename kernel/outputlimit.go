package kernel

import (
	"fmt"

	"github.com/gosched/gosched/kernel/session"
)

// OutputLimitVariable names the environment variable that sets how much one
// cell may print and show.
const OutputLimitVariable = "GOSCHED_OUTPUT_LIMIT"

// DefaultOutputLimit is how much one cell may print and show, in bytes, where
// nothing else is set. Browsers give up long before.
const DefaultOutputLimit = 256 << 20

// admit reports whether an event is still within the cell's limit. The first
// one that is not is answered with a note in its place. Failures always are.
func (o *output) admit(e session.Event) bool {
	n := int64(eventSize(e))
	limit := o.k.opts.OutputLimit
	if limit <= 0 || n == 0 {
		return true
	}
	o.mu.Lock()
	before := o.told
	o.told += n
	over := o.told > limit
	if over {
		o.cut += n
	}
	o.mu.Unlock()
	if over && before <= limit {
		o.put(chunk{stream: session.Stderr}, fmt.Sprintf("\ngosched: this cell's output is longer than %d MiB; the rest is left out. %s\n", limit>>20, o.k.outputAdvice()))
	}
	return !over
}

func (k *Kernel) outputAdvice() string {
	if k.opts.OutputAdvice != "" {
		return k.opts.OutputAdvice
	}
	return "Write it to a file, or set $" + OutputLimitVariable + "."
}

// cutNote says how much was left out; empty for nothing.
func (o *output) cutNote() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cut == 0 {
		return ""
	}
	return fmt.Sprintf("gosched: %d bytes of output were left out.\n", o.cut)
}

// eventSize is what an event counts for, in bytes.
func eventSize(e session.Event) (n int) {
	switch e := e.(type) {
	case session.Stream:
		return len(e.Text)
	case session.Display:
		for _, v := range e.Bundle.Data {
			if s, ok := v.(string); ok {
				n += len(s)
			} else {
				n += chunkOverhead
			}
		}
		return n + chunkOverhead
	}
	return 0
}
