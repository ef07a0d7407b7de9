package goruntime

// gate is a module with one function. It calls code of the table; as long as that has
// returned to a frame on the stack, it goes on there. Its memory, table and constant,
// which is the address of what it is passed, are those of package jit's modules.
var gate = []byte{
	0, 'a', 's', 'm', 1, 0, 0, 0,
	1, 11, 2, // types
	0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7e, // of code: (i32, i32, i32) i64
	0x60, 0, 0, // of the gate
	2, 45, 3, // imports
	4, 'h', 'o', 's', 't', 6, 'm', 'e', 'm', 'o', 'r', 'y', 2, 0, 0,
	4, 'h', 'o', 's', 't', 5, 't', 'a', 'b', 'l', 'e', 1, 0x70, 0, 0,
	4, 'h', 'o', 's', 't', 5, 'f', 'i', 'r', 's', 't', 3, 0x7f, 0,
	3, 2, 1, 1, // functions: one, of the second type
	7, 5, 1, 1, '0', 0, 0, // exports
	10, 98, 1, 96, // code
	1, 3, 0x7e, // locals: 0 code, 1 base, 2 result
	0x23, 0, 0x29, 0, 0, 0x21, 0, // code = passed.code
	0x23, 0, 0x29, 0, 8, 0x21, 1, // base = passed.base
	0x02, 0x40, // block
	0x03, 0x40, // loop
	0x20, 0, 0xa7, 0x41, 0xff, 0xff, 0x3f, 0x71, // code & (1<<20 - 1)
	0x20, 1, 0xa7, // base
	0x23, 0, 0x28, 0, 16, // passed.context
	0x20, 0, 0x42, 20, 0x88, 0xa7, 0x11, 0, 0, // call_indirect code >> 20
	0x22, 2, 0x42, 0, 0x59, 0x0d, 1, // result = what it returns; break if result >= 0
	0x20, 1, 0x20, 2, 0x7d, 0x22, 1, // base -= result
	0x23, 0, 0x29, 0, 24, 0x54, // if base < passed.top
	0x04, 0x40,
	0x20, 1, 0xa7, 0x41, 8, 0x6b, 0x29, 0, 0, 0x21, 0, // code = the word below base
	0x0c, 1, // continue
	0x0b,             // end
	0x42, 0, 0x21, 2, // result = 0
	0x0b, 0x0b, // end, end
	0x23, 0, 0x20, 2, 0x37, 0, 32, // passed.result = result
	0x0b,
}

// nextAddress is a module with one function of code, which returns its second
// parameter, plus 1.
var nextAddress = []byte{
	0, 'a', 's', 'm', 1, 0, 0, 0,
	1, 8, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7e, // type
	3, 2, 1, 0, // functions
	7, 5, 1, 1, '0', 0, 0, // exports
	10, 10, 1, 8, 0, // code
	0x20, 1, 0xad, 0x42, 1, 0x7c, // local 1 + 1
	0x0b,
}
