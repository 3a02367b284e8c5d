package synthetic

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A hand is how a clinical system writes its files.
type hand struct {
	headed  bool // the first row names the columns
	quoted  bool // every field stands in quotes
	latin1  bool // Windows-1252, else UTF-8
	tabs    bool // between the cells, and no quotes
	newline string
	dates   *dateTexts
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
	s := &sheet{name: name, hand: h, quoted: h.quoted, between: ',', columns: len(columns), out: out, buf: make([]byte, 0, sheetBytes+1<<12)}
	if h.tabs {
		s.between = '\t'
	}
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

// plain adds a cell that needs no quotes for its own sake.
func (s *sheet) plain(text string) {
	s.at++
	if s.quoted {
		s.buf = append(s.buf, '"')
		s.buf = append(s.buf, text...)
		s.buf = append(s.buf, '"', ',')
		return
	}
	s.buf = append(s.buf, text...)
	s.buf = append(s.buf, s.between)
}

// text adds a cell of any text, in quotes where it needs them.
func (s *sheet) text(text string) {
	if s.hand.tabs || !s.quoted && !strings.ContainsAny(text, ",\"\r\n") && !s.hand.latin1 {
		s.plain(text)
		return
	}
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

// cells adds n cells that are the same in many rows: text has them with a comma
// behind each, and none needs quotes.
func (s *sheet) cells(text string, n int) {
	if s.quoted {
		for cell := range strings.SplitSeq(text[:len(text)-1], ",") {
			s.plain(cell)
		}
		return
	}
	s.buf = append(s.buf, text...)
	s.at += n
}

// skip leaves n cells empty.
func (s *sheet) skip(n int) {
	const commas = ",,,,,,,,,,,,"
	if !s.quoted && s.between == ',' && n <= len(commas) {
		s.buf = append(s.buf, commas[:n]...)
		s.at += n
		return
	}
	for range n {
		s.plain("")
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
	defer s.shut()
	if !known {
		return
	}
	tenths := math.Round(v * 10)
	if tenths/10 != v || math.Abs(v) > 1e6 {
		s.buf = strconv.AppendFloat(s.buf, v, 'f', -1, 64)
		return
	}
	if tenths < 0 { // as made values are: quicker than any float
		s.buf = append(s.buf, '-')
		tenths = -tenths
	}
	s.buf = strconv.AppendInt(s.buf, int64(tenths)/10, 10)
	if d := int64(tenths) % 10; d != 0 {
		s.buf = append(s.buf, '.', '0'+byte(d))
	}
}

// date adds a day; none is empty.
func (s *sheet) date(d day) {
	s.open()
	if d != none {
		s.buf = s.hand.dates.append(s.buf, d)
	}
	s.shut()
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
