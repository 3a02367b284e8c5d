package source

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A group says what each of 64 bytes of text is, one bit a byte.
type group struct{ delimiters, newlines, returns, quotes uint64 }

const groupBytes = 64

// unusual says which bytes a text has that few have: each is not 0 where there is one.
type unusual struct {
	high uint64 // over 127
	nul  uint64 // 0
}

// look adds what text has.
func (u *unusual) look(text []byte) {
	u.high |= b2u(!ascii(text))
	u.nul |= b2u(bytes.IndexByte(text, 0) >= 0)
}

// A pieceOfGroups is as many groups as are found at a time: few enough to stay
// in the nearest cache.
type pieceOfGroups [64]group

// groupAt returns the group of text at pos, whose end may fall short of it; used
// has a bit for each byte that is there.
func groupAt(text []byte, pos int, delimiter byte, seen *unusual) (g group, used uint64) {
	var last [groupBytes]byte
	n := copy(last[:], text[pos:])
	seen.look(last[:n])
	one, padded := [1]group{}, unusual{}
	findGroups(one[:], last[:], delimiter, &padded)
	used = ^uint64(0) >> (groupBytes - n)
	return one[0].and(used), used
}

func (g group) and(used uint64) group {
	return group{delimiters: g.delimiters & used, newlines: g.newlines & used, returns: g.returns & used, quotes: g.quotes & used}
}

// findGroupsPortable fills groups from text, which has 64 bytes for each, and adds to seen.
func findGroupsPortable(groups []group, text []byte, delimiter byte, seen *unusual) {
	seen.look(text[:len(groups)*groupBytes])
	d, nl, cr, q := spread(delimiter), spread('\n'), spread('\r'), spread('"')
	for i := range groups {
		var g group
		for k := range 8 {
			x := binary.LittleEndian.Uint64(text[i*groupBytes+k*8:])
			g.delimiters |= packHighBits(zeros(x^d)) << (k * 8)
			g.newlines |= packHighBits(zeros(x^nl)) << (k * 8)
			g.returns |= packHighBits(zeros(x^cr)) << (k * 8)
			g.quotes |= packHighBits(zeros(x^q)) << (k * 8)
		}
		groups[i] = g
	}
}

// packHighBits packs the high bits of the eight bytes of z, whose other bits are
// zero, into eight bits: the product puts them into its top byte.
func packHighBits(z uint64) uint64 { return (z >> 7) * 0x0102040810204080 >> 56 }

// placeBitsPortable writes the positions of the bits of masks to dst, which has
// capacity for 64 more; the first bit is at pos.
func placeBitsPortable(dst []uint32, masks []uint64, pos uint32) {
	for _, m := range masks {
		// Eight at a time, whether they are there or not: what is too many is
		// written over by the next.
		count := bits.OnesCount64(m)
		for to := dst; m != 0; to = to[8:] {
			for i := range (*[8]uint32)(to) {
				to[i] = pos + uint32(bits.TrailingZeros64(m))
				m &= m - 1
			}
		}
		dst, pos = dst[count:], pos+groupBytes
	}
}
