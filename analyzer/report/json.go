package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"paperlight/analyzer/visible"
)

//go:embed report.schema.json
var schemaJSON []byte

// Schema is the JSON Schema of the JSON form.
func Schema() []byte { return bytes.Clone(schemaJSON) }

// WriteJSON writes the report as one indented JSON object. Equal reports give
// equal bytes. Options are not used: the JSON form holds the report and
// nothing else. What would hide or turn text is written as \u escapes, so that
// the value is kept and the file can be read safely.
func WriteJSON(w io.Writer, r Released, _ Options) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r.whole()); err != nil {
		return fmt.Errorf("write the report as JSON: %w", err)
	}
	_, err := w.Write(escapeHidden(buffer.Bytes()))
	return err
}

// escapeHidden writes hidden characters of JSON text as \u escapes. They can
// only stand in strings; the line ends of the indentation stay.
func escapeHidden(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		plain := 0
		for plain < len(text) && (text[plain] == '\n' || text[plain] >= ' ' && text[plain] < 0x7f) {
			plain++
		}
		out, text = append(out, text[:plain]...), text[plain:]
		if len(text) == 0 {
			break
		}
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '\n' || !visible.Hidden(r):
			out = append(out, text[:size]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}

// ReadJSON reads what WriteJSON wrote, now or before the requirements of a
// scheme were part of it.
func ReadJSON(r io.Reader) (*Report, error) {
	var out Report
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&out); err != nil {
		return nil, fmt.Errorf("read a report: %w", err)
	}
	for i := range out.Practices {
		if out.Practices[i].Requirements == nil {
			out.Practices[i].Requirements = []Requirement{}
		}
	}
	return &out, nil
}
