//go:build !purego

package source

import "golang.org/x/sys/cpu"

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
	if !cpu.X86.HasAVX512VBMI2 || !cpu.X86.HasAVX512BW || !cpu.X86.HasPOPCNT {
		placeBitsPortable(dst, masks, pos)
		return
	}
	if len(masks) > 0 {
		placeBitsAVX512(&dst[0], &masks[0], len(masks), pos)
	}
}

// placeBitsAVX512 does so for n masks, at least one.
//
//go:noescape
func placeBitsAVX512(dst *uint32, masks *uint64, n int, pos uint32)
