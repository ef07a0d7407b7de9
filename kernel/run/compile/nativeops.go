package compile

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/jit"
	"github.com/gosched/gosched/kernel/jit/host"
	"github.com/gosched/gosched/kernel/run/memory"
)

// instruction lowers one, or reports false.
func (l *lowering) instruction(in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.DebugRef, *ssa.Extract:
		return true
	case *ssa.Alloc:
		return l.alloc(in)
	case *ssa.BinOp:
		return l.binOp(in)
	case *ssa.UnOp:
		return l.unOp(in)
	case *ssa.Store:
		return l.store(in)
	case *ssa.FieldAddr, *ssa.IndexAddr:
		return l.lea(in.(ssa.Value))
	case *ssa.Index:
		return l.index(in)
	case *ssa.Slice:
		return l.slice(in)
	case *ssa.Next:
		return l.next(in)
	case *ssa.Field:
		return l.field(in)
	case *ssa.ChangeType:
		return l.copy(in, in.X)
	case *ssa.Convert:
		return l.convert(in)
	case *ssa.Call:
		return l.call(in)
	}
	return false
}

// mayTake reports whether there are instructions of a kind that machine code takes.
func (c *compiler) mayTake(in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.DebugRef, *ssa.Extract, *ssa.Alloc, *ssa.BinOp, *ssa.Store, *ssa.FieldAddr, *ssa.IndexAddr,
		*ssa.Index, *ssa.Slice, *ssa.Next, *ssa.Field, *ssa.ChangeType, *ssa.Convert,
		*ssa.Phi, *ssa.If, *ssa.Jump, *ssa.Return, *ssa.Panic:
		return true
	case *ssa.UnOp:
		return in.Op != token.ARROW
	case *ssa.Call:
		fn := in.Call.StaticCallee()
		if _, builtin := in.Call.Value.(*ssa.Builtin); builtin || fn == nil || c.links.Interpreted(fn) != nil {
			return true
		}
		_, ok := mathOps[fn.String()]
		return ok
	}
	return false
}

// copy lowers d = x of the same representation.
func (l *lowering) copy(d, x ssa.Value) bool {
	ds, xs := l.parts(d), l.parts(x)
	if ds == nil || len(ds) != len(xs) {
		return false
	}
	var ms []move
	for i := range ds {
		if ds[i].kind != xs[i].kind {
			return false
		}
		ms = append(ms, move{ds[i], xs[i]})
	}
	l.moves(ms)
	return true
}

type move struct{ dst, src part }

// moves lowers moves that all read before any writes.
func (l *lowering) moves(ms []move) {
	type mv struct {
		dst jit.Var
		src jit.Operand
		k   jit.Kind
	}
	var todo []mv
	var pointers []jit.Var
	for _, m := range ms {
		if m.dst.off == m.src.off {
			continue
		}
		d := l.variable(m.dst)
		todo = append(todo, mv{d, l.operand(m.src), m.dst.kind})
		if m.dst.kind == jit.Pointer {
			pointers = append(pointers, d)
		}
	}
	if pointers != nil {
		l.emit(jit.Ins{Op: jit.Barrier, Dst: jit.NoVar, Dsts: pointers, Exit: l.resume()})
	}
	do := func(d jit.Var, s jit.Operand, k jit.Kind) {
		l.emit(jit.Ins{Op: jit.Move, Kind: k, Dst: d, X: s, Y: none})
	}
	for len(todo) > 0 {
		progress := false
		for i, m := range todo {
			blocked := false
			for j, o := range todo {
				if j != i && o.src.Var == m.dst {
					blocked = true
				}
			}
			if !blocked {
				do(m.dst, m.src, m.k)
				todo = append(todo[:i:i], todo[i+1:]...)
				progress = true
				break
			}
		}
		if progress {
			continue
		}
		// Only cycles are left. The first one is opened, and done before the next.
		m := todo[0]
		spare := jit.SpareInt
		if m.k.Float() {
			spare = jit.SpareFloat
		}
		do(spare, jit.Use(m.dst), m.k)
		for j := range todo {
			if todo[j].src.Var == m.dst {
				todo[j].src = jit.Use(spare)
			}
		}
	}
}

func (l *lowering) alloc(in *ssa.Alloc) bool {
	a := l.c.addrs[in]
	if a == nil {
		return false
	}
	mem := a.region.Layout
	if mem.Class == memory.ClassZero {
		return true
	}
	if pointers(mem) || mem.Size > 256 {
		return false
	}
	l.emit(jit.Ins{Op: jit.Zero, Dst: jit.NoVar, Memory: jit.Address{Disp: int32(a.region.Off), Scale: int32(mem.Size)}})
	return true
}

var intOps = map[token.Token]jit.Op{
	token.ADD: jit.Add, token.SUB: jit.Sub, token.MUL: jit.Mul, token.QUO: jit.Div, token.REM: jit.Rem,
	token.AND: jit.And, token.OR: jit.Or, token.XOR: jit.Xor, token.AND_NOT: jit.AndNot,
}

