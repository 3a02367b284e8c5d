package report

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible shows what a reader would not see, or what would steer a terminal or
// turn the direction of a line: control characters and bytes that are no text
// as \xNN; direction marks, zero-width characters and the like as \uNNNN.
func visible(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1, r < 0x20, r >= 0x7f && r <= 0x9f:
			fmt.Fprintf(&b, `\x%02x`, byteOf(r, s))
		case hidden(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

func byteOf(r rune, s string) byte {
	if r == utf8.RuneError {
		return s[0]
	}
	return byte(r)
}

// hidden reports whether a character leaves no mark of its own.
func hidden(r rune) bool {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
		return true
	case r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x034f, r == 0x2800:
		return true // fillers, the grapheme joiner and the empty Braille cell
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef, r >= 0x180b && r <= 0x180f:
		return true // variation selectors
	}
	return false
}

// presentable copies a report with every text made visible, for the forms that
// people read.
func presentable(r *Report) *Report {
	out := visibleCopy(reflect.ValueOf(*r)).Interface().(Report)
	return &out
}

// visibleCopy copies a value in depth. Prose of a rule page may run over
// several lines; line ends in it are spaces.
func visibleCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(visible(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(v.String()), "\r\n", " "), "\n", " ")))
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(visibleCopy(v.Field(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(visibleCopy(v.Index(i)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(visibleCopy(v.Elem()))
		}
	default:
		out.Set(v)
	}
	return out
}
