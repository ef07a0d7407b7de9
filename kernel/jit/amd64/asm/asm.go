// Package asm writes machine code for amd64: the few dozen instructions that
// package jit needs, each a method of a [Buffer] that appends its bytes. It knows
// nothing of what they are for. Its tests read everything back with the
// disassembler of golang.org/x/arch.
package asm

import (
	"encoding/binary"

	"github.com/gosched/gosched/kernel/jit/code"
)

// A Reg is a general register.
type Reg uint8

// The general registers, by their number in the encoding.
const (
	RAX Reg = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
	NoReg Reg = 0xff
)

// An XReg is one of the registers X0 to X15, for floating point.
type XReg uint8

// A Mem is a place in memory: base + index*scale + disp. There may be no index.
type Mem struct {
	Base  Reg
	Index Reg // or NoReg
	Scale uint8
	Disp  int32
}

// At is the memory at base + disp.
func At(base Reg, disp int32) Mem { return Mem{Base: base, Index: NoReg, Scale: 1, Disp: disp} }

// A Cond is a condition of a jump, by its number in the encoding.
type Cond uint8

// The conditions: O overflow, B below and A above (unsigned), L less and G
// greater (signed), E equal, P parity.
const (
	CondO  Cond = 0x0
	CondB  Cond = 0x2
	CondAE Cond = 0x3
	CondE  Cond = 0x4
	CondNE Cond = 0x5
	CondBE Cond = 0x6
	CondA  Cond = 0x7
	CondS  Cond = 0x8
	CondP  Cond = 0xa
	CondNP Cond = 0xb
	CondL  Cond = 0xc
	CondGE Cond = 0xd
	CondLE Cond = 0xe
	CondG  Cond = 0xf
)

// Not is the opposite condition.
func (c Cond) Not() Cond { return c ^ 1 }

// A Label is a place in the code that jumps lead to.
type Label = code.Label

// A Buffer collects code. The zero value is ready for use.
type Buffer struct {
	code.Buffer
	uses []use
}

type use struct {
	at    int // of the four bytes that hold the distance
	label Label
}

// Code resolves the jumps and returns the code.
func (b *Buffer) Code() []byte {
	for _, u := range b.uses {
		binary.LittleEndian.PutUint32(b.Bytes[u.at:], uint32(int32(b.Offset(u.label)-(u.at+4))))
	}
	b.uses = nil
	return b.Bytes
}

func (b *Buffer) byte(bs ...byte) { b.Bytes = append(b.Bytes, bs...) }

func (b *Buffer) imm32(v int32) { b.Bytes = binary.LittleEndian.AppendUint32(b.Bytes, uint32(v)) }

func (b *Buffer) label(l Label) {
	b.uses = append(b.uses, use{len(b.Bytes), l})
	b.imm32(0)
}

// encode writes an instruction whose operands are a register and a register.
func (b *Buffer) encode(prefix byte, w bool, reg, rm uint8, byteReg bool, op ...byte) {
	if prefix != 0 {
		b.byte(prefix)
	}
	rex := byte(0x40)
	if w {
		rex |= 8
	}
	rex |= reg >> 3 << 2
	rex |= rm >> 3
	if rex != 0x40 || byteReg {
		b.byte(rex)
	}
	b.byte(op...)
	b.byte(0xc0 | reg&7<<3 | rm&7)
}

// encodeMem writes an instruction whose operands are a register and memory.
func (b *Buffer) encodeMem(prefix byte, w bool, reg uint8, m Mem, byteReg bool, op ...byte) {
	if prefix != 0 {
		b.byte(prefix)
	}
	rex := byte(0x40)
	if w {
		rex |= 8
	}
	rex |= reg >> 3 << 2
	rex |= byte(m.Base) >> 3
	if m.Index != NoReg {
		rex |= byte(m.Index) >> 3 << 1
	}
	if rex != 0x40 || byteReg {
		b.byte(rex)
	}
	b.byte(op...)
	mod := byte(0x80)
	switch {
	case m.Disp == 0 && m.Base&7 != RBP:
		mod = 0
	case m.Disp == int32(int8(m.Disp)):
		mod = 0x40
	}
	if m.Index == NoReg && m.Base&7 != RSP {
		b.byte(mod | reg&7<<3 | byte(m.Base)&7)
	} else {
		sib := byte(0x20) // no index
		if m.Index != NoReg {
			var scale byte
			switch m.Scale {
			case 2:
				scale = 1
			case 4:
				scale = 2
			case 8:
				scale = 3
			}
			sib = scale<<6 | byte(m.Index)&7<<3
		}
		b.byte(mod|reg&7<<3|4, sib|byte(m.Base)&7)
	}
	switch mod {
	case 0x40:
		b.byte(byte(m.Disp))
	case 0x80:
		b.imm32(m.Disp)
	}
}

