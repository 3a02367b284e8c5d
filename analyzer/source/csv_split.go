package source

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// A splitter finds the fields of a block of text that starts with a record.
type splitter struct {
	dialect dialect
	// seps are the position before the block (so that adding 1 gives 0) and then
	// that of every delimiter and line end outside quotes; ends are the indexes
	// into seps of the line ends.
	seps, ends []uint32
	// quoted are the indexes into seps where fields with quotes around them begin.
	quoted []uint32
	bad    int // the position of the first quote that is misplaced, or -1
	most   int // how many seps there can be, and a group besides
	seen   unusual

	// Separators that are not in seps yet: masks of each group, and the length
	// that seps will have with them.
	masks  [len(pieceOfGroups{})]uint64
	groups int
	count  int
}

// split looks through text.
func (s *splitter) split(text []byte) {
	s.seps = append(s.seps[:0], ^uint32(0))
	s.ends, s.quoted, s.seen = s.ends[:0], s.quoted[:0], unusual{}
	s.bad, s.most = -1, len(text)+1+groupBytes
	if wide() || s.dialect.quoted && bytes.IndexByte(text, '"') >= 0 {
		s.splitQuoted(text)
		return
	}
	s.seen.look(text)
	s.splitPlain(text)
}

// splitPlain splits text without quotes, eight bytes a step: without SIMD, groups
// are expensive.
func (s *splitter) splitPlain(text []byte) {
	delimiter, newline := spread(s.dialect.delimiter), spread(s.dialect.newline())
	seps, n := s.seps[:cap(s.seps)], len(s.seps)
	pos := 0
	for ; pos+8 <= len(text); pos += 8 {
		if n+8 > len(seps) {
			// No more can come than bytes are left.
			seps = slices.Grow(seps, min(len(seps)+64, len(text)-pos+8))
			seps = seps[:cap(seps)]
		}
		x := binary.LittleEndian.Uint64(text[pos:])
		ends := zeros(x ^ newline)
		if s.dialect.bareCR {
			ends |= zeros(x ^ spread('\n'))
		}
		m := zeros(x^delimiter) | ends
		for ; ends != 0; ends &= ends - 1 {
			s.ends = append(s.ends, uint32(n+bits.OnesCount64(m&(ends&-ends-1))))
		}
		for ; m != 0; m &= m - 1 {
			seps[n] = uint32(pos + at(m))
			n++
		}
	}
	s.seps = seps[:n]
	for ; pos < len(text); pos++ {
		c := text[pos]
		end := c == s.dialect.newline() || s.dialect.bareCR && c == '\n'
		if end {
			s.ends = append(s.ends, uint32(len(s.seps)))
		}
		if end || c == s.dialect.delimiter {
			s.seps = append(s.seps, uint32(pos))
		}
	}
}

// splitQuoted handles quotes, 64 bytes a step. A quote may open only where a
// field begins; after one that closes only a separator, a line end or a
// second quote (which makes an escaped one) may follow.
func (s *splitter) splitQuoted(text []byte) {
	var groups pieceOfGroups
	q := quoting{begun: 1}
	s.count = len(s.seps)
	pos := 0
	for len(text)-pos >= groupBytes {
		n := min(len(groups), (len(text)-pos)/groupBytes)
		findGroups(groups[:n], text[pos:], s.dialect.delimiter, &s.seen)
		for i := range groups[:n] {
			if !s.group(&q, &groups[i], ^uint64(0), pos+i*groupBytes) {
				s.place(pos)
				return
			}
		}
		s.place(pos)
		pos += n * groupBytes
	}
	if pos < len(text) {
		g, used := groupAt(text, pos, s.dialect.delimiter, &s.seen)
		s.group(&q, &g, used, pos)
		s.place(pos)
	}
}

// quoting carries over from one group to the next: state is all ones while inside
// quotes; the others are about the last byte.
type quoting struct{ state, begun, closed, returned uint64 }

// group splits the group at pos; false where a quote is misplaced.
func (s *splitter) group(q *quoting, g *group, used uint64, pos int) bool {
	ends, returns := g.newlines, g.returns
	if s.dialect.bareCR {
		ends, returns = ends|returns, 0
	}
	quotes := g.quotes
	if !s.dialect.quoted {
		quotes = 0
	}
	if quotes|q.state|q.closed|q.returned == 0 {
		m := ends | g.delimiters
		s.record(m, ends)
		q.begun = m >> 63
		return true
	}
	within := inside(quotes) ^ q.state
	ends &^= within
	m := ends | g.delimiters&^within

	opens, closes := quotes&within, quotes&^within
	afterClose := closes<<1 | q.closed
	afterReturn := afterClose&returns<<1 | q.returned
	first := opens & (m<<1 | q.begun)
	wrong := opens&^(first|afterClose) | afterClose&^(m|quotes|returns) | afterReturn&^ends
	if wrong &= used; wrong != 0 {
		s.bad = pos + bits.TrailingZeros64(wrong)
		below := wrong&-wrong - 1
		s.quote(first&below, m)
		s.record(m&below, ends&below)
		return false
	}
	s.quote(first, m)
	s.record(m, ends)
	q.state = uint64(int64(within) >> 63)
	q.begun, q.closed, q.returned = m>>63, closes>>63, (afterClose&returns)>>63
	return true
}

// quote notes the fields that begin with the quotes first, among separators m.
func (s *splitter) quote(first, m uint64) {
	for n := s.count - 1; first != 0; first &= first - 1 {
		s.quoted = append(s.quoted, uint32(n+bits.OnesCount64(m&(first&-first-1))))
	}
}

// record adds the separators m of a group, of which ends are line ends, to masks.
func (s *splitter) record(m, ends uint64) {
	for ; ends != 0; ends &= ends - 1 {
		s.ends = append(s.ends, uint32(s.count+bits.OnesCount64(m&(ends&-ends-1))))
	}
	s.masks[s.groups] = m
	s.groups++
	s.count += bits.OnesCount64(m)
}

// place appends the positions of the separators in masks to seps; the first group
// of them is at pos.
func (s *splitter) place(pos int) {
	n := len(s.seps)
	if need := s.count + groupBytes; cap(s.seps) < need {
		s.seps = slices.Grow(s.seps, max(need, min(2*n, s.most))-n)
	}
	placeBits(s.seps[n:s.count+groupBytes], s.masks[:s.groups], uint32(pos))
	s.seps, s.groups = s.seps[:s.count], 0
}
