package jit

// A Kind is what a variable holds.
type Kind uint8

// The kinds. Those of integers are kept extended to 64 bits in registers.
const (
	Int8 Kind = iota
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Pointer // to Go memory, which the garbage collector must know of
	Float32
	Float64
)

// Size is how many bytes it has in memory.
func (k Kind) Size() int {
	return [...]int{1, 2, 4, 8, 1, 2, 4, 8, 8, 4, 8}[k]
}

// Signed reports whether k is a signed integer.
func (k Kind) Signed() bool { return k <= Int64 }

// Float reports whether k lives in a floating-point register.
func (k Kind) Float() bool { return k >= Float32 }

// A Var is a variable of a function: a word or less of the frame, which may be
// in a register meanwhile.
type Var int32

// NoVar is no variable.
const NoVar Var = -1

// Spare variables, for exchanging two others: they are in no frame, and nothing
// but moves may use them.
const (
	SpareInt   Var = -2
	SpareFloat Var = -3
)

// A VarInfo is where in the frame a variable has its home.
type VarInfo struct {
	Off  int32
	Kind Kind
}

// Nowhere is the offset of a variable that is in no frame: the nth, below 96, of an
// instruction of closures. Its value is lost where code is left, as these then do the
// whole instruction.
func Nowhere(n int) int32 { return int32(-8 * (n + 1)) }

// An Operand is a variable or, if Var is NoVar, a constant: the bits of a float,
// or an integer extended to 64 bits by its kind.
type Operand struct {
	Var   Var
	Const uint64
}

// Use is v as an operand.
func Use(v Var) Operand { return Operand{Var: v} }

// Imm is a constant operand.
func Imm(bits uint64) Operand { return Operand{Var: NoVar, Const: bits} }

// An Op says what an instruction does.
type Op uint8

// The operations. Where a result is not what it should be without further ado (a
// division by zero, an index out of range, a nil pointer, a number that does not
// fit), the code leaves by the instruction's exit before it has done anything.
const (
	Move    Op = iota // Dst = X; a Barrier comes before where Dst may be a pointer
	Barrier           // nothing, but to leave if the Dsts cannot be written now, or, with Kind Pointer, if no pointer can
	Add               // Dst = X + Y, of integers; so the following
	Sub               //
	Mul               //
	Div               //
	Rem               //
	And               //
	Or                //
	Xor               //
	AndNot            //
	Shl               // X << Y, where From is the kind of Y
	Shr               //
	Neg               // Dst = -X
	Com               // Dst = ^X
	Not               // Dst = !X, of 0 and 1
	FAdd              // of floats; so the following
	FSub              //
	FMul              //
	FDiv              //
	FNeg              //
	FSqrt             //
	FAbs              //
	FMulAdd           // Dst = Z + X*Y without rounding in between, on processors where Go makes such
	FMulSub           // Dst = Z - X*Y, likewise
	Convert           // Dst of Kind = X of kind From
	Compare           // Dst = X Cond Y, where Kind is that of X and Y

	// Memory is at Base + Index*Scale + Disp, or in the frame at Disp, if Base
	// is a constant 0. Where Bound is set, Index must be below it; where NilCheck
	// is, Base must not be nil.
	Load  // Dsts = words of memory, one after the other, each of its own kind
	Store // words of memory = Srcs, of Kinds
	Lea   // Dst = the address
	Zero  // Scale bytes of the frame at Disp
	Check // nothing but the checks
	Guard // leaves if X Cond Y, where Kind is that of X and Y, which is no float

	Call    // calls Callee
	Closure // leaves, to have something done, and comes back

	// The ends of blocks.
	Jump   // to Then; polls if Poll
	Branch // to Then if X Cond Y, else to Else
	Return //
	Leave  // by the exit, for good; Next is where that may lead, for what is alive
)

// A Cond is a comparison.
type Cond uint8

// The comparisons.
const (
	EQ Cond = iota
	NE
	LT
	LE
	GT
	GE
)

// Exchanged is the comparison that holds of Y and X where c holds of X and Y.
func (c Cond) Exchanged() Cond {
	return [...]Cond{EQ: EQ, NE: NE, LT: GT, LE: GE, GT: LT, GE: LE}[c]
}

