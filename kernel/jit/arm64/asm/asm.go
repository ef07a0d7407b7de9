// Package asm writes machine code for arm64: the few dozen instructions that package
// arm64 needs, each a method of a [Buffer] that appends it. It knows nothing of what
// they are for. Its tests read everything back with the disassembler of
// golang.org/x/arch.
package asm

import (
	"encoding/binary"
	"errors"

	"github.com/gosched/gosched/kernel/jit/code"
)

// A Reg is a general register: R0 to R30, by their number.
type Reg uint8

// Number 31 is one or the other, as the instruction has it.
const (
	LR Reg = 30
	ZR Reg = 31
	SP Reg = 31
)

// An FReg is one of the registers F0 to F31, for floating point.
type FReg uint8

// A Cond is a condition of a jump, by its number in the encoding.
type Cond uint8

// The conditions: LO, HS, HI and LS are of unsigned numbers, LT, GE, GT and LE of
// signed ones, MI, LS, GT and GE of floats. VS says that there was an overflow, or
// that a float is no number.
const (
	EQ Cond = iota
	NE
	HS
	LO
	MI
	PL
	VS
	VC
	HI
	LS
	GE
	LT
	GT
	LE
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

// A use is an instruction that has the distance to a label, in bits from shift on.
type use struct {
	at          int
	label       Label
	bits, shift uint8
}

var errTooFar = errors.New("a jump is too far")

// Code resolves the jumps and returns the code.
func (b *Buffer) Code() ([]byte, error) {
	for _, u := range b.uses {
		d := b.Offset(u.label) - u.at
		in := binary.LittleEndian.Uint32(b.Bytes[u.at:])
		if u.bits == adrBits {
			if d >= 1<<20 || d < -1<<20 {
				return nil, errTooFar
			}
			in |= uint32(d)&3<<29 | uint32(d)>>2&0x7ffff<<5
		} else {
			n := int64(d) / 4
			if limit := int64(1) << (u.bits - 1); n >= limit || n < -limit {
				return nil, errTooFar
			}
			in |= uint32(n) & (1<<u.bits - 1) << u.shift
		}
		binary.LittleEndian.PutUint32(b.Bytes[u.at:], in)
	}
	b.uses = nil
	return b.Bytes, nil
}

// adrBits stands for the distance of an ADR, which is in bytes and in two places.
const adrBits = 21

func (b *Buffer) put(in uint32) { b.Bytes = binary.LittleEndian.AppendUint32(b.Bytes, in) }

func (b *Buffer) putTo(in uint32, l Label, bits, shift uint8) {
	b.uses = append(b.uses, use{len(b.Bytes), l, bits, shift})
	b.put(in)
}

// rrr is an instruction with three registers.
func (b *Buffer) rrr(op uint32, d, n, m uint8) {
	b.put(op | uint32(m)<<16 | uint32(n)<<5 | uint32(d))
}

// Jmp jumps.
func (b *Buffer) Jmp(l Label) { b.putTo(0x14000000, l, 26, 0) }

// Jcc jumps if the condition holds.
func (b *Buffer) Jcc(c Cond, l Label) { b.putTo(0x54000000|uint32(c), l, 19, 5) }

// JumpZero jumps if a register, 8 or 4 bytes of it, is zero.
func (b *Buffer) JumpZero(s Reg, size int, l Label) {
	b.putTo(0x34000000|wide(size)|uint32(s), l, 19, 5)
}

// JumpNotZero jumps if a register, 8 or 4 bytes of it, is not zero.
func (b *Buffer) JumpNotZero(s Reg, size int, l Label) {
	b.putTo(0x35000000|wide(size)|uint32(s), l, 19, 5)
}

func wide(size int) uint32 {
	if size == 8 {
		return 1 << 31
	}
	return 0
}

// Call calls.
func (b *Buffer) Call(l Label) { b.putTo(0x94000000, l, 26, 0) }

// CallReg calls what a register holds the address of.
func (b *Buffer) CallReg(r Reg) { b.put(0xd63f0000 | uint32(r)<<5) }

// Ret returns to where LR says.
func (b *Buffer) Ret() { b.put(0xd65f03c0) }

// Trap is what is never to be reached.
func (b *Buffer) Trap() { b.put(0xd4200000) }

// AddressOf loads the address of a label.
func (b *Buffer) AddressOf(d Reg, l Label) { b.putTo(0x10000000|uint32(d), l, adrBits, 0) }
