package mapping

import "paperlight/analyzer/bitmap"

// entryValues caches the values of the entries of a dictionary.
type entryValues[T any] struct {
	number uint64
	values []T
	states []state
	// faultless says that every entry has a value.
	faultless bool
}

// upTo reads the entries that are new.
func (e *entryValues[T]) upTo(c *cells, read func(entry []byte) (T, state)) {
	if c.dictionary == 0 || c.dictionary != e.number {
		e.number, e.values, e.states, e.faultless = c.dictionary, e.values[:0], e.states[:0], true
	}
	for i := len(e.values); i < len(c.start); i++ {
		v, s := read(c.entry(i))
		e.values, e.states = append(e.values, v), append(e.states, s)
		e.faultless = e.faultless && s == present
	}
}

// gather fills the column by the entries of its rows.
func (e *entryValues[T]) gather(c *cells, out *column, values []T) {
	if len(e.values) == 0 {
		return // a dictionary without entries has no row with a value
	}
	index := c.index[:c.n]
	if e.faultless {
		for i, entry := range index {
			values[i] = e.values[entry]
		}
		out.knownAs(c)
		return
	}
	for i, entry := range index {
		values[i] = e.values[entry]
		if bitmap.Known(c.known, i) {
			out.mark(i, e.states[entry])
		}
	}
}

// knownAs copies the null mask of the source column.
func (c *column) knownAs(from *cells) {
	if from.known != nil {
		copy(c.known, from.known)
		return
	}
	for w := range c.known {
		c.known[w] = ^uint64(0)
	}
}
