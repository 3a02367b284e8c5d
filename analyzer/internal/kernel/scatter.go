package kernel

import (
	"math/bits"

	"paperlight/analyzer/bitmap"
)

// sparse is how many of 64 rows may be set before it pays to treat all.
const sparse = 12

// SetPlane8 sets bit b of plane[row[i]] where conds[b] has row i, for up to
// eight conditions at once; a nil condition is left out. A row below 0 is
// skipped; row nil is the identity. The conditions must be
// known: see IsTrue.
func SetPlane8(plane []uint8, conds [][]uint64, row []int32, n int) {
	var words [8]uint64
	for i := range bitmap.Words(n) {
		mask := bitmap.Ones
		if n-i<<6 < 64 {
			mask = bitmap.Tail(n)
		}
		words = [8]uint64{}
		any := uint64(0)
		for b, cond := range conds {
			if cond != nil {
				words[b] = cond[i] & mask
				any |= words[b]
			}
		}
		if any == 0 {
			continue
		}
		transposeBytes(&words)
		for g, x := range words {
			words[g] = transposeBits(x)
		}
		switch {
		case row == nil:
			setHere(plane[i<<6:min(n, i<<6+64)], &words)
		case mask == bitmap.Ones && bits.OnesCount64(any) > sparse:
			setDense(plane, &words, (*[64]int32)(row[i<<6:]))
		default:
			setSparse(plane, &words, row[i<<6:min(n, i<<6+64)], any)
		}
	}
}

func setHere(plane []uint8, words *[8]uint64) {
	for j := range plane {
		plane[j] |= uint8(words[j>>3] >> (8 * (uint(j) & 7)))
	}
}

func setDense(plane []uint8, words *[8]uint64, row *[64]int32) {
	for g, x := range words {
		p := (*[8]int32)(row[8*g:])
		for _, at := range p {
			if at >= 0 {
				plane[at] |= uint8(x)
			}
			x >>= 8
		}
	}
}

func setSparse(plane []uint8, words *[8]uint64, row []int32, any uint64) {
	for ; any != 0; any &= any - 1 {
		j := bits.TrailingZeros64(any) & 63
		if at := row[j]; at >= 0 {
			plane[at] |= uint8(words[j>>3] >> (8 * (uint(j) & 7)))
		}
	}
}

// AddSaturating adds 1 to counts[row[i]] where cond has row i, and stays at
// the largest value. A row below 0 is skipped.
func AddSaturating[T uint8 | uint16](counts []T, cond []uint64, row []int32, n int) {
	w := bitmap.Words(n)
	for i, word := range cond[:w] {
		if i == w-1 {
			word &= bitmap.Tail(n)
		}
		rows := row[i<<6 : min(n, i<<6+64)]
		for ; word != 0; word &= word - 1 {
			at := rows[bits.TrailingZeros64(word)]
			if at < 0 {
				continue
			}
			// One more, less the 1 that an overflow to 0 owes.
			c := counts[at] + 1
			counts[at] = c - T(bitmap.Of(c == 0))
		}
	}
}

// AddSaturating8 counts to 255.
func AddSaturating8(counts []uint8, cond []uint64, row []int32, n int) {
	AddSaturating(counts, cond, row, n)
}

// AddSaturating16 counts to 65,535.
func AddSaturating16(counts []uint16, cond []uint64, row []int32, n int) {
	AddSaturating(counts, cond, row, n)
}

// MergePlane ors the facts of one worker into those of another.
func MergePlane(plane, other []uint8) {
	other = other[:len(plane)]
	i := 0
	for ; i+8 <= len(plane); i += 8 {
		p := (*[8]uint8)(plane[i:])
		x := load8(p) | load8((*[8]uint8)(other[i:]))
		store8(p, x)
	}
	for ; i < len(plane); i++ {
		plane[i] |= other[i]
	}
}

// MergeSaturating adds the counts of one worker to those of another, and
// stays at the largest value.
func MergeSaturating[T uint8 | uint16](counts, other []T) {
	other = other[:len(counts)]
	for i, c := range other {
		sum := counts[i] + c
		// All ones where the sum went round.
		counts[i] = sum | -T(bitmap.Of(sum < c))
	}
}

func store8(p *[8]uint8, x uint64) {
	p[0], p[1], p[2], p[3] = uint8(x), uint8(x>>8), uint8(x>>16), uint8(x>>24)
	p[4], p[5], p[6], p[7] = uint8(x>>32), uint8(x>>40), uint8(x>>48), uint8(x>>56)
}
