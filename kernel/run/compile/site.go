package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/sched"
)

// site describes a channel or lock operand for reports.
func (c *compiler) site(v ssa.Value) *sched.Site {
	s := &sched.Site{Name: c.names.Of(v), Type: operand.Type(v), Element: c.element(v)}
	if c.observed {
		s.Place = c.place()
		s.Variable = operand.IsVariable(v)
	}
	return s
}
