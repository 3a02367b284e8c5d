package mapping

import (
	"bytes"
	"unicode"

	"paperlight/analyzer/bitmap"
)

// A tidy is what is done to the cells of a column before anything is made of them.
type tidy struct {
	blanks bool     // are taken off both ends
	words  []string // mean that there is no value
	floats bool     // whole numbers are written as such
	// taken counts the cells that blanks were taken off.
	taken int
	// Of the dictionary of this number so many entries need no change.
	dictionary uint64
	clean      int
}

// tidy changes the cells that need it; memory that is not the column's own stays as
// it is.
func (c *cells) tidy(t *tidy) {
	if !c.text || !t.blanks && len(t.words) == 0 && !t.floats {
		return
	}
	if t.floats {
		c.wholeNumbers()
	}
	n, known := len(c.start), 0
	switch {
	case c.index != nil:
		known = t.cleanEntries(c, n)
	default:
		if n = min(n, c.n); len(t.words) == 0 && c.tight(n) {
			return
		}
	}
	var changed []bool // entries of a dictionary
	own := false
	for i := known; i < n; i++ {
		from, to := c.start[i], c.end[i]
		if from == to || !t.mayChange(c.data[from], c.data[to-1]) {
			continue
		}
		cell := c.data[from:to]
		first, last := from, to
		if t.blanks {
			rest := bytes.TrimLeftFunc(cell, isBlank)
			first = to - uint32(len(rest))
			last = first + uint32(len(bytes.TrimRightFunc(rest, isBlank)))
		}
		blank := first != from || last != to
		for _, w := range t.words {
			if string(c.data[first:last]) == w {
				last = first
			}
		}
		if first == from && last == to {
			continue
		}
		if !own {
			own = true
			c.ownSpans(n)
		}
		c.start[i], c.end[i] = first, last
		switch {
		case !blank:
		case c.index == nil && bitmap.Known(c.known, i):
			t.taken++
		case c.index != nil:
			if changed == nil {
				changed = make([]bool, n)
			}
			changed[i] = true
		}
	}
	if own {
		t.dictionary, t.clean = 0, 0
	}
	if changed == nil {
		return
	}
	for i, entry := range c.index[:c.n] {
		if bitmap.Known(c.known, i) && changed[entry] {
			t.taken++
		}
	}
}

// cleanEntries returns how many of the n entries of the dictionary are known to need no
// change, and takes all for such until one is found.
func (t *tidy) cleanEntries(c *cells, n int) int {
	if c.dictionary == 0 || t.floats {
		t.dictionary = 0
		return 0
	}
	if t.dictionary != c.dictionary {
		t.clean = 0
	}
	known := min(t.clean, n)
	t.dictionary, t.clean = c.dictionary, n
	return known
}

// edge says of a byte that a cell which begins or ends with it may have to be trimmed.
var edge = func() (of [256]uint8) {
	for b := range of {
		if b <= ' ' || b >= 0x80 {
			of[b] = 1
		}
	}
	return of
}()

// tight says that none of the first n cells has anything at its ends to be trimmed.
func (c *cells) tight(n int) bool {
	var found uint8
	start, end, data := c.start[:n], c.end[:n], c.data
	for i, from := range start {
		if to := end[i]; from != to {
			found |= edge[data[from]] | edge[data[to-1]]
		}
	}
	return found == 0
}

// mayChange looks at the first and the last byte alone: most cells need no more.
func (t *tidy) mayChange(first, last byte) bool {
	return len(t.words) > 0 || edge[first]|edge[last] != 0
}

// isBlank knows the blanks of every script, those of no width, and the zeros that fill
// up fields of one length.
func isBlank(r rune) bool {
	switch r {
	case 0, '\u180e', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff':
		return true
	}
	return unicode.IsSpace(r)
}

// trimBlanks takes blanks off both ends; at most cells it looks there alone.
func trimBlanks(cell []byte) []byte {
	if len(cell) == 0 || edge[cell[0]]|edge[cell[len(cell)-1]] == 0 {
		return cell
	}
	return bytes.TrimFunc(cell, isBlank)
}

// ownSpans copies where the cells lie, so that they can be changed. The array that the
// column came as no longer says what it holds.
func (c *cells) ownSpans(n int) {
	c.starts, c.ends = sized(c.starts, n), sized(c.ends, n)
	copy(c.starts, c.start[:n])
	copy(c.ends, c.end[:n])
	c.start, c.end = c.starts, c.ends
	c.array, c.interned = nil, nil
}

// wholeNumbers writes whole numbers without a point.
func (c *cells) wholeNumbers() {
	n := len(c.start)
	if c.index == nil {
		n = min(n, c.n)
	}
	c.rendered = c.rendered[:0]
	c.ownSpans(n)
	for i := range n {
		cell := c.data[c.start[i]:c.end[i]]
		from := uint32(len(c.rendered))
		if number, float := wholeNumber(c.rendered, trimBlanks(cell)); float {
			c.rendered = number
		} else {
			c.rendered = append(c.rendered, cell...)
		}
		c.starts[i], c.ends[i] = from, uint32(len(c.rendered))
	}
	c.data = c.rendered
}
