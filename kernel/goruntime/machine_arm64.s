#include "textflag.h"

// func enterMachine(code uintptr, c *MachineContext, mem unsafe.Pointer) uintptr
//
// The code runs on the context's stack and finds the context in R25, the goroutine's
// record in R28, as everybody does, and mem in R24. It leaves R29 as it is.
TEXT ·enterMachine(SB), NOSPLIT, $16-32
	MOVD code+0(FP), R0
	MOVD c+8(FP), R25
	MOVD mem+16(FP), R24
	MOVD RSP, R1
	MOVD R1, 0(R25)
	MOVD 8(R25), R1
	MOVD R1, RSP
	CALL (R0)
	MOVD 0(R25), R1
	MOVD R1, RSP
	MOVD R0, ret+24(FP)
	RET

// func resumeMachine(code uintptr, c *MachineContext, sp uintptr) uintptr
//
// It does as if the code had been entered and had made calls down to sp.
TEXT ·resumeMachine(SB), NOSPLIT, $16-32
	MOVD code+0(FP), R0
	MOVD c+8(FP), R25
	MOVD sp+16(FP), R24
	MOVD RSP, R1
	MOVD R1, 0(R25)
	MOVD 8(R25), R1
	CALL ·ontoMachine(SB)
	MOVD 0(R25), R1
	MOVD R1, RSP
	MOVD R0, ret+24(FP)
	RET

// The outermost call returns to where this one would, which is below the top.
TEXT ·ontoMachine(SB), NOSPLIT|NOFRAME, $0-0
	MOVD LR, -8(R1)
	MOVD R24, RSP
	JMP (R0)

// func flushCode(start, end uintptr)
//
// What has been written as data is what is executed from now on: the lines of the data
// cache are cleaned and those of the instruction cache dropped, on all processors, up
// to where these two are the same.
TEXT ·flushCode(SB), NOSPLIT, $0-16
	MOVD start+0(FP), R0
	MOVD end+8(FP), R1
	MRS CTR_EL0, R2
	MOVD $4, R4
	UBFX $16, R2, $4, R3
	LSL R3, R4, R3 // bytes of the smallest line of a data cache
	SUB $1, R3, R6
	BIC R6, R0, R5
data:
	WORD $0xd50b7b25 // DC CVAU, R5
	ADD R3, R5
	CMP R1, R5
	BLO data
	DSB $11
	UBFX $0, R2, $4, R3
	LSL R3, R4, R3 // and of an instruction cache
	SUB $1, R3, R6
	BIC R6, R0, R5
instructions:
	WORD $0xd50b7525 // IC IVAU, R5
	ADD R3, R5
	CMP R1, R5
	BLO instructions
	DSB $11
	ISB $15
	RET
