// Package visible makes text that others wrote safe to print: names of files
// and columns, codes and answers may hold what steers a terminal, turns the
// direction of a line, or cannot be seen at all.
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line shows what a reader would not see: control characters and bytes that are
// no text as \xNN; direction marks, separators of lines, fillers, zero-width
// characters and the like as \uNNNN. The text it gives is one line.
func Line(s string) string { return escape(s, "", len(s)) }

// Text is Line, and leaves the line ends and tabs of our own messages.
func Text(s string) string { return escape(s, "\n\t", len(s)) }

// Name is Line, and cuts what is longer than a name should be.
func Name(s string) string { return escape(s, "", longestName) }

// longestName is how many characters of a name are shown.
const longestName = 80

// escape shows at most so many characters of s, those of stay as they are.
func escape(s, stay string, most int) string {
	if len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return Hidden(r) && !strings.ContainsRune(stay, r) }) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for ; len(s) > 0; most-- {
		if most == 0 {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case !Hidden(r), strings.ContainsRune(stay, r):
			b.WriteRune(r)
		case r <= 0x9f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
		s = s[size:]
	}
	return b.String()
}

// Hidden reports whether a character leaves no mark of its own.
func Hidden(r rune) bool {
	switch {
	case uint32(r) < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
		return true
	case r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x034f, r == 0x2800:
		return true // fillers, the grapheme joiner and the empty Braille cell
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef, r >= 0x180b && r <= 0x180f:
		return true // variation selectors
	}
	return false
}
