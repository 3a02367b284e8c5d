// Package bitmap holds a bit a row, 64 rows a word, row 0 in the lowest bit of
// the first word. What the bits beyond the last row are is nobody's promise.
package bitmap

import "math/bits"

// Ones is a word of which every row is set.
const Ones = ^uint64(0)

// Words returns the number of words in a bitmap of n rows.
func Words(n int) int { return (n + 63) >> 6 }

// Tail has the bits of the last word that are rows; all of them where n is a
// multiple of 64.
func Tail(n int) uint64 { return Ones >> (uint(-n) & 63) }

// Has reports whether row i is set.
func Has(b []uint64, i int) bool { return At(b, i) != 0 }

// At returns the bit of row i, 0 or 1.
func At(b []uint64, i int) uint64 { return b[i>>6] >> (uint(i) & 63) & 1 }

// Known reports whether row i is set in a null mask, which is nil where every
// row is known.
func Known(mask []uint64, i int) bool { return mask == nil || Has(mask, i) }

// Set sets row i.
func Set(b []uint64, i int) { b[i>>6] |= 1 << (uint(i) & 63) }

// Clear clears row i.
func Clear(b []uint64, i int) { b[i>>6] &^= 1 << (uint(i) & 63) }

// Or sets row i where bit, 0 or 1, is 1: Set without a branch.
func Or(b []uint64, i int, bit uint64) { b[i>>6] |= bit << (uint(i) & 63) }

// Of returns the bit that says v.
func Of(v bool) uint64 {
	if v {
		return 1
	}
	return 0
}

// Fill sets the words of n rows to all true or all false, tail included.
func Fill(dst []uint64, value bool, n int) {
	word := uint64(0)
	if value {
		word = Ones
	}
	dst = dst[:Words(n)]
	for i := range dst {
		dst[i] = word
	}
}

// SetRange sets n rows from row at on.
func SetRange(b []uint64, at, n int) {
	for n > 0 {
		shift := uint(at) & 63
		take := min(n, 64-int(shift))
		b[at>>6] |= Ones >> (64 - uint(take)) << shift
		at, n = at+take, n-take
	}
}

// SetWhere sets the bits of the rows for which test is true, and clears the others.
func SetWhere(dst []uint64, n int, test func(i int) bool) {
	Fill(dst, false, n)
	for i := range n {
		if test(i) {
			Set(dst, i)
		}
	}
}

// Count returns how many of the first n rows are set.
func Count(b []uint64, n int) int {
	w := Words(n)
	if w == 0 {
		return 0
	}
	count := 0
	for _, word := range b[:w-1] {
		count += bits.OnesCount64(word)
	}
	return count + bits.OnesCount64(b[w-1]&Tail(n))
}

// CountRange counts the set bits of rows from..to-1.
func CountRange(b []uint64, from, to int) int64 {
	if from >= to {
		return 0
	}
	first, last := from/64, (to-1)/64
	low, high := Ones<<(from%64), Tail(to)
	if first == last {
		return int64(bits.OnesCount64(b[first] & low & high))
	}
	c := bits.OnesCount64(b[first]&low) + bits.OnesCount64(b[last]&high)
	for _, w := range b[first+1 : last] {
		c += bits.OnesCount64(w)
	}
	return int64(c)
}

// ForEach calls f with each set row below n, in order.
func ForEach(b []uint64, n int, f func(i int)) {
	w := Words(n)
	for k, word := range b[:w] {
		if k == w-1 {
			word &= Tail(n)
		}
		for ; word != 0; word &= word - 1 {
			f(k<<6 + bits.TrailingZeros64(word))
		}
	}
}

// Copy copies n bits, from bit srcBit of src to bit dstBit of dst, and
// leaves every other bit of dst as it is. The bitmaps must not overlap.
func Copy(dst []uint64, dstBit int, src []uint64, srcBit, n int) {
	if dstBit&63 == 0 && srcBit&63 == 0 {
		whole := n >> 6
		copy(dst[dstBit>>6:][:whole], src[srcBit>>6:][:whole])
		dstBit, srcBit, n = dstBit+whole<<6, srcBit+whole<<6, n&63
	}
	for n > 0 {
		shift := uint(dstBit) & 63
		take := min(n, 64-int(shift))
		mask := Ones >> uint(64-take) << shift
		word := &dst[dstBit>>6]
		*word = *word&^mask | loadBits(src, srcBit, take)<<shift&mask
		dstBit, srcBit, n = dstBit+take, srcBit+take, n-take
	}
}

// loadBits returns at least take bits (up to 64) from bit at on.
func loadBits(b []uint64, at, take int) uint64 {
	shift := uint(at) & 63
	word := b[at>>6] >> shift
	if int(shift)+take > 64 {
		word |= b[at>>6+1] << (64 - shift)
	}
	return word
}
