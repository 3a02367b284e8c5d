package vector

import (
	"math/bits"
	"unsafe"

	"paperlight/analyzer/internal/kernel"
)

// Bit returns bit i; a nil bitmap is all set.
func Bit(b []uint64, i int) bool { return b == nil || kernel.Bit(b, i) }

// BitAt returns bit i as 0 or 1; b is not nil.
func BitAt(b []uint64, i int) uint64 { return b[i>>6] >> (i & 63) & 1 }

// CountRange counts the set bits of rows from..to-1.
func CountRange(b []uint64, from, to int) int64 {
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

// SetWhere sets the bits of the rows for which test is true, and clears the others.
func SetWhere(dst []uint64, n int, test func(i int) bool) {
	kernel.Fill(dst, false, n)
	for i := range n {
		if test(i) {
			dst[i>>6] |= 1 << (i & 63)
		}
	}
}

// Text views bytes as a string without copying; they must never change.
func Text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Grow lengthens s to n elements, doubling what it must allocate.
func Grow[T any](s []T, n int) []T {
	if n <= cap(s) {
		if n > len(s) {
			old := len(s)
			s = s[:n]
			clear(s[old:])
		}
		return s
	}
	size := n
	if len(s) > 0 {
		size = max(n, 2*len(s))
	}
	out := make([]T, n, size)
	copy(out, s)
	return out
}
