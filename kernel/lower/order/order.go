package order

import (
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
)

// Sort reorders the instructions of a function that has been built. It changes
// the order within basic blocks only. Sorting twice is sorting once.
func Sort(fn *ssa.Function) {
	body := root(fn.Syntax())
	if body == nil {
		return
	}
	var of *statements // made when there is something to do
	for _, b := range fn.Blocks {
		if !mayChange(b) {
			continue
		}
		if of == nil {
			of = statementsOf(body)
		}
		sort(b, of)
	}
}

// root is the syntax that a function's instructions come from.
func root(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Body != nil {
			return n.Body
		}
	case *ast.FuncLit:
		return n.Body
	case *ast.RangeStmt: // over a function
		return n.Body
	}
	return nil
}

// mayChange reports whether a block reads something before a call.
func mayChange(b *ssa.BasicBlock) bool {
	reads := false
	for _, in := range b.Instrs {
		switch in := in.(type) {
		case *ssa.UnOp:
			reads = reads || in.Op == token.MUL
			if in.Op == token.ARROW && reads {
				return true
			}
		case *ssa.Lookup:
			reads = true
		case *ssa.Call:
			if _, builtin := in.Call.Value.(*ssa.Builtin); !builtin && reads {
				return true
			}
		}
	}
	return false
}

// A sorter sorts one basic block, a statement at a time.
type sorter struct {
	out     []ssa.Instruction
	pending []ssa.Instruction               // of the statement, not in out yet
	fresh   map[ssa.Value]bool              // variables and maps that the statement has made
	stores  map[ssa.Value][]ssa.Instruction // pending ones into fresh variables
	ops     operand.Stack
}

func sort(b *ssa.BasicBlock, of *statements) {
	s := &sorter{out: make([]ssa.Instruction, 0, len(b.Instrs))}
	s.begin()
	current := -1
	for _, in := range b.Instrs {
		if p := in.Pos(); p.IsValid() {
			if n := of.at(p); n != current {
				s.flush()
				current = n
			}
		}
		if current < 0 {
			s.out = append(s.out, in)
			continue
		}
		s.add(in)
	}
	s.flush()
	copy(b.Instrs, s.out)
}

func (s *sorter) begin() {
	s.fresh, s.stores = map[ssa.Value]bool{}, map[ssa.Value][]ssa.Instruction{}
}

// flush carries out what is pending, as it stands.
func (s *sorter) flush() {
	if len(s.pending) == 0 && len(s.fresh) == 0 {
		return
	}
	s.out = append(s.out, s.pending...)
	s.pending = s.pending[:0]
	s.begin()
}

func (s *sorter) add(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Alloc, *ssa.MakeMap:
		s.fresh[in.(ssa.Value)] = true
		s.pending = append(s.pending, in)
		return
	case *ssa.Store:
		if v := variable(in.Addr); s.fresh[v] {
			s.stores[v] = append(s.stores[v], in)
			s.pending = append(s.pending, in)
			return
		}
	case *ssa.MapUpdate:
		if s.fresh[in.Map] {
			s.now(in)
			return
		}
	default:
		if v, ok := in.(ssa.Value); ok && becomesInterface(v) {
			s.now(in)
			return
		}
		switch when(in) {
		case late:
			s.pending = append(s.pending, in)
			return
		case inTurn:
			s.now(in)
			return
		}
	}
	s.flush() // what others may see, or the end of the block
	s.out = append(s.out, in)
}

// now carries out an instruction, and before it what that needs.
func (s *sorter) now(in ssa.Instruction) {
	needed := map[ssa.Instruction]bool{}
	s.need(in, needed)
	rest := s.pending[:0]
	for _, p := range s.pending {
		if needed[p] {
			s.out = append(s.out, p)
		} else {
			rest = append(rest, p)
		}
	}
	s.pending = rest
	s.out = append(s.out, in)
}

