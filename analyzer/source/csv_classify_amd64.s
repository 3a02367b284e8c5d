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

// func findGroupsAVX2(groups *group, text *byte, n int, delimiter byte, seen *unusual)
TEXT ·findGroupsAVX2(SB), NOSPLIT, $0-40
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
	VPXOR        Y5, Y5, Y5      // all bytes, or-ed
	VPCMPEQB     Y6, Y6, Y6      // the least of all bytes, by place

loop:
	VMOVDQU (SI), Y8
	VMOVDQU 32(SI), Y9
	VPOR    Y8, Y5, Y5
	VPOR    Y9, Y5, Y5
	VPMINUB Y8, Y6, Y6
	VPMINUB Y9, Y6, Y6
	FIND(Y1, 0)
	FIND(Y2, 8)
	FIND(Y3, 16)
	FIND(Y4, 24)
	ADDQ    $64, SI
	ADDQ    $32, DI
	DECQ    CX
	JNZ     loop

	MOVQ      seen+32(FP), DI
	VPMOVMSKB Y5, AX
	ORQ       AX, 0(DI)
	VPXOR     Y7, Y7, Y7
	VPCMPEQB  Y7, Y6, Y6
	VPMOVMSKB Y6, AX
	ORQ       AX, 8(DI)
	VZEROUPPER
	RET

DATA ·eachByte<>+0(SB)/8, $0x0706050403020100
DATA ·eachByte<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA ·eachByte<>+16(SB)/8, $0x1716151413121110
DATA ·eachByte<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA ·eachByte<>+32(SB)/8, $0x2726252423222120
DATA ·eachByte<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA ·eachByte<>+48(SB)/8, $0x3736353433323130
DATA ·eachByte<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL ·eachByte<>(SB), RODATA|NOPTR, $64

// func placeBitsAVX512(dst *uint32, masks *uint64, n int, pos uint32)
TEXT ·placeBitsAVX512(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), DI
	MOVQ         masks+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         pos+24(FP), AX
	VMOVDQU64    ·eachByte<>(SB), Z0
	VPBROADCASTD AX, Z1
	MOVL         $64, AX
	VPBROADCASTD AX, Z2

mask:
	MOVQ          (SI), DX
	KMOVQ         DX, K1
	POPCNTQ       DX, BX
	VPCOMPRESSB.Z Z0, K1, Z3     // the places within the group, as bytes
	VPMOVZXBD     X3, Z4
	VPADDD        Z1, Z4, Z4
	VMOVDQU32     Z4, (DI)
	CMPQ          BX, $16
	JLS           next
	VEXTRACTI32X4 $1, Z3, X4
	VPMOVZXBD     X4, Z4
	VPADDD        Z1, Z4, Z4
	VMOVDQU32     Z4, 64(DI)
	CMPQ          BX, $32
	JLS           next
	VEXTRACTI32X4 $2, Z3, X4
	VPMOVZXBD     X4, Z4
	VPADDD        Z1, Z4, Z4
	VMOVDQU32     Z4, 128(DI)
	VEXTRACTI32X4 $3, Z3, X4
	VPMOVZXBD     X4, Z4
	VPADDD        Z1, Z4, Z4
	VMOVDQU32     Z4, 192(DI)

next:
	LEAQ   (DI)(BX*4), DI
	VPADDD Z2, Z1, Z1
	ADDQ   $8, SI
	DECQ   CX
	JNZ    mask
	VZEROUPPER
	RET

// Writes the places of the bits in the lowest byte of DX, and takes it off.
#define PLACE_BYTE \
	MOVBLZX   DX, BX           \
	SHRQ      $8, DX           \
	VPMOVZXBD (R8)(BX*8), Y3   \
	VPADDD    Y1, Y3, Y3       \
	VMOVDQU   Y3, (DI)         \
	POPCNTL   BX, BX           \
	LEAQ      (DI)(BX*4), DI   \
	VPADDD    Y2, Y1, Y1

// func placeBitsAVX2(dst *uint32, masks *uint64, n int, pos uint32, places *[256]uint64)
TEXT ·placeBitsAVX2(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         masks+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         pos+24(FP), AX
	MOVQ         places+32(FP), R8
	VMOVD        AX, X1
	VPBROADCASTD X1, Y1
	MOVL         $8, AX
	VMOVD        AX, X2
	VPBROADCASTD X2, Y2

mask:
	MOVQ (SI), DX
	PLACE_BYTE
	PLACE_BYTE
	PLACE_BYTE
	PLACE_BYTE
	PLACE_BYTE
	PLACE_BYTE
	PLACE_BYTE
	PLACE_BYTE
	ADDQ $8, SI
	DECQ CX
	JNZ  mask
	VZEROUPPER
	RET
