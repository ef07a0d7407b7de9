package yaegi

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/tools/go/ssa"

	"github.com/gosched/gosched/kernel/lower/operand"
	"github.com/gosched/gosched/kernel/lower/order"
	"github.com/gosched/gosched/kernel/sched"
)

// A function is one in SSA form and its form in core Go:
//
//	func f7(up *h.Frame, free variables, parameters) (results) {
//		var p int
//		var fr *h.Frame
//		var v1, v2 int …
//		fr = h.Enter(up, 7, &p)
//		…
//	}
//
// p says where the call is: an index into positions.
type function struct {
	m         *Machine
	ssa       *ssa.Function
	id        int
	name      string // as tracebacks print it
	wrapper   bool   // made by the SSA builder, and no function of the user's
	positions []token.Pos
	values    []ssa.Value // free variables and parameters
	types     []reflect.Type
	code      atomic.Pointer[reflect.Value] // what interprets it
}

// place translates a position.
func (f *function) place(pos int) sched.Place {
	at := f.ssa.Pos()
	if pos > 0 && pos < len(f.positions) {
		at = f.positions[pos]
	}
	p := f.m.cfg.Place(f.ssa, at)
	p.Func = f.name
	return p
}

// in is the type of a parameter, where free variables come first.
func (f *function) in(i int) reflect.Type { return f.types[i] }

// call runs the function.
func (f *function) call(caller *Frame, args []reflect.Value) []reflect.Value {
	code := f.code.Load()
	if code == nil {
		panic(fmt.Sprintf("gosched: %s is not ready to run", f.name))
	}
	return code.Call(append([]reflect.Value{reflect.ValueOf(caller)}, args...))
}

// A printer prints one function. m.mu is held.
type printer struct {
	m        *Machine
	fn       *function
	body     strings.Builder
	vars     map[string][]string // by type
	names    map[ssa.Value]string
	labels   map[*ssa.BasicBlock]bool // those that something jumps to
	block    *ssa.BasicBlock
	pos      int // p's value, 0 if not known
	temps    int
	defers   bool
	operands *operand.Names
	folded   map[ssa.Value]bool
}

func (c *printer) line(format string, args ...any) {
	fmt.Fprintf(&c.body, "\t"+format+"\n", args...)
}

// at notes where the code is that follows.
func (c *printer) at(pos token.Pos) {
	if !pos.IsValid() {
		return
	}
	if c.pos > 0 && c.fn.positions[c.pos] == pos {
		return
	}
	c.pos = slices.Index(c.fn.positions, pos)
	if c.pos <= 0 {
		c.pos = len(c.fn.positions)
		c.fn.positions = append(c.fn.positions, pos)
	}
	c.line("p = %d", c.pos)
}

// where is the place in the source of what is being printed.
func (c *printer) where() token.Pos {
	if c.pos > 0 {
		return c.fn.positions[c.pos]
	}
	return c.fn.ssa.Pos()
}

// declare makes a variable.
func (c *printer) declare(text, name string) string {
	c.vars[text] = append(c.vars[text], name)
	return name
}

// temp makes a variable without a value in SSA form.
func (c *printer) temp(text string) string {
	c.temps++
	return c.declare(text, fmt.Sprintf("t%d", c.temps))
}

// zero is an expression for the zero value of a type: a variable that nothing
// is assigned to.
func (c *printer) zero(text string) string {
	for _, n := range c.vars[text] {
		if n[0] == 'z' {
			return n
		}
	}
	c.temps++
	return c.declare(text, "z"+strconv.Itoa(c.temps))
}

// layout is the layout of a value's type.
func (c *printer) layout(v ssa.Value) *layout { return c.m.layoutOf(v.Type()) }

// dest is the variable of an instruction's value.
func (c *printer) dest(v ssa.Value) string {
	if name, ok := c.names[v]; ok {
		return name
	}
	name := fmt.Sprintf("v%d", len(c.names))
	c.names[v] = name
	return c.declare(c.layout(v).text, name)
}

// dests are the variables of the parts of a tuple.
func (c *printer) dests(v ssa.Value, tuple *types.Tuple) []string {
	name, ok := c.names[v]
	if !ok {
		name = fmt.Sprintf("v%d", len(c.names))
		c.names[v] = name
		for i := range tuple.Len() {
			if t := tuple.At(i).Type(); t != types.Typ[types.Invalid] {
				c.declare(c.m.layoutOf(t).text, fmt.Sprintf("%s_%d", name, i))
			}
		}
	}
	out := make([]string, tuple.Len())
	for i := range out {
		out[i] = fmt.Sprintf("%s_%d", name, i)
		if tuple.At(i).Type() == types.Typ[types.Invalid] {
			out[i] = "_"
		}
	}
	return out
}

