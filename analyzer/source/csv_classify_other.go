//go:build !amd64 || purego

package source

// wide says that findGroups takes 32 bytes in one step.
func wide() bool { return false }

// findGroups fills groups from text, which has 64 bytes for each, and adds to seen.
func findGroups(groups []group, text []byte, delimiter byte, seen *unusual) {
	findGroupsPortable(groups, text, delimiter, seen)
}

// placeBits writes the positions of the bits of masks to dst, which has capacity
// for 64 more; the first bit is at pos.
func placeBits(dst []uint32, masks []uint64, pos uint32) { placeBitsPortable(dst, masks, pos) }
