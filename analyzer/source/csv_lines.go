package source

import "bytes"

// A lineCount is what countLines finds out, and what it needs to know of the
// text before.
type lineCount struct {
	inside  uint64 // all ones while inside quotes
	ends    uint64 // line feeds
	within  uint64 // of these, those inside quotes
	blank   uint64 // not 0 where some line is blank
	last    uint64 // the line feeds of the group before
	returns uint64 // its carriage returns
	high    uint64 // not 0 where some byte is over 127
	nul     uint64 // not 0 where some byte is 0
}

// lookQuickly is lookClosely in wide instructions, for whole groups: false where the
// machine has none, where a line is blank, or where the dialect is not covered.
func (x *chunker) lookQuickly(c *chunk, b []byte, from, to int, base int64) bool {
	if x.dialect.bareCR || x.dialect.delimiter == '\t' || to <= from || !countsLines() {
		return false
	}
	n := lineCount{
		last:    b2u(from < 1 || b[from-1] == '\n')<<63 | b2u(from < 2 || b[from-2] == '\n')<<62,
		returns: b2u(from >= 1 && b[from-1] == '\r') << 63,
	}
	countLines(&n, b[from:to])
	if n.blank != 0 {
		return false
	}
	c.end, c.tail = base+int64(to), b[to-1]
	c.utf8 = n.high == 0 || validFrom(b, from, to)
	c.odd, c.nul = n.inside != 0, n.nul != 0
	c.ends = [2]int64{int64(n.ends - n.within), int64(n.within)}
	for s := range 2 {
		if c.ends[s] > 0 {
			c.first[s] = base + int64(firstEnd(b, from, s))
			c.last[s] = base + int64(lastEnd(b, to, s^int(n.inside&1)))
		}
	}
	return true
}

// firstEnd finds the first line feed from from on that has an even number of
// quotes before it, or an odd one; there is such a line feed.
func firstEnd(b []byte, from, odd int) int {
	for at := from; ; {
		next := at + bytes.IndexByte(b[at:], '\n')
		odd ^= bytes.Count(b[at:next], quoteMark) & 1
		if at = next + 1; odd == 0 {
			return next
		}
	}
}

// lastEnd is firstEnd from to on backwards.
func lastEnd(b []byte, to, odd int) int {
	for at := to; ; {
		next := bytes.LastIndexByte(b[:at], '\n')
		odd ^= bytes.Count(b[next:at], quoteMark) & 1
		if at = next; odd == 0 {
			return next
		}
	}
}

var quoteMark = []byte{'"'}
