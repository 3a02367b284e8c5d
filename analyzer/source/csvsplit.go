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
	// seps holds the place before the block (so that adding 1 gives 0) and
	// then every delimiter and line end outside quotes; ends holds where in
	// seps the line ends are.
	seps, ends []uint32
	// quotes says that the block has some; bad is the place of the first
	// misplaced one, or -1.
	quotes bool
	bad    int
}

// split looks through text.
func (s *splitter) split(text []byte) {
	s.seps = append(s.seps[:0], ^uint32(0))
	s.ends = s.ends[:0]
	s.bad = -1
	s.quotes = s.dialect.quoted && bytes.IndexByte(text, '"') >= 0
	if s.quotes {
		s.splitQuoted(text)
		return
	}
	s.splitPlain(text)
}

// splitPlain is for text without quotes: eight bytes a step.
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

// splitQuoted minds quotes: 64 bytes a step. A quote may open only where a
// field begins; after one that closes only a separator, a line end or a
// second quote (which makes an escaped one) may follow.
func (s *splitter) splitQuoted(text []byte) {
	delimiter, newline, lf, cr, quote := spread(s.dialect.delimiter), spread(s.dialect.newline()), spread('\n'), spread('\r'), spread('"')
	state := uint64(0)                                         // all ones while inside
	begun, closed, returned := uint64(1), uint64(0), uint64(0) // of the byte before
	var tail [64]byte
	for pos := 0; pos < len(text); pos += 64 {
		g, used := &tail, ^uint64(0)
		if len(text)-pos >= 64 {
			g = (*[64]byte)(text[pos:])
		} else {
			n := copy(tail[:], text[pos:])
			clear(tail[n:])
			used = 1<<n - 1
		}
		quotes := match(g, quote)
		within := inside(quotes) ^ state
		ends := match(g, newline)
		returns := uint64(0)
		if s.dialect.bareCR {
			ends |= match(g, lf)
		} else {
			returns = match(g, cr)
		}
		ends &^= within
		m := ends | match(g, delimiter)&^within

		opens, closes := quotes&within, quotes&^within
		afterClose := closes<<1 | closed
		afterReturn := afterClose&returns<<1 | returned
		wrong := opens&^(m<<1|begun|afterClose) | afterClose&^(m|quotes|returns) | afterReturn&^ends
		if wrong &= used; wrong != 0 {
			s.bad = pos + bits.TrailingZeros64(wrong)
			below := wrong&-wrong - 1
			s.record(m&below, ends&below, pos)
			return
		}
		s.record(m, ends, pos)
		state = uint64(int64(within) >> 63)
		begun, closed, returned = m>>63, closes>>63, (afterClose&returns)>>63
	}
}

// record notes the separators m, of which ends are line ends, at pos.
func (s *splitter) record(m, ends uint64, pos int) {
	n := len(s.seps)
	for ; ends != 0; ends &= ends - 1 {
		s.ends = append(s.ends, uint32(n+bits.OnesCount64(m&(ends&-ends-1))))
	}
	for ; m != 0; m &= m - 1 {
		s.seps = append(s.seps, uint32(pos+bits.TrailingZeros64(m)))
	}
}