// arg is an operand.
func (c *printer) arg(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		return c.constant(v)
	case *ssa.Global:
		return c.m.variable(v)
	case *ssa.Function:
		return c.m.functionValue(v)
	case *ssa.Extract:
		return c.dests(v.Tuple, v.Tuple.Type().(*types.Tuple))[v.Index]
	case *ssa.Builtin:
		refuse(v.Pos(), "%s as a value", v.Name())
	}
	return c.dest(v)
}

func (c *printer) args(vs []ssa.Value) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = c.arg(v)
	}
	return out
}

// under is an operand of which something is asked that its type consists of.
func (c *printer) under(v ssa.Value) string {
	l := c.layout(v)
	if !l.opaque {
		return c.arg(v)
	}
	return c.reshape(c.arg(v), l, c.m.inside(v.Type()))
}

// reshape is an expression of one layout as one of another.
func (c *printer) reshape(x string, from, to *layout) string {
	if from.rt == to.rt {
		return x
	}
	h := c.m.helper("C", from.rt.String()+"→"+to.rt.String(), func() reflect.Value {
		return make1(from.rt, to.rt, func(v reflect.Value) reflect.Value { return reshaped(v, to.rt) })
	}, from.rt, to.rt)
	return fmt.Sprintf("%s(%s)", h, x)
}

// constant prints a constant.
func (c *printer) constant(k *ssa.Const) string {
	l := c.layout(k)
	if k.Value == nil {
		return c.zero(l.text)
	}
	switch l.rt {
	case reflect.TypeFor[int]():
		if i, ok := constant.Int64Val(constant.ToInt(k.Value)); ok {
			if i == math.MinInt64 {
				return "(-9223372036854775807 - 1)"
			}
			return strconv.FormatInt(i, 10)
		}
	case reflect.TypeFor[string]():
		if k.Value.Kind() == constant.String {
			return strconv.Quote(constant.StringVal(k.Value))
		}
	case reflect.TypeFor[bool]():
		return k.Value.String()
	}
	v := reflect.New(l.rt).Elem()
	setConstant(v, k.Value)
	return c.m.helper("K", fmt.Sprintf("%s %s", l.rt, k.Value.ExactString()), func() reflect.Value { return v }, l.rt)
}

// setConstant sets v to a constant's value.
func setConstant(v reflect.Value, k constant.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(constant.BoolVal(k))
	case reflect.String:
		if k.Kind() == constant.Int {
			i, _ := constant.Int64Val(k)
			v.SetString(string(rune(i)))
			return
		}
		v.SetString(constant.StringVal(k))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, _ := constant.Int64Val(constant.ToInt(k))
		v.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		u, _ := constant.Uint64Val(constant.ToInt(k))
		v.SetUint(u)
	case reflect.Float32:
		f, _ := constant.Float32Val(constant.ToFloat(k))
		v.SetFloat(float64(f))
	case reflect.Float64:
		f, _ := constant.Float64Val(constant.ToFloat(k))
		v.SetFloat(f)
	case reflect.Complex64, reflect.Complex128:
		z := constant.ToComplex(k)
		re, _ := constant.Float64Val(constant.Real(z))
		im, _ := constant.Float64Val(constant.Imag(z))
		v.SetComplex(complex(re, im))
	default:
		refuse(token.NoPos, "a constant of type %s", v.Type())
	}
}

// label is the name of a block.
func label(b *ssa.BasicBlock) string { return fmt.Sprintf("L%d", b.Index) }

