package asm

// A Mem is a place in memory: base + index*scale + disp. There may be no index.
type Mem struct {
	Base  Reg
	Index Reg // or NoReg
	Scale uint8
	Disp  int32
}

// At is the memory at base + disp.
func At(base Reg, disp int32) Mem { return Mem{Base: base, Index: NoReg, Scale: 1, Disp: disp} }

// encodeMem writes an instruction whose operands are a register and memory.
func (b *Buffer) encodeMem(prefix byte, w bool, reg uint8, m Mem, byteReg bool, op ...byte) {
	index := byte(0)
	if m.Index != NoReg {
		index = byte(m.Index)
	}
	b.opcode(prefix, w, reg, index, byte(m.Base), byteReg, op)
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

// Lea computes an address.
func (b *Buffer) Lea(d Reg, m Mem) { b.encodeMem(0, true, uint8(d), m, false, 0x8d) }
