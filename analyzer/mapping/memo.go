package mapping

import (
	"bytes"

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
	hashes  []uint64
	slots   []int32 // entry + 1, 0 where free; a power of two of them
	last    int32
}

// number returns the entry of a text, making it where it is new; false where
// the memo is full.
func (m *memo) number(text []byte) (int32, bool) {
	if m.entries.len() > 0 && bytes.Equal(text, m.entries.at(m.last)) {
		return m.last, true
	}
	if 2*(m.entries.len()+1) > len(m.slots) {
		m.grow()
	}
	hash := xxh3.Hash(text)
	mask := uint64(len(m.slots) - 1)
	for probe := range uint64(maxProbes) {
		slot := &m.slots[(hash+probe)&mask]
		if *slot == 0 {
			if m.entries.len() >= maxEntries || len(m.entries.bytes)+len(text) > maxEntryBytes {
				return 0, false
			}
			m.last = m.entries.append(text)
			m.hashes = append(m.hashes, hash)
			*slot = m.last + 1
			return m.last, true
		}
		e := *slot - 1
		if m.hashes[e] == hash && bytes.Equal(text, m.entries.at(e)) {
			m.last = e
			return e, true
		}
	}
	return 0, false
}

func (m *memo) grow() {
	m.slots = make([]int32, max(256, 2*len(m.slots)))
	mask := uint64(len(m.slots) - 1)
	for e, hash := range m.hashes {
		at := hash & mask
		for m.slots[at] != 0 {
			at = (at + 1) & mask
		}
		m.slots[at] = int32(e) + 1
	}
}
