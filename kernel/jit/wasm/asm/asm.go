// Package asm writes WebAssembly in its binary format: the instructions that package
// wasm needs, and modules of functions. It knows nothing of what they are for.
package asm

import (
	"encoding/binary"
	"math/bits"
)

// A Code is a sequence of instructions. The zero value is ready for use.
type Code struct{ Bytes []byte }

// Op appends instructions that have no operands of their own.
func (c *Code) Op(ops ...Op) {
	for _, op := range ops {
		c.Bytes = append(c.Bytes, byte(op))
	}
}

// Index appends an instruction with the number of a local, a global, a function, or of
// the block that it leads out of.
func (c *Code) Index(op Op, i uint32) {
	c.Op(op)
	c.Bytes = binary.AppendUvarint(c.Bytes, uint64(i))
}

// Get, Set and Tee append accesses to a local.
func (c *Code) Get(local uint32) { c.Index(LocalGet, local) }

// Set takes a local's new value off the stack.
func (c *Code) Set(local uint32) { c.Index(LocalSet, local) }

// Tee is Set, which leaves the value there.
func (c *Code) Tee(local uint32) { c.Index(LocalTee, local) }

// I32 appends a constant.
func (c *Code) I32(v int32) {
	c.Op(I32Const)
	c.Bytes = appendSigned(c.Bytes, int64(v))
}

// I64 appends a constant.
func (c *Code) I64(v int64) {
	c.Op(I64Const)
	c.Bytes = appendSigned(c.Bytes, v)
}

// F32 appends a constant, of which these are the bits.
func (c *Code) F32(b uint32) {
	c.Op(F32Const)
	c.Bytes = binary.LittleEndian.AppendUint32(c.Bytes, b)
}

// F64 appends a constant, of which these are the bits.
func (c *Code) F64(b uint64) {
	c.Op(F64Const)
	c.Bytes = binary.LittleEndian.AppendUint64(c.Bytes, b)
}

// Memory appends an access at so many bytes from the address that is on the stack, which
// need not be aligned.
func (c *Code) Memory(op Op, off uint32) {
	c.Bytes = binary.AppendUvarint(append(c.Bytes, byte(op), 0), uint64(off))
}

// Open appends the begin of a block, loop or condition with what it leaves on the
// stack, or Nothing.
func (c *Code) Open(op Op, leaves Type) { c.Bytes = append(c.Bytes, byte(op), byte(leaves)) }

// BranchTable appends a jump to one of several places by the number on the stack, or
// to other if there are not as many.
func (c *Code) BranchTable(to []uint32, other uint32) {
	c.Index(BrTable, uint32(len(to)))
	for _, l := range append(to, other) {
		c.Bytes = binary.AppendUvarint(c.Bytes, uint64(l))
	}
}

// CallIndirect appends a call of what stands in the table at the number on the stack.
func (c *Code) CallIndirect(typ uint32) {
	c.Index(CallTable, typ)
	c.Bytes = append(c.Bytes, 0)
}

// Truncate appends a conversion of a float to an integer, to the nearest there is.
func (c *Code) Truncate(op Saturating) { c.Bytes = append(c.Bytes, 0xfc, byte(op)) }

// appendSigned appends a number in the encoding LEB128.
func appendSigned(b []byte, v int64) []byte {
	for n := (bits.Len64(uint64(v^v>>63)) + 7) / 7; n > 1; n-- {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v)&0x7f)
}
