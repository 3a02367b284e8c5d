package mapping

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/zeebo/xxh3"
)

// The limits of a dictionary made while reading.
const (
	maxEntries     = 65536
	maxEntryBytes  = 8 << 20
	maxProbes      = 64    // more collisions than this are no accident
	distinctSample = 16384 // rows after which more than half distinct means plain text
)

// A memo gives dense numbers to the distinct texts of a column, in the order they
// appear.
type memo struct {
	entries texts
	keys    []textKey // by entry
	// slots are a power of two: an entry + 1 in the low bits, the top of its
	// hash above them, or 0. They are four times the entries or more, so that
	// the first is right nearly always, and small, to stay in a near cache.
	slots []uint32
}

const inSlot = 1<<17 - 1 // bits of entry + 1

// A textKey stands for a text. Up to 16 bytes it is the text, with zeros and in
// the last byte the length after a shorter one; else it is a hash.
type textKey struct{ low, high uint64 }

const (
	inKey  = 16
	hashed = 0xff << 56 // of high, where the key is a hash
)

// exact reports whether no other text has the key.
func (k textKey) exact() bool { return k.high < hashed }

// inKeys are the bits of a key that a text of so many bytes fills, and what
// stands in the last byte after it.
var inKeys = [inKey + 1]struct{ low, high, last uint64 }{
	{0, 0, 0}, {1<<8 - 1, 0, 1 << 56}, {1<<16 - 1, 0, 2 << 56}, {1<<24 - 1, 0, 3 << 56}, {1<<32 - 1, 0, 4 << 56},
	{1<<40 - 1, 0, 5 << 56}, {1<<48 - 1, 0, 6 << 56}, {1<<56 - 1, 0, 7 << 56}, {ones, 0, 8 << 56},
	{ones, 1<<8 - 1, 9 << 56}, {ones, 1<<16 - 1, 10 << 56}, {ones, 1<<24 - 1, 11 << 56}, {ones, 1<<32 - 1, 12 << 56},
	{ones, 1<<40 - 1, 13 << 56}, {ones, 1<<48 - 1, 14 << 56}, {ones, 1<<56 - 1, 15 << 56}, {ones, ones, 0},
}

const ones = 1<<64 - 1

func keyOf(text []byte) textKey {
	if len(text) > inKey {
		return hashOf(text)
	}
	var padded [inKey]byte
	copy(padded[:], text)
	k, ok := nearKey(padded[:], 0, uint32(len(text)))
	if !ok {
		return hashOf(text)
	}
	return k
}

// nearKey is the key of the n bytes from at on, where it is no hash and 16
// bytes can be read.
func nearKey(data []byte, at, n uint32) (k textKey, ok bool) {
	if n > inKey || int(at)+inKey > len(data) {
		return k, false
	}
	b, in := (*[inKey]byte)(data[at:]), &inKeys[n]
	k.low = binary.LittleEndian.Uint64(b[:]) & in.low
	k.high = binary.LittleEndian.Uint64(b[8:])&in.high | in.last
	// The last of 16 bytes may look like the length of a shorter text, or like
	// the sign of a hash.
	return k, n < inKey || k.high>>56-inKey < hashed>>56-inKey
}

func hashOf(text []byte) textKey {
	return textKey{low: xxh3.Hash(text), high: hashed | uint64(len(text))}
}

func (k textKey) hash() uint64 {
	high, low := bits.Mul64(k.low^0x9e3779b97f4a7c15, k.high^0xc2b2ae3d27d4eb4f)
	return high ^ low
}

// number returns the entry of a text, making it where it is new; false where
// the memo is full.
func (m *memo) number(text []byte) (int32, bool) { return m.find(keyOf(text), text) }

// slot returns what is in the first place for a key.
func (m *memo) slot(k textKey) uint32 {
	if len(m.slots) == 0 {
		return 0
	}
	return m.slots[k.hash()&uint64(len(m.slots)-1)]
}

func (m *memo) find(k textKey, text []byte) (int32, bool) {
	if 4*(len(m.keys)+1) > len(m.slots) {
		m.grow()
	}
	mask := uint64(len(m.slots) - 1)
	at := k.hash()
	tag := uint32(at>>32) &^ inSlot
	for range maxProbes {
		slot := &m.slots[at&mask]
		if *slot == 0 {
			return m.add(slot, tag, k, text)
		}
		if *slot&^inSlot == tag {
			e := int32(*slot&inSlot) - 1
			if m.keys[e] == k && (k.exact() || bytes.Equal(text, m.entries.at(e))) {
				return e, true
			}
		}
		at++
	}
	return 0, false
}

func (m *memo) add(slot *uint32, tag uint32, k textKey, text []byte) (int32, bool) {
	if len(m.keys) >= maxEntries || len(m.entries.bytes)+len(text) > maxEntryBytes {
		return 0, false
	}
	m.keys = append(m.keys, k)
	e := m.entries.append(text)
	*slot = tag | uint32(e+1)
	return e, true
}

func (m *memo) grow() {
	m.slots = make([]uint32, max(256, 2*len(m.slots)))
	mask := uint64(len(m.slots) - 1)
	for e, k := range m.keys {
		at := k.hash()
		tag := uint32(at>>32) &^ inSlot
		for m.slots[at&mask] != 0 {
			at++
		}
		m.slots[at&mask] = tag | uint32(e+1)
	}
}