// Mov copies 64 bits.
func (b *Buffer) Mov(d, s Reg) { b.encode(0, true, uint8(s), uint8(d), false, 0x89) }

// Mov32 copies 32 bits and clears the rest.
func (b *Buffer) Mov32(d, s Reg) { b.encode(0, false, uint8(s), uint8(d), false, 0x89) }

// MovImm loads a constant.
func (b *Buffer) MovImm(d Reg, v uint64) {
	switch {
	case v == 0:
		b.encode(0, false, uint8(d), uint8(d), false, 0x31)
	case v <= 0xffffffff:
		if d >= 8 {
			b.byte(0x41)
		}
		b.byte(0xb8 | byte(d)&7)
		b.imm32(int32(uint32(v)))
	case int64(v) == int64(int32(v)):
		b.encode(0, true, 0, uint8(d), false, 0xc7)
		b.imm32(int32(v))
	default:
		b.byte(0x48|byte(d)>>3, 0xb8|byte(d)&7)
		b.Bytes = binary.LittleEndian.AppendUint64(b.Bytes, v)
	}
}

// Load loads size bytes, extended to 64 bits with the sign or with zeros.
func (b *Buffer) Load(d Reg, m Mem, size int, signed bool) {
	switch {
	case size == 8:
		b.encodeMem(0, true, uint8(d), m, false, 0x8b)
	case size == 4 && signed:
		b.encodeMem(0, true, uint8(d), m, false, 0x63)
	case size == 4:
		b.encodeMem(0, false, uint8(d), m, false, 0x8b)
	case size == 2 && signed:
		b.encodeMem(0, true, uint8(d), m, false, 0x0f, 0xbf)
	case size == 2:
		b.encodeMem(0, false, uint8(d), m, false, 0x0f, 0xb7)
	case signed:
		b.encodeMem(0, true, uint8(d), m, false, 0x0f, 0xbe)
	default:
		b.encodeMem(0, false, uint8(d), m, false, 0x0f, 0xb6)
	}
}

// Store stores the low size bytes.
func (b *Buffer) Store(m Mem, s Reg, size int) {
	switch size {
	case 8:
		b.encodeMem(0, true, uint8(s), m, false, 0x89)
	case 4:
		b.encodeMem(0, false, uint8(s), m, false, 0x89)
	case 2:
		b.encodeMem(0x66, false, uint8(s), m, false, 0x89)
	default:
		b.encodeMem(0, false, uint8(s), m, true, 0x88)
	}
}

// Extend copies the low size bytes, extended to 64 bits.
func (b *Buffer) Extend(d, s Reg, size int, signed bool) {
	switch {
	case size == 8:
		b.Mov(d, s)
	case size == 4 && signed:
		b.encode(0, true, uint8(d), uint8(s), false, 0x63)
	case size == 4:
		b.Mov32(d, s)
	case size == 2 && signed:
		b.encode(0, true, uint8(d), uint8(s), false, 0x0f, 0xbf)
	case size == 2:
		b.encode(0, false, uint8(d), uint8(s), false, 0x0f, 0xb7)
	case signed:
		b.encode(0, true, uint8(d), uint8(s), false, 0x0f, 0xbe)
	default:
		b.encode(0, false, uint8(d), uint8(s), true, 0x0f, 0xb6)
	}
}

// Lea computes an address.
func (b *Buffer) Lea(d Reg, m Mem) { b.encodeMem(0, true, uint8(d), m, false, 0x8d) }

// LeaHere loads the address of a label.
func (b *Buffer) LeaHere(d Reg, l Label) {
	b.byte(0x48|byte(d)>>3<<2, 0x8d, byte(d)&7<<3|5)
	b.label(l)
}

// An ALU is an operation on two general operands.
type ALU uint8

