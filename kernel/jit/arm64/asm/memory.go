package asm

import "math/bits"

// A Mem is a place in memory: base + disp, or base + index shifted by Shift.
type Mem struct {
	Base  Reg
	Disp  int32
	Index Reg // ZR where there is none
	Shift uint8
}

// At is the memory at base + disp.
func At(base Reg, disp int32) Mem { return Mem{Base: base, Disp: disp, Index: ZR} }

// Reaches reports whether size bytes at m can be loaded and stored by an instruction.
func (m Mem) Reaches(size int) bool {
	if m.Index != ZR {
		return m.Disp == 0 && (m.Shift == 0 || 1<<m.Shift == size)
	}
	return scaled(m.Disp, size) || m.Disp >= -256 && m.Disp < 256
}

func scaled(disp int32, size int) bool {
	return disp >= 0 && int(disp)%size == 0 && int(disp)/size < 1<<12
}

// access is a load or a store: op says which one, without size.
func (b *Buffer) access(op uint32, r uint8, m Mem, size int) {
	if !m.Reaches(size) {
		panic("asm: memory is out of reach")
	}
	op |= uint32(bits.TrailingZeros(uint(size)))<<30 | uint32(m.Base)<<5 | uint32(r)
	switch {
	case m.Index != ZR:
		op |= 0x00200800 | uint32(m.Index)<<16 | 3<<13 // 64 bits of the index
		if m.Shift != 0 {
			op |= 1 << 12
		}
	case scaled(m.Disp, size):
		op |= 1<<24 | uint32(int(m.Disp)/size)<<10
	default:
		op |= uint32(m.Disp) & 0x1ff << 12
	}
	b.put(op)
}

// Load loads size bytes, extended to 64 bits with the sign or with zeros.
func (b *Buffer) Load(d Reg, m Mem, size int, signed bool) {
	op := uint32(0x38400000)
	if signed && size < 8 {
		op = 0x38800000
	}
	b.access(op, uint8(d), m, size)
}

// Store stores the low size bytes.
func (b *Buffer) Store(m Mem, s Reg, size int) { b.access(0x38000000, uint8(s), m, size) }

// LoadF loads a float of 8 or 4 bytes.
func (b *Buffer) LoadF(d FReg, m Mem, size int) { b.access(0x3c400000, uint8(d), m, size) }

// StoreF stores a float of 8 or 4 bytes.
func (b *Buffer) StoreF(m Mem, s FReg, size int) { b.access(0x3c000000, uint8(s), m, size) }

// PushPair lowers SP by 16 and stores two registers there.
func (b *Buffer) PushPair(x, y Reg) {
	b.put(0xa9bf0000 | uint32(y)<<10 | uint32(SP)<<5 | uint32(x))
}

// PopPair loads two registers from where SP is and raises it by 16.
func (b *Buffer) PopPair(x, y Reg) {
	b.put(0xa8c10000 | uint32(y)<<10 | uint32(SP)<<5 | uint32(x))
}
