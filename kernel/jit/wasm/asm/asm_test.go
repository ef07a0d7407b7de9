package asm

import (
	"bytes"
	"math"
	"testing"
)

func TestInstructions(t *testing.T) {
	for _, tt := range []struct {
		name string
		emit func(c *Code)
		want []byte
	}{
		{"add", func(c *Code) { c.Op(I64Add, End) }, []byte{0x7c, 0x0b}},
		{"locals", func(c *Code) { c.Get(1); c.Set(127); c.Tee(128) }, []byte{0x20, 1, 0x21, 127, 0x22, 0x80, 1}},
		{"32 bits", func(c *Code) { c.I32(0); c.I32(-1); c.I32(64); c.I32(-64); c.I32(-65) }, []byte{
			0x41, 0, 0x41, 0x7f, 0x41, 0xc0, 0, 0x41, 0x40, 0x41, 0xbf, 0x7f,
		}},
		{"the least 32 bits", func(c *Code) { c.I32(math.MinInt32) }, []byte{0x41, 0x80, 0x80, 0x80, 0x80, 0x78}},
		{"the most 64 bits", func(c *Code) { c.I64(math.MaxInt64) }, []byte{0x42, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0}},
		{"the least 64 bits", func(c *Code) { c.I64(math.MinInt64) }, []byte{0x42, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0x7f}},
		{"floats", func(c *Code) { c.F32(0x01020304); c.F64(0x0102030405060708) }, []byte{0x43, 4, 3, 2, 1, 0x44, 8, 7, 6, 5, 4, 3, 2, 1}},
		{"memory", func(c *Code) { c.Memory(I64Load16S, 300); c.Memory(F32Store, 0) }, []byte{0x32, 0, 0xac, 2, 0x38, 0, 0}},
		{"blocks", func(c *Code) { c.Open(Loop, Nothing); c.Open(If, I64); c.Index(BrIf, 1) }, []byte{3, 0x40, 4, 0x7e, 0x0d, 1}},
		{"table", func(c *Code) { c.BranchTable([]uint32{2, 1}, 200) }, []byte{0x0e, 2, 2, 1, 0xc8, 1}},
		{"indirect", func(c *Code) { c.CallIndirect(3) }, []byte{0x11, 3, 0}},
		{"saturating", func(c *Code) { c.Truncate(OfF64) }, []byte{0xfc, 6}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c Code
			tt.emit(&c)
			if !bytes.Equal(c.Bytes, tt.want) {
				t.Errorf("% x, want % x", c.Bytes, tt.want)
			}
		})
	}
}

func TestModule(t *testing.T) {
	m := Module{Params: []Type{I32, I64}, Result: F64, Funcs: []Func{
		{Locals: []Locals{{Count: 200, Type: I64}, {Count: 1, Type: F32}}, Code: []byte{byte(Unreachable)}},
		{Code: []byte{byte(Unreachable), byte(Return)}},
	}}
	want := []byte("\x00asm\x01\x00\x00\x00" +
		"\x01\x07\x01\x60\x02\x7f\x7e\x01\x7c" +
		"\x02\x2d\x03" + "\x04host\x06memory\x02\x00\x00" + "\x04host\x05table\x01\x70\x00\x00" + "\x04host\x05first\x03\x7f\x00" +
		"\x03\x03\x02\x00\x00" +
		"\x07\x09\x02" + "\x010\x00\x00" + "\x011\x00\x01" +
		"\x0a\x0f\x02" + "\x08\x02\xc8\x01\x7e\x01\x7d\x00\x0b" + "\x04\x00\x00\x0f\x0b")
	if got := m.Bytes(); !bytes.Equal(got, want) {
		t.Errorf("% x, want\n% x", got, want)
	}
}
