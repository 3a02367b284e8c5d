package kernel

import "paperlight/analyzer/bitmap"

// Gather sets dst[i] to table[index[i]] for the first n rows. An index must
// lie in the table, also where the row is unknown; index nil is the identity.
func Gather[T any](dst, table []T, index []int32, n int) {
	if index == nil {
		copy(dst[:n], table[:n])
		return
	}
	dst, index = dst[:n], index[:n]
	for i, at := range index {
		dst[i] = table[at]
	}
}

// GatherPlane8 sets row i of dst[b] where plane[index[i]] has bit b, for up to
// eight bits at once. A nil dst[b] is left out; index nil is the identity.
func GatherPlane8(dst [][]uint64, plane []uint8, index []int32, n int) {
	if wide() {
		gatherWide(dst, plane, index, n)
		return
	}
	var rows [8]uint64
	for i := range bitmap.Words(n) {
		gather64(&rows, plane, index, i<<6, n)
		for g, x := range rows {
			rows[g] = transposeBits(x)
		}
		transposeBytes(&rows)
		for b, to := range dst {
			if to != nil {
				to[i] = rows[b]
			}
		}
	}
}

// wideWords is how many words gatherWide gathers before it takes them apart.
const wideWords = 16

// gatherWide is GatherPlane8: it gathers some words of rows as bytes, and then
// collects the bits that are asked for.
func gatherWide(dst [][]uint64, plane []uint8, index []int32, n int) {
	var rows [wideWords][8]uint64
	words := bitmap.Words(n)
	for first := 0; first < words; first += wideWords {
		some := min(wideWords, words-first)
		for i := range some {
			gather64(&rows[i], plane, index, (first+i)<<6, n)
		}
		for b, to := range dst {
			if to != nil {
				collectBits(&to[first : first+some][0], &rows[0][0], some, 7-b)
			}
		}
	}
}

// gather64 loads the bytes of rows from to from+63, row from in the lowest
// byte of the first word; past row n they are undefined.
func gather64(rows *[8]uint64, table []uint8, index []int32, from, n int) {
	if n-from < 64 {
		gatherTail(rows, table, index, from, n)
		return
	}
	if index == nil {
		p := (*[64]uint8)(table[from:])
		for g := range rows {
			rows[g] = load8((*[8]uint8)(p[8*g:]))
		}
		return
	}
	p := (*[64]int32)(index[from:])
	for g := range rows {
		q := (*[8]int32)(p[8*g:])
		rows[g] = uint64(table[q[0]]) | uint64(table[q[1]])<<8 | uint64(table[q[2]])<<16 | uint64(table[q[3]])<<24 |
			uint64(table[q[4]])<<32 | uint64(table[q[5]])<<40 | uint64(table[q[6]])<<48 | uint64(table[q[7]])<<56
	}
}

func gatherTail(rows *[8]uint64, table []uint8, index []int32, from, n int) {
	*rows = [8]uint64{}
	for i := range n - from {
		at := int32(from + i)
		if index != nil {
			at = index[from+i]
		}
		rows[i>>3] |= uint64(table[at]) << (8 * (uint(i) & 7))
	}
}

func load8(p *[8]uint8) uint64 {
	return uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16 | uint64(p[3])<<24 |
		uint64(p[4])<<32 | uint64(p[5])<<40 | uint64(p[6])<<48 | uint64(p[7])<<56
}
