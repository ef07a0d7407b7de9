package asm

import "math/bits"

// Mov copies 64 bits.
func (b *Buffer) Mov(d, s Reg) { b.Op(OR, d, ZR, s) }

// MovSP copies to or from the stack pointer.
func (b *Buffer) MovSP(d, s Reg) { b.put(0x91000000 | uint32(s)<<5 | uint32(d)) }

// MovImm loads a constant.
func (b *Buffer) MovImm(d Reg, v uint64) {
	if n, ok := logical(v); ok && v>>16 != 0 && ^v>>16 != 0 {
		b.put(0xb2000000 | n | uint32(ZR)<<5 | uint32(d)) // ORR
		return
	}
	// Whatever of the halves of words are all ones or all zeros need not be written.
	ones, zeros := 0, 0
	for i := range 4 {
		switch uint16(v >> (16 * i)) {
		case 0:
			zeros++
		case 0xffff:
			ones++
		}
	}
	op, rest := uint32(0xd2800000), uint16(0) // MOVZ
	if ones > zeros {
		op, rest = 0x92800000, 0xffff // MOVN
	}
	first := true
	for i := range uint32(4) {
		h := uint16(v >> (16 * i))
		if h == rest && !(first && i == 3) {
			continue
		}
		if first {
			b.put(op | i<<21 | uint32(h^rest)<<5 | uint32(d))
			first = false
			continue
		}
		b.put(0xf2800000 | i<<21 | uint32(h)<<5 | uint32(d)) // MOVK
	}
}

// An ALU is an operation on two general operands, by its encoding with three registers.
type ALU uint32

// The operations. BIC is d = n &^ m, ORN d = n | ^m; those that end in S set the flags.
const (
	ADD  ALU = 0x8b000000
	ADDS ALU = 0xab000000
	SUB  ALU = 0xcb000000
	SUBS ALU = 0xeb000000
	AND  ALU = 0x8a000000
	ANDS ALU = 0xea000000
	BIC  ALU = 0x8a200000
	OR   ALU = 0xaa000000
	ORN  ALU = 0xaa200000
	XOR  ALU = 0xca000000
	MUL  ALU = 0x9b007c00
	DIV  ALU = 0x9ac00c00 // signed; the rest is without sign
	UDIV ALU = 0x9ac00800
	SHL  ALU = 0x9ac02000 // by m modulo 64; so the following
	SHR  ALU = 0x9ac02400
	SAR  ALU = 0x9ac02800
)

// Op is d = n op m.
func (b *Buffer) Op(op ALU, d, n, m Reg) { b.rrr(uint32(op), uint8(d), uint8(n), uint8(m)) }

// OpShifted is d = n op (m << shift), or, with SAR or SHR, m shifted to the right. It is
// for those operations that are neither shifts, MUL nor DIV.
func (b *Buffer) OpShifted(op ALU, d, n, m Reg, kind ALU, shift uint8) {
	b.rrr(uint32(op)|uint32(kind-SHL)>>10&3<<22|uint32(shift)<<10, uint8(d), uint8(n), uint8(m))
}

// OpImm is d = n op v, if v fits into the instruction. Of ADD and SUB, d and n may be
// SP.
func (b *Buffer) OpImm(op ALU, d, n Reg, v uint64) bool {
	switch op {
	case ADD, ADDS, SUB, SUBS:
		if -v < v {
			op, v = op^(ADD^SUB), -v
		}
		in := uint32(op)&^0x1f000000 | 0x11000000
		switch {
		case v < 1<<12:
		case v < 1<<24 && v&0xfff == 0:
			in, v = in|1<<22, v>>12
		default:
			return false
		}
		b.put(in | uint32(v)<<10 | uint32(n)<<5 | uint32(d))
		return true
	case BIC, ORN:
		op, v = op&^(1<<21), ^v
	}
	var in uint32
	switch op {
	case AND, ANDS, OR, XOR:
		in = uint32(op)&^0x1f000000 | 0x12000000
	default:
		return false
	}
	n13, ok := logical(v)
	if !ok {
		return false
	}
	b.put(in | n13 | uint32(n)<<5 | uint32(d))
	return true
}

// logical is how a constant is encoded in logical instructions, if it can be: a
// rotated run of ones, repeated.
func logical(v uint64) (n13 uint32, ok bool) {
	if v == 0 || v == 1<<64-1 {
		return 0, false
	}
	size := 64
	for size > 2 {
		half := size / 2
		if v>>half&(1<<half-1) != v&(1<<half-1) {
			break
		}
		size = half
	}
	mask := ^uint64(0) >> (64 - size)
	e := v & mask
	// Turn it until it is ones from the lowest bit on.
	var ones, rot int
	rotated := func(n int) uint64 { return (e<<n | e>>(size-n)) & mask }
	for rot = range size {
		r := rotated(rot)
		if r&1 == 1 && r>>(size-1)&1 == 0 && r&(r+1) == 0 {
			ones = bits.OnesCount64(r)
			break
		}
	}
	if ones == 0 {
		return 0, false
	}
	s := uint32(ones-1) | uint32(-2*size)&0x3f
	if size == 64 {
		s = uint32(ones-1) | 1<<12
	}
	return s<<10 | uint32(rot)<<16, true
}

// MulSub is d = a - n*m, with which a remainder is made.
func (b *Buffer) MulSub(d, a, n, m Reg) {
	b.rrr(0x9b008000|uint32(a)<<10, uint8(d), uint8(n), uint8(m))
}

// MulAdd is d = a + n*m.
func (b *Buffer) MulAdd(d, a, n, m Reg) {
	b.rrr(0x9b000000|uint32(a)<<10, uint8(d), uint8(n), uint8(m))
}

// Extend copies the low size bytes, extended to 64 bits.
func (b *Buffer) Extend(d, s Reg, size int, signed bool) {
	switch {
	case size == 8:
		b.Mov(d, s)
	case signed:
		b.bits(0x93400000, d, s, 0, uint32(8*size-1))
	default:
		b.bits(0xd3400000, d, s, 0, uint32(8*size-1))
	}
}

// bits moves bits of a register to the lowest or others: SBFM and UBFM.
func (b *Buffer) bits(op uint32, d, s Reg, r, to uint32) {
	b.put(op | r<<16 | to<<10 | uint32(s)<<5 | uint32(d))
}

// ShiftImm shifts by a constant below 64.
func (b *Buffer) ShiftImm(op ALU, d, s Reg, n uint8) {
	switch op {
	case SHL:
		b.bits(0xd3400000, d, s, uint32(-n)&63, 63-uint32(n))
	case SHR:
		b.bits(0xd3400000, d, s, uint32(n), 63)
	default:
		b.bits(0x93400000, d, s, uint32(n), 63)
	}
}

// SetCond makes d 1 or 0.
func (b *Buffer) SetCond(c Cond, d Reg) { b.Select(c.Not(), d, ZR, ZR, true) }

// Select is d = n where the condition holds, and else m, or m+1.
func (b *Buffer) Select(c Cond, d, n, m Reg, plus1 bool) {
	op := uint32(0x9a800000)
	if plus1 {
		op |= 1 << 10
	}
	b.rrr(op|uint32(c)<<12, uint8(d), uint8(n), uint8(m))
}
