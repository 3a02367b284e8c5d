//go:build !purego

#include "textflag.h"

// Compares the 64 bytes in Y8 and Y9 with the byte that fills PATTERN: one bit a
// byte in MASK.
#define FIND(PATTERN, MASK, SPARE) \
	VPCMPEQB  Y8, PATTERN, Y10 \
	VPCMPEQB  Y9, PATTERN, Y11 \
	VPMOVMSKB Y10, MASK        \
	VPMOVMSKB Y11, SPARE       \
	SHLQ      $32, SPARE       \
	ORQ       SPARE, MASK

// func countLinesAVX2(c *lineCount, text *byte, n int)
TEXT ·countLinesAVX2(SB), NOSPLIT, $0-24
	MOVQ         c+0(FP), DI
	MOVQ         text+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         $0x0a, AX
	VMOVD        AX, X1
	VPBROADCASTB X1, Y1
	MOVL         $0x0d, AX
	VMOVD        AX, X2
	VPBROADCASTB X2, Y2
	MOVL         $0x22, AX
	VMOVD        AX, X3
	VPBROADCASTB X3, Y3
	VPCMPEQB     X4, X4, X4      // ones
	VPXOR        Y5, Y5, Y5      // all bytes, or-ed
	VPCMPEQB     Y6, Y6, Y6      // the least of all bytes, by place
	MOVQ         0(DI), R8       // inside
	MOVQ         8(DI), R9       // ends
	MOVQ         16(DI), R10     // of these, inside
	MOVQ         24(DI), R11     // blank
	MOVQ         32(DI), R12     // ends of the group before
	MOVQ         40(DI), R13     // returns of the group before

loop:
	VMOVDQU (SI), Y8
	VMOVDQU 32(SI), Y9
	VPOR    Y8, Y5, Y5
	VPOR    Y9, Y5, Y5
	VPMINUB Y8, Y6, Y6
	VPMINUB Y9, Y6, Y6
	FIND(Y1, AX, BX)
	FIND(Y3, DX, BX)

	// A product with ones, without carries, is the xor of all bits below.
	VMOVQ      DX, X10
	VPCLMULQDQ $0, X4, X10, X10
	VMOVQ      X10, DX
	XORQ       R8, DX
	MOVQ       DX, R8
	SARQ       $63, R8

	POPCNTQ AX, BX
	ADDQ    BX, R9
	ANDQ    AX, DX
	POPCNTQ DX, DX
	ADDQ    DX, R10

	// Blank is a line end after a line end, with or without a return between.
	FIND(Y2, DX, BX)
	LEAQ (DX)(DX*1), BX // returns, one byte on
	SHRQ $63, R13
	ORQ  R13, BX
	MOVQ DX, R13
	LEAQ (AX*4), R15    // ends, two bytes on
	MOVQ R12, DX
	SHRQ $62, DX
	ORQ  DX, R15
	ANDQ R15, BX
	SHRQ $63, R12
	LEAQ (AX)(AX*1), DX // ends, one byte on
	ORQ  R12, DX
	ORQ  DX, BX
	ANDQ AX, BX
	ORQ  BX, R11
	MOVQ AX, R12

	ADDQ $64, SI
	DECQ CX
	JNZ  loop

	MOVQ      R8, 0(DI)
	MOVQ      R9, 8(DI)
	MOVQ      R10, 16(DI)
	MOVQ      R11, 24(DI)
	MOVQ      R12, 32(DI)
	MOVQ      R13, 40(DI)
	VPMOVMSKB Y5, AX
	MOVQ      AX, 48(DI)
	VPXOR     Y7, Y7, Y7
	VPCMPEQB  Y7, Y6, Y6
	VPMOVMSKB Y6, AX
	MOVQ      AX, 56(DI)
	VZEROUPPER
	RET
