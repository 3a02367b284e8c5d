package synthetic

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A hand is how a clinical system writes its files.
type hand struct {
	headed  bool // the first row names the columns
	quoted  bool // every field stands in quotes
	latin1  bool // Windows-1252, else UTF-8; quoted too
	tabs    bool // between the cells, and no quotes
	newline string
	dates   *dateTexts
}

// sheet is one without a file.
func (h *hand) sheet() *sheet {
	s := &sheet{hand: h, quoted: h.quoted, between: ','}
	if h.tabs {
		s.between = '\t'
	}
	return s
}

// cells are n cells that stand side by side in many rows, as a hand writes them.
type cells struct {
	text string
	n    int
}

// cells are what write adds to a row.
func (h *hand) cells(write func(s *sheet)) cells {
	s := h.sheet()
	write(s)
	return cells{string(s.buf), s.at}
}

// A sheet is one file of a layout, written row by row and cell by cell in the
// order of the published columns.
type sheet struct {
	name    string
	hand    *hand
	quoted  bool // of the hand
	between byte // the cells
	columns int
	dropped []bool // published columns that this version lacks; nil where it has all
	at      int    // published column that the next cell goes to
	row     int    // where the row begins in buf
	rows    int64
	buf     []byte
	out     *os.File
	err     error
}

// sheetBytes is how much of a sheet is kept before it is written.
const sheetBytes = 1 << 16

// newSheet makes a file in folder with the columns of a published list, without
// those that the version lacks.
func newSheet(folder, file, name string, columns []column, h *hand, version int) (*sheet, error) {
	out, err := os.Create(filepath.Join(folder, file))
	if err != nil {
		return nil, err
	}
	s := h.sheet()
	s.name, s.columns, s.out, s.buf = name, len(columns), out, make([]byte, 0, sheetBytes+1<<12)
	for i, c := range columns {
		if c.since > version {
			if s.dropped == nil {
				s.dropped = make([]bool, len(columns))
			}
			s.dropped[i] = true
		}
	}
	if h.headed {
		for _, c := range columns {
			s.plain(c.name)
		}
		s.end()
		s.rows = 0
	}
	return s, nil
}

// room makes the row longer by n bytes, which are to be filled.
func (s *sheet) room(n int) []byte {
	at := len(s.buf)
	if cap(s.buf)-at < n {
		s.buf = slices.Grow(s.buf, n)
	}
	s.buf = s.buf[:at+n]
	return s.buf[at:]
}

// plain adds a cell that needs no quotes for its own sake.
func (s *sheet) plain(text string) {
	if s.quoted {
		s.inQuotes(text)
		return
	}
	s.at++
	cell := s.room(len(text) + 1)
	cell[copy(cell, text)] = s.between
}

func (s *sheet) inQuotes(text string) {
	s.at++
	cell := s.room(len(text) + 3)
	cell[0] = '"'
	end := cell[1+copy(cell[1:], text):]
	end[0], end[1] = '"', ','
}

// text adds a cell of any text, in quotes where it needs them.
func (s *sheet) text(text string) {
	found := traitsOf(text)
	switch {
	case s.hand.tabs, !s.quoted && found&(parting|quoting) == 0:
		s.plain(text)
	case found&(quoting|beyondASCII) == 0:
		s.inQuotes(text)
	default:
		s.spelt(text)
	}
}

// spelt adds a cell in quotes, letter by letter.
func (s *sheet) spelt(text string) {
	s.at++
	s.buf = append(s.buf, '"')
	for _, ch := range text {
		switch {
		case ch == '"':
			s.buf = append(s.buf, '"', '"')
		case ch < 0x80:
			s.buf = append(s.buf, byte(ch))
		case !s.hand.latin1:
			s.buf = utf8.AppendRune(s.buf, ch)
		case ch >= 0xa0 && ch <= 0xff: // Windows-1252 and Unicode agree here
			s.buf = append(s.buf, byte(ch))
		default:
			s.buf = append(s.buf, '?')
		}
	}
	s.buf = append(s.buf, '"', ',')
}

