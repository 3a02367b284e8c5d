package rules

import (
	"strings"

	"paperlight/analyzer/visible"
)

// A textFile is a page, a scheme or another file of a rule set, as it was read.
type textFile struct {
	name     string // in messages
	text     []byte // without a byte-order mark
	sha256   string
	parted   []string
	compiled *compiled
}

func newTextFile(name string, text []byte, c *compiled) *textFile {
	return &textFile{name: name, text: visible.Unmarked(text), sha256: digest(text), compiled: c}
}

func (t *textFile) lines() []string {
	if t.parted == nil {
		t.parted = strings.Split(string(t.text), "\n")
	}
	return t.parted
}

func (t *textFile) document(faults *faults) *document {
	return &document{file: t.name, lines: t.lines(), faults: faults}
}

// yaml returns the values of the part of the file that is YAML, parsed when the
// program was built or now. A file has one such part.
func (t *textFile) yaml(part []string) (*value, error) {
	if v := t.compiled.values(t.sha256); v != nil {
		return v, nil
	}
	v, err := parseYAML(t.name, []byte(strings.Join(part, "\n")))
	if err == nil {
		t.compiled.note(t.sha256, v)
	}
	return v, err
}

// checkUTF8 refuses text in UTF-16, which would be named for what a reader makes of it.
func checkUTF8(file string, text []byte) error {
	if visible.UTF16(text) {
		return &Error{File: file, Line: 1, Column: 1, Message: visible.UTF16Fault, Hint: visible.UTF16Hint}
	}
	return nil
}