// print prints the function.
func (c *printer) print() string {
	fn := c.fn.ssa
	order.Sort(fn)
	c.defers = fn.Recover != nil
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			if d, ok := i.(*ssa.Defer); ok && d.DeferStack == nil {
				c.defers = true
			}
			if call, ok := i.(*ssa.Call); ok {
				if bi, ok := call.Call.Value.(*ssa.Builtin); ok && bi.Name() == "ssa:deferstack" {
					c.defers = true
				}
			}
		}
	}
	var head strings.Builder
	fmt.Fprintf(&head, "func f%d(up *h.Frame", c.fn.id)
	for _, v := range c.fn.values {
		name := fmt.Sprintf("a%d", len(c.names))
		c.names[v] = name
		fmt.Fprintf(&head, ", %s %s", name, c.layout(v).text)
	}
	head.WriteString(") (")
	results := fn.Signature.Results()
	for i := range results.Len() {
		if i > 0 {
			head.WriteString(", ")
		}
		text := c.m.layoutOf(results.At(i).Type()).text
		if c.defers {
			fmt.Fprintf(&head, "r%d ", i)
		}
		head.WriteString(text)
	}
	head.WriteString(") {\n\tvar p int\n\tvar fr *h.Frame\n")

	c.fold()
	body := fn.Blocks
	if fn.Recover != nil {
		body = slices.DeleteFunc(slices.Clone(body), func(b *ssa.BasicBlock) bool { return b == fn.Recover })
	}
	code := c.blocks(body)
	recovery := ""
	if fn.Recover != nil {
		recovery = c.blocks([]*ssa.BasicBlock{fn.Recover})
	} else if c.defers {
		for i := range results.Len() {
			recovery += fmt.Sprintf("\tr%d = %s\n", i, c.zero(c.m.layoutOf(results.At(i).Type()).text))
		}
	}

	texts := make([]string, 0, len(c.vars))
	for text := range c.vars {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for _, text := range texts {
		fmt.Fprintf(&head, "\tvar %s %s\n", strings.Join(c.vars[text], ", "), text)
	}
	fmt.Fprintf(&head, "\tfr = h.Enter(up, %d, &p)\n", c.fn.id)
	if c.loops(body) {
		head.WriteString("\tvar st *bool\n\tst = fr.Stop\n")
	}
	if !c.defers {
		return head.String() + code + "}\n"
	}
	head.WriteString("\th.Protect(fr, func() {\n" + code + "\t}, func() {\n" + recovery + "\t})\n\tp = -1\n\treturn")
	for i := range results.Len() {
		fmt.Fprintf(&head, "%s r%d", map[bool]string{true: ",", false: ""}[i > 0], i)
	}
	return head.String() + "\n}\n"
}

// loops reports whether there is a jump back.
func (c *printer) loops(blocks []*ssa.BasicBlock) bool {
	for _, b := range blocks {
		for _, s := range b.Succs {
			if s.Index <= b.Index {
				return true
			}
		}
	}
	return false
}

func (c *printer) blocks(blocks []*ssa.BasicBlock) string {
	var out strings.Builder
	parts := make([]string, len(blocks))
	for i, b := range blocks {
		c.block, c.pos = b, 0
		c.body.Reset()
		for _, instr := range b.Instrs {
			c.instruction(instr)
		}
		parts[i] = c.body.String()
	}
	for i, b := range blocks {
		if c.labels[b] {
			// The empty statement is for yaegi: a label right before a return
			// has no end there.
			fmt.Fprintf(&out, "%s:\n\tp = p\n", label(b))
		}
		out.WriteString(parts[i])
	}
	return out.String()
}

// jump goes from the current block to another.
func (c *printer) jump(to *ssa.BasicBlock, indent string) {
	c.phis(to, indent)
	if to.Index <= c.block.Index {
		c.line("%sif *st { h.Poll(fr) }", indent)
	}
	c.labels[to] = true
	c.line("%sgoto %s", indent, label(to))
}

// phis assigns what the phis of a block get from the current one, as if all at
// once.
func (c *printer) phis(to *ssa.BasicBlock, indent string) {
	edge := slices.Index(to.Preds, c.block)
	type copied struct{ dst, src, text string }
	var copies []copied
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		dst, src := c.dest(phi), c.arg(phi.Edges[edge])
		if dst != src {
			copies = append(copies, copied{dst, src, c.layout(phi).text})
		}
	}
	for i := range copies {
		needed := false // later, with its old value
		for _, later := range copies[i+1:] {
			needed = needed || later.src == copies[i].dst
		}
		if needed {
			t := c.temp(copies[i].text)
			c.line("%s%s = %s", indent, t, copies[i].dst)
			for j := i + 1; j < len(copies); j++ {
				if copies[j].src == copies[i].dst {
					copies[j].src = t
				}
			}
		}
		c.line("%s%s = %s", indent, copies[i].dst, copies[i].src)
	}
}
