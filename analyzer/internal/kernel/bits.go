package kernel

import "math/bits"

const allOnes = ^uint64(0)

// Words returns the number of words in a bitmap of n rows.
func Words(n int) int { return (n + 63) >> 6 }

// tailMask has the bits of the last word that are rows; all ones where n is a
// multiple of 64.
func tailMask(n int) uint64 { return allOnes >> (uint(-n) & 63) }

// Bit reports whether row i is set.
func Bit(b []uint64, i int) bool { return b[i>>6]>>(uint(i)&63)&1 != 0 }

// Fill sets the words of n rows to all true or all false, tail included.
func Fill(dst []uint64, value bool, n int) {
	word := uint64(0)
	if value {
		word = allOnes
	}
	dst = dst[:Words(n)]
	for i := range dst {
		dst[i] = word
	}
}

// CountBits returns how many of the first n rows are set.
func CountBits(b []uint64, n int) int {
	w := Words(n)
	if w == 0 {
		return 0
	}
	count := 0
	for _, word := range b[:w-1] {
		count += bits.OnesCount64(word)
	}
	return count + bits.OnesCount64(b[w-1]&tailMask(n))
}

// ForEachSet calls f with each set row below n, in order.
func ForEachSet(b []uint64, n int, f func(i int)) {
	w := Words(n)
	for k, word := range b[:w] {
		if k == w-1 {
			word &= tailMask(n)
		}
		for ; word != 0; word &= word - 1 {
			f(k<<6 + bits.TrailingZeros64(word))
		}
	}
}

// CopyBits copies n bits, from bit srcBit of src to bit dstBit of dst, and
// leaves every other bit of dst as it is. The bitmaps must not overlap.
func CopyBits(dst []uint64, dstBit int, src []uint64, srcBit, n int) {
	if dstBit&63 == 0 && srcBit&63 == 0 {
		whole := n >> 6
		copy(dst[dstBit>>6:][:whole], src[srcBit>>6:][:whole])
		dstBit, srcBit, n = dstBit+whole<<6, srcBit+whole<<6, n&63
	}
	for n > 0 {
		shift := uint(dstBit) & 63
		take := min(n, 64-int(shift))
		mask := allOnes >> uint(64-take) << shift
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
