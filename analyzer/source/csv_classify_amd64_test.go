//go:build !purego

package source

import "golang.org/x/sys/cpu"

// placesOfMachine are the ways to place bits that a quicker one hides on some machines.
func placesOfMachine() (ways []func([]uint32, []uint64, uint32)) {
	if cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT {
		ways = append(ways, func(dst []uint32, masks []uint64, pos uint32) {
			if len(masks) > 0 {
				placeBitsAVX2(&dst[0], &masks[0], len(masks), pos, &placesInByte)
			}
		})
	}
	return ways
}
