package kernel

import "github.com/zeebo/xxh3"

// HashText64 returns a 64-bit hash of text under a key. Different texts may
// share it: it finds a place in a table or filters, and never proves equality.
// It keeps no secret; what must stay unknown is hashed elsewhere.
func HashText64(text []byte, key uint64) uint64 { return xxh3.HashSeed(text, key) }

// HashText128 returns a 128-bit hash of text under a key: equal hashes are
// taken for equal texts.
func HashText128(text []byte, key uint64) (hi, lo uint64) {
	h := xxh3.Hash128Seed(text, key)
	return h.Hi, h.Lo
}

// HashEntries sets dst to HashText64 of each entry: entry e is the text
// from offsets[e] to offsets[e+1] of bytes.
func HashEntries(dst []uint64, offsets []int32, bytes []byte, key uint64) {
	for e := range max(0, len(offsets)-1) {
		dst[e] = xxh3.HashSeed(bytes[offsets[e]:offsets[e+1]], key)
	}
}
