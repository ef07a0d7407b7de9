// Package confine finds the variables of a cell that nothing but the goroutines of
// that one execution can reach: channels and locks which are only sent to, received
// from, closed, locked and handed to functions that do the same. When all of these
// goroutines wait for such variables, none will ever go on, whatever else is alive.
//
// It knows SSA, and says yes only where every use is one that it knows. It does not
// know what runs.
package confine

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower"
)

// Variables returns those of a cell's variables that are confined to an execution
// of it. None of vars may have been declared by an earlier cell.
// Body returns the code of a function that has none of its own yet, or nil; it may be
// nil itself.
func Variables(c *lower.Cell, vars []*ssa.Global, body func(*ssa.Function) *ssa.Function) []*ssa.Global {
	uses, complete := usesIn(c)
	if !complete {
		return nil
	}
	var found []*ssa.Global
	for _, g := range vars {
		s := search{
			cell: c, uses: uses, body: body,
			own: map[*ssa.Function]bool{}, seen: map[ssa.Value]bool{}, fresh: map[*ssa.Function]bool{},
		}
		if s.global(g) {
			found = append(found, g)
		}
	}
	return found
}

// A use is an instruction of a function that has a value as an operand.
type use struct {
	in ssa.Instruction
	fn *ssa.Function
}

// A search asks about one variable. What it has begun to look at it takes for
// granted: a single no is the answer to all.
type search struct {
	cell  *lower.Cell
	uses  map[ssa.Value][]use
	body  func(*ssa.Function) *ssa.Function
	own   map[*ssa.Function]bool // that only run on the cell's goroutines
	seen  map[ssa.Value]bool
	fresh map[*ssa.Function]bool // whose result is a new channel
}

// usesIn lists the uses of a cell's variables and functions, which SSA does not, and
// reports whether the code of all functions was there to be read.
func usesIn(c *lower.Cell) (uses map[ssa.Value][]use, complete bool) {
	uses = map[ssa.Value][]use{}
	complete = true
	for _, m := range c.Package.Members {
		switch m := m.(type) {
		case *ssa.Function:
			complete = index(uses, m) && complete
		case *ssa.Type:
			if named, ok := m.Type().(*types.Named); ok {
				for method := range named.Methods() {
					complete = index(uses, c.Package.Prog.FuncValue(method)) && complete
				}
			}
		}
	}
	return uses, complete
}

// index notes what a function and the literals in it refer to. It reports whether
// their code was there.
func index(uses map[ssa.Value][]use, fn *ssa.Function) (complete bool) {
	if fn == nil || fn.Blocks == nil {
		return false
	}
	var operands [16]*ssa.Value
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			for _, op := range in.Operands(operands[:0]) {
				switch v := (*op).(type) {
				case *ssa.Global, *ssa.Function:
					uses[v] = append(uses[v], use{in, fn})
				}
			}
		}
	}
	complete = true
	for _, lit := range fn.AnonFuncs {
		complete = index(uses, lit) && complete
	}
	return complete
}

// global reports whether all uses of a variable are known.
func (s *search) global(g *ssa.Global) bool {
	t := g.Type().Underlying().(*types.Pointer).Elem()
	if !isChan(t) && !isLock(t) {
		return false
	}
	if s.seen[g] {
		return true
	}
	s.seen[g] = true
	for _, u := range s.uses[g] {
		if st, ok := u.in.(*ssa.Store); ok && !s.made(st.Val) {
			return false
		}
		if !s.owns(u.fn) || !s.address(u.in, g, t) {
			return false
		}
	}
	return true
}

// owns reports whether a function of the cell only runs on the cell's goroutines: it
// is the cell's body, or is only called, started and deferred, there.
func (s *search) owns(fn *ssa.Function) bool {
	if fn == s.cell.Body || s.own[fn] {
		return true
	}
	s.own[fn] = true
	if fn.Signature.Recv() != nil || fn.TypeParams() != nil || fn.Pkg != s.cell.Package {
		return false
	}
	if fn.Parent() != nil && !s.owns(fn.Parent()) {
		return false
	}
	for _, u := range s.uses[fn] {
		if !s.calls(u.in, fn) || !s.owns(u.fn) {
			return false
		}
	}
	return true
}