var floatOps = map[token.Token]jit.Op{token.ADD: jit.FAdd, token.SUB: jit.FSub, token.MUL: jit.FMul, token.QUO: jit.FDiv}

var conds = map[token.Token]jit.Cond{
	token.EQL: jit.EQ, token.NEQ: jit.NE, token.LSS: jit.LT, token.LEQ: jit.LE, token.GTR: jit.GT, token.GEQ: jit.GE,
}

func (l *lowering) binOp(in *ssa.BinOp) bool {
	if isComparison(in.Op) {
		x, y, k, ok := l.comparison(in)
		d, okd := l.one(in)
		if !ok || !okd {
			return false
		}
		l.emit(jit.Ins{Op: jit.Compare, Kind: k, Cond: conds[in.Op], Dst: l.variable(d), X: x, Y: y})
		return true
	}
	if ds := l.parts(in); len(ds) == 2 && ds[0].kind.Float() {
		return l.complexOp(in, ds)
	}
	d, okd := l.one(in)
	x, k, okx := l.use(in.X)
	y, ky, oky := l.use(in.Y)
	if !okd || !okx || !oky || k == jit.Pointer || d.kind != k {
		return false
	}
	switch {
	case in.Op == token.SHL || in.Op == token.SHR:
		op := jit.Shl
		if in.Op == token.SHR {
			op = jit.Shr
		}
		if y.Var == jit.NoVar && ky.Signed() && int64(y.Const) < 0 {
			return false
		}
		l.emit(jit.Ins{Op: op, Kind: k, From: ky, Dst: l.variable(d), X: x, Y: y, Exit: l.resume()})
	case k.Float():
		l.emitOp(floatOps[in.Op], k, d, x, y)
	default:
		op, ok := intOps[in.Op]
		if !ok || k != ky {
			return false
		}
		if (op == jit.Div || op == jit.Rem) && y.Var == jit.NoVar && y.Const == 0 {
			return false
		}
		l.emitOp(op, k, d, x, y)
	}
	return true
}

// complexOp lowers operations on complex numbers as Go makes them of those on
// floats. Those on complex64 are made with more precision in between, and division
// looks at many cases: these are for the closures.
func (l *lowering) complexOp(in *ssa.BinOp, d []part) bool {
	x, y := l.parts(in.X), l.parts(in.Y)
	if len(x) != 2 || len(y) != 2 {
		return false
	}
	k := d[0].kind
	a, b, c, e := l.operand(x[0]), l.operand(x[1]), l.operand(y[0]), l.operand(y[1])
	switch {
	case in.Op == token.ADD || in.Op == token.SUB:
		l.emitOp(floatOps[in.Op], k, d[0], a, c)
		l.emitOp(floatOps[in.Op], k, d[1], b, e)
	case in.Op == token.MUL && k == jit.Float64:
		t := [4]jit.Var{l.fresh(k, 0), l.fresh(k, 1), l.fresh(k, 2), l.fresh(k, 3)}
		op := func(op jit.Op, d jit.Var, x, y jit.Operand) {
			l.emit(jit.Ins{Op: op, Kind: k, Dst: d, X: x, Y: y})
		}
		op(jit.FMul, t[0], a, c)
		op(jit.FMul, t[2], a, e)
		if host.Backend.Takes(jit.FMulAdd) { // so does Go
			l.emit(jit.Ins{Op: jit.FMulSub, Kind: k, Dst: t[1], X: b, Y: e, Z: jit.Use(t[0])})
			l.emit(jit.Ins{Op: jit.FMulAdd, Kind: k, Dst: l.variable(d[1]), X: b, Y: c, Z: jit.Use(t[2])})
			l.emit(jit.Ins{Op: jit.Move, Kind: k, Dst: l.variable(d[0]), X: jit.Use(t[1]), Y: none})
			break
		}
		op(jit.FMul, t[1], b, e)
		op(jit.FMul, t[3], b, c)
		op(jit.FSub, l.variable(d[0]), jit.Use(t[0]), jit.Use(t[1]))
		op(jit.FAdd, l.variable(d[1]), jit.Use(t[2]), jit.Use(t[3]))
	default:
		return false
	}
	return true
}

