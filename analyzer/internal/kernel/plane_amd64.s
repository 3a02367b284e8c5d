//go:build !purego

#include "textflag.h"

// Each word of dst takes one bit of each of 64 bytes: shifted to the top of its
// byte, from where one instruction collects it.
//
// func collectBits(dst *uint64, bytes *uint64, words, shift int)
TEXT ·collectBits(SB), NOSPLIT, $0-32
	MOVQ  dst+0(FP), DI
	MOVQ  bytes+8(FP), SI
	MOVQ  words+16(FP), CX
	MOVQ  shift+24(FP), AX
	VMOVQ AX, X15

loop:
	VMOVDQU   (SI), Y0
	VMOVDQU   32(SI), Y1
	VPSLLW    X15, Y0, Y0
	VPSLLW    X15, Y1, Y1
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	MOVQ      AX, (DI)
	ADDQ      $64, SI
	ADDQ      $8, DI
	DECQ      CX
	JNZ       loop
	VZEROUPPER
	RET