// calls reports whether all that an instruction does with a function is to call,
// start or defer it, or to make a closure of which that is true.
func (s *search) calls(in ssa.Instruction, fn ssa.Value) bool {
	switch in := in.(type) {
	case ssa.CallInstruction:
		call := in.Common()
		for i, a := range call.Args {
			if a == fn && !(i == 1 && isMethod(call, "WaitGroup", "Go")) {
				return false
			}
		}
		return true
	case *ssa.MakeClosure:
		if in.Fn != fn {
			return false
		}
		for _, r := range *in.Referrers() {
			if !s.calls(r, in) {
				return false
			}
		}
		return true
	case *ssa.DebugRef:
		return true
	}
	return false
}

// address reports whether an instruction does with the address of a variable of type
// t only what is known.
func (s *search) address(in ssa.Instruction, addr ssa.Value, t types.Type) bool {
	switch in := in.(type) {
	case *ssa.DebugRef:
		return true
	case *ssa.UnOp:
		return in.Op == token.MUL && isChan(t) && s.value(in)
	case *ssa.Store:
		if in.Val == addr {
			a, ok := in.Addr.(*ssa.Alloc)
			return ok && s.holder(a, t)
		}
		return isChan(t)
	case *ssa.MakeClosure:
		return s.captured(in, addr, func(p ssa.Value) bool { return s.pointer(p, t) })
	case ssa.CallInstruction:
		return s.arguments(in, addr, func(p ssa.Value) bool { return s.pointer(p, t) })
	}
	return false
}

// pointer is address for all uses of a parameter, a captured variable or a local one.
func (s *search) pointer(p ssa.Value, t types.Type) bool {
	if s.seen[p] {
		return true
	}
	s.seen[p] = true
	for _, r := range *p.Referrers() {
		if !s.address(r, p, t) {
			return false
		}
	}
	return true
}

// holder is pointer for a local variable that holds such an address.
func (s *search) holder(p ssa.Value, t types.Type) bool {
	if s.seen[p] {
		return true
	}
	s.seen[p] = true
	for _, r := range *p.Referrers() {
		ok := false
		switch r := r.(type) {
		case *ssa.DebugRef:
			ok = true
		case *ssa.Store:
			ok = r.Addr == p && r.Val != p
		case *ssa.UnOp:
			ok = r.Op == token.MUL && s.pointer(r, t)
		case *ssa.MakeClosure:
			ok = s.captured(r, p, func(p ssa.Value) bool { return s.holder(p, t) })
		}
		if !ok {
			return false
		}
	}
	return true
}

// captured reports whether a closure that captures a variable is only called, and
// whether what it captures passes check.
func (s *search) captured(mc *ssa.MakeClosure, v ssa.Value, check func(captured ssa.Value) bool) bool {
	fn := mc.Fn.(*ssa.Function)
	for i, b := range mc.Bindings {
		if b == v && !(s.calls(mc, fn) && check(fn.FreeVars[i])) {
			return false
		}
	}
	return true
}

// arguments reports whether a call does with a value among its arguments only what
// is known: it is a method of a lock, or a function whose parameter passes check.
func (s *search) arguments(in ssa.CallInstruction, v ssa.Value, check func(param ssa.Value) bool) bool {
	call := in.Common()
	if call.Value == v {
		return false
	}
	fn := call.StaticCallee()
	if fn == nil {
		return false
	}
	for i, a := range call.Args {
		if a != v {
			continue
		}
		if i == 0 && isLockMethod(fn) {
			continue
		}
		if fn = s.code(fn); fn == nil || i >= len(fn.Params) || !check(fn.Params[i]) {
			return false
		}
	}
	return true
}

// made reports whether a channel is a new one that nobody else gets.
func (s *search) made(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return true // nil
	case *ssa.MakeChan:
		return s.value(v)
	case *ssa.ChangeType:
		return s.made(v.X)
	case *ssa.UnOp: // of another variable
		g, ok := v.X.(*ssa.Global)
		return ok && v.Op == token.MUL && g.Pkg == s.cell.Package && s.global(g)
	case *ssa.Call:
		fn := v.Call.StaticCallee()
		return fn != nil && s.makes(fn) && s.value(v)
	}
	return false
}

