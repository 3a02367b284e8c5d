package analyzer

import (
	"math/bits"
	"unsafe"

	"paperlight/analyzer/internal/kernel"
)

// bit returns bit i; a nil bitmap is all set.
func bit(b []uint64, i int) bool { return b == nil || kernel.Bit(b, i) }

// bitAt is a bit as a number; b is not nil.
func bitAt(b []uint64, i int) uint64 { return b[i>>6] >> (i & 63) & 1 }

// countRange counts the set bits of rows from..to-1.
func countRange(b []uint64, from, to int) int64 {
	if from >= to {
		return 0
	}
	first, last := from/64, (to-1)/64
	low, high := ^uint64(0)<<(from%64), ^uint64(0)>>(63-(to-1)%64)
	if first == last {
		return int64(bits.OnesCount64(b[first] & low & high))
	}
	c := bits.OnesCount64(b[first]&low) + bits.OnesCount64(b[last]&high)
	for _, w := range b[first+1 : last] {
		c += bits.OnesCount64(w)
	}
	return int64(c)
}

// setWhere sets dst where test holds of the row.
func setWhere(dst []uint64, n int, test func(i int) bool) {
	kernel.Fill(dst, false, n)
	for i := range n {
		if test(i) {
			dst[i>>6] |= 1 << (i & 63)
		}
	}
}

// text views bytes that never change as a string.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