// need collects what an instruction depends on.
func (s *sorter) need(in ssa.Instruction, needed map[ssa.Instruction]bool) {
	ops := s.ops.Push(in)
	defer s.ops.Pop(ops)
	for _, op := range ops {
		d, ok := (*op).(ssa.Instruction)
		if !ok {
			continue
		}
		if !needed[d] {
			needed[d] = true
			s.need(d, needed)
		}
		// Who has the variable, other than to address a part of it, sees what
		// has been stored in it.
		switch in.(type) {
		case *ssa.FieldAddr, *ssa.IndexAddr:
			continue
		}
		for _, st := range s.stores[variable(*op)] {
			if st != in && !needed[st] {
				needed[st] = true
				s.need(st, needed)
			}
		}
	}
}

// variable is what an address is in.
func variable(addr ssa.Value) ssa.Value {
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
		case *ssa.IndexAddr:
			addr = a.X
		default:
			return addr
		}
	}
}

type turn uint8

const (
	barrier turn = iota // after all that stands before it
	inTurn              // in order with others of the kind
	late                // when its value is needed
)

// when follows cmd/compile's walk/order.go: calls, and some operations that the
// compiler copies to a temporary variable, happen in turn.
func when(in ssa.Instruction) turn {
	switch in := in.(type) {
	case *ssa.Call, *ssa.MakeSlice, *ssa.MakeChan:
		return inTurn
	case *ssa.Slice:
		if a, ok := in.X.(*ssa.Alloc); ok && (a.Comment == "slicelit" || a.Comment == "varargs") {
			return late // it is a literal
		}
		return inTurn
	case *ssa.UnOp:
		if in.Op == token.ARROW {
			return inTurn
		}
		return late
	case *ssa.TypeAssert:
		if in.CommaOk || !oneWord(in.AssertedType) {
			return inTurn
		}
		return late
	case *ssa.Convert:
		if _, ok := in.Type().Underlying().(*types.Slice); ok { // of a string
			return inTurn
		}
		return late
	case *ssa.BinOp, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.MakeClosure, *ssa.MultiConvert,
		*ssa.SliceToArrayPointer, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Field, *ssa.Index, *ssa.Lookup, *ssa.Extract, *ssa.DebugRef:
		return late
	}
	return barrier
}

// becomesInterface reports whether a value that is no variable's is converted to
// an interface in a way that takes a temporary variable for it.
func becomesInterface(v ssa.Value) bool {
	refs := v.Referrers()
	if refs == nil || isVariable(v) || !slices.ContainsFunc(*refs, isMakeInterface) {
		return false
	}
	return byAddress(v.Type())
}

func isMakeInterface(in ssa.Instruction) bool {
	_, ok := in.(*ssa.MakeInterface)
	return ok
}

// isVariable reports whether a value is what a variable holds.
func isVariable(v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	a, ok := variable(load.X).(*ssa.Alloc)
	return !ok || a.Comment != "complit"
}

// byAddress reports whether the runtime is given the address of a value of type
// t to make an interface of it: dataWordFuncName in cmd/compile's package walk.
func byAddress(t types.Type) bool {
	if oneWord(t) {
		return false
	}
	if _, ok := t.(*types.Tuple); ok || types.IsInterface(t) {
		return false
	}
	size, align := sizes.Sizeof(t), sizes.Alignof(t)
	switch {
	case size == 2 && align == 2, size == 4 && align == 4, size == 8 && align == 8:
		return false // no type of so many bytes has pointers that is not oneWord
	}
	switch u := component(t).Underlying().(type) {
	case *types.Slice:
		return false
	case *types.Basic:
		return u.Info()&types.IsString == 0
	}
	return true
}

var sizes = types.SizesFor("gc", runtime.GOARCH)

// component is the only part of a type, in the end.
func component(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if u.NumFields() == 1 {
			return component(u.Field(0).Type())
		}
	case *types.Array:
		if u.Len() == 1 {
			return component(u.Elem())
		}
	}
	return t
}

// oneWord reports whether an interface holds values of a type themselves.
func oneWord(t types.Type) bool {
	switch u := component(t).Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}
