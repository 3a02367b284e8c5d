package source

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// scalar reads a text, number or truth value as its text, and null as nothing. It is
// valid until the next reading; where keep is false it is checked alone.
func (j *jsonReader) scalar(keep bool) ([]byte, error) {
	c, err := j.value()
	if err != nil {
		return nil, err
	}
	switch {
	case c == '"':
		return j.text(keep)
	case c == 't':
		return j.word("true")
	case c == 'f':
		return j.word("false")
	case c == 'n':
		_, err := j.word("null")
		return nil, err
	case c == '-' || c-'0' <= 9:
		return j.number()
	}
	return nil, j.fault("want a value of JSON")
}

func (j *jsonReader) word(want string) ([]byte, error) {
	if err := j.ahead(len(want)); err != nil {
		return nil, err
	}
	have := j.buf[j.pos:min(j.pos+len(want), j.end)]
	if string(have) != want {
		return nil, j.fault("want true, false or null in full")
	}
	j.pos += len(want)
	return have, nil
}

// number reads -?int[.frac][e[sign]exp].
func (j *jsonReader) number() ([]byte, error) {
	if err := j.ahead(maxJSONNumber + 1); err != nil {
		return nil, err
	}
	b, n := j.buf[j.pos:j.end], 0
	digits := func() bool {
		from := n
		for n < len(b) && b[n]-'0' <= 9 {
			n++
		}
		return n > from
	}
	is := func(set string) bool {
		if n < len(b) && bytes.IndexByte([]byte(set), b[n]) >= 0 {
			n++
			return true
		}
		return false
	}
	is("-")
	whole := is("0") || digits()
	if whole && is(".") {
		whole = digits()
	}
	if whole && is("eE") {
		is("+-")
		whole = digits()
	}
	switch {
	case n > maxJSONNumber:
		return nil, j.limit("a number of over %d digits", maxJSONNumber)
	case !whole || n < len(b) && (b[n]-'0' <= 9 || b[n] == '.'):
		return nil, j.fault("want a number as JSON writes it")
	}
	j.pos += n
	return b[:n], nil
}

// text reads the text in quotes that follows.
func (j *jsonReader) text(keep bool) ([]byte, error) {
	j.pos++
	n := plainRun(j.buf[j.pos:j.end])
	if j.pos+n < j.end && j.buf[j.pos+n] == '"' {
		text := j.buf[j.pos : j.pos+n]
		j.pos += n + 1
		if len(text) > maxFieldBytes {
			return nil, j.tooLong()
		}
		return text, nil
	}
	return j.long(keep)
}

// plainRun is how many bytes need no second look.
func plainRun(b []byte) int {
	for i, c := range b {
		if c == '"' || c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// long reads the rest of a text that is not plain, or not in the buffer as a whole.
// A text that is not kept may be longer than one that is if it can be an attachment.
func (j *jsonReader) long(keep bool) ([]byte, error) {
	j.held = j.held[:0]
	size, packed := 0, true
	add := func(b []byte) error {
		if size += len(b); keep {
			j.held = append(j.held, b...)
		} else if packed {
			packed = isBase64(b)
		}
		if size > maxAttachment || size > maxFieldBytes && (keep || !packed) {
			return j.tooLong()
		}
		return nil
	}
	for {
		more, err := j.byte()
		if err == nil && !more {
			err = j.ended()
		}
		if err != nil {
			return nil, err
		}
		n := plainRun(j.buf[j.pos:j.end])
		if err := add(j.buf[j.pos : j.pos+n]); err != nil {
			return nil, err
		}
		if j.pos += n; j.pos == j.end {
			continue
		}
		if j.buf[j.pos] == '"' {
			j.pos++
			return j.held, nil
		}
		r, err := j.character()
		if err != nil {
			return nil, err
		}
		var b [utf8.UTFMax]byte
		if err := add(b[:utf8.EncodeRune(b[:], r)]); err != nil {
			return nil, err
		}
	}
}

func (j *jsonReader) tooLong() error {
	return j.limit("a text longer than %d MiB", maxFieldBytes>>20).hint("look for a quote that is missing near this place")
}

// isBase64 reports whether the bytes are of those that attachments are written in.
func isBase64(b []byte) bool {
	for _, c := range b {
		if c|0x20-'a' >= 26 && c-'0' > 9 && c != '+' && c != '/' && c != '=' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// character reads one character that is not plain.
func (j *jsonReader) character() (rune, error) {
	switch c := j.buf[j.pos]; {
	case c == '\\':
		return j.escape()
	case c == 0:
		return 0, j.fault("a NUL byte: want text")
	case c < ' ':
		return 0, j.fault("a line end or control character inside a text: want it escaped").hint("look for a quote that is missing near this place")
	}
	if err := j.ahead(utf8.UTFMax); err != nil {
		return 0, err
	}
	r, n := utf8.DecodeRune(j.buf[j.pos:j.end])
	if r == utf8.RuneError && n == 1 {
		return 0, j.fault("want text in UTF-8").hint("export or save the file again in UTF-8")
	}
	j.pos += n
	return r, nil
}

var jsonEscapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads an escaped character, \n or \u00e9 or a pair of surrogates.
func (j *jsonReader) escape() (rune, error) {
	if err := j.ahead(12); err != nil {
		return 0, err
	}
	b := j.buf[j.pos:j.end]
	if len(b) < 2 {
		return 0, j.ended()
	}
	if r, ok := jsonEscapes[b[1]]; ok {
		j.pos += 2
		return r, nil
	}
	r, ok := unicodeEscape(b)
	switch {
	case !ok:
		return 0, j.fault("a backslash that begins no escape of JSON")
	case r == 0:
		return 0, j.fault("a NUL character: want text")
	case !utf16.IsSurrogate(r):
		j.pos += 6
		return r, nil
	}
	low, ok := unicodeEscape(b[6:])
	if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
		j.pos += 12
		return pair, nil
	}
	return 0, j.fault("half of a pair of surrogates: want both").hint("the file was written by a program that cuts characters: export it again")
}

// unicodeEscape reads \uXXXX.
func unicodeEscape(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c-'0' <= 9:
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
