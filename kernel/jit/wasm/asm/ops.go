package asm

// A Type is that of a value, by its number in the encoding.
type Type byte

// The types.
const (
	I32     Type = 0x7f
	I64     Type = 0x7e
	F32     Type = 0x7d
	F64     Type = 0x7c
	Nothing Type = 0x40
)

// An Op is an instruction, by its number in the encoding.
type Op byte

// The instructions, named as the specification of WebAssembly has them.
const (
	Unreachable Op = 0x00
	Block       Op = 0x02
	Loop        Op = 0x03
	If          Op = 0x04
	Else        Op = 0x05
	End         Op = 0x0b
	Br          Op = 0x0c
	BrIf        Op = 0x0d
	BrTable     Op = 0x0e
	Return      Op = 0x0f
	Call        Op = 0x10
	CallTable   Op = 0x11
	Select      Op = 0x1b
	LocalGet    Op = 0x20
	LocalSet    Op = 0x21
	LocalTee    Op = 0x22
	GlobalGet   Op = 0x23

	I32Load    Op = 0x28
	I64Load    Op = 0x29
	F32Load    Op = 0x2a
	F64Load    Op = 0x2b
	I64Load8S  Op = 0x30
	I64Load8U  Op = 0x31
	I64Load16S Op = 0x32
	I64Load16U Op = 0x33
	I64Load32S Op = 0x34
	I64Load32U Op = 0x35
	I32Store   Op = 0x36
	I64Store   Op = 0x37
	F32Store   Op = 0x38
	F64Store   Op = 0x39
	I64Store8  Op = 0x3c
	I64Store16 Op = 0x3d
	I64Store32 Op = 0x3e

	I32Const Op = 0x41
	I64Const Op = 0x42
	F32Const Op = 0x43
	F64Const Op = 0x44

	I32Eqz Op = 0x45
	I32LtS Op = 0x48
	I32LtU Op = 0x49
	I64Eqz Op = 0x50
	I64Eq  Op = 0x51
	I64Ne  Op = 0x52
	I64LtS Op = 0x53
	I64LtU Op = 0x54
	I64GtS Op = 0x55
	I64GtU Op = 0x56
	I64LeS Op = 0x57
	I64LeU Op = 0x58
	I64GeS Op = 0x59
	I64GeU Op = 0x5a
	F32Eq  Op = 0x5b
	F32Ne  Op = 0x5c
	F32Lt  Op = 0x5d
	F32Gt  Op = 0x5e
	F32Le  Op = 0x5f
	F32Ge  Op = 0x60
	F64Eq  Op = 0x61
	F64Ne  Op = 0x62
	F64Lt  Op = 0x63
	F64Gt  Op = 0x64
	F64Le  Op = 0x65
	F64Ge  Op = 0x66

	I32Add  Op = 0x6a
	I32Sub  Op = 0x6b
	I32Mul  Op = 0x6c
	I32And  Op = 0x71
	I32Or   Op = 0x72
	I32Shl  Op = 0x74
	I64Add  Op = 0x7c
	I64Sub  Op = 0x7d
	I64Mul  Op = 0x7e
	I64DivS Op = 0x7f
	I64DivU Op = 0x80
	I64RemS Op = 0x81
	I64RemU Op = 0x82
	I64And  Op = 0x83
	I64Or   Op = 0x84
	I64Xor  Op = 0x85
	I64Shl  Op = 0x86
	I64ShrS Op = 0x87
	I64ShrU Op = 0x88
	F32Abs  Op = 0x8b
	F32Neg  Op = 0x8c
	F32Sqrt Op = 0x91
	F32Add  Op = 0x92
	F32Sub  Op = 0x93
	F32Mul  Op = 0x94
	F32Div  Op = 0x95
	F64Abs  Op = 0x99
	F64Neg  Op = 0x9a
	F64Sqrt Op = 0x9f
	F64Add  Op = 0xa0
	F64Sub  Op = 0xa1
	F64Mul  Op = 0xa2
	F64Div  Op = 0xa3

	I32WrapI64    Op = 0xa7
	I64ExtendI32U Op = 0xad
	F32ConvertS   Op = 0xb4 // from 64 bits; so the following
	F32ConvertU   Op = 0xb5
	F32Demote     Op = 0xb6
	F64ConvertS   Op = 0xb9
	F64ConvertU   Op = 0xba
	F64Promote    Op = 0xbb
	I64Extend8S   Op = 0xc2
	I64Extend16S  Op = 0xc3
	I64Extend32S  Op = 0xc4
)

// A Saturating is a conversion of a float to a signed integer of 64 bits.
type Saturating byte

// The conversions.
const (
	OfF32 Saturating = 4
	OfF64 Saturating = 6
)
