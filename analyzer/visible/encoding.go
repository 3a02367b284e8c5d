package visible

import "bytes"

// What editors and shells of Windows put before a text, and the cure where they
// saved it in another form than ours.
const (
	byteOrderMark = "\ufeff"
	// UTF16Fault and UTF16Hint say what is wrong with a text that UTF16 finds.
	UTF16Fault = "want UTF-8 text, this is UTF-16"
	UTF16Hint  = `save the file again as UTF-8: in Notepad choose "Save as", and under "Encoding" UTF-8`
)

// Unmarked is a text without the byte-order mark that may stand before it.
func Unmarked(text []byte) []byte { return bytes.TrimPrefix(text, []byte(byteOrderMark)) }

// UTF16 reports whether a text begins as one in UTF-16 does: with a mark, or with
// characters of which every second byte is NUL.
func UTF16(text []byte) bool {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return true
	}
	return len(text) >= 4 && (text[0] == 0) != (text[1] == 0) && (text[2] == 0) != (text[3] == 0)
}