// comparison lowers what a comparison compares.
func (l *lowering) comparison(in *ssa.BinOp) (x, y jit.Operand, k jit.Kind, ok bool) {
	px, py := l.parts(in.X), l.parts(in.Y)
	isNil := func(v ssa.Value) bool {
		k, ok := v.(*ssa.Const)
		return ok && k.Value == nil
	}
	if len(px) == 1 && len(py) == 1 && px[0].kind == py[0].kind {
		return l.operand(px[0]), l.operand(py[0]), px[0].kind, true
	}
	word := func(v ssa.Value, p []part) (jit.Operand, jit.Operand, jit.Kind, bool) {
		switch v.Type().Underlying().(type) {
		case *types.Slice, *types.Interface:
			if len(p) > 1 && !isTypeParam(v.Type()) {
				return l.operand(p[0]), none, jit.Pointer, true
			}
		}
		return none, none, 0, false
	}
	switch {
	case isNil(in.Y):
		return word(in.X, px)
	case isNil(in.X):
		return word(in.Y, py)
	}
	return none, none, 0, false
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

func (l *lowering) unOp(in *ssa.UnOp) bool {
	switch in.Op {
	case token.MUL:
		return l.load(in)
	case token.ARROW:
		return false
	}
	d, x := l.parts(in), l.parts(in.X)
	if d == nil || len(d) != len(x) || len(d) > 2 || d[0].kind == jit.Pointer || d[0].kind != x[0].kind {
		return false
	}
	for i := range d {
		op := jit.Neg
		switch {
		case in.Op == token.NOT:
			op = jit.Not
		case in.Op == token.XOR:
			op = jit.Com
		case d[i].kind.Float():
			op = jit.FNeg
		}
		l.emitOp(op, d[i].kind, d[i], l.operand(x[i]), none)
	}
	return true
}

func (l *lowering) convert(in *ssa.Convert) bool {
	d, okd := l.one(in)
	x, from, okx := l.use(in.X)
	if !okd || !okx || d.kind == jit.Pointer || from == jit.Pointer {
		return false
	}
	l.emit(jit.Ins{Op: jit.Convert, Kind: d.kind, From: from, Dst: l.variable(d), X: x, Exit: l.resume()})
	return true
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

func (l *lowering) call(in *ssa.Call) bool {
	common := in.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		return l.builtin(in, b)
	}
	fn := common.StaticCallee()
	if fn == nil || common.IsInvoke() {
		return l.dynamicCall(in)
	}
	c := l.c
	callee := c.links.Interpreted(fn)
	if callee == nil {
		if op, ok := mathOps[fn.String()]; ok {
			d, ok1 := l.one(in)
			x, _, ok2 := l.use(common.Args[0])
			if ok1 && ok2 {
				l.emitOp(op, jit.Float64, d, x, none)
				return true
			}
		}
		return false
	}
	mc, _ := common.Value.(*ssa.MakeClosure)
	if mc == nil && len(callee.SSA.FreeVars) > 0 {
		return false
	}
	ins, site, ok := l.callParts(in, common.Args)
	if !ok {
		return false
	}
	if mc != nil {
		for i, b := range mc.Bindings {
			ps := l.parts(b)
			if ps == nil {
				return false
			}
			for j, p := range ps {
				ins.Args = append(ins.Args, jit.Arg{Kind: p.kind, X: l.operand(p)})
				site.args = append(site.args, argPart{value: i, part: j, of: ofCaptured})
			}
		}
	}
	site.callee = callee
	l.emitCall(in, ins, site)
	return true
}

// callParts lists what a call passes and what it sets.
func (l *lowering) callParts(in *ssa.Call, params []ssa.Value) (ins jit.Ins, site machineCall, ok bool) {
	ins, site = jit.Ins{Op: jit.Call, Dst: jit.NoVar}, machineCall{caller: l.low}
	for i, a := range params {
		ps := l.parts(a)
		if ps == nil {
			return ins, site, false
		}
		for j, p := range ps {
			ins.Args = append(ins.Args, jit.Arg{Kind: p.kind, X: l.operand(p)})
			site.args = append(site.args, argPart{value: i, part: j})
		}
	}
	dst := l.c.resultSlots(in)
	for i := range dst {
		ps := partsOf(dst[i].Layout.Type, dst[i].Off)
		if ps == nil {
			return ins, site, false
		}
		for j, p := range ps {
			ins.Results = append(ins.Results, jit.Arg{Kind: p.kind, Dst: l.variable(p)})
			site.results = append(site.results, argPart{value: i, part: j, of: ofResults})
		}
	}
	return ins, site, true
}

// emitCall emits a call whose callee is settled when it is known what is compiled.
func (l *lowering) emitCall(in *ssa.Call, ins jit.Ins, site machineCall) {
	ins.Exit = l.place(place{kind: goesOn, span: l.at, results: l.c.resultSlots(in)})
	// Each call has its own.
	ins.Args, ins.Results = slices.Clone(ins.Args), slices.Clone(ins.Results)
	site.block, site.ins = l.out, len(l.out.Ins)
	l.emit(ins)
	l.low.calls = append(l.low.calls, site)
	t := l.usesOf(in)
	t.ins = site.ins
	l.touched[l.out] = append(l.touched[l.out], t)
}

var mathOps = map[string]jit.Op{"math.Sqrt": jit.FSqrt, "math.Abs": jit.FAbs}