// The operations, by their number in the encoding.
const (
	ADD ALU = 0
	OR  ALU = 1
	SBB ALU = 3
	AND ALU = 4
	SUB ALU = 5
	XOR ALU = 6
	CMP ALU = 7
)

// Op is d = d op s.
func (b *Buffer) Op(op ALU, d, s Reg) {
	b.encode(0, true, uint8(s), uint8(d), false, byte(op)<<3|1)
}

// OpImm is d = d op v.
func (b *Buffer) OpImm(op ALU, d Reg, v int32) {
	if v == int32(int8(v)) {
		b.encode(0, true, uint8(op), uint8(d), false, 0x83)
		b.byte(byte(v))
		return
	}
	b.encode(0, true, uint8(op), uint8(d), false, 0x81)
	b.imm32(v)
}

// OpMem is d = d op m, with 64 bits of memory.
func (b *Buffer) OpMem(op ALU, d Reg, m Mem) {
	b.encodeMem(0, true, uint8(d), m, false, byte(op)<<3|3)
}

// CmpMemImm compares size bytes of memory, 4 or 8, with a constant.
func (b *Buffer) CmpMemImm(m Mem, v int32, size int) {
	short := v == int32(int8(v))
	op := byte(0x81)
	if short {
		op = 0x83
	}
	b.encodeMem(0, size == 8, uint8(CMP), m, false, op)
	if short {
		b.byte(byte(v))
	} else {
		b.imm32(v)
	}
}

// Test compares s & s with zero.
func (b *Buffer) Test(s Reg) { b.encode(0, true, uint8(s), uint8(s), false, 0x85) }

// Imul is d = d * s.
func (b *Buffer) Imul(d, s Reg) { b.encode(0, true, uint8(d), uint8(s), false, 0x0f, 0xaf) }

// ImulImm is d = s * v.
func (b *Buffer) ImulImm(d, s Reg, v int32) {
	if v == int32(int8(v)) {
		b.encode(0, true, uint8(d), uint8(s), false, 0x6b)
		b.byte(byte(v))
		return
	}
	b.encode(0, true, uint8(d), uint8(s), false, 0x69)
	b.imm32(v)
}

// Neg is d = -d.
func (b *Buffer) Neg(d Reg) { b.encode(0, true, 3, uint8(d), false, 0xf7) }

// Not is d = ^d.
func (b *Buffer) Not(d Reg) { b.encode(0, true, 2, uint8(d), false, 0xf7) }

// Div divides RDX:RAX, unsigned, or 32 bits of each.
func (b *Buffer) Div(s Reg, wide bool) { b.encode(0, wide, 6, uint8(s), false, 0xf7) }

// Idiv divides RDX:RAX, signed, or 32 bits of each.
func (b *Buffer) Idiv(s Reg, wide bool) { b.encode(0, wide, 7, uint8(s), false, 0xf7) }

// Cqo extends the sign of RAX, or of 32 bits of it, into RDX.
func (b *Buffer) Cqo(wide bool) {
	if wide {
		b.byte(0x48)
	}
	b.byte(0x99)
}

// A Shift is a kind of shift.
type Shift uint8

// The shifts, by their number in the encoding.
const (
	SHL Shift = 4
	SHR Shift = 5
	SAR Shift = 7
)

// ShiftCL shifts by CL modulo 64.
func (b *Buffer) ShiftCL(op Shift, d Reg) { b.encode(0, true, uint8(op), uint8(d), false, 0xd3) }

// ShiftImm shifts by a constant below 64.
func (b *Buffer) ShiftImm(op Shift, d Reg, n uint8) {
	b.encode(0, true, uint8(op), uint8(d), false, 0xc1)
	b.byte(n)
}

// SetCond makes d 1 or 0; the rest of d is cleared.
func (b *Buffer) SetCond(c Cond, d Reg) {
	b.encode(0, false, 0, uint8(d), true, 0x0f, 0x90|byte(c))
	b.Extend(d, d, 1, false)
}

// MovCond copies if the condition holds.
func (b *Buffer) MovCond(c Cond, d, s Reg) {
	b.encode(0, true, uint8(d), uint8(s), false, 0x0f, 0x40|byte(c))
}