// code is fn with its code, or nil if there is none.
func (s *search) code(fn *ssa.Function) *ssa.Function {
	if fn.Blocks == nil && s.body != nil {
		fn = s.body(fn)
	}
	if fn == nil || fn.Blocks == nil {
		return nil
	}
	return fn
}

// makes reports whether what a function returns is a new channel that nobody else
// gets.
func (s *search) makes(fn *ssa.Function) bool {
	if s.fresh[fn] {
		return true
	}
	if fn = s.code(fn); fn == nil || fn.Signature.Results().Len() != 1 {
		return false
	}
	s.fresh[fn] = true // so that what is made there may be returned
	for _, b := range fn.Blocks {
		if r, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && !s.made(local(r.Results[0])) {
			return false
		}
	}
	return true
}

// local returns what a variable of a function holds if that is one value only.
func local(v ssa.Value) ssa.Value {
	if c, ok := v.(*ssa.ChangeType); ok {
		return local(c.X)
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return v
	}
	a, ok := load.X.(*ssa.Alloc)
	if !ok {
		return v
	}
	var held ssa.Value
	for _, r := range *a.Referrers() {
		if st, ok := r.(*ssa.Store); ok && st.Addr == a {
			if held != nil {
				return v
			}
			held = st.Val
		}
	}
	if held == nil {
		return v
	}
	return held
}

// value reports whether all uses of a channel are known.
func (s *search) value(v ssa.Value) bool {
	if s.seen[v] {
		return true
	}
	s.seen[v] = true
	for _, r := range *v.Referrers() {
		if !s.usesValue(r, v) {
			return false
		}
	}
	return true
}

func (s *search) usesValue(in ssa.Instruction, v ssa.Value) bool {
	switch in := in.(type) {
	case *ssa.DebugRef:
		return true
	case *ssa.BinOp: // a comparison
		return true
	case *ssa.Send:
		return in.X != v
	case *ssa.UnOp:
		return in.Op == token.ARROW
	case *ssa.Select:
		for _, st := range in.States {
			if st.Send == v {
				return false
			}
		}
		return true
	case *ssa.ChangeType:
		return s.value(in)
	case *ssa.Phi:
		return s.value(in)
	case *ssa.Return:
		return s.fresh[in.Parent()]
	case *ssa.Store:
		switch a := in.Addr.(type) {
		case *ssa.Alloc:
			return isChan(a.Type().Underlying().(*types.Pointer).Elem()) && s.pointer(a, v.Type())
		case *ssa.Global:
			return a.Pkg == s.cell.Package && s.global(a)
		}
		return false
	case ssa.CallInstruction:
		if b, ok := in.Common().Value.(*ssa.Builtin); ok {
			return b.Name() == "close" || b.Name() == "len" || b.Name() == "cap"
		}
		return s.arguments(in, v, s.value)
	}
	return false
}

func isChan(t types.Type) bool {
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// isLock reports whether t is one of the types of package sync that goroutines wait
// for.
func isLock(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "sync" {
		return false
	}
	switch named.Obj().Name() {
	case "Mutex", "RWMutex", "WaitGroup":
		return true
	}
	return false
}

// isLockMethod reports whether fn is a method of one that keeps nothing of it.
func isLockMethod(fn *ssa.Function) bool {
	recv := fn.Signature.Recv()
	if recv == nil || fn.Name() == "RLocker" {
		return false
	}
	p, ok := recv.Type().(*types.Pointer)
	return ok && isLock(p.Elem())
}

func isMethod(call *ssa.CallCommon, typ, name string) bool {
	fn := call.StaticCallee()
	if fn == nil || fn.Name() != name || !isLockMethod(fn) {
		return false
	}
	return fn.Signature.Recv().Type().(*types.Pointer).Elem().(*types.Named).Obj().Name() == typ
}
