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
