package canonical

import (
	"bufio"
	"bytes"
	"io"
	"strconv"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// csvWriter writes blocks as canonical CSV.
type csvWriter struct {
	out  *bufio.Writer
	line []byte
}

func newCSVWriter(w io.Writer, b *Block) *csvWriter {
	c := &csvWriter{out: bufio.NewWriterSize(w, 1<<20)}
	for i, col := range b.Columns {
		if i > 0 {
			c.out.WriteByte(',')
		}
		c.out.WriteString(col.Name)
	}
	c.out.WriteByte('\n')
	return c
}

func (c *csvWriter) Write(b *Block) error {
	for i := range b.Rows {
		c.line = c.line[:0]
		for k, col := range b.Columns {
			if k > 0 {
				c.line = append(c.line, ',')
			}
			if col.Known[i] {
				c.line = appendCell(c.line, col, i)
			}
		}
		c.line = append(c.line, '\n')
		if _, err := c.out.Write(c.line); err != nil {
			return err
		}
	}
	return nil
}

func (c *csvWriter) Close() error { return c.out.Flush() }

func appendCell(line []byte, col *Column, i int) []byte {
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
	if !bytes.ContainsAny(text, ",\"\r\n") {
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
	for _, part := range [...]struct{ n, scale int }{{year, 1000}, {month, 10}, {day, 10}} {
		if part.scale == 10 {
			line = append(line, '-')
		}
		for scale := part.scale; scale > 0; scale /= 10 {
			line = append(line, byte('0'+part.n/scale%10))
		}
	}
	return line
}
