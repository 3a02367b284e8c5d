package analyzer

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Bitmaps hold 64 rows a word; bits past the last row may hold anything.

// words returns how many words n rows take.
func words(n int) int { return (n + 63) / 64 }

// setWords fills the words of n rows.
func setWords(dst []uint64, n int, w uint64) {
	for i := range dst[:words(n)] {
		dst[i] = w
	}
}

// bit returns bit i; a nil bitmap is all set.
func bit(b []uint64, i int) bool { return b == nil || b[i>>6]>>(i&63)&1 != 0 }

// bitAt is bit as a number; b is not nil.
func bitAt(b []uint64, i int) uint64 { return b[i>>6] >> (i & 63) & 1 }

// andKnown intersects two known bitmaps, of which nil is all set, into dst.
func andKnown(dst, x, y []uint64, n int) []uint64 {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	for i := range words(n) {
		dst[i] = x[i] & y[i]
	}
	return dst[:words(n)]
}

// countBits counts the set bits of the first n rows.
func countBits(b []uint64, n int) int64 {
	c := 0
	for _, w := range b[:n/64] {
		c += bits.OnesCount64(w)
	}
	if n%64 != 0 {
		c += bits.OnesCount64(b[n/64] & (1<<(n%64) - 1))
	}
	return int64(c)
}

// countRange counts the set bits of rows from..to.
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

// lessConst sets dst where v < c. The sign of a 64-bit difference decides, so
// that nothing overflows and nothing branches.
func lessConst(dst []uint64, v []int32, c int32, n int) {
	for w := range words(n) {
		rows := v[w*64 : min(w*64+64, len(v))]
		var out uint64
		for i, x := range rows {
			out |= uint64(int64(x)-int64(c)) >> 63 << i
		}
		dst[w] = out
	}
}

// constLess sets dst where c < v.
func constLess(dst []uint64, c int32, v []int32, n int) {
	for w := range words(n) {
		rows := v[w*64 : min(w*64+64, len(v))]
		var out uint64
		for i, x := range rows {
			out |= uint64(int64(c)-int64(x)) >> 63 << i
		}
		dst[w] = out
	}
}

// less32 sets dst where x < y.
func less32(dst []uint64, x, y []int32, n int) {
	for w := range words(n) {
		end := min(w*64+64, len(x), len(y))
		a, b := x[w*64:end], y[w*64:end]
		var out uint64
		for i, v := range a {
			out |= uint64(int64(v)-int64(b[i])) >> 63 << i
		}
		dst[w] = out
	}
}

// compare sets dst where test holds of the row.
func compare(dst []uint64, n int, test func(i int) bool) {
	setWords(dst, n, 0)
	for i := range n {
		if test(i) {
			dst[i>>6] |= 1 << (i & 63)
		}
	}
}

// equal sets dst where x and y are equal.
func equal[T int32 | int64 | float64](dst []uint64, x, y []T, n int) {
	for w := range words(n) {
		end := min(w*64+64, len(x), len(y))
		a, b := x[w*64:end], y[w*64:end]
		var out uint64
		for i, v := range a {
			if v == b[i] {
				out |= 1 << i
			}
		}
		dst[w] = out
	}
}

// less sets dst where x < y.
func less[T int64 | float64](dst []uint64, x, y []T, n int) {
	for w := range words(n) {
		end := min(w*64+64, len(x), len(y))
		a, b := x[w*64:end], y[w*64:end]
		var out uint64
		for i, v := range a {
			if v < b[i] {
				out |= 1 << i
			}
		}
		dst[w] = out
	}
}

// transpose8 mirrors an 8x8 bit matrix, a row a byte, at its main diagonal.
func transpose8(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	return x ^ t ^ t<<28
}

