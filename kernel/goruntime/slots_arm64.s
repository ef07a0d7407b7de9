#include "textflag.h"

// Slot i loads contexts[i] into the closure context register and jumps to the
// code pointer in its first word. R19 and R26 carry no arguments. PCALIGN
// makes every slot slotSize bytes.
#define S1(i) PCALIGN $16; MOVD $(i), R26; JMP dispatch;
#define S2(i) S1(i) S1((i)+1)
#define S4(i) S2(i) S2((i)+2)
#define S8(i) S4(i) S4((i)+4)
#define S16(i) S8(i) S8((i)+8)
#define S32(i) S16(i) S16((i)+16)
#define S64(i) S32(i) S32((i)+32)
#define S128(i) S64(i) S64((i)+64)
#define S256(i) S128(i) S128((i)+128)
#define S512(i) S256(i) S256((i)+256)
#define S1024(i) S512(i) S512((i)+512)
#define S2048(i) S1024(i) S1024((i)+1024)
#define S4096(i) S2048(i) S2048((i)+2048)
#define S8192(i) S4096(i) S4096((i)+4096)
#define S16384(i) S8192(i) S8192((i)+8192)
#define S32768(i) S16384(i) S16384((i)+16384)

TEXT ·slots(SB), NOSPLIT|NOFRAME, $0-0
	S32768(0)
dispatch:
	MOVD $·contexts(SB), R19
	MOVD (R19)(R26<<3), R26
	MOVD (R26), R19
	JMP (R19)

DATA ·slotBase(SB)/8, $·slots(SB)
GLOBL ·slotBase(SB), NOPTR, $8
