package compile

import (
	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/run/link"
)

// append(s, x, y) is, in SSA form, an array of x and y, a slice of that, and the call.
// Machine code makes no array where there is room: it stores x and y behind what s has.
// Where there is none, closures do all of it.

// findAppends finds the appends that are lowered so.
func (c *compiler) findAppends() {
	c.inRoom, c.varargs = map[ssa.Instruction][]ssa.Value{}, map[ssa.Instruction]bool{}
	for _, b := range c.ssa.Blocks {
		for _, in := range b.Instrs {
			call, ok := in.(*ssa.Call)
			if !ok {
				continue
			}
			values, made := appended(call)
			if values == nil || !c.oneStretch(call, made) || !c.simplyAppends(call, values) {
				continue
			}
			c.inRoom[call] = values
			for x := range made {
				c.varargs[x] = true
			}
		}
	}
}

// appended lists the values that are appended one by one, and what makes a slice of
// them, or nothing, if it is not as the SSA builder makes it.
func appended(in *ssa.Call) (values []ssa.Value, made map[ssa.Instruction]bool) {
	if b, ok := in.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" || len(in.Call.Args) != 2 {
		return nil, nil
	}
	s, ok := in.Call.Args[1].(*ssa.Slice)
	if !ok || s.Low != nil || s.High != nil || s.Max != nil || len(*s.Referrers()) != 1 {
		return nil, nil
	}
	array, ok := s.X.(*ssa.Alloc)
	if !ok || array.Comment != "varargs" || array.Block() != in.Block() {
		return nil, nil
	}
	values = make([]ssa.Value, arrayLen(array.Type()))
	made = map[ssa.Instruction]bool{array: true, s: true}
	stored := 0
	for _, ref := range *array.Referrers() {
		if ref == s {
			continue
		}
		at, ok := ref.(*ssa.IndexAddr)
		if !ok || len(*at.Referrers()) != 1 {
			return nil, nil
		}
		store, ok := (*at.Referrers())[0].(*ssa.Store)
		i, constant := at.Index.(*ssa.Const)
		if !ok || !constant || store.Addr != at || values[i.Int64()] != nil {
			return nil, nil
		}
		values[i.Int64()] = store.Val
		made[at], made[store] = true, true
		stored++
	}
	if stored < len(values) {
		return nil, nil
	}
	return values, made
}

func varargsOf(in *ssa.Call) *ssa.Alloc { return in.Call.Args[1].(*ssa.Slice).X.(*ssa.Alloc) }

// oneStretch reports whether the closures of an append come right behind those that
// make its arguments.
func (c *compiler) oneStretch(in *ssa.Call, made map[ssa.Instruction]bool) bool {
	array := varargsOf(in)
	at := c.places.of[array]
	next := at.from
	inside := false
	for _, x := range in.Block().Instrs {
		inside = inside || x == array
		if !inside {
			continue
		}
		s := c.places.of[x]
		if s.from != s.to && (s.b != at.b || s.from != next || !made[x] && x != in) {
			return false
		}
		if s.from != s.to {
			next = s.to
		}
		if x == in {
			return true
		}
	}
	return false
}

// simplyAppends reports whether machine code takes the slice and the values.
func (c *compiler) simplyAppends(in *ssa.Call, values []ssa.Value) bool {
	size := c.memory(link.ElemOf(varargsOf(in).Type())).Type.Elem().Size()
	if isConst(in.Call.Args[0]) || size == 0 || size > 1<<16 || len(values) > 16 {
		return false
	}
	for _, v := range append([]ssa.Value{in, in.Call.Args[0]}, values...) {
		if s := c.slots[v]; s == nil || partsOf(s.Layout.Type, s.Off) == nil {
			return false
		}
	}
	return true
}

// append lowers append(s, x, y).
func (l *lowering) append(in *ssa.Call) bool {
	values := l.c.inRoom[in]
	if values == nil {
		return false
	}
	d, s := l.parts(in), l.parts(in.Call.Args[0])
	use, own := l.useOfAppend(in), l.at
	l.at = span{l.c.places.of[varargsOf(in)].b, l.c.places.of[varargsOf(in)].from, own.to}
	length, capacity := l.operand(s[1]), l.operand(s[2])
	slow, fast, rest := l.aside(false), l.aside(true), l.aside(true)
	n := l.fresh(jit.Int64, 0)
	l.emit(jit.Ins{Op: jit.Add, Kind: jit.Int64, Dst: n, X: length, Y: jit.Imm(uint64(len(values)))})
	l.branch(jit.Int64, jit.GT, jit.Use(n), capacity, slow, fast)
	l.goInto(fast)
	l.appendHere(d, s, values, n)
	l.jumpTo(rest)
	l.keepFor(use.reads)
	l.goInto(slow)
	l.closureOf(use)
	l.jumpTo(rest)
	l.goInto(rest)
	l.at = own
	return true
}

// appendHere stores values where there is room for them.
func (l *lowering) appendHere(d, s []part, values []ssa.Value, n jit.Var) {
	to := l.variable(d[0])
	l.emit(jit.Ins{Op: jit.Barrier, Dst: jit.NoVar, Dsts: []jit.Var{to}, Exit: l.resume()})
	var size int32
	for i, v := range values {
		size = int32(l.c.slot(v).Layout.Size)
		l.storeParts(jit.Address{
			Base: l.operand(s[0]), Index: l.operand(s[1]), Scale: size, Disp: int32(i) * size,
		}, l.parts(v))
	}
	// The result may be where the slice was.
	move := func(d jit.Var, k jit.Kind, x jit.Operand) {
		if x != jit.Use(d) {
			l.emit(jit.Ins{Op: jit.Move, Kind: k, Dst: d, X: x, Y: none})
		}
	}
	move(to, jit.Pointer, l.operand(s[0]))
	move(l.variable(d[1]), jit.Int64, jit.Use(n))
	move(l.variable(d[2]), jit.Int64, l.operand(s[2]))
}

// useOfAppend is what the closures of an append and of its arguments read and write.
// The array and the slice of it are nobody's but theirs.
func (l *lowering) useOfAppend(in *ssa.Call) slotUse {
	use := l.usesOf(in)
	reads := use.reads
	use.reads = nil
	for _, v := range l.c.inRoom[in] {
		if s := l.c.slots[v]; s != nil {
			use.reads = append(use.reads, *s)
		}
	}
	array, slice := l.c.slot(varargsOf(in)), l.c.slot(in.Call.Args[1])
	for _, s := range reads {
		if s.Off != array.Off && s.Off != slice.Off {
			use.reads = append(use.reads, s)
		}
	}
	return use
}
