package source

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	lowBits  = 0x7f7f7f7f7f7f7f7f
	highBits = 0x8080808080808080
	everyOne = 0x0101010101010101
)

// spread repeats c in the eight bytes of a word.
func spread(c byte) uint64 { return uint64(c) * everyOne }

// zeros sets the high bit of each byte of x that is zero, and no other.
func zeros(x uint64) uint64 {
	return ^((x&lowBits + lowBits) | x) & highBits
}

// inside turns quotes into the bytes they enclose: from each opening quote,
// included, to its closing quote, excluded.
func inside(quotes uint64) uint64 {
	quotes ^= quotes << 1
	quotes ^= quotes << 2
	quotes ^= quotes << 4
	quotes ^= quotes << 8
	quotes ^= quotes << 16
	quotes ^= quotes << 32
	return quotes
}

// ascii reports whether no byte of b has its high bit set.
func ascii(b []byte) bool {
	var or uint64
	for ; len(b) >= 32; b = b[32:] {
		or |= binary.LittleEndian.Uint64(b) | binary.LittleEndian.Uint64(b[8:]) |
			binary.LittleEndian.Uint64(b[16:]) | binary.LittleEndian.Uint64(b[24:])
	}
	for _, c := range b {
		or |= uint64(c)
	}
	return or&highBits == 0
}

// validText reports whether b is UTF-8; plain letters are the common case.
func validText(b []byte) bool { return ascii(b) || utf8.Valid(b) }

// at returns the position of the lowest set bit of a mask of high bits, in
// bytes.
func at(m uint64) int { return bits.TrailingZeros64(m) >> 3 }
