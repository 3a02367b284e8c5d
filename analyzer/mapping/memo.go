package mapping

import (
	"bytes"
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// The limits of a dictionary made while reading.
const (
	maxEntries     = 65536
	maxEntryBytes  = 8 << 20
	maxProbes      = 64   // more collisions than this are no accident
	distinctSample = 4096 // rows after which more than half distinct means plain text
)

// A memo numbers the distinct texts of a column in the order they appear.
type memo struct {
	entries texts
	slots   []memoSlot // a power of two of them
}

// A memoSlot is a text and its entry.
type memoSlot struct {
	textKey
	entry int32 // + 1, 0 where the slot is free
}

// A textKey stands for a text: up to 16 bytes it is the text, zeros after it;
// for a longer one a hash is in low.
type textKey struct {
	low, high uint64
	n         uint32
}

const inKey = 16

// inLow and inHigh are the bits of a key that a text of so many bytes fills.
var (
	inLow  = [inKey + 1]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 8: ones, ones, ones, ones, ones, ones, ones, ones, ones}
	inHigh = [inKey + 1]uint64{9: 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, ones}
)

const ones = 1<<64 - 1

func keyOf(text []byte) textKey {
	n := len(text)
	if n > inKey {
		return textKey{low: xxh3.Hash(text), n: uint32(n)}
	}
	if cap(text) < inKey {
		var room [inKey]byte
		copy(room[:], text)
		text = room[:]
	}
	b := text[:inKey]
	return textKey{low: binary.LittleEndian.Uint64(b) & inLow[n], high: binary.LittleEndian.Uint64(b[8:]) & inHigh[n], n: uint32(n)}
}

func (k *textKey) hash() uint64 {
	h := (k.low ^ uint64(k.n)) * 0x9e3779b97f4a7c15
	h ^= h>>32 ^ k.high
	h *= 0xc2b2ae3d27d4eb4f
	h ^= h >> 29
	h *= 0x165667b19e3779f9
	return h ^ h>>32
}

// number returns the entry of a text, making it where it is new; false where
// the memo is full.
func (m *memo) number(text []byte) (int32, bool) { return m.find(keyOf(text), text) }

func (m *memo) find(k textKey, text []byte) (int32, bool) {
	if 2*(m.entries.len()+1) > len(m.slots) {
		m.grow()
	}
	mask := uint64(len(m.slots) - 1)
	at := k.hash()
	for range maxProbes {
		slot := &m.slots[at&mask]
		if slot.entry == 0 {
			return m.add(slot, k, text)
		}
		if slot.textKey == k && (k.n <= inKey || bytes.Equal(text, m.entries.at(slot.entry-1))) {
			return slot.entry - 1, true
		}
		at++
	}
	return 0, false
}

func (m *memo) add(slot *memoSlot, k textKey, text []byte) (int32, bool) {
	if m.entries.len() >= maxEntries || len(m.entries.bytes)+len(text) > maxEntryBytes {
		return 0, false
	}
	*slot = memoSlot{textKey: k, entry: m.entries.append(text) + 1}
	return slot.entry - 1, true
}

func (m *memo) grow() {
	before := m.slots
	m.slots = make([]memoSlot, max(256, 2*len(before)))
	mask := uint64(len(m.slots) - 1)
	for i := range before {
		if before[i].entry == 0 {
			continue
		}
		at := before[i].hash()
		for m.slots[at&mask].entry != 0 {
			at++
		}
		m.slots[at&mask] = before[i]
	}
}
