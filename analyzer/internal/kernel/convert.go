package kernel

import "math/bits"

// BytesToBits sets row i of dst where from[i] is 1; every byte is 0 or 1.
func BytesToBits(dst []uint64, from []uint8, n int) {
	whole := n >> 6
	for i := range dst[:whole] {
		p := (*[64]uint8)(from[i<<6:])
		dst[i] = packBytes(load8((*[8]uint8)(p[0:]))) |
			packBytes(load8((*[8]uint8)(p[8:])))<<8 |
			packBytes(load8((*[8]uint8)(p[16:])))<<16 |
			packBytes(load8((*[8]uint8)(p[24:])))<<24 |
			packBytes(load8((*[8]uint8)(p[32:])))<<32 |
			packBytes(load8((*[8]uint8)(p[40:])))<<40 |
			packBytes(load8((*[8]uint8)(p[48:])))<<48 |
			packBytes(load8((*[8]uint8)(p[56:])))<<56
	}
	if n&63 != 0 {
		word := uint64(0)
		for j, b := range from[whole<<6 : n] {
			word |= uint64(b&1) << j
		}
		dst[whole] = word
	}
}

// BitsToBytes is the inverse of BytesToBits.
func BitsToBytes(dst []uint8, from []uint64, n int) {
	whole := n >> 3
	for i := range whole {
		store8((*[8]uint8)(dst[8*i:]), spreadByte(from[i>>3]>>(8*(i&7))))
	}
	for i := whole << 3; i < n; i++ {
		dst[i] = uint8(from[i>>6] >> (uint(i) & 63) & 1)
	}
}

// DefinitionLevels turns the definition levels of a flat optional column (1
// known, 0 null) into known bits, and returns how many are known.
func DefinitionLevels(dst []uint64, levels []uint8, n int) int {
	BytesToBits(dst, levels, n)
	return CountBits(dst, n)
}

// Spread puts the values of dense, in order, into the known rows of dst. The
// other rows are left or hold any value of dense. It returns how many values
// were asked for: where that is more than len(dense) the input is damaged, and
// the rows that had none hold the last value.
func Spread[T any](dst, dense []T, known []uint64, n int) int {
	if len(dense) == 0 {
		return CountAnd(known, nil, n)
	}
	if known == nil {
		copy(dst[:n], dense)
		for i := len(dense); i < n; i++ {
			dst[i] = dense[len(dense)-1]
		}
		return n
	}
	next, last := 0, len(dense)-1
	for i, word := range known[:Words(n)] {
		rows := dst[i<<6 : min(n, i<<6+64)]
		if len(rows) < 64 {
			word &= tailMask(n)
		}
		switch {
		case word == 0:
			continue
		case word == allOnes && next+64 <= len(dense):
			next += copy(rows, dense[next:next+64])
			continue
		}
		if len(rows) == 64 && next+64 <= len(dense) {
			spread64((*[64]T)(rows), (*[64]T)(dense[next:]), word)
		} else {
			at, w := next, word
			for j := range rows {
				rows[j] = dense[min(at, last)]
				at += int(w & 1)
				w >>= 1
			}
		}
		next += bits.OnesCount64(word)
	}
	return next
}

// spread64 writes every row, known or not, so that there is no branch to miss.
func spread64[T any](rows, dense *[64]T, word uint64) {
	at := uint(0)
	for j := range rows {
		rows[j] = dense[at&63]
		at += uint(word & 1)
		word >>= 1
	}
}

// SpreadInt32 is Spread of dates and indexes.
func SpreadInt32(dst, dense []int32, known []uint64, n int) int { return Spread(dst, dense, known, n) }

// ToReal sets dst to the numbers of v; above 2^53 they are rounded.
func ToReal(dst []float64, v []int64, n int) {
	dst, v = dst[:n], v[:n]
	for i, x := range v {
		dst[i] = float64(x)
	}
}
