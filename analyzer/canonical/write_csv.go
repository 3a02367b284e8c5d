package canonical

import (
	"bytes"
	"io"
	"strconv"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// csvWriter writes blocks as canonical CSV.
type csvWriter struct {
	out  io.Writer
	rows []byte // that are not written yet
	bare []bool // columns of the block in which no cell needs quotes
}

// csvBytes is how much is kept before it is written.
const csvBytes = 1 << 16

func newCSVWriter(w io.Writer, b *Block) *csvWriter {
	c := &csvWriter{out: w, rows: make([]byte, 0, csvBytes+1<<12)}
	for i, col := range b.Columns {
		if i > 0 {
			c.rows = append(c.rows, ',')
		}
		c.rows = append(c.rows, col.Name...)
	}
	c.rows = append(c.rows, '\n')
	return c
}

func (c *csvWriter) Write(b *Block) error {
	c.bare = c.bare[:0]
	for _, col := range b.Columns {
		c.bare = append(c.bare, isBare(col.Bytes))
	}
	for i := range b.Rows {
		for k, col := range b.Columns {
			if k > 0 {
				c.rows = append(c.rows, ',')
			}
			if col.Known[i] {
				c.rows = appendCell(c.rows, col, i, c.bare[k])
			}
		}
		if c.rows = append(c.rows, '\n'); len(c.rows) >= csvBytes {
			if err := c.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *csvWriter) flush() error {
	_, err := c.out.Write(c.rows)
	c.rows = c.rows[:0]
	return err
}

func (c *csvWriter) Close() error { return c.flush() }

// isBare reports whether text can stand without quotes.
func isBare(text []byte) bool {
	for _, special := range [...]byte{',', '"', '\r', '\n'} {
		if bytes.IndexByte(text, special) >= 0 {
			return false
		}
	}
	return true
}

// appendCell appends a cell; one of a bare column needs no quotes.
func appendCell(line []byte, col *Column, i int, bare bool) []byte {
	switch col.Type {
	case schema.Date:
		return appendDate(line, calendar.Day(col.Ints[i]))
	case schema.Int:
		return strconv.AppendInt(line, col.Ints[i], 10)
	case schema.Bool:
		return strconv.AppendBool(line, col.Ints[i] != 0)
	case schema.Decimal:
		return strconv.AppendFloat(line, col.Reals[i], 'f', -1, 64)
	}
	text := col.Text(i)
	if bare || isBare(text) {
		return append(line, text...)
	}
	line = append(line, '"')
	for _, ch := range text {
		if ch == '"' {
			line = append(line, '"')
		}
		line = append(line, ch)
	}
	return append(line, '"')
}

// appendDate appends a day as YYYY-MM-DD.
func appendDate(line []byte, d calendar.Day) []byte {
	year, month, day := calendar.Civil(d)
	if year < 0 || year > 9999 {
		return append(line, d.String()...) // no such day can be read again
	}
	digit := func(n int) byte { return byte('0' + n%10) }
	return append(line, digit(year/1000), digit(year/100), digit(year/10), digit(year), '-',
		digit(month/10), digit(month), '-', digit(day/10), digit(day))
}
