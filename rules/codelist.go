package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/visible"
)

// maxCodelist bounds the bytes of a code list; the largest published drug
// lists are a few megabytes.
const maxCodelist = 32 << 20

// CodeSystems are the systems a code list may name, in the order of output.
var CodeSystems = []string{"sct", "dmd", "read2", "ctv3", "bnf", "local"}

// A Codelist is a named, versioned set of codes and where it comes from.
type Codelist struct {
	Name string
	// Title, Source, Release and Licence come from the file beside the codes;
	// Notes say what is missing or was left out. They may be empty in a list
	// of a user.
	Title, Source, Release, Licence, Notes string
	// Covers are the systems for which the list has the codes that it means to
	// have; where the file does not say, those that it has codes of. Supplements
	// names a list that this one only adds to; may be empty.
	Covers      []string
	Supplements string
	Entries     []Entry
	File        string
}

// An Entry is one code of a list. Line is its place in the file, from 1.
type Entry struct {
	System, Code, Term string
	Line               int
}

// codes returns the list in the form that the language works with.
func (c *Codelist) codes() *expr.Codelist {
	out := &expr.Codelist{Name: c.Name, Codes: map[string][]string{}, Covers: c.Covers, Supplements: c.Supplements}
	for _, e := range c.Entries {
		out.Codes[e.System] = append(out.Codes[e.System], e.Code)
	}
	for _, codes := range out.Codes {
		slices.Sort(codes)
	}
	return out
}

// parseEntries reads the codes of a list: columns system, code and term, with
// every code as text.
func parseEntries(file string, text []byte, faults *faults) []Entry {
	if entries, ok := orderedEntries(string(text)); ok {
		return entries
	}
	return anyEntries(file, text, faults)
}

// anyEntries reads the codes of a list in whatever order, and notes every fault.
func anyEntries(file string, text []byte, faults *faults) []Entry {
	fault := func(line, column int, hint, format string, args ...any) {
		faults.add(&Error{File: file, Line: line, Column: column, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	text = visible.Unmarked(text)
	if !utf8.Valid(text) {
		fault(1, 1, "save it as UTF-8", "not UTF-8 text")
		return nil
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	var out []Entry
	seen := map[[2]string]int{}
	for first := true; ; first = false {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			if first {
				fault(1, 1, "begin with a line system,code,term", "holds nothing")
			}
			return out
		}
		if err != nil {
			line, column := 1, 1
			if p := (*csv.ParseError)(nil); errors.As(err, &p) {
				line, column = p.Line, max(1, p.Column)
			}
			fault(line, column, `write quotes within a term twice, and the term in quotes`, "not CSV")
			return nil
		}
		line, _ := r.FieldPos(0)
		if first {
			if !slices.Equal(record, []string{"system", "code", "term"}) {
				fault(line, 1, "begin with a line system,code,term", "want the columns system, code and term")
				return nil
			}
			continue
		}
		if len(record) != 3 {
			fault(line, 1, "put a term that holds a comma in quotes", "want 3 fields, found %d", len(record))
			continue
		}
		e := Entry{System: strings.Clone(record[0]), Code: strings.Clone(record[1]), Term: strings.Clone(record[2]), Line: line}
		if message, hint := e.fault(); message != "" {
			field := 1
			if !slices.Contains(CodeSystems, e.System) {
				field = 0
			}
			_, column := r.FieldPos(field)
			fault(line, column, hint, "%s", message)
			continue
		}
		id := [2]string{e.System, e.Code}
		if at, ok := seen[id]; ok {
			fault(line, 1, "remove one", "the same code stands on line %d", at)
			continue
		}
		seen[id] = line
		out = append(out, e)
	}
}

// fault says what is wrong with the form of an entry. Check digits are the
// business of Lint: a list may be right to hold a code that was mistyped in
// the records.
func (e *Entry) fault() (message, hint string) {
	switch {
	case !slices.Contains(CodeSystems, e.System):
		return "want one of " + strings.Join(CodeSystems, ", ") + " as system", schema.DidYouMean(e.System, CodeSystems)
	case e.Code == "":
		return "the code is empty", ""
	case strings.TrimSpace(e.Code) != e.Code:
		return "the code has white space around it", ""
	case len(e.Code) > 64:
		return "the code is longer than 64 characters", ""
	case hasControl(e.Code) || hasControl(e.Term):
		return "a control character", ""
	case e.System == "sct" || e.System == "dmd":
		if len(e.Code) < 6 || len(e.Code) > 18 || strings.Trim(e.Code, "0123456789") != "" {
			return "want 6 to 18 digits", "a spreadsheet writes long codes as 1.2E+17; take the list from its source again"
		}
	}
	return "", ""
}

// hasControl reports whether s has a control character. Most of what is read at each
// start is plain ASCII.
func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.ContainsFunc(s[i:], unicode.IsControl)
		}
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// parseProvenance reads the file beside the codes.
func (c *Codelist) parseProvenance(t *textFile, strict bool, faults *faults) {
	v, err := t.yaml(t.lines())
	if err != nil {
		faults.add(err)
		return
	}
	d := t.document(faults)
	d.object(v, "a code list", []key{
		{"title", true, d.text(&c.Title)},
		{"source", strict, d.text(&c.Source)},
		{"release", strict, d.text(&c.Release)},
		{"licence", strict, d.text(&c.Licence)},
		{"covers", strict, func(v *value) { c.readCovers(d, v) }},
		{"supplements", false, d.text(&c.Supplements)},
		{"notes", false, d.paragraphs(&c.Notes)},
	})
}

// readCovers reads the systems that the list covers. One that it has no code of
// is a fault, unless it has none at all.
func (c *Codelist) readCovers(d *document, v *value) {
	if v.kind != list || len(v.items) == 0 {
		d.fault(v, "write [sct, read2]", "want a list of code systems")
		return
	}
	for _, item := range v.items {
		var system string
		choice(d, &system, CodeSystems...)(item)
		switch {
		case system == "":
		case slices.Contains(c.Covers, system):
			d.fault(item, "remove one", "%s stands here twice", system)
		case len(c.Entries) > 0 && !c.has(system):
			d.fault(item, "remove it, or add the codes", "the list has no code of %s", system)
		default:
			c.Covers = append(c.Covers, system)
		}
	}
}

func (c *Codelist) has(system string) bool {
	return slices.ContainsFunc(c.Entries, func(e Entry) bool { return e.System == system })
}

// coverByCodes says, of a list that does not, that it covers the systems which
// it has codes of.
func (c *Codelist) coverByCodes() {
	for _, system := range CodeSystems {
		if c.has(system) {
			c.Covers = append(c.Covers, system)
		}
	}
}
