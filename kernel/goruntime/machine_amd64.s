#include "textflag.h"

// func enterMachine(code uintptr, c *MachineContext, mem unsafe.Pointer) uintptr
//
// The code runs on the context's stack and finds the context in R15, the
// goroutine's record in R14 and mem in BX. It leaves BP as it is.
TEXT ·enterMachine(SB), NOSPLIT, $8-32
	MOVQ code+0(FP), AX
	MOVQ c+8(FP), R15
	MOVQ mem+16(FP), BX
	MOVQ (TLS), R14
	MOVQ SP, 0(R15)
	MOVQ 8(R15), SP
	CALL AX
	MOVQ 0(R15), SP
	MOVQ AX, ret+24(FP)
	RET

// func resumeMachine(code uintptr, c *MachineContext, sp uintptr) uintptr
//
// It does as if the code had been entered and had made calls down to sp.
TEXT ·resumeMachine(SB), NOSPLIT, $8-32
	MOVQ code+0(FP), AX
	MOVQ c+8(FP), R15
	MOVQ sp+16(FP), BX
	MOVQ (TLS), R14
	MOVQ SP, 0(R15)
	MOVQ 8(R15), SP
	CALL ·ontoMachine(SB)
	MOVQ 0(R15), SP
	MOVQ AX, ret+24(FP)
	RET

TEXT ·ontoMachine(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ BX, SP
	JMP AX