// Jmp jumps.
func (b *Buffer) Jmp(l Label) {
	b.byte(0xe9)
	b.label(l)
}

// Jcc jumps if the condition holds.
func (b *Buffer) Jcc(c Cond, l Label) {
	b.byte(0x0f, 0x80|byte(c))
	b.label(l)
}

// Call calls.
func (b *Buffer) Call(l Label) {
	b.byte(0xe8)
	b.label(l)
}

// CallReg calls what a register holds the address of.
func (b *Buffer) CallReg(r Reg) { b.encode(0, false, 2, uint8(r), false, 0xff) }

// Ret returns.
func (b *Buffer) Ret() { b.byte(0xc3) }

// Push pushes.
func (b *Buffer) Push(r Reg) {
	if r >= 8 {
		b.byte(0x41)
	}
	b.byte(0x50 | byte(r)&7)
}

// Pop pops.
func (b *Buffer) Pop(r Reg) {
	if r >= 8 {
		b.byte(0x41)
	}
	b.byte(0x58 | byte(r)&7)
}

// Trap is what is never to be reached.
func (b *Buffer) Trap() { b.byte(0xcc) }

// scalar is the prefix of operations on one float of 8 or 4 bytes.
func scalar(size int) byte {
	if size == 8 {
		return 0xf2
	}
	return 0xf3
}

// MovX copies a register.
func (b *Buffer) MovX(d, s XReg) { b.encode(0, false, uint8(d), uint8(s), false, 0x0f, 0x28) }

// LoadX loads a float of 8 or 4 bytes.
func (b *Buffer) LoadX(d XReg, m Mem, size int) {
	b.encodeMem(scalar(size), false, uint8(d), m, false, 0x0f, 0x10)
}

// StoreX stores a float of 8 or 4 bytes.
func (b *Buffer) StoreX(m Mem, s XReg, size int) {
	b.encodeMem(scalar(size), false, uint8(s), m, false, 0x0f, 0x11)
}

// A Float is an operation on floats.
type Float uint8

// The operations, by their second byte in the encoding.
const (
	SQRT Float = 0x51
	FADD Float = 0x58
	FMUL Float = 0x59
	FSUB Float = 0x5c
	FDIV Float = 0x5e
)

// OpX is d = d op s.
func (b *Buffer) OpX(op Float, d, s XReg, size int) {
	b.encode(scalar(size), false, uint8(d), uint8(s), false, 0x0f, byte(op))
}

// CompareX compares, setting the flags as of an unsigned comparison, all of them
// where one is not a number.
func (b *Buffer) CompareX(x, y XReg, size int) {
	prefix := byte(0)
	if size == 8 {
		prefix = 0x66
	}
	b.encode(prefix, false, uint8(x), uint8(y), false, 0x0f, 0x2e)
}

// XorX is d = d ^ s, of all bits.
func (b *Buffer) XorX(d, s XReg) { b.encode(0, false, uint8(d), uint8(s), false, 0x0f, 0x57) }

// AndX is d = d & s, of all bits.
func (b *Buffer) AndX(d, s XReg) { b.encode(0, false, uint8(d), uint8(s), false, 0x0f, 0x54) }

// FloatOf makes a float of size bytes of a signed integer of 64 bits.
func (b *Buffer) FloatOf(d XReg, s Reg, size int) {
	b.encode(scalar(size), true, uint8(d), uint8(s), false, 0x0f, 0x2a)
}

// IntOf makes a signed integer of 64 bits of a float of size bytes: the least
// one where none has its value.
func (b *Buffer) IntOf(d Reg, s XReg, size int) {
	b.encode(scalar(size), true, uint8(d), uint8(s), false, 0x0f, 0x2c)
}

// Resize makes a float of the other size.
func (b *Buffer) Resize(d, s XReg, from int) {
	b.encode(scalar(from), false, uint8(d), uint8(s), false, 0x0f, 0x5a)
}

// MovXFrom copies 64 bits of a general register.
func (b *Buffer) MovXFrom(d XReg, s Reg) {
	b.encode(0x66, true, uint8(d), uint8(s), false, 0x0f, 0x6e)
}

// MovXTo copies 64 bits to a general register.
func (b *Buffer) MovXTo(d Reg, s XReg) { b.encode(0x66, true, uint8(s), uint8(d), false, 0x0f, 0x7e) }
