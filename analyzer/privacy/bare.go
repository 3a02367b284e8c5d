package privacy

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// around reports whether a character is one of those that programs put around a value:
// blanks, the quotes and the sign of equality by which spreadsheets keep a number a text,
// and brackets.
func around(c byte) bool {
	switch c {
	case '"', '\'', '`', '=', '<', '>', '[', ']', '{', '}', '*':
		return true
	}
	return space(c)
}

// bare is a cell without what stands around its value, with the blanks, strokes and
// letters of typesetters as a keyboard has them.
func bare(cell []byte) []byte {
	if typeset(cell) {
		cell = asTyped(make([]byte, 0, len(cell)), cell)
	}
	cell = bytes.TrimSpace(cell)
	for len(cell) > 0 && around(cell[0]) {
		cell = cell[1:]
	}
	for len(cell) > 0 && around(cell[len(cell)-1]) {
		cell = cell[:len(cell)-1]
	}
	return cell
}

// typeset reports whether a text may hold a character that asTyped changes.
func typeset(cell []byte) bool {
	for i, c := range cell {
		switch {
		case c < 0xc2:
		case c == 0xc2 && i+1 < len(cell) && (cell[i+1] == 0xa0 || cell[i+1] == 0xad),
			c == 0xe2 && i+1 < len(cell) && (cell[i+1] == 0x80 || cell[i+1] == 0x81), c == 0xe3 && i+1 < len(cell) && cell[i+1] == 0x80, c == 0xef:
			return true
		}
	}
	return false
}

func asTyped(to, cell []byte) []byte {
	for len(cell) > 0 {
		r, size := utf8.DecodeRune(cell)
		switch {
		case r == utf8.RuneError:
			to = append(to, cell[:size]...)
		case r >= 0x80 && unicode.IsSpace(r):
			to = append(to, ' ')
		case r == 0xad || r == 0xfeff || r >= 0x200b && r <= 0x200f || r == 0x2060: // nobody sees them
		case r >= 0x2010 && r <= 0x2015:
			to = append(to, '-')
		case r == 0x2018 || r == 0x2019:
			to = append(to, '\'')
		case r == 0x201c || r == 0x201d:
			to = append(to, '"')
		case r >= 0xff01 && r <= 0xff5e: // as wide as Chinese letters
			to = append(to, byte(r-0xff01+'!'))
		default:
			to = append(to, cell[:size]...)
		}
		cell = cell[size:]
	}
	return to
}
