package ruletest

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// A Table is one table of a case.
type Table struct {
	Schema  *schema.Table
	Columns []*schema.Column
	Rows    [][]extract.Cell
	// Lines are the lines of the rows in the archive.
	Lines []int
	// DerivedKey: the case gives no record ids, and Rows have made-up ones.
	DerivedKey bool
}

// readTable reads a section of CSV. Spaces around fields are alignment. The
// column want, where there is one, comes back apart.
func (p *parser) readTable(t *schema.Table, data []byte, line int) (*Table, []Outcome, error) {
	r := csv.NewReader(strings.NewReader(string(data)))
	r.TrimLeadingSpace = true
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, nil, p.fault(line, "", "want a header line of columns")
	}
	trim(header)
	for i, name := range header {
		if slices.Contains(header[:i], name) {
			return nil, nil, p.fault(line+1, "", "the column %q appears twice", name)
		}
	}
	for _, c := range t.Columns {
		if c.Required && (c != t.Key || !derivable(t)) && !slices.Contains(header, c.Name) {
			return nil, nil, p.fault(line+1, "", "%s.csv of a case needs the column %q", t.Name, c.Name)
		}
	}
	out := &Table{Schema: t}
	fill, err := p.fillers(t, header, line+1, out)
	if err != nil {
		return nil, nil, err
	}
	wanted := slices.Index(header, "want")
	var wants []Outcome
	if wanted >= 0 {
		wants = []Outcome{}
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, p.fault(line+1, "", "%s.csv of the case is not CSV", t.Name)
		}
		at, _ := r.FieldPos(0)
		at += line
		trim(record)
		if len(record) != len(header) {
			return nil, nil, p.fault(at, "an empty cell still needs its comma", "want %d fields, found %d", len(header), len(record))
		}
		if wanted >= 0 {
			want := Outcome(record[wanted])
			if !slices.Contains(outcomes, want) {
				return nil, nil, p.fault(at, "numerator, failing, unknown, excluded, outside or undetermined", "want an outcome in the column want")
			}
		}
		records, err := expand(record)
		if err != nil {
			return nil, nil, p.fault(at, "p{1..9} is p1 to p9, p{01..20} is p01 to p20, p{*9} is nine rows with p", "%v", err)
		}
		for _, record := range records {
			row := make([]extract.Cell, len(out.Columns))
			for i, text := range record {
				if fill[i] != nil {
					fill[i](row, text)
				}
			}
			out.Rows = append(out.Rows, row)
			out.Lines = append(out.Lines, at)
			if wanted >= 0 {
				wants = append(wants, Outcome(record[wanted]))
			}
		}
	}
	out.deriveKey()
	return out, wants, nil
}

func trim(fields []string) {
	for i, s := range fields {
		fields[i] = strings.TrimSpace(s)
	}
}

// fillers returns for each field of the header what puts it into a row, and
// sets the columns of the table.
func (p *parser) fillers(t *schema.Table, header []string, line int, out *Table) ([]func([]extract.Cell, string), error) {
	fill := make([]func([]extract.Cell, string), len(header))
	add := func(c *schema.Column) int {
		out.Columns = append(out.Columns, c)
		return len(out.Columns) - 1
	}
	for i, name := range header {
		c := t.Column(name)
		switch {
		case name == "want":
			continue
		case c == nil:
			return nil, p.fault(line, "see `paperlight schema`", "%s has no column %q", t.Name, name)
		case c.Virtual:
			return nil, p.fault(line, "", "%s is counted while reading; no file supplies it", c)
		case name == "dosage_text":
			return nil, p.fault(line, "give dosage_state", "a case cannot give %s", c)
		case c.Privacy == schema.Direct:
			if slices.Contains(header, "nhs_number_state") || slices.Contains(header, "nhs_number_key") {
				return nil, p.fault(line, "", "give the NHS number or what is derived from it, not both")
			}
			state, numbers, key := add(t.Column("nhs_number_state")), add(t.Column("nhs_number_range")), add(t.Column("nhs_number_key"))
			fill[i] = func(row []extract.Cell, text string) {
				row[state], row[numbers], row[key] = number(text)
			}
		default:
			at := add(c)
			fill[i] = func(row []extract.Cell, text string) { row[at] = cell(c, text) }
		}
	}
	return fill, nil
}

// deriveKey gives the rows record ids where the case has none, as readers do.
func (t *Table) deriveKey() {
	key := t.Schema.Key
	if key == nil || !derivable(t.Schema) || slices.Contains(t.Columns, key) {
		return
	}
	t.DerivedKey = true
	t.Columns = append(t.Columns, key)
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], extract.TextCell(t.Schema.Name+"-"+strconv.Itoa(i+1)))
	}
}

// derivable says that readers make up the record ids of a table that has none.
func derivable(t *schema.Table) bool { return t != schema.Patients && t != schema.Practice }

// cell reads one value of column c as the schema's conventions say.
func cell(c *schema.Column, text string) extract.Cell {
	malformed := extract.Cell{Malformed: true}
	if text == "" {
		return extract.Cell{}
	}
	switch c.Type {
	case schema.Date:
		if day, ok := calendar.Parse(text); ok {
			return extract.IntCell(int64(day))
		}
	case schema.Int:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return extract.IntCell(n)
		}
	case schema.Decimal:
		if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return extract.RealCell(f)
		}
	case schema.Bool:
		if text == "true" || text == "false" {
			return extract.BoolCell(text == "true")
		}
	default:
		if c.Values == nil || slices.Contains(c.Values, text) {
			return extract.TextCell(text)
		}
	}
	return malformed
}

// number is what a reader makes of an NHS number: state, range and a key that
// is equal for equal numbers. A dummy is nobody's and has no key.
func number(text string) (state, numbers, key extract.Cell) {
	digits, s, r := identifier.NHSNumberRead([]byte(text), identifier.Options{})
	state, numbers = extract.TextCell(s.String()), extract.TextCell(r.String())
	switch {
	case identifier.NHSNumberRounded([]byte(text)):
		key = extract.Cell{Malformed: true}
	case s == identifier.Valid || s == identifier.BadCheck:
		sum := sha256.Sum256(strconv.AppendUint(nil, digits, 10))
		key = extract.TextCell(hex.EncodeToString(sum[:8]))
	}
	return state, numbers, key
}
