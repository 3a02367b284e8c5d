package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"

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
	text, err := visible.JSON(r.whole())
	if err != nil {
		return fmt.Errorf("write the report as JSON: %w", err)
	}
	_, err = w.Write(text)
	return err
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
