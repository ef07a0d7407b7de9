package asm

import (
	"encoding/binary"
)

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
