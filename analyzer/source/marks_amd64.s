//go:build !purego

#include "textflag.h"

// Compares the 64 bytes in Y8 and Y9 with the byte that fills PATTERN, and
// stores one bit a byte at OFFSET of the group.
#define FIND(PATTERN, OFFSET) \
	VPCMPEQB  Y8, PATTERN, Y10 \
	VPCMPEQB  Y9, PATTERN, Y11 \
	VPMOVMSKB Y10, AX          \
	VPMOVMSKB Y11, BX          \
	SHLQ      $32, BX          \
	ORQ       BX, AX           \
	MOVQ      AX, OFFSET(DI)

// func findGroupsAVX2(groups *group, text *byte, n int, delimiter byte)
TEXT ·findGroupsAVX2(SB), NOSPLIT, $0-25
	MOVQ         groups+0(FP), DI
	MOVQ         text+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVBLZX      delimiter+24(FP), AX
	VMOVD        AX, X1
	VPBROADCASTB X1, Y1
	MOVL         $0x0a, AX
	VMOVD        AX, X2
	VPBROADCASTB X2, Y2
	MOVL         $0x0d, AX
	VMOVD        AX, X3
	VPBROADCASTB X3, Y3
	MOVL         $0x22, AX
	VMOVD        AX, X4
	VPBROADCASTB X4, Y4

loop:
	VMOVDQU (SI), Y8
	VMOVDQU 32(SI), Y9
	FIND(Y1, 0)
	FIND(Y2, 8)
	FIND(Y3, 16)
	FIND(Y4, 24)
	ADDQ    $64, SI
	ADDQ    $32, DI
	DECQ    CX
	JNZ     loop
	VZEROUPPER
	RET
