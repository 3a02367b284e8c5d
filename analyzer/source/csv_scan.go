package source

import (
	"bytes"
	"context"
	"slices"
	"unicode/utf8"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
)

// A textScan reads a span of a text file block by block.
type textScan struct {
	file  *textFile
	in    *stream
	cols  []int
	twin  []int // the earlier place of the same column, or -1
	split splitter
	buf   []byte
	have  int // bytes in buf
	done  int // of these, bytes of records already handed out
	eof   bool
	// unended: the file ended without the line end of its last record.
	unended bool
	record  int64 // number of the next record
	taken   int64
	guessed bool // what the text is was guessed, and must be found so

	// rows of the block that are not handed out yet, as indexes into split.seps
	// of the line end before; ragged[i] marks rows that do not fit.
	rows   []uint32
	ragged []bool
	quoted []bool // by column of the file: some field has quotes
	used   int
	failed error // comes after the rows of the block

	raw  Raw
	bits []uint64
}

// scan returns a scan of a span, which reuses the memory of one that has ended where
// there is one.
func (t *textFile) scan(span textSpan, in *stream, cols []int) *textScan {
	s, _ := t.spare.Get().(*textScan)
	switch {
	case s == nil:
		s = newTextScan(t, cols)
	case !slices.Equal(s.cols, cols):
		buf, split := s.buf, s.split
		s = newTextScan(t, cols)
		s.buf, s.split = buf, split
	}
	s.split.dialect = t.dialect
	if size := int(min(blockBytes, max(span.end-span.start, 64))) + 1; len(s.buf) < size {
		s.buf = make([]byte, size)
	}
	s.in, s.record = in, span.first
	s.have, s.done, s.eof, s.unended, s.taken = 0, 0, false, false, 0
	s.rows, s.ragged, s.used, s.failed = s.rows[:0], s.ragged[:0], 0, nil
	s.guessed, s.raw.Before = false, nil
	return s
}

func newTextScan(t *textFile, cols []int) *textScan {
	s := &textScan{file: t, cols: slices.Clone(cols), split: splitter{dialect: t.dialect}, twin: make([]int, len(cols))}
	for i, c := range cols {
		s.twin[i] = slices.Index(cols[:i], c)
	}
	s.raw.Columns = make([]RawColumn, len(cols))
	s.quoted = make([]bool, len(t.columns))
	s.bits = make([]uint64, bitmap.Words(extract.MaxBatchRows))
	return s
}

// next returns the next rows, or nil at the end.
func (s *textScan) next(ctx context.Context) (*Raw, error) {
	for s.used == len(s.rows) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.failed != nil {
			return nil, s.failed
		}
		if s.eof && s.done == s.have {
			return nil, s.file.in.unchanged()
		}
		if err := s.block(); err != nil {
			return nil, err
		}
	}
	return s.batch(), nil
}

// block reads until at least one record is complete, and finds the rows.
func (s *textScan) block() error {
	s.have = copy(s.buf, s.buf[s.done:s.have])
	s.done = 0
	for {
		if err := s.fill(); err != nil {
			return err
		}
		text := s.buf[:s.have]
		s.split.split(text)
		if s.split.bad >= 0 || len(s.split.ends) > 0 {
			break
		}
		if s.eof {
			if s.have == 0 {
				return nil
			}
			return fault("a quoted field is not closed").record(s.record)
		}
		if s.have >= maxRecordBytes {
			return s.longRecord(s.record)
		}
		s.buf = append(s.buf, make([]byte, min(len(s.buf), maxRecordBytes+blockBytes-len(s.buf)))...)
	}
	if n := len(s.split.ends); n > 0 {
		s.done = int(s.split.seps[s.split.ends[n-1]]) + 1
	}
	if s.guessed && (s.split.seen.nul != 0 || s.split.seen.high != 0 && !utf8.Valid(s.buf[:s.done])) {
		return errGuess
	}
	s.findRows()
	return nil
}

func (s *textScan) longRecord(record int64) error {
	return limit("the record is longer than %d MiB", maxRecordBytes>>20).record(record).
		hint("look for a quote that is not closed, and for line ends, near this record")
}

// fill reads until the buffer is full, keeping one byte for the line end that
// the last record may lack.
func (s *textScan) fill() error {
	if s.eof {
		return nil
	}
	n, err := readFull(s.in, s.buf[s.have:len(s.buf)-1])
	if err != nil {
		return damaged(err)
	}
	s.have += n
	if s.have < len(s.buf)-1 {
		s.eof = true
		if s.have > 0 && s.buf[s.have-1] != s.file.dialect.newline() {
			s.buf[s.have] = s.file.dialect.newline()
			s.have++
			s.unended = true
		}
	}
	return nil
}

