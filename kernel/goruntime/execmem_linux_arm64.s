#include "textflag.h"

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