// An Ins is an instruction.
type Ins struct {
	Op     Op
	Kind   Kind
	From   Kind
	Cond   Cond
	Dst    Var
	X, Y   Operand
	Z      Operand // of FMulAdd and FMulSub
	Exit   int     // what the code is left for, in the caller's numbering, from 1; or none
	Memory Address

	Dsts  []Var
	Srcs  []Operand
	Kinds []Kind // of Srcs

	Callee  *Func
	Args    []Arg // of Call
	Results []Arg

	Uses, Defs []Var // of Closure and Leave
	Kept       []Var // of others: what closures read if it leaves

	Guarded bool // of a Store: a Barrier has come before

	Then, Else int // blocks
	Next       []int
	Poll       bool
}

// An Address is a place in memory, and what to look at before it is used.
type Address struct {
	Base     Operand
	NilCheck bool
	Index    Operand // NoVar and 0 where there is none
	Scale    int32
	Disp     int32
	Bounded  bool
	Bound    Operand
}

// Words divides the Scale bytes at Disp, for Zero, into words that can be stored at once.
func (m *Address) Words(f func(off int32, size int)) {
	off := m.Disp
	for n := m.Scale; n > 0; {
		size := int32(8)
		for size > n {
			size /= 2
		}
		f(off, int(size))
		off, n = off+size, n-size
	}
}

// An Arg is an argument or a result of a call: its place in the callee's frame,
// and what is copied there or from there.
type Arg struct {
	Off  int32
	Kind Kind
	X    Operand // of an argument
	Dst  Var     // of a result, or NoVar
}

// A Block is a sequence of instructions, the last of which is its end.
type Block struct {
	Ins   []Ins
	Depth int  // of loops around it
	Entry bool // Go may enter here
}

// A Func is a function to be compiled.
type Func struct {
	Name     string
	Vars     []VarInfo
	Blocks   []*Block // the first is entered by calls
	Size     int32    // of the frame, in bytes: a multiple of 16
	Callable bool     // by other compiled functions
	Leaf     bool     // it has neither calls nor loops
	Unit     *Unit    // if it has been compiled already
	Owner    any      // for whoever has it compiled
}

// StackSize is how many bytes of a call's frame are on the stack, if compiled code
// makes the call.
func (f *Func) StackSize() int32 {
	if f.Callable {
		return f.Size
	}
	return 0
}

// MaxCallable is how large the frame of a callable function may be.
const MaxCallable = 2048

// uses calls f for what the instruction reads, and for what has to be alive where it
// leaves.
func (in *Ins) uses(f func(Var)) {
	in.operands(f)
	if in.Op == Closure || in.Op == Leave {
		for _, v := range in.Uses {
			f(v)
		}
	}
	for _, v := range in.Kept {
		f(v)
	}
}

func (in *Ins) operands(f func(Var)) {
	op := func(o Operand) {
		if o.Var >= 0 {
			f(o.Var)
		}
	}
	switch in.Op {
	case Load, Store, Lea, Check:
		op(in.Memory.Base)
		op(in.Memory.Index)
		if in.Memory.Bounded {
			op(in.Memory.Bound)
		}
		for _, s := range in.Srcs {
			op(s)
		}
	case Call:
		for _, a := range in.Args {
			op(a.X)
		}
	case Closure, Leave, Zero, Jump, Return, Barrier:
	default:
		op(in.X)
		op(in.Y)
		if in.Op == FMulAdd || in.Op == FMulSub {
			op(in.Z)
		}
	}
}

// Writes calls f for the variables that the instruction writes.
func (in *Ins) Writes(f func(Var)) { in.defs(f) }

func (in *Ins) defs(f func(Var)) {
	switch in.Op {
	case Load:
		for _, d := range in.Dsts {
			f(d)
		}
	case Call:
		for _, r := range in.Results {
			if r.Dst >= 0 {
				f(r.Dst)
			}
		}
	case Closure:
		for _, v := range in.Defs {
			f(v)
		}
	case Store, Zero, Check, Guard, Jump, Branch, Return, Leave, Barrier:
	default:
		if in.Dst >= 0 {
			f(in.Dst)
		}
	}
}

func (b *Block) succs(f func(int)) {
	end := &b.Ins[len(b.Ins)-1]
	switch end.Op {
	case Jump:
		f(end.Then)
	case Branch:
		f(end.Then)
		f(end.Else)
	case Leave:
		for _, n := range end.Next {
			f(n)
		}
	}
}
