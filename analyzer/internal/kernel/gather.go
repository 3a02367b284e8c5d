package kernel

// ones has the lowest bit of each byte.
const ones = 0x0101010101010101

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

// GatherBits sets row i of dst where table[index[i]] has bit b (0 to 7):
// one byte an entry, since gathering from a packed bitmap costs twice as much.
// index nil is the identity.
func GatherBits(dst []uint64, table []uint8, b uint, index []int32, n int) {
	if wide() {
		var one [8][]uint64
		one[b&7] = dst
		gatherWide(one[:], table, index, n)
		return
	}
	var tail [8]uint64
	for i := range Words(n) {
		rows := &tail
		gather64(rows, table, index, i<<6, n)
		word := uint64(0)
		for g, x := range rows {
			word |= packBytes(x>>(b&7)) << (8 * g)
		}
		dst[i] = word
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
	for i := range Words(n) {
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
	words := Words(n)
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

// GatherKnown gathers from a packed bitmap of the entries: for known bits that
// are gathered now and then. What is gathered often should be in a byte table.
// known nil gives nil, and index nil the identity.
func GatherKnown(dst, known []uint64, index []int32, n int) []uint64 {
	w := Words(n)
	if known == nil || index == nil {
		return copyKnown(dst, known, w)
	}
	dst = dst[:w]
	for i := range dst {
		word := uint64(0)
		for j, at := range index[i<<6 : min(n, i<<6+64)] {
			word |= known[at>>6] >> (uint(at) & 63) & 1 << j
		}
		dst[i] = word
	}
	return dst
}

func load8(p *[8]uint8) uint64 {
	return uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16 | uint64(p[3])<<24 |
		uint64(p[4])<<32 | uint64(p[5])<<40 | uint64(p[6])<<48 | uint64(p[7])<<56
}

// packBytes returns the lowest bit of each of eight bytes, as eight bits.
func packBytes(x uint64) uint64 { return x & ones * 0x0102040810204080 >> 56 }

// spreadByte is the inverse of packBytes: bit i of the lowest byte of x
// becomes byte i, 0 or 1.
func spreadByte(x uint64) uint64 {
	x = x & 0xFF * ones & 0x8040201008040201
	return (x + 0x7F7F7F7F7F7F7F7F | x) >> 7 & ones
}
