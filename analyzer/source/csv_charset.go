package source

import (
	"io"
	"unicode/utf8"
)

// windowsUpper holds the characters of Windows-1252 from 0x80 to 0x9f; the
// five undefined ones are the control characters of that number, as browsers
// read them. Elsewhere the byte is the code point.
var windowsUpper = [32]rune{
	0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
}

func appendWindows1252(dst, src []byte) []byte {
	for _, c := range src {
		switch {
		case c < 0x80:
			dst = append(dst, c)
		case c < 0xa0:
			dst = utf8.AppendRune(dst, windowsUpper[c-0x80])
		default:
			dst = utf8.AppendRune(dst, rune(c))
		}
	}
	return dst
}

// windowsReader turns Windows-1252 into UTF-8.
type windowsReader struct {
	r       io.Reader
	raw     [4096]byte
	text    []byte // converted and not yet handed out
	scratch [3 * 4096]byte
}

func (w *windowsReader) Read(p []byte) (int, error) {
	if len(w.text) == 0 {
		n, err := w.r.Read(w.raw[:])
		if n == 0 {
			return 0, err
		}
		// An error beside bytes comes again with the next read.
		w.text = appendWindows1252(w.scratch[:0], w.raw[:n])
	}
	n := copy(p, w.text)
	w.text = w.text[n:]
	return n, nil
}

// validFrom reports whether the characters that begin in b[from:to] are valid
// UTF-8; a character that began before from is its own chunk's business.
func validFrom(b []byte, from, to int) bool {
	start, end := characterStart(b, from), characterStart(b, to)
	// None begins here where one before claims more bytes than follow it:
	// that one is not valid, which its own chunk finds.
	return start >= end || utf8.Valid(b[start:end])
}

// characterStart returns the first place at or after i where a character
// begins, given that the one before is whole.
func characterStart(b []byte, i int) int {
	for back := 1; back <= margin && i-back >= 0; back++ {
		c := b[i-back]
		if c&0xc0 == 0x80 {
			continue
		}
		length := 1
		switch {
		case c >= 0xf0:
			length = 4
		case c >= 0xe0:
			length = 3
		case c >= 0xc0:
			length = 2
		}
		return min(max(i, i-back+length), len(b))
	}
	return i
}
