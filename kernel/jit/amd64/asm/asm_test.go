package asm

import (
	"strings"
	"testing"

	"golang.org/x/arch/x86/x86asm"
)

// disassembled is code in Go's syntax, an instruction a line.
func disassembled(t *testing.T, code []byte) string {
	t.Helper()
	var b strings.Builder
	for pc := 0; pc < len(code); {
		in, err := x86asm.Decode(code[pc:], 64)
		if err != nil {
			t.Fatalf("at %d of % x: %v", pc, code, err)
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(x86asm.IntelSyntax(in, uint64(pc), nil))
		pc += in.Len
	}
	return b.String()
}

func TestInstructions(t *testing.T) {
	m := At(RBX, 0x40)
	for _, tt := range []struct {
		want string
		emit func(b *Buffer)
	}{
		{"mov rsi, r9", func(b *Buffer) { b.Mov(RSI, R9) }},
		{"mov r9d, esi", func(b *Buffer) { b.Mov32(R9, RSI) }},
		{"xor r10d, r10d", func(b *Buffer) { b.MovImm(R10, 0) }},
		{"mov r8d, -0x1", func(b *Buffer) { b.MovImm(R8, 0xffffffff) }},
		{"mov rdi, -0x1", func(b *Buffer) { b.MovImm(RDI, 1<<64-1) }},
		{"mov r12, 0x123456789abcdef", func(b *Buffer) { b.MovImm(R12, 0x123456789abcdef) }},
		{"mov rax, 0x100000000", func(b *Buffer) { b.MovImm(RAX, 1<<32) }},
		{"mov rax, qword ptr [rbx+0x40]", func(b *Buffer) { b.Load(RAX, m, 8, false) }},
		{"movsxd r13, dword ptr [rbx+0x40]", func(b *Buffer) { b.Load(R13, m, 4, true) }},
		{"mov r13d, dword ptr [rbx+0x40]", func(b *Buffer) { b.Load(R13, m, 4, false) }},
		{"movsx rax, word ptr [rbx+0x40]", func(b *Buffer) { b.Load(RAX, m, 2, true) }},
		{"movzx eax, word ptr [rbx+0x40]", func(b *Buffer) { b.Load(RAX, m, 2, false) }},
		{"movsx rax, byte ptr [rbx+0x40]", func(b *Buffer) { b.Load(RAX, m, 1, true) }},
		{"movzx r11d, byte ptr [rbx+0x40]", func(b *Buffer) { b.Load(R11, m, 1, false) }},
		{"mov rax, qword ptr [r13]", func(b *Buffer) { b.Load(RAX, At(R13, 0), 8, false) }},
		{"mov rax, qword ptr [r12]", func(b *Buffer) { b.Load(RAX, At(R12, 0), 8, false) }},
		{"mov rax, qword ptr [r12+8*r13+0x7]", func(b *Buffer) { b.Load(RAX, Mem{R12, R13, 8, 7}, 8, false) }},
		{"mov rax, qword ptr [r13+4*rsi]", func(b *Buffer) { b.Load(RAX, Mem{R13, RSI, 4, 0}, 8, false) }},
		{"mov rax, qword ptr [rsp-0x400]", func(b *Buffer) { b.Load(RAX, At(RSP, -0x400), 8, false) }},
		{"mov qword ptr [r15+2*r14], r8", func(b *Buffer) { b.Store(Mem{R15, R14, 2, 0}, R8, 8) }},
		{"mov dword ptr [rbx+0x40], esi", func(b *Buffer) { b.Store(m, RSI, 4) }},
		{"mov word ptr [rbx+0x40], r9w", func(b *Buffer) { b.Store(m, R9, 2) }},
		{"mov byte ptr [rbx+0x40], sil", func(b *Buffer) { b.Store(m, RSI, 1) }},
		{"mov byte ptr [rbx+0x40], dl", func(b *Buffer) { b.Store(m, RDX, 1) }},
		{"movsxd rax, esi", func(b *Buffer) { b.Extend(RAX, RSI, 4, true) }},
		{"movsx rax, sil", func(b *Buffer) { b.Extend(RAX, RSI, 1, true) }},
		{"movzx edi, dil", func(b *Buffer) { b.Extend(RDI, RDI, 1, false) }},
		{"movsx r8, si", func(b *Buffer) { b.Extend(R8, RSI, 2, true) }},
		{"movzx eax, r9w", func(b *Buffer) { b.Extend(RAX, R9, 2, false) }},
		{"lea rax, ptr [rsi+rdi]", func(b *Buffer) { b.Lea(RAX, Mem{RSI, RDI, 1, 0}) }},
		{"add r8, rsi", func(b *Buffer) { b.Op(ADD, R8, RSI) }},
		{"sub rsi, r13", func(b *Buffer) { b.Op(SUB, RSI, R13) }},
		{"and rax, rcx", func(b *Buffer) { b.Op(AND, RAX, RCX) }},
		{"or rax, rcx", func(b *Buffer) { b.Op(OR, RAX, RCX) }},
		{"xor rax, rcx", func(b *Buffer) { b.Op(XOR, RAX, RCX) }},
		{"sbb rdx, rdx", func(b *Buffer) { b.Op(SBB, RDX, RDX) }},
		{"cmp rax, qword ptr [rbx+0x40]", func(b *Buffer) { b.OpMem(CMP, RAX, m) }},
		{"add r9, 0x7f", func(b *Buffer) { b.OpImm(ADD, R9, 127) }},
		{"cmp rsi, 0x80", func(b *Buffer) { b.OpImm(CMP, RSI, 128) }},
		{"cmp rsi, -0x1", func(b *Buffer) { b.OpImm(CMP, RSI, -1) }},
		{"cmp qword ptr [r14+0x10], -0x522", func(b *Buffer) { b.CmpMemImm(At(R14, 16), -1314, 8) }},
		{"cmp dword ptr [rax], 0x0", func(b *Buffer) { b.CmpMemImm(At(RAX, 0), 0, 4) }},
		{"test r12, r12", func(b *Buffer) { b.Test(R12) }},
		{"imul rsi, r9", func(b *Buffer) { b.Imul(RSI, R9) }},
		{"imul r9, rsi, 0x18", func(b *Buffer) { b.ImulImm(R9, RSI, 24) }},
		{"imul r9, rsi, 0x3e8", func(b *Buffer) { b.ImulImm(R9, RSI, 1000) }},
		{"neg r9; not rsi", func(b *Buffer) { b.Neg(R9); b.Not(RSI) }},
		{"div rcx; div ecx; idiv rcx; idiv ecx", func(b *Buffer) { b.Div(RCX, true); b.Div(RCX, false); b.Idiv(RCX, true); b.Idiv(RCX, false) }},
		{"cqo; cdq", func(b *Buffer) { b.Cqo(true); b.Cqo(false) }},
		{"shl rax, cl; shr r9, cl; sar rsi, cl", func(b *Buffer) { b.ShiftCL(SHL, RAX); b.ShiftCL(SHR, R9); b.ShiftCL(SAR, RSI) }},
		{"shl rax, 0x3f", func(b *Buffer) { b.ShiftImm(SHL, RAX, 63) }},
		{"setb al; movzx eax, al", func(b *Buffer) { b.SetCond(CondB, RAX) }},
		{"cmovnbe rcx, rdx", func(b *Buffer) { b.MovCond(CondA, RCX, RDX) }},
		{"push rbx; push r12; pop r12; pop rbx; ret", func(b *Buffer) { b.Push(RBX); b.Push(R12); b.Pop(R12); b.Pop(RBX); b.Ret() }},
		{"call rax; call r9", func(b *Buffer) { b.CallReg(RAX); b.CallReg(R9) }},
		{"movaps xmm9, xmm1", func(b *Buffer) { b.MovX(9, 1) }},
		{"movsd xmm9, qword ptr [rbx+0x40]", func(b *Buffer) { b.LoadX(9, m, 8) }},
		{"movss xmm1, dword ptr [r12+4*r13]", func(b *Buffer) { b.LoadX(1, Mem{R12, R13, 4, 0}, 4) }},
		{"movsd qword ptr [rbx+0x40], xmm15", func(b *Buffer) { b.StoreX(m, 15, 8) }},
		{"addsd xmm2, xmm3; mulsd xmm9, xmm3; subsd xmm2, xmm9; divsd xmm2, xmm3; sqrtsd xmm2, xmm3", func(b *Buffer) {
			b.OpX(FADD, 2, 3, 8)
			b.OpX(FMUL, 9, 3, 8)
			b.OpX(FSUB, 2, 9, 8)
			b.OpX(FDIV, 2, 3, 8)
			b.OpX(SQRT, 2, 3, 8)
		}},
		{"addss xmm2, xmm12", func(b *Buffer) { b.OpX(FADD, 2, 12, 4) }},
		{"ucomisd xmm2, xmm12; ucomiss xmm2, xmm3", func(b *Buffer) { b.CompareX(2, 12, 8); b.CompareX(2, 3, 4) }},
		{"xorps xmm2, xmm12; andps xmm2, xmm1", func(b *Buffer) { b.XorX(2, 12); b.AndX(2, 1) }},
		{"cvtsi2sd xmm2, r9; cvtsi2ss xmm12, rax", func(b *Buffer) { b.FloatOf(2, R9, 8); b.FloatOf(12, RAX, 4) }},
		{"cvttsd2si rax, xmm9; cvttss2si r9, xmm1", func(b *Buffer) { b.IntOf(RAX, 9, 8); b.IntOf(R9, 1, 4) }},
		{"cvtss2sd xmm2, xmm3; cvtsd2ss xmm2, xmm3", func(b *Buffer) { b.Resize(2, 3, 4); b.Resize(2, 3, 8) }},
		{"movq xmm1, rax; movq r9, xmm12", func(b *Buffer) { b.MovXFrom(1, RAX); b.MovXTo(R9, 12) }},
	} {
		b := new(Buffer)
		tt.emit(b)
		if got := disassembled(t, b.Code()); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// Every register in every place of an address: what is encoded otherwise than the
// others, R12, R13, RSP and RBP, among them.
func TestAddresses(t *testing.T) {
	for base := RAX; base <= R15; base++ {
		for index := RAX; index <= R15+1; index++ {
			for _, disp := range []int32{0, 8, -129, 1 << 20} {
				m := Mem{base, index, 8, disp}
				switch index {
				case RSP:
					continue // cannot be one
				case R15 + 1:
					m.Index = NoReg
				}
				b := new(Buffer)
				b.Load(R11, m, 8, false)
				in, err := x86asm.Decode(b.Code(), 64)
				if err != nil || in.Len != b.Len() {
					t.Fatalf("%v: % x: %v", m, b.Code(), err)
				}
				got := in.Args[1].(x86asm.Mem)
				if got.Base != x86asm.RAX+x86asm.Reg(base) || got.Disp != int64(disp) {
					t.Errorf("%v is %v", m, got)
				}
				if m.Index == NoReg != (got.Index == 0) || m.Index != NoReg && (got.Index != x86asm.RAX+x86asm.Reg(index) || got.Scale != 8) {
					t.Errorf("%v is %v", m, got)
				}
			}
		}
	}
}

func TestJumps(t *testing.T) {
	b := new(Buffer)
	back, on := b.NewLabel(), b.NewLabel()
	b.Bind(back)
	b.Jcc(CondE, on)
	b.Jmp(back)
	b.Call(on)
	b.LeaHere(R9, on)
	b.Bind(on)
	b.Trap()
	if got, want := disassembled(t, b.Code()), "jz .+0x11; jmp 0x0; call 0x17; lea r9, ptr [rip]; int3"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
