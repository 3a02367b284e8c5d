package analyzer

import "github.com/zeebo/xxh3"

// An entryMemo numbers the texts of a column across its dictionaries. Each row
// group of a file has a dictionary of its own, and most of them hold the same
// few thousand texts: a condition is worked out once a text, not once for each
// of its entries.
type entryMemo struct {
	slots   []memoSlot // a power of two, at most half full
	offsets []int32    // text i is bytes[offsets[i]:offsets[i+1]]
	bytes   []byte
	to      []int32 // the texts of the entries asked for last
	// seen and fresh count entries asked for, and those that were new; not of
	// the first dictionary, which is all new.
	seen, fresh int
}

type memoSlot struct {
	hash uint32
	text int32 // 0 free; else text+1
}

// Bounds of a memo. One that would exceed them starts again with the next
// dictionary.
const (
	memoTexts = 1 << 16
	memoBytes = 4 << 20
	// memoTrial is how many entries are asked for before the memo is judged.
	memoTrial = 1 << 14
)

func (m *entryMemo) len() int { return max(0, len(m.offsets)-1) }

// pays says that most texts have been met before.
func (m *entryMemo) pays() bool { return m.seen < memoTrial || m.fresh < m.seen/2 }

// full says that n more entries of so many bytes might not fit.
func (m *entryMemo) full(n, bytes int) bool {
	return m.len()+n > memoTexts || len(m.bytes)+bytes > memoBytes
}

func (m *entryMemo) reset() {
	clear(m.slots)
	m.offsets, m.bytes = m.offsets[:0], m.bytes[:0]
}

// numbers returns the texts of the entries first to last of v, and adds those
// that are new. The result is good until the next call.
func (m *entryMemo) numbers(v *vec, first, last int) []int32 {
	if len(m.offsets) == 0 {
		m.offsets = append(m.offsets, 0)
	}
	for 2*(m.len()+last-first) > len(m.slots) {
		m.grow()
	}
	before := m.len()
	m.to = m.to[:0]
	for i := first; i < last; i++ {
		m.to = append(m.to, m.number(v.bytes[v.offsets[i]:v.offsets[i+1]]))
	}
	if before > 0 {
		m.seen += last - first
		m.fresh += m.len() - before
	}
	return m.to
}

func (m *entryMemo) number(text []byte) int32 {
	h := xxh3.Hash(text)
	mask := uint64(len(m.slots) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		s := &m.slots[at]
		if s.text == 0 {
			m.bytes = append(m.bytes, text...)
			m.offsets = append(m.offsets, int32(len(m.bytes)))
			*s = memoSlot{uint32(h >> 32), int32(m.len())}
			return s.text - 1
		}
		if s.hash == uint32(h>>32) && string(m.text(s.text-1)) == string(text) {
			return s.text - 1
		}
	}
}

func (m *entryMemo) text(i int32) []byte { return m.bytes[m.offsets[i]:m.offsets[i+1]] }

func (m *entryMemo) grow() {
	m.slots = make([]memoSlot, max(1024, 2*len(m.slots)))
	mask := uint64(len(m.slots) - 1)
	for i := range int32(m.len()) {
		h := xxh3.Hash(m.text(i))
		at := h & mask
		for m.slots[at].text != 0 {
			at = (at + 1) & mask
		}
		m.slots[at] = memoSlot{uint32(h >> 32), i + 1}
	}
}
