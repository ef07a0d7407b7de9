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

// opcode writes an instruction up to its operands, with the upper bits of the registers
// that these have; index is 0 if there is none.
func (b *Buffer) opcode(prefix byte, w bool, reg, index, rm uint8, byteReg bool, op []byte) {
	if prefix != 0 {
		b.byte(prefix)
	}
	rex := 0x40 | reg>>3<<2 | index>>3<<1 | rm>>3
	if w {
		rex |= 8
	}
	if rex != 0x40 || byteReg {
		b.byte(rex)
	}
	b.byte(op...)
}

// encode writes an instruction whose operands are a register and a register.
func (b *Buffer) encode(prefix byte, w bool, reg, rm uint8, byteReg bool, op ...byte) {
	b.opcode(prefix, w, reg, 0, rm, byteReg, op)
	b.byte(0xc0 | reg&7<<3 | rm&7)
}

// LeaHere loads the address of a label.
func (b *Buffer) LeaHere(d Reg, l Label) {
	b.byte(0x48|byte(d)>>3<<2, 0x8d, byte(d)&7<<3|5)
	b.label(l)
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
