package source

import (
	"bytes"
	"unicode/utf8"
)

// A textBlock is some bytes of a text that end with a record, and where its rows are.
type textBlock struct {
	file  *textFile
	split splitter
	buf   []byte
	have  int // bytes in buf
	done  int // of these, bytes of whole records
	eof   bool
	// unended: the file ended without the line end of its last record.
	unended bool
	record  int64 // number of its first record
	taken   int64 // stored bytes read up to its end
	guessed bool  // what the text is was guessed, and must be found so

	// rows are indexes into split.seps of the line end before; ragged[i] marks rows that
	// do not fit.
	rows   []uint32
	ragged []bool
	quoted []bool // by column of the file: some field has quotes
	failed error  // comes after the rows
}

func newTextBlock(t *textFile) *textBlock {
	return &textBlock{file: t, split: splitter{dialect: t.dialect}, quoted: make([]bool, len(t.columns))}
}

// start makes it the empty block before a record.
func (b *textBlock) start(record int64) {
	b.record, b.have, b.done, b.eof, b.unended, b.taken, b.guessed = record, 0, 0, false, false, 0, false
	b.rows, b.ragged, b.failed = b.rows[:0], b.ragged[:0], nil
}

// ended reports whether no record comes after the block.
func (b *textBlock) ended() bool { return b.eof && b.done == b.have }

// read reads what comes after the block before, which may be this one, until at least one
// record is complete, and finds the rows.
func (b *textBlock) read(in *stream, before *textBlock) error {
	if begun := before.have - before.done; b != before && len(b.buf) <= max(blockBytes, begun) {
		b.buf = make([]byte, max(blockBytes, 2*begun)+1)
	}
	b.record = before.record + int64(len(before.rows))
	b.eof, b.unended, b.guessed = before.eof, before.unended, before.guessed
	b.have = copy(b.buf, before.buf[before.done:before.have])
	b.done = 0
	defer func() { b.taken = in.taken() }()
	b.rows, b.ragged, b.failed = b.rows[:0], b.ragged[:0], nil
	for {
		if err := b.fill(in); err != nil {
			return err
		}
		text := b.buf[:b.have]
		b.split.split(text)
		if b.split.bad >= 0 || len(b.split.ends) > 0 {
			break
		}
		if b.eof {
			if b.have == 0 {
				return nil
			}
			return fault("a quoted field is not closed").record(b.record)
		}
		if b.have >= maxRecordBytes {
			return b.longRecord(b.record)
		}
		b.buf = append(b.buf, make([]byte, min(len(b.buf), maxRecordBytes+blockBytes-len(b.buf)))...)
	}
	if n := len(b.split.ends); n > 0 {
		b.done = int(b.split.seps[b.split.ends[n-1]]) + 1
	}
	if b.guessed && (b.split.seen.nul != 0 || b.split.seen.high != 0 && !utf8.Valid(b.buf[:b.done])) {
		return errGuess
	}
	b.findRows()
	return nil
}

func (b *textBlock) longRecord(record int64) error {
	return limit("the record is longer than %d MiB", maxRecordBytes>>20).record(record).
		hint("look for a quote that is not closed, and for line ends, near this record")
}

// fill reads until the buffer is full, keeping one byte for the line end that
// the last record may lack.
func (b *textBlock) fill(in *stream) error {
	if b.eof {
		return nil
	}
	n, err := readFull(in, b.buf[b.have:len(b.buf)-1])
	if err != nil {
		return damaged(err)
	}
	b.have += n
	if b.have < len(b.buf)-1 {
		b.eof = true
		if b.have > 0 && b.buf[b.have-1] != b.file.dialect.newline() {
			b.buf[b.have] = b.file.dialect.newline()
			b.have++
			b.unended = true
		}
	}
	return nil
}

// findRows lists the records of the block, without blank lines, and checks
// them.
func (b *textBlock) findRows() {
	text, columns := b.buf[:b.done], uint32(len(b.file.columns))
	nul := -1
	if b.file.nul {
		nul = bytes.IndexByte(text, 0)
	}
	long := len(text) > maxFieldBytes
	b.findQuotes()
	before := uint32(0)
	for _, end := range b.split.ends {
		fields := end - before
		start, stop := int(b.split.seps[before]+1), int(b.split.seps[end])
		if fields == 1 && b.blank(text[start:stop]) {
			before = end
			continue
		}
		if nul >= 0 && nul < stop {
			b.failed = fault("a NUL byte: want text").record(b.record + int64(len(b.rows)))
			return
		}
		if stop-start > maxRecordBytes {
			b.failed = b.longRecord(b.record + int64(len(b.rows)))
			return
		}
		if long && b.tooLong(before, end) {
			b.failed = limit("a field longer than %d MiB", maxFieldBytes>>20).record(b.record + int64(len(b.rows))).
				hint("look for a quote that is not closed near this record")
			return
		}
		if b.file.isHeader(text[start:stop]) {
			b.failed = headerAgain().record(b.record + int64(len(b.rows)))
			return
		}
		if b.unended && fields < columns && stop == b.have-1 {
			b.failed = fault("the last record has fewer fields than the header, and no line end: want the whole file").record(b.record + int64(len(b.rows))).
				hint("the file was cut short, or a note stands below the table: export it again and copy it whole")
			return
		}
		b.rows = append(b.rows, before)
		b.ragged = append(b.ragged, fields != columns)
		before = end
	}
	if b.split.bad >= 0 {
		b.failed = fault("a quote where none may be: want quotes around the whole field, doubled inside it").
			record(b.record + int64(len(b.rows)))
	}
}

// findQuotes finds the columns that have fields with quotes.
func (b *textBlock) findQuotes() {
	clear(b.quoted)
	quoted, before := b.split.quoted, uint32(0)
	for _, end := range b.split.ends {
		for ; len(quoted) > 0 && quoted[0] < end; quoted = quoted[1:] {
			if column := int(quoted[0] - before); column < len(b.quoted) {
				b.quoted[column] = true
			}
		}
		before = end
	}
}

func (b *textBlock) blank(line []byte) bool {
	return len(line) == 0 || len(line) == 1 && line[0] == '\r' && !b.file.dialect.bareCR
}

func (b *textBlock) tooLong(before, end uint32) bool {
	seps := b.split.seps[before : end+1]
	for i := 1; i < len(seps); i++ {
		if seps[i]-(seps[i-1]+1) > maxFieldBytes {
			return true
		}
	}
	return false
}
