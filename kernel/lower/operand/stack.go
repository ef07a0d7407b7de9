package operand

import "golang.org/x/tools/go/ssa"

// A Stack has the operands of instructions each of which is looked at because of the one
// below it. Room for them is made once, and not for every instruction.
type Stack struct{ all []*ssa.Value }

// Push returns the operands of an instruction, which stay what they are until they are
// given to Pop.
func (s *Stack) Push(in ssa.Instruction) []*ssa.Value {
	n := len(s.all)
	s.all = in.Operands(s.all)
	return s.all[n:]
}

// Pop is called with what Push has returned last.
func (s *Stack) Pop(ops []*ssa.Value) { s.all = s.all[:len(s.all)-len(ops)] }
