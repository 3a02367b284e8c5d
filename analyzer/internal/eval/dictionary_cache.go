package eval

import (
	"github.com/zeebo/xxh3"

	"paperlight/analyzer/internal/vector"
)

// A dictionaryCache numbers the texts of a column across its dictionaries. Each row
// group of a file has a dictionary of its own, and most of them hold the same
// few thousand texts: a condition is worked out once a text, not once for each
// of its entries. Texts are told apart by 128 bits of hash.
type dictionaryCache struct {
	slots []memoSlot // a power of two, at most half full
	n     int
	to    []int32 // the texts of the entries asked for last
	fresh []int32 // the entries, of these, that brought a new text
	// seen and added count entries asked for, and those that were new; not of
	// the first dictionary, which is all new.
	seen, added int
	touched     int32 // keeps the touching of slots
}

type memoSlot struct {
	hash xxh3.Uint128
	text int32 // 0 free; else text+1
}

// memoTexts bounds a memo. One that would exceed it starts again with the next
// dictionary.
const memoTexts = 1 << 16

// memoTrial is how many entries are asked for before a memo is judged.
const memoTrial = 1 << 14

// pays says that most texts have been met before.
func (m *dictionaryCache) pays() bool { return m.seen < memoTrial || m.added < m.seen/2 }

// full says that n more entries might not fit.
func (m *dictionaryCache) full(n int) bool { return m.n+n > memoTexts }

func (m *dictionaryCache) reset() {
	clear(m.slots)
	m.n = 0
}

// number fills to with the texts of the entries first to last-1 of v, and adds
// those that are new.
func (m *dictionaryCache) number(v *vector.Vec, first, last int) {
	for 2*(m.n+last-first) > len(m.slots) {
		m.grow()
	}
	before := m.n
	m.to, m.fresh = m.to[:0], m.fresh[:0]
	for i := first; i < last; i += memoGroup {
		m.numberGroup(v, i, min(i+memoGroup, last))
	}
	if before > 0 {
		m.seen += last - first
		m.added += m.n - before
	}
}

// memoGroup is how many texts are looked up together: their slots are touched
// first, so that the memory system fetches them side by side.
const memoGroup = 32

func (m *dictionaryCache) numberGroup(v *vector.Vec, first, last int) {
	var hashes [memoGroup]xxh3.Uint128
	mask, touched := uint64(len(m.slots)-1), int32(0)
	for i := first; i < last; i++ {
		h := xxh3.Hash128(v.Bytes[v.Offsets[i]:v.Offsets[i+1]])
		hashes[i-first], touched = h, touched|m.slots[h.Lo&mask].text
	}
	for i := first; i < last; i++ {
		h := hashes[i-first]
		at := h.Lo & mask
		for m.slots[at].text != 0 && m.slots[at].hash != h {
			at = (at + 1) & mask
		}
		s := &m.slots[at]
		if s.text == 0 {
			m.n++
			*s = memoSlot{h, int32(m.n)}
			m.fresh = append(m.fresh, int32(i))
		}
		m.to = append(m.to, s.text-1)
	}
	m.touched = touched
}

func (m *dictionaryCache) grow() {
	old := m.slots
	m.slots = make([]memoSlot, max(1024, 2*len(old)))
	mask := uint64(len(m.slots) - 1)
	for _, s := range old {
		if s.text == 0 {
			continue
		}
		at := s.hash.Lo & mask
		for m.slots[at].text != 0 {
			at = (at + 1) & mask
		}
		m.slots[at] = s
	}
}
