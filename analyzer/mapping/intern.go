package mapping

import "math/bits"

// An interner makes a dictionary of a source column of plain text while few of
// its values are distinct, once for all columns that are read from it.
type interner struct {
	slot    int
	memo    memo
	number  uint64
	rows    int // with text, before the decision whether text repeats
	sampled bool
}

// interners returns one for each source column that is read by text that may
// repeat, or by closed lists.
func (s *scan) interners() []*interner {
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
		if (lists || texts) && !ids {
			out = append(out, &interner{slot: slot})
		}
	}
	return out
}

// plain says that the texts of a source column do not repeat.
func (s *scan) plain(slot int) {
	for _, f := range s.fillers {
		if f, ok := f.(*text); ok && len(f.alternatives) == 1 && f.alternatives[0].slot == slot && len(f.alternatives[0].steps) == 0 {
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
	if !c.text || c.index != nil {
		return true
	}
	c.indexes, c.knowns = sized(c.indexes, c.n), sized(c.knowns, words(c.n))
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
	m := &in.memo
	data, start, end := c.data, c.start[:c.n], c.end[:c.n]
	last, entry := textKey{high: hashed}, int32(0)
	have, before := 0, m.entries.len()
	for w := range known {
		given := uint64(ones)
		if c.known != nil {
			given = c.known[w]
		}
		var set uint64
		for i := w * 64; i < min(w*64+64, c.n); i++ {
			s, e := start[i], end[i]
			if s == e || given>>(i&63)&1 == 0 {
				index[i] = 0
				continue
			}
			set |= 1 << (i & 63)
			k, ok := nearKey(data, s, e-s)
			if !ok {
				k = keyOf(data[s:e])
			}
			if k != last {
				if entry, ok = m.find(k, data[s:e]); !ok {
					return false
				}
				if last = k; !k.exact() {
					last = textKey{high: hashed}
				}
			}
			index[i] = entry
		}
		known[w] = set
		have += bits.OnesCount64(set)
	}
	in.rows += have
	switch {
	case in.rows < distinctSample:
		return true
	case !in.sampled:
		in.sampled = true
		return m.entries.len() <= in.rows/2
	}
	// Where every few texts bring a new one, finding the others costs more than
	// it saves.
	return have < distinctSample/4 || m.entries.len()-before <= have/4
}
