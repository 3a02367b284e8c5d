package mapping

import (
	"bytes"
	"math/bits"
	"slices"

	"paperlight/analyzer/bitmap"
)

// An interner makes a dictionary of a source column of plain text while few of
// its values are distinct, once for all columns that are read from it.
type interner struct {
	slot int
	// filters says that the filter looks at the column, of every row; asked, that
	// conditions alone look at it: what came as Arrow then stays so.
	filters, asked bool

	memo    memo
	keys    keysOfRows
	number  uint64
	rows    int // with text, before the decision whether text repeats
	sampled bool
}

// interners returns one for each source column that is read by text that may
// repeat, by closed lists or by conditions: byColumns are the slots that conditions of
// columns look at, byFilter those that the filter does.
func (s *scan) interners(byColumns, byFilter []bool) []*interner {
	var out []*interner
	for slot := range s.slots.columns {
		lists, texts, ids := false, false, false
		for _, f := range s.fillers {
			switch f := f.(type) {
			case *list:
				lists = lists || reads(f.alternatives, slot)
			case *text:
				if reads(f.alternatives, slot) {
					texts, ids = texts || !f.plain, ids || f.plain
				}
			}
		}
		asked := byFilter[slot] || slot < len(byColumns) && byColumns[slot]
		if (lists || texts || asked) && !ids {
			out = append(out, &interner{slot: slot, filters: byFilter[slot], asked: !lists && !texts})
		}
	}
	return out
}

// askedOf returns one for each slot that conditions look at, where no column is made.
func askedOf(asked []bool) []*interner {
	var out []*interner
	for slot, is := range asked {
		if is {
			out = append(out, &interner{slot: slot, asked: true})
		}
	}
	return out
}

// internAll makes entries of texts that repeat: before the filter of the columns that
// it looks at, so that each text is judged once, and after it of the others. Those
// whose texts turn out not to repeat stay as they are, in later batches too.
func (s *scan) internAll(filters bool) {
	s.intern = slices.DeleteFunc(s.intern, func(in *interner) bool {
		c := &s.rows.cells[in.slot]
		if filters && (!in.filters || c.array != nil) || in.intern(c, s.piece.numbers) {
			return false
		}
		s.plain(in.slot)
		return true
	})
}

// plain says that the texts of a source column do not repeat.
func (s *scan) plain(slot int) {
	for _, f := range s.fillers {
		if f, ok := f.(*text); ok && asItIs(f.alternatives) && f.alternatives[0].slot == slot {
			f.plain = true
		}
	}
}

// reads reports whether some alternative reads the source column.
func reads(alternatives []alternative, slot int) bool {
	for k := range alternatives {
		if alternatives[k].slot == slot {
			return true
		}
	}
	return false
}

// intern turns the column into entries of the dictionary; false where its
// texts do not repeat enough.
func (in *interner) intern(c *cells, numbers *numbers) bool {
	if !c.text || c.index != nil || in.asked && c.array != nil {
		return true
	}
	c.indexes, c.knowns = sized(c.indexes, c.n), sized(c.knowns, bitmap.Words(c.n))
	if !in.fill(c, c.indexes, c.knowns) {
		return false
	}
	if in.number == 0 {
		in.number = numbers.next()
	}
	c.index, c.known, c.dictionary, c.array = c.indexes, c.knowns, in.number, nil
	c.interned, c.data = &in.memo.entries, in.memo.entries.bytes
	c.start, c.end = spans(in.memo.entries.offsets)
	return true
}

func (in *interner) fill(c *cells, index []int32, known []uint64) bool {
	have, before := 0, in.memo.entries.len()
	for w := range known {
		given := uint64(ones)
		if c.known != nil {
			given = c.known[w]
		}
		at, to := w*64, min(w*64+64, c.n)
		known[w] = in.keys.read(c.data, c.start[at:to], c.end[at:to], given)
		if !in.keys.find(&in.memo, c.data, c.start[at:to], c.end[at:to]) {
			return false
		}
		in.keys.entriesOf(index[at:to])
		have += bits.OnesCount64(known[w])
	}
	in.rows += have
	switch {
	case in.rows < distinctSample:
		return true
	case !in.sampled:
		in.sampled = true
		return in.memo.entries.len() <= in.rows/2
	}
	// Where every few texts bring a new one, finding the others costs more than
	// it saves.
	return have < distinctSample/4 || in.memo.entries.len()-before <= have/4
}

// keysOfRows are the texts of 64 rows on their way to entries, in steps, so
// that the cache misses of many probes of the memo overlap: its slots are far
// apart, and the text that streams by evicts them. A text
// that equals the one before it is not looked for again.
type keysOfRows struct {
	n int // of the keys below, with the first two
	// Key 0 is for rows without a text, which have entry 0, and key 1 that of the
	// last text of the rows before.
	keys    [64 + 2]textKey
	rows    [64 + 2]uint8 // where a key comes first
	entries [64 + 2]int32
	of      [64]uint8 // the key of a row
}

// read makes the keys of up to 64 rows, and says which have a text.
func (k *keysOfRows) read(data []byte, start, end []uint32, given uint64) (known uint64) {
	k.keys[1], k.entries[1] = k.keys[k.n], k.entries[k.n]
	n := 1
	end = end[:len(start)]
	for i, s := range start {
		e := end[i]
		if s == e || given>>(i&63)&1 == 0 {
			k.of[i&63] = 0
			continue
		}
		known |= 1 << (i & 63)
		key, ok := nearKey(data, s, e-s)
		if !ok {
			if n > 1 && k.repeats(data, start, end, s, e, n) {
				k.of[i&63] = uint8(n)
				continue
			}
			key = keyOf(data[s:e])
		}
		before := &k.keys[n]
		n += int(bitmap.Of((key.low^before.low)|(key.high^before.high) != 0 || !key.exact()))
		k.keys[n], k.rows[n], k.of[i&63] = key, uint8(i), uint8(n)
	}
	k.n = n
	return known
}

// repeats reports whether a long text equals that of key n: to hash it costs more.
func (k *keysOfRows) repeats(data []byte, start, end []uint32, s, e uint32, n int) bool {
	row := k.rows[n]
	return bytes.Equal(data[s:e], data[start[row]:end[row]])
}

// find finds the entries of the keys; false where the memo is full.
func (k *keysOfRows) find(m *memo, data []byte, start, end []uint32) bool {
	var slots [64 + 2]uint32
	for i := 2; i <= k.n; i++ {
		slots[i] = m.slot(k.keys[i])
	}
	for i := 2; i <= k.n; i++ {
		key := k.keys[i]
		if e := slots[i] & inSlot; e != 0 && m.keys[e-1] == key && key.exact() {
			k.entries[i] = int32(e - 1)
			continue
		}
		row := k.rows[i]
		e, ok := m.find(key, data[start[row]:end[row]])
		if !ok {
			return false
		}
		k.entries[i] = e
	}
	return true
}

// entriesOf hands out the entries of the rows.
func (k *keysOfRows) entriesOf(index []int32) {
	for i := range index {
		index[i] = k.entries[k.of[i&63]]
	}
}
