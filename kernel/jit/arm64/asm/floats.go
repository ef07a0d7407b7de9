package asm

// double is the bit that says that floats have 8 bytes.
func double(size int) uint32 {
	if size == 8 {
		return 1 << 22
	}
	return 0
}

// A Float is an operation on floats, by its encoding.
type Float uint32

// The operations.
const (
	FMUL Float = 0x1e200800
	FDIV Float = 0x1e201800
	FADD Float = 0x1e202800
	FSUB Float = 0x1e203800

	FMOV  Float = 0x1e204000 // of one operand; so the following
	FABS  Float = 0x1e20c000
	FNEG  Float = 0x1e214000
	FSQRT Float = 0x1e21c000

	FMADD  Float = 0x1f000000 // a + n*m, without rounding in between; so the following
	FMSUB  Float = 0x1f008000 // a - n*m
	FNMSUB Float = 0x1f208000 // n*m - a
)

// OpF is d = n op m.
func (b *Buffer) OpF(op Float, d, n, m FReg, size int) {
	b.rrr(uint32(op)|double(size), uint8(d), uint8(n), uint8(m))
}

// OpF1 is d = op s.
func (b *Buffer) OpF1(op Float, d, s FReg, size int) {
	b.rrr(uint32(op)|double(size), uint8(d), uint8(s), 0)
}

// OpF3 multiplies and adds.
func (b *Buffer) OpF3(op Float, d, a, n, m FReg, size int) {
	b.rrr(uint32(op)|double(size)|uint32(a)<<10, uint8(d), uint8(n), uint8(m))
}

// CompareF compares, with the flags of [Cond].
func (b *Buffer) CompareF(n, m FReg, size int) { b.rrr(0x1e202000|double(size), 0, uint8(n), uint8(m)) }

// CompareFZero compares with zero.
func (b *Buffer) CompareFZero(n FReg, size int) { b.rrr(0x1e202008|double(size), 0, uint8(n), 0) }

// FloatOf makes a float of size bytes of an integer of 64 bits.
func (b *Buffer) FloatOf(d FReg, s Reg, size int, signed bool) {
	op := uint32(0x9e230000)
	if signed {
		op = 0x9e220000
	}
	b.rrr(op|double(size), uint8(d), uint8(s), 0)
}

// IntOf makes a signed integer of 64 bits of a float of size bytes: the nearest one to
// what is too large or too small, and 0 of what is no number.
func (b *Buffer) IntOf(d Reg, s FReg, size int) {
	b.rrr(0x9e780000&^(1<<22)|double(size), uint8(d), uint8(s), 0)
}

// Resize makes a float of the other size.
func (b *Buffer) Resize(d, s FReg, from int) {
	op := uint32(0x1e22c000) // FCVT Dd, Sn
	if from == 8 {
		op = 0x1e624000
	}
	b.rrr(op, uint8(d), uint8(s), 0)
}

// MovFFrom copies the bits of a general register, 8 bytes or 4.
func (b *Buffer) MovFFrom(d FReg, s Reg, size int) {
	op := uint32(0x1e270000)
	if size == 8 {
		op = 0x9e670000
	}
	b.rrr(op, uint8(d), uint8(s), 0)
}

// MovFTo copies bits to a general register, 8 bytes or 4.
func (b *Buffer) MovFTo(d Reg, s FReg, size int) {
	op := uint32(0x1e260000)
	if size == 8 {
		op = 0x9e660000
	}
	b.rrr(op, uint8(d), uint8(s), 0)
}
