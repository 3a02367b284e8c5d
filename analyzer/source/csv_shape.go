package source

import (
	"bytes"
	"errors"
	"slices"

	"paperlight/analyzer/visible"
)

// A shape is how the records of a text fit its header.
type shape struct {
	rows, ragged int64
	// fewest and most are the fields of ragged rows.
	fewest, most int
}

// shape looks through the parts until enough is known, or to the end.
func (t *textFile) shape(parts []textSpan, enough func(*shape) bool) (shape, error) {
	var out shape
	for _, span := range parts {
		s, err := t.open(span, nil)
		if err != nil {
			return out, err
		}
		scan := t.scan(span, s, nil)
		err = scan.shape(&out, enough)
		s.close()
		t.spare.Put(scan)
		if err != nil || enough(&out) {
			return out, err
		}
	}
	return out, nil
}

func (s *textScan) shape(out *shape, enough func(*shape) bool) error {
	b := s.block
	for !b.ended() {
		if err := b.read(s.in, b); err != nil {
			return err
		}
		for i, ragged := range b.ragged {
			out.rows++
			if ragged {
				out.count(b.fields(i))
			}
		}
		if b.failed != nil || enough(out) {
			return b.failed
		}
	}
	return nil
}

func (s *shape) count(fields int) {
	if s.ragged++; s.ragged == 1 {
		s.fewest = fields
	}
	s.fewest, s.most = min(s.fewest, fields), max(s.most, fields)
}

// fields counts those of row i of the block.
func (b *textBlock) fields(i int) int {
	before := b.rows[i]
	end, _ := slices.BinarySearch(b.split.ends, before+1)
	return int(b.split.ends[end] - before)
}

// fitsHeader refuses a text of which no row has as many fields as the header: nobody
// can tell which value belongs to which name.
func (t *textFile) fitsHeader(parts []textSpan) error {
	s, err := t.shape(parts, func(s *shape) bool { return s.rows > s.ragged })
	if err != nil {
		return nil //nolint:nilerr // what else is wrong is told where the rows are read
	}
	if s.rows == 0 || s.rows > s.ragged {
		return nil
	}
	fields := "fields"
	if s.most == 1 {
		fields = "field"
	}
	e := fault("the header has %d names, but every row has %d %s", len(t.columns), s.most, fields)
	if s.fewest < s.most {
		e = fault("the header has %d names, but every row has another number of fields: %d to %d", len(t.columns), s.fewest, s.most)
	}
	e.noTable = "none of its rows fits its first line"
	if _, data := visible.Header(t.columns, nil); data {
		return e.hint(visible.HeaderHint)
	}
	return e.hint("export the table again, so that the header names each column once; look for a separator within a value or at the end of each line")
}

// quotes reports whether the quotes with which fields of a tab-separated text begin
// enclose them. In vocabularies, and other tables that know no quoting, a term may begin
// with one: taken for the start of a field, it would swallow all rows up to the next.
func (t *textFile) quotes(chunks []chunk, start int64) (bool, error) {
	var all [2]shape
	for i, quoted := range []bool{false, true} {
		t.dialect.quoted = quoted
		var err error
		all[i], err = t.shape(t.cut(chunks, start, quoted), func(*shape) bool { return false })
		var e *DecodeError
		switch {
		case err == nil:
		case quoted && errors.As(err, &e) && !e.Limit:
			return false, nil
		case quoted:
			return false, err
		default: // a fault that has nothing to do with quotes is told where the rows are read
			return true, nil
		}
	}
	with, without := all[1], all[0]
	return with.ragged < without.ragged || with == without, nil
}

// isHeader reports whether a record is the header line once more.
func (t *textFile) isHeader(line []byte) bool {
	const bom, most = "\xef\xbb\xbf", len("\xef\xbb\xbf\r")
	if more := len(line) - len(t.header); more < 0 || more > most || len(t.columns) < 2 || t.header == nil {
		return false
	}
	return bytes.Equal(bytes.TrimSuffix(bytes.TrimPrefix(line, []byte(bom)), []byte("\r")), t.header)
}

func headerAgain() *DecodeError {
	return fault("repeats the header: two files were put together").
		hint("take the second header out of the file, or give each file as a part of its own in a folder of the table's name")
}