// cells adds cells that are the same in many rows.
func (s *sheet) cells(c cells) {
	copy(s.room(len(c.text)), c.text)
	s.at += c.n
}

// again adds a cell that stands in the row already.
func (s *sheet) again(cell []byte) {
	copy(s.room(len(cell)), cell)
	s.at++
}

// skip leaves n cells empty.
func (s *sheet) skip(n int) {
	const bare, quoted = ",,,,,,,,,,,,", `"","","","","","","","","","","","",`
	if n > len(bare) || s.between != ',' {
		for range n {
			s.plain("")
		}
		return
	}
	s.at += n
	if s.quoted {
		s.buf = append(s.buf, quoted[:3*n]...)
	} else {
		s.buf = append(s.buf, bare[:n]...)
	}
}

func (s *sheet) flag(v bool) {
	if v {
		s.plain("true")
	} else {
		s.plain("false")
	}
}

// number adds a whole number.
func (s *sheet) number(n int64) {
	s.open()
	s.buf = strconv.AppendInt(s.buf, n, 10)
	s.shut()
}

// real adds a decimal where it is known.
func (s *sheet) real(v float64, known bool) {
	s.open()
	if known {
		s.buf = appendReal(s.buf, v)
	}
	s.shut()
}

// appendReal appends a decimal with the digits that it has.
func appendReal(b []byte, v float64) []byte {
	tenths := math.Round(v * 10)
	if tenths/10 != v || math.Abs(v) > 1e6 {
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	}
	if tenths < 0 { // as made values are: quicker than any float
		b = append(b, '-')
		tenths = -tenths
	}
	b = strconv.AppendInt(b, int64(tenths)/10, 10)
	if d := int64(tenths) % 10; d != 0 {
		b = append(b, '.', '0'+byte(d))
	}
	return b
}

// date adds a day; none is empty.
func (s *sheet) date(d day) {
	if d == none {
		s.skip(1)
		return
	}
	s.plain(s.hand.dates.of(d))
}

// open begins a cell, and shut ends it.
func (s *sheet) open() {
	s.at++
	if s.quoted {
		s.buf = append(s.buf, '"')
	}
}

func (s *sheet) shut() {
	if s.quoted {
		s.buf = append(s.buf, '"')
	}
	s.buf = append(s.buf, s.between)
}

// end ends a row, which must have a cell for every column.
func (s *sheet) end() {
	if s.at != s.columns {
		panic(fmt.Sprintf("synthetic: a row of %s has %d cells, want %d", s.name, s.at, s.columns))
	}
	if s.dropped != nil {
		s.drop()
	}
	s.at = 0
	s.rows++
	s.buf = append(s.buf[:len(s.buf)-1], s.hand.newline...)
	s.row = len(s.buf)
	if len(s.buf) >= sheetBytes {
		s.flush()
	}
}

// drop takes out of the row the cells of columns that the version lacks.
func (s *sheet) drop() {
	kept, from, quoted, column := s.row, s.row, false, 0
	for i := s.row; i < len(s.buf); i++ {
		switch s.buf[i] {
		case '"':
			quoted = !quoted
		case ',':
			if quoted {
				continue
			}
			if !s.dropped[column] {
				kept += copy(s.buf[kept:], s.buf[from:i+1])
			}
			column, from = column+1, i+1
		}
	}
	s.buf = s.buf[:kept]
}

func (s *sheet) flush() {
	if s.err == nil {
		_, s.err = s.out.Write(s.buf)
	}
	s.buf, s.row = s.buf[:0], 0
}

// close writes what is left. It is harmless the second time.
func (s *sheet) close() error {
	if s.out == nil {
		return nil
	}
	s.flush()
	err := errors.Join(s.err, s.out.Close())
	s.out = nil
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}