// findRows lists the records of the block, without blank lines, and checks
// them.
func (s *textScan) findRows() {
	s.rows, s.ragged, s.used, s.failed = s.rows[:0], s.ragged[:0], 0, nil
	text, columns := s.buf[:s.done], uint32(len(s.file.columns))
	nul := -1
	if s.file.nul {
		nul = bytes.IndexByte(text, 0)
	}
	long := len(text) > maxFieldBytes
	s.findQuotes()
	before := uint32(0)
	for _, end := range s.split.ends {
		fields := end - before
		start, stop := int(s.split.seps[before]+1), int(s.split.seps[end])
		if fields == 1 && s.blank(text[start:stop]) {
			before = end
			continue
		}
		if nul >= 0 && nul < stop {
			s.failed = fault("a NUL byte: want text").record(s.record + int64(len(s.rows)))
			return
		}
		if stop-start > maxRecordBytes {
			s.failed = s.longRecord(s.record + int64(len(s.rows)))
			return
		}
		if long && s.tooLong(before, end) {
			s.failed = limit("a field longer than %d MiB", maxFieldBytes>>20).record(s.record + int64(len(s.rows))).
				hint("look for a quote that is not closed near this record")
			return
		}
		if s.file.isHeader(text[start:stop]) {
			s.failed = headerAgain().record(s.record + int64(len(s.rows)))
			return
		}
		if s.unended && fields < columns && stop == s.have-1 {
			s.failed = fault("the last record has fewer fields than the header, and no line end: want the whole file").record(s.record + int64(len(s.rows))).
				hint("the file was cut short, or a note stands below the table: export it again and copy it whole")
			return
		}
		s.rows = append(s.rows, before)
		s.ragged = append(s.ragged, fields != columns)
		before = end
	}
	if s.split.bad >= 0 {
		s.failed = fault("a quote where none may be: want quotes around the whole field, doubled inside it").
			record(s.record + int64(len(s.rows)))
	}
}

// findQuotes finds the columns that have fields with quotes.
func (s *textScan) findQuotes() {
	clear(s.quoted)
	quoted, before := s.split.quoted, uint32(0)
	for _, end := range s.split.ends {
		for ; len(quoted) > 0 && quoted[0] < end; quoted = quoted[1:] {
			if column := int(quoted[0] - before); column < len(s.quoted) {
				s.quoted[column] = true
			}
		}
		before = end
	}
}

func (s *textScan) blank(line []byte) bool {
	return len(line) == 0 || len(line) == 1 && line[0] == '\r' && !s.file.dialect.bareCR
}

func (s *textScan) tooLong(before, end uint32) bool {
	seps := s.split.seps[before : end+1]
	for i := 1; i < len(seps); i++ {
		if seps[i]-(seps[i-1]+1) > maxFieldBytes {
			return true
		}
	}
	return false
}

// batch returns the next rows of the block.
func (s *textScan) batch() *Raw {
	n := min(len(s.rows)-s.used, extract.MaxBatchRows)
	rows, ragged := s.rows[s.used:s.used+n], s.ragged[s.used:s.used+n]
	s.raw.Rows, s.raw.First, s.raw.Ragged = n, s.record, nil
	for i, r := range ragged {
		if r {
			if s.raw.Ragged == nil {
				clear(s.bits)
				s.raw.Ragged = s.bits[:bitmap.Words(n)]
			}
			bitmap.Set(s.raw.Ragged, i)
			rows[i] = ^uint32(0)
		}
	}
	for i, c := range s.cols {
		if s.twin[i] >= 0 {
			s.raw.Columns[i] = s.raw.Columns[s.twin[i]]
			continue
		}
		s.spans(&s.raw.Columns[i], rows, uint32(c))
	}
	taken := s.in.taken()
	s.raw.Bytes, s.taken = taken-s.taken, taken
	s.used += n
	s.record += int64(n)
	return &s.raw
}

// spans finds the fields of column c; a ragged row has an empty one.
func (s *textScan) spans(out *RawColumn, rows []uint32, c uint32) {
	if cap(out.Start) < len(rows) {
		size := min(len(rows)*5/4, extract.MaxBatchRows)
		out.Start, out.End = make([]uint32, size), make([]uint32, size)
	}
	start, end := out.Start[:len(rows)], out.End[:len(rows)]
	seps := s.split.seps[min(int(c), len(s.split.seps)):]
	if s.raw.Ragged == nil {
		for i, k := range rows {
			around := seps[k:][:2]
			start[i], end[i] = around[0]+1, around[1]
		}
	} else {
		for i, k := range rows {
			start[i], end[i] = 0, 0
			if k != ^uint32(0) {
				start[i], end[i] = seps[k]+1, seps[k+1]
			}
		}
	}
	text := s.buf[:s.done]
	if int(c) == len(s.file.columns)-1 && !s.file.dialect.bareCR {
		for i, e := range end {
			if e > start[i] && text[e-1] == '\r' {
				end[i] = e - 1
			}
		}
	}
	if s.quoted[c] {
		unquote(text, start, end)
	}
	out.Data, out.Start, out.End = text, start, end
}

// unquote takes the quotes off the fields that have them, and joins doubled
// ones in place.
func unquote(text []byte, start, end []uint32) {
	for i, from := range start {
		to := end[i]
		if from == to || text[from] != '"' {
			continue
		}
		from, to = from+1, to-1
		if inner := text[from:to]; bytes.IndexByte(inner, '"') >= 0 {
			to = from + uint32(undouble(inner))
		}
		start[i], end[i] = from, to
	}
}

func undouble(b []byte) int {
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		n++
		if b[i] == '"' {
			i++
		}
	}
	return n
}