// gatherPlane reads the byte of each row through index and deals its bits to
// dst: bit b of the byte goes to dst[b]; a nil dst takes nothing.
func gatherPlane(dst *[8][]uint64, plane []uint8, index []int32, n int) {
	var full [64]int32
	for w := range words(n) {
		at := index[w*64:]
		if n-w*64 < 64 {
			clear(full[:])
			copy(full[:], index[w*64:n])
			at = full[:]
		}
		at = at[:64]
		var out [8]uint64
		for g := 0; g < 64; g += 8 {
			i := at[g : g+8 : g+8]
			x := uint64(plane[i[0]]) | uint64(plane[i[1]])<<8 | uint64(plane[i[2]])<<16 | uint64(plane[i[3]])<<24 |
				uint64(plane[i[4]])<<32 | uint64(plane[i[5]])<<40 | uint64(plane[i[6]])<<48 | uint64(plane[i[7]])<<56
			if x == 0 {
				continue
			}
			x = transpose8(x)
			for b := range 8 {
				out[b] |= x >> (8 * b) & 0xff << g
			}
		}
		for b := range 8 {
			if dst[b] != nil {
				dst[b][w] = out[b]
			}
		}
	}
}

// setPlane puts bit b of each row i, taken from src[b], into plane[row[i]],
// over what is there; rows below zero are left out.
func setPlane(plane []uint8, src *[8][]uint64, row []int32, n int) {
	for w := range words(n) {
		var any uint64
		for b := range 8 {
			if src[b] != nil {
				any |= src[b][w]
			}
		}
		if left := n - w*64; left < 64 {
			any &= 1<<left - 1
		}
		for any != 0 {
			g := bits.TrailingZeros64(any) &^ 7
			var x uint64
			for b := range 8 {
				if src[b] != nil {
					x |= src[b][w] >> g & 0xff << (8 * b)
				}
			}
			x = transpose8(x)
			base := w*64 + g
			for i, r := range row[base:min(base+8, n)] {
				if v := uint8(x >> (8 * i)); v != 0 && r >= 0 {
					plane[r] |= v
				}
			}
			any &^= 0xff << g
		}
	}
}

// fillPlane makes plane bytes from bitmaps of consecutive rows.
func fillPlane(plane []uint8, src *[8][]uint64, n int) {
	for w := range words(n) {
		for g := 0; g < 64; g += 8 {
			var x uint64
			for b := range 8 {
				if src[b] != nil {
					x |= src[b][w] >> g & 0xff << (8 * b)
				}
			}
			x = transpose8(x)
			for i := w*64 + g; i < min(w*64+g+8, n); i++ {
				plane[i] = uint8(x)
				x >>= 8
			}
		}
	}
}

// rowsWhere calls visit for every set row of the first n.
func rowsWhere(b []uint64, n int, visit func(i int)) {
	for w := range words(n) {
		v := b[w]
		if left := n - w*64; left < 64 {
			v &= 1<<left - 1
		}
		for ; v != 0; v &= v - 1 {
			visit(w*64 + bits.TrailingZeros64(v))
		}
	}
}

// copyBits copies n bits of src, from bit 0, to dst from bit at on. The bits
// of dst that it writes must be clear.
func copyBits(dst []uint64, at int, src []uint64, n int) {
	shift := at % 64
	for w := range words(n) {
		v := src[w]
		if left := n - w*64; left < 64 {
			v &= 1<<left - 1
		}
		i := at/64 + w
		dst[i] |= v << shift
		if shift != 0 && v>>(64-shift) != 0 {
			dst[i+1] |= v >> (64 - shift)
		}
	}
}

// text views bytes that never change as a string.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// unpackPlane is the inverse of fillPlane, over whole words.
func unpackPlane(dst *[8][]uint64, plane []uint8) {
	for w := range len(plane) / 64 {
		var out [8]uint64
		for g := 0; g < 64; g += 8 {
			x := binary.LittleEndian.Uint64(plane[w*64+g:])
			if x == 0 {
				continue
			}
			x = transpose8(x)
			for b := range 8 {
				out[b] |= x >> (8 * b) & 0xff << g
			}
		}
		for b := range 8 {
			if w < len(dst[b]) {
				dst[b][w] = out[b]
			}
		}
	}
}
