package asm

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
