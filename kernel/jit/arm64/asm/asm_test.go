package asm

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/arch/arm64/arm64asm"
)

// disassembled is code in GNU's syntax.
func disassembled(t *testing.T, b *Buffer) string {
	t.Helper()
	code, err := b.Code()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for pc := 0; pc < len(code); pc += 4 {
		in, err := arm64asm.Decode(code[pc:])
		if err != nil {
			t.Fatalf("at %d of % x: %v", pc, code, err)
		}
		all = append(all, arm64asm.GNUSyntax(in))
	}
	return strings.Join(all, "; ")
}

func TestInstructions(t *testing.T) {
	m := At(24, 0x40)
	for _, tt := range []struct {
		want string
		emit func(b *Buffer)
	}{
		{"mov x3, x20", func(b *Buffer) { b.Mov(3, 20) }},
		{"mov x3, sp; mov sp, x4", func(b *Buffer) { b.MovSP(3, SP); b.MovSP(SP, 4) }},
		{"ldr x16, [x24,#64]", func(b *Buffer) { b.Load(16, m, 8, false) }},
		{"ldrsw x16, [x24,#64]", func(b *Buffer) { b.Load(16, m, 4, true) }},
		{"ldr w16, [x24,#64]", func(b *Buffer) { b.Load(16, m, 4, false) }},
		{"ldrsh x16, [x24,#64]; ldrh w16, [x24,#64]", func(b *Buffer) { b.Load(16, m, 2, true); b.Load(16, m, 2, false) }},
		{"ldrsb x16, [x24,#64]; ldrb w16, [x24,#64]", func(b *Buffer) { b.Load(16, m, 1, true); b.Load(16, m, 1, false) }},
		{"ldur x16, [sp,#-32]; ldur w16, [x1,#3]", func(b *Buffer) { b.Load(16, At(SP, -32), 8, false); b.Load(16, At(1, 3), 4, false) }},
		{"ldr x1, [x2,x3]; ldr x1, [x2,x3,lsl #3]; ldrb w1, [x2,x3]; ldrsw x1, [x2,x3,lsl #2]", func(b *Buffer) {
			b.Load(1, Mem{2, 0, 3, 0}, 8, false)
			b.Load(1, Mem{2, 0, 3, 3}, 8, false)
			b.Load(1, Mem{2, 0, 3, 0}, 1, false)
			b.Load(1, Mem{2, 0, 3, 2}, 4, true)
		}},
		{"str x9, [x24,#64]; str w9, [x24,#64]; strh w9, [x24,#64]; strb w9, [x24,#64]", func(b *Buffer) {
			for _, size := range []int{8, 4, 2, 1} {
				b.Store(m, 9, size)
			}
		}},
		{"str xzr, [x24,#32760]; sturb w9, [x24,#-256]; str x9, [x2,x3,lsl #3]", func(b *Buffer) {
			b.Store(At(24, 32760), ZR, 8)
			b.Store(At(24, -256), 9, 1)
			b.Store(Mem{2, 0, 3, 3}, 9, 8)
		}},
		{"ldr d9, [x24,#64]; ldr s9, [x24,#64]; str d31, [x24,#64]; stur s31, [x24,#-4]; ldr d1, [x2,x3,lsl #3]", func(b *Buffer) {
			b.LoadF(9, m, 8)
			b.LoadF(9, m, 4)
			b.StoreF(m, 31, 8)
			b.StoreF(At(24, -4), 31, 4)
			b.LoadF(1, Mem{2, 0, 3, 3}, 8)
		}},
		{"stp x24, x30, [sp,#-16]!; ldp x24, x30, [sp],#16", func(b *Buffer) { b.PushPair(24, LR); b.PopPair(24, LR) }},
		{"add x1, x2, x3; adds x1, x2, x3; sub x1, x2, x3; cmp x2, x3; neg x1, x3", func(b *Buffer) {
			b.Op(ADD, 1, 2, 3)
			b.Op(ADDS, 1, 2, 3)
			b.Op(SUB, 1, 2, 3)
			b.Op(SUBS, ZR, 2, 3)
			b.Op(SUB, 1, ZR, 3)
		}},
		{"and x1, x2, x3; tst x2, x3; bic x1, x2, x3; orr x1, x2, x3; mvn x1, x3; eor x1, x2, x3", func(b *Buffer) {
			b.Op(AND, 1, 2, 3)
			b.Op(ANDS, ZR, 2, 3)
			b.Op(BIC, 1, 2, 3)
			b.Op(OR, 1, 2, 3)
			b.Op(ORN, 1, ZR, 3)
			b.Op(XOR, 1, 2, 3)
		}},
		{"mul x1, x2, x3; sdiv x1, x2, x3; udiv x1, x2, x3; msub x1, x2, x3, x4; madd x1, x2, x3, x4", func(b *Buffer) {
			b.Op(MUL, 1, 2, 3)
			b.Op(DIV, 1, 2, 3)
			b.Op(UDIV, 1, 2, 3)
			b.MulSub(1, 4, 2, 3)
			b.MulAdd(1, 4, 2, 3)
		}},
		{"lsl x1, x2, x3; lsr x1, x2, x3; asr x1, x2, x3", func(b *Buffer) { b.Op(SHL, 1, 2, 3); b.Op(SHR, 1, 2, 3); b.Op(SAR, 1, 2, 3) }},
		{"lsl x1, x2, #3; lsr x1, x2, #63; asr x1, x2, #1; lsl x1, x2, #63", func(b *Buffer) {
			b.ShiftImm(SHL, 1, 2, 3)
			b.ShiftImm(SHR, 1, 2, 63)
			b.ShiftImm(SAR, 1, 2, 1)
			b.ShiftImm(SHL, 1, 2, 63)
		}},
		{"add x1, x2, x3, lsl #4; eor x1, x2, x3, asr #63; add x1, x2, x3, lsr #7", func(b *Buffer) {
			b.OpShifted(ADD, 1, 2, 3, SHL, 4)
			b.OpShifted(XOR, 1, 2, 3, SAR, 63)
			b.OpShifted(ADD, 1, 2, 3, SHR, 7)
		}},
		{"sxtb x1, w2; ubfx x1, x2, #0, #8", func(b *Buffer) { b.Extend(1, 2, 1, true); b.Extend(1, 2, 1, false) }},
		{"mov x1, x2; sxtw x1, w2; sxth x1, w2; ubfx x1, x2, #0, #16; ubfx x1, x2, #0, #32", func(b *Buffer) {
			b.Extend(1, 2, 8, true)
			b.Extend(1, 2, 4, true)
			b.Extend(1, 2, 2, true)
			b.Extend(1, 2, 2, false)
			b.Extend(1, 2, 4, false)
		}},
		{"cset x1, cs; csel x1, x2, x3, lt; csinc x1, x2, x3, eq", func(b *Buffer) {
			b.SetCond(HS, 1)
			b.Select(LT, 1, 2, 3, false)
			b.Select(EQ, 1, 2, 3, true)
		}},
		{"blr x16; ret; brk #0x0", func(b *Buffer) { b.CallReg(16); b.Ret(); b.Trap() }},
		{"fadd d1, d2, d3; fmul d1, d2, d3; fsub s1, s2, s3; fdiv s1, s2, s3", func(b *Buffer) {
			b.OpF(FADD, 1, 2, 3, 8)
			b.OpF(FMUL, 1, 2, 3, 8)
			b.OpF(FSUB, 1, 2, 3, 4)
			b.OpF(FDIV, 1, 2, 3, 4)
		}},
		{"fmov d1, d2; fabs s1, s2; fneg d1, d2; fsqrt d1, d2", func(b *Buffer) {
			b.OpF1(FMOV, 1, 2, 8)
			b.OpF1(FABS, 1, 2, 4)
			b.OpF1(FNEG, 1, 2, 8)
			b.OpF1(FSQRT, 1, 2, 8)
		}},
		{"fmadd d1, d2, d3, d4; fmsub d1, d2, d3, d4; fnmsub s1, s2, s3, s4", func(b *Buffer) {
			b.OpF3(FMADD, 1, 4, 2, 3, 8)
			b.OpF3(FMSUB, 1, 4, 2, 3, 8)
			b.OpF3(FNMSUB, 1, 4, 2, 3, 4)
		}},
		{"fcmp d2, d3; fcmp s2, s3; fcmp d2, #0", func(b *Buffer) { b.CompareF(2, 3, 8); b.CompareF(2, 3, 4); b.CompareFZero(2, 8) }},
		{"scvtf d1, x2; ucvtf s1, x2", func(b *Buffer) { b.FloatOf(1, 2, 8, true); b.FloatOf(1, 2, 4, false) }},
		{"fcvtzs x1, d2; fcvtzs x1, s2", func(b *Buffer) { b.IntOf(1, 2, 8); b.IntOf(1, 2, 4) }},
		{"fcvt d1, s2; fcvt s1, d2", func(b *Buffer) { b.Resize(1, 2, 4); b.Resize(1, 2, 8) }},
		{"fmov d1, x2; fmov s1, w2; fmov x1, d2; fmov w1, s2", func(b *Buffer) {
			b.MovFFrom(1, 2, 8)
			b.MovFFrom(1, 2, 4)
			b.MovFTo(1, 2, 8)
			b.MovFTo(1, 2, 4)
		}},
	} {
		b := new(Buffer)
		tt.emit(b)
		if got := disassembled(t, b); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestJumps(t *testing.T) {
	b := new(Buffer)
	back, on := b.NewLabel(), b.NewLabel()
	b.Bind(back)
	b.Jcc(EQ, on)
	b.Jmp(back)
	b.Call(on)
	b.JumpZero(3, 8, on)
	b.JumpNotZero(3, 4, back)
	b.AddressOf(9, on)
	b.AddressOf(9, back)
	b.Bind(on)
	b.Trap()
	want := "b.eq .+0x1c; b .+0xfffffffffffffffc; bl .+0x14; cbz x3, .+0x10; cbnz w3, .+0xfffffffffffffff0; adr x9, .+0x8; adr x9, .+0xffffffffffffffe8; brk #0x0"
	if got := disassembled(t, b); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A jump that is too far is refused.
func TestTooFar(t *testing.T) {
	for _, words := range []int{1<<18 - 1, 1 << 18} {
		b := new(Buffer)
		on := b.NewLabel()
		b.Jcc(EQ, on)
		b.Bytes = append(b.Bytes, make([]byte, 4*(words-1))...)
		b.Bind(on)
		if _, err := b.Code(); (err != nil) != (words == 1<<18) {
			t.Errorf("%d words: %v", words, err)
		}
	}
}

// set runs the instructions that load a constant.
func set(t *testing.T, b *Buffer) (v uint64) {
	t.Helper()
	code, err := b.Code()
	if err != nil {
		t.Fatal(err)
	}
	for pc := 0; pc < len(code); pc += 4 {
		in := uint32(code[pc]) | uint32(code[pc+1])<<8 | uint32(code[pc+2])<<16 | uint32(code[pc+3])<<24
		half, at := uint64(in>>5&0xffff), in>>21&3*16
		switch in & 0xff800000 {
		case 0xd2800000:
			v = half << at
		case 0x92800000:
			v = ^(half << at)
		case 0xf2800000:
			v = v&^(0xffff<<at) | half<<at
		default:
			v = logicalOf(t, in)
		}
	}
	return v
}

// logicalOf is the constant of a logical instruction, as the architecture's manual has
// it.
func logicalOf(t *testing.T, in uint32) uint64 {
	t.Helper()
	n, r, s := in>>22&1, in>>16&0x3f, in>>10&0x3f
	size := 64
	if n == 0 {
		for size = 32; size > 1 && s&uint32(size) != 0; size /= 2 {
		}
	}
	ones := int(s)&(size-1) + 1
	if ones == size || int(r) >= size {
		t.Fatalf("%#x has no constant", in)
	}
	e := uint64(1)<<ones - 1
	e = e>>r | e<<(uint32(size)-r)
	if size < 64 {
		e &= 1<<size - 1
	}
	for ; size < 64; size *= 2 {
		e |= e << size
	}
	return e
}

func TestConstants(t *testing.T) {
	all := []uint64{0, 1, 0xffff, 0x10000, 0xfffff, 1 << 32, 1<<32 - 1, 1<<64 - 1, 1 << 63, 1<<63 - 1, 0xffff0000ffff0000, 0x0123456789abcdef, 0xffffffff12345678, 0x5555555555555555}
	for range 10_000 {
		v := rand.Uint64()
		for range rand.IntN(4) {
			v &^= 0xffff << (16 * rand.IntN(4))
			if rand.IntN(2) == 0 {
				v |= 0xffff << (16 * rand.IntN(4))
			}
		}
		all = append(all, v)
	}
	for size := 2; size <= 64; size *= 2 {
		for ones := 1; ones < size; ones++ {
			for rot := range size {
				e := uint64(1)<<ones - 1
				e = e<<rot | e>>(size-rot)
				if size < 64 {
					e &= 1<<size - 1
				}
				for n := size; n < 64; n *= 2 {
					e |= e << n
				}
				if _, ok := logical(e); !ok {
					t.Errorf("%#x is not encoded", e)
				}
				all = append(all, e)
			}
		}
	}
	for _, v := range all {
		b := new(Buffer)
		b.MovImm(7, v)
		if got := set(t, b); got != v {
			t.Errorf("%#x is loaded as %#x", v, got)
		}
		if b.Len() > 16 {
			t.Errorf("%#x takes %d bytes", v, b.Len())
		}
	}
}

func TestOpImm(t *testing.T) {
	for _, tt := range []struct {
		op   ALU
		v    uint64
		want string
	}{
		{ADD, 4095, "add x1, x2, #0xfff"},
		{ADD, 1 << 12, "add x1, x2, #0x1, lsl #12"},
		{ADD, 4097, ""},
		{ADD, 1 << 24, ""},
		{ADD, 1<<64 - 16, "sub x1, x2, #0x10"},
		{SUB, 1<<64 - 16, "add x1, x2, #0x10"},
		{SUBS, 7, "subs x1, x2, #0x7"},
		{SUBS, 1<<64 - 7, "adds x1, x2, #0x7"},
		{AND, 0xff, "and x1, x2, #0xff"},
		{AND, 0, ""},
		{OR, 0x8000000000000000, "orr x1, x2, #0x8000000000000000"},
		{XOR, 1, "eor x1, x2, #0x1"},
		{BIC, 0xff, "and x1, x2, #0xffffffffffffff00"},
		{MUL, 3, ""},
	} {
		b := new(Buffer)
		if ok := b.OpImm(tt.op, 1, 2, tt.v); ok != (tt.want != "") {
			t.Errorf("%#x with %#x: %v", uint32(tt.op), tt.v, ok)
		}
		if got := disassembled(t, b); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// Every register in each place, and distances of all kinds, up to what is out of reach.
func TestMemory(t *testing.T) {
	for _, size := range []int{1, 2, 4, 8} {
		for _, disp := range []int32{-257, -256, -8, -1, 0, 1, 255, 256, 257, int32(4095 * size), int32(4096 * size), 1 << 20} {
			for r := range Reg(32) {
				m := At(r, disp)
				want := disp >= -256 && disp < 256 || disp >= 0 && int(disp)%size == 0 && int(disp)/size <= 4095
				if m.Reaches(size) != want {
					t.Errorf("%d bytes at %d: %v", size, disp, m.Reaches(size))
					continue
				}
				if !want {
					continue
				}
				b := new(Buffer)
				b.Load(30-r%31, m, size, false)
				base := fmt.Sprintf("x%d", r)
				if r == 31 {
					base = "sp"
				}
				want2 := "[" + base + "]"
				if disp != 0 {
					want2 = fmt.Sprintf("[%s,#%d]", base, disp)
				}
				if got := disassembled(t, b); !strings.HasSuffix(got, want2) || !strings.Contains(got, fmt.Sprintf("%d, ", 30-r%31)) {
					t.Errorf("%v: %s, want %s", m, got, want2)
				}
			}
		}
	}
}
