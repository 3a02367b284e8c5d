//go:build !purego

package source

import (
	"math/bits"

	"golang.org/x/sys/cpu"
)

// wide says that findGroups takes 32 bytes in one step.
func wide() bool { return cpu.X86.HasAVX2 }

// findGroups fills groups from text, which has 64 bytes for each, and adds to seen.
func findGroups(groups []group, text []byte, delimiter byte, seen *unusual) {
	if !wide() {
		findGroupsPortable(groups, text, delimiter, seen)
		return
	}
	if len(groups) > 0 {
		text = text[:len(groups)*groupBytes]
		findGroupsAVX2(&groups[0], &text[0], len(groups), delimiter, seen)
	}
}

// findGroupsAVX2 fills n groups, at least one, from 64*n bytes of text.
//
//go:noescape
func findGroupsAVX2(groups *group, text *byte, n int, delimiter byte, seen *unusual)

// placeBits writes the positions of the bits of masks to dst, which has capacity
// for 64 more; the first bit is at pos.
func placeBits(dst []uint32, masks []uint64, pos uint32) {
	switch {
	case len(masks) == 0:
	case cpu.X86.HasAVX512VBMI2 && cpu.X86.HasAVX512BW && cpu.X86.HasPOPCNT:
		placeBitsAVX512(&dst[0], &masks[0], len(masks), pos)
	case cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT:
		placeBitsAVX2(&dst[0], &masks[0], len(masks), pos, &placesInByte)
	default:
		placeBitsPortable(dst, masks, pos)
	}
}

// placeBitsAVX512 does so for n masks, at least one.
//
//go:noescape
func placeBitsAVX512(dst *uint32, masks *uint64, n int, pos uint32)

// placeBitsAVX2 does so with the places of the bits in each byte.
//
//go:noescape
func placeBitsAVX2(dst *uint32, masks *uint64, n int, pos uint32, places *[256]uint64)

// placesInByte are the places of the bits of each byte, a byte for each.
var placesInByte = func() (places [256]uint64) {
	for b := range places {
		for at, left := 0, uint(b); left != 0; left &= left - 1 {
			places[b] |= uint64(bits.TrailingZeros(left)) << at
			at += 8
		}
	}
	return places
}()
