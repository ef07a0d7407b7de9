package goruntime

// untilAsked goes round until the goroutine is asked to stop, and then returns where
// its memory is, plus 1; or 0, after many rounds.
var untilAsked = []byte{
	0xb9, 0, 0, 0, 0x10, // MOVL $1<<28, CX
	0x31, 0xc0, // XORL AX, AX
	0x49, 0x81, 0x7e, StackGuard, 0xde, 0xfa, 0xff, 0xff, // CMPQ StackGuard(R14), $StackPreempt
	0x74, 0x05, // JEQ +5
	0xff, 0xc9, // DECL CX
	0x75, 0xf2, // JNE -14
	0xc3,                         // RET
	0x48, 0x8d, 0x43, 0x01, 0xc3, // LEAQ 1(BX), AX; RET
}
