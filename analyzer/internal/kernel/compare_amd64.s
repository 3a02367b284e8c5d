//go:build !purego

#include "textflag.h"

// Moves the answers for eight rows, one a lane of Y1, into BX from bit SHIFT on.
#define TAKE(SHIFT) \
	VMOVMSKPS Y1, AX     \
	SHLQ      $SHIFT, AX \
	ORQ       AX, BX

// Each step compares eight rows at OFFSET.
#define GREATER(OFFSET, SHIFT) \
	VMOVDQU  OFFSET(SI), Y0     \
	VPCMPGTD OFFSET(DX), Y0, Y1 \
	TAKE(SHIFT)

#define EQUAL(OFFSET, SHIFT) \
	VMOVDQU  OFFSET(SI), Y0     \
	VPCMPEQD OFFSET(DX), Y0, Y1 \
	TAKE(SHIFT)

#define ABOVE(OFFSET, SHIFT) \
	VMOVDQU  OFFSET(SI), Y0 \
	VPCMPGTD Y15, Y0, Y1    \
	TAKE(SHIFT)

#define BELOW(OFFSET, SHIFT) \
	VPCMPGTD OFFSET(SI), Y15, Y1 \
	TAKE(SHIFT)

#define SAME(OFFSET, SHIFT) \
	VPCMPEQD OFFSET(SI), Y15, Y1 \
	TAKE(SHIFT)

#define WORD(STEP) \
	XORL BX, BX   \
	STEP(0, 0)    \
	STEP(32, 8)   \
	STEP(64, 16)  \
	STEP(96, 24)  \
	STEP(128, 32) \
	STEP(160, 40) \
	STEP(192, 48) \
	STEP(224, 56) \
	MOVQ BX, (DI)

// func greaterWords(dst *uint64, a, b *int32, words int)
TEXT ·greaterWords(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ words+24(FP), CX

loop:
	WORD(GREATER)
	ADDQ $8, DI
	ADDQ $256, SI
	ADDQ $256, DX
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// func equalWords(dst *uint64, a, b *int32, words int)
TEXT ·equalWords(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ words+24(FP), CX

loop:
	WORD(EQUAL)
	ADDQ $8, DI
	ADDQ $256, SI
	ADDQ $256, DX
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// func aboveWords(dst *uint64, v *int32, c int32, words int)
TEXT ·aboveWords(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         v+8(FP), SI
	MOVL         c+16(FP), AX
	MOVQ         words+24(FP), CX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15

loop:
	WORD(ABOVE)
	ADDQ $8, DI
	ADDQ $256, SI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// func belowWords(dst *uint64, v *int32, c int32, words int)
TEXT ·belowWords(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         v+8(FP), SI
	MOVL         c+16(FP), AX
	MOVQ         words+24(FP), CX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15

loop:
	WORD(BELOW)
	ADDQ $8, DI
	ADDQ $256, SI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// func sameWords(dst *uint64, v *int32, c int32, words int)
TEXT ·sameWords(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         v+8(FP), SI
	MOVL         c+16(FP), AX
	MOVQ         words+24(FP), CX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15

loop:
	WORD(SAME)
	ADDQ $8, DI
	ADDQ $256, SI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
