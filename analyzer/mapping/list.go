package mapping

import "paperlight/analyzer/bitmap"

// A list fills a column whose values are a closed list: the dictionary is the
// list, the same in every batch, or that of the source where it holds nothing
// else. A value outside the list is malformed.
type list struct {
	alternatives []alternative
	values       []string
	entries      *texts
	number       uint64
	remap        entryValues[int32]
}

func (f *list) fill(r *rows, out *column) error {
	c, rest := f.dictionary(r)
	if c != nil && rest == nil && f.pass(c, out) {
		return nil
	}
	out.indexed, out.entries, out.dictionary = true, f.entries, f.number
	out.index = sized(out.index, r.n)
	clear(out.index)
	if c != nil {
		f.gather(c, rest, out)
		return nil
	}
	from, err := originOf(f.alternatives, r)
	if err != nil {
		return err
	}
	last := int32(0)
	for i := range r.n {
		text, s := from.text(i)
		if s == present {
			if string(text) != f.values[last] {
				last, s = f.place(text)
			}
			out.index[i] = last
		}
		out.mark(i, s)
	}
	return nil
}

// place finds a text in the list; entry 0 is returned where it is not there.
func (f *list) place(text []byte) (int32, state) {
	for e, v := range f.values {
		if string(text) == v {
			return int32(e), present
		}
	}
	return 0, malformed
}

// dictionary returns the source dictionary that the column is read from, where
// there is but one, and the constant for rows without a value.
func (f *list) dictionary(r *rows) (c *cells, rest []byte) {
	ways := f.alternatives
	if last := len(ways) - 1; last > 0 && ways[last].slot < 0 && ways[last].parts == nil && ways[last].when == nil {
		ways, rest = ways[:last], ways[last].constant
	}
	if c = single(ways, r); c == nil || c.index == nil {
		return nil, nil
	}
	return c, rest
}

// ways are the alternatives without the constant for rows that have no value.
func (f *list) ways(rest []byte) []alternative {
	if rest == nil {
		return f.alternatives
	}
	return f.alternatives[:len(f.alternatives)-1]
}

// pass hands the array of a dictionary on; false where some entry is not in the
// list as it stands.
func (f *list) pass(c *cells, out *column) bool {
	if c.array == nil || len(c.start) == 0 || !asItIs(f.alternatives) {
		return false
	}
	f.placed(c, nil)
	if !f.remap.faultless {
		return false
	}
	out.ready, out.dictionary = c.array, c.dictionary
	return true
}

// placed places each entry of a source dictionary once.
func (f *list) placed(c *cells, rest []byte) (other int32) {
	if rest != nil {
		other, _ = f.place(rest)
	}
	f.remap.upTo(c, func(entry []byte) (int32, state) {
		text, _, s := walkAll(f.ways(rest), entry)
		if s == absent && rest != nil {
			return other, present
		}
		if s != present {
			return 0, s
		}
		return f.place(text)
	})
	return other
}

// gather fills the column by the entries of a source dictionary.
func (f *list) gather(c *cells, rest []byte, out *column) {
	other := f.placed(c, rest)
	f.remap.gather(c, out, out.index)
	if rest == nil || c.known == nil {
		return
	}
	for i := range c.n {
		if !bitmap.Has(c.known, i) {
			out.index[i] = other
			out.mark(i, present)
		}
	}
}
