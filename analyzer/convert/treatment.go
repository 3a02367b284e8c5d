package convert

import (
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// What is done to a column.
type deed uint8

const (
	keep deed = iota
	drop
	toPseudonym // a keyed pseudonym in the place of each id
	toMonth     // the first day of the month, and that no more is known
	toYear      // the year alone
	toDistrict  // the outward part of a postcode
	toGiven     // the word given, in the place of whatever was said
)

// A treatment is what becomes of the cells of a column.
type treatment struct {
	does       deed
	pseudonyms *pseudonyms
	// gone are the ids, with their patients, of rows that are not written: links to
	// them are left empty.
	gone map[string]bool
	// otherwise stands where the cell has no value.
	otherwise []byte
	// form is what a text must look like, words those that it may be; what does not fit
	// is withheld. bounded: so is a number above most.
	form    form
	words   map[string]bool
	bounded bool
}

// A decision is what becomes of a column of text in a copy that leaves, and the form
// that what stays must have.
type decision struct {
	does deed
	form form
}

// anonymised are the columns of text that are neither ids nor of a closed list, by name
// or by table and name. One that is not here is dropped.
var anonymised = map[string]decision{
	// Organisations, and what is counted of them.
	"practice_id": {keep, knownWord}, "ods_code": {keep, organisationForm}, "sender_org": {keep, organisationForm},
	"tables_not_kept": {keep, anyForm}, "quarter": {keep, periodForm}, "month": {keep, periodForm},
	"practice.name": {does: drop}, "system_supplier": {does: drop},
	// Codes.
	"code": {keep, codeForm}, "dmd_code": {keep, codeForm}, "bnf_code": {keep, codeForm}, "agent_code": {keep, codeForm},
	"reaction_code": {keep, codeForm}, "type_code": {keep, codeForm}, "ethnicity_code": {keep, codeForm},
	// Words for kinds of things.
	"code_system": {keep, commonWord}, "unit": {keep, commonWord}, "quantity_unit": {keep, commonWord}, "severity": {keep, commonWord},
	"urgency": {keep, commonWord}, "episodicity": {keep, commonWord}, "end_reason": {keep, commonWord}, "staff.role": {keep, commonWord},
	"key": {keep, knownWord},
	// What leads to one person, or may be free text.
	"twin_key": {does: toPseudonym}, "nhs_number_key": {does: toPseudonym}, "postcode_district": {does: toDistrict},
	"ubrn": {does: drop}, "registration_code": {does: drop},
	// Its form is what the one check of it asks for, and a pseudonym has none.
	"usual_gp_code": {does: drop},
	// An answer counts only where somebody in a role says what shows it.
	"declarations.evidence": {does: toGiven}, "declarations.role": {does: toGiven},
}

// treatment decides about a column of a table.
func (j *job) treatment(t *extract.Table, c *schema.Column) treatment {
	supplied := t.Supplied[c.Index]
	switch {
	case c.Virtual, c.Privacy == schema.Direct, t.DerivedKey && c == t.Schema.Key:
		return treatment{does: drop}
	case t.Schema == schema.Practice && j.states(c):
		return treatment{}
	case j.Anonymise != nil && slices.Contains(j.Anonymise.Drop, c):
		return treatment{does: drop}
	case j.Anonymise != nil:
		return j.Anonymise.treatment(j, t, c)
	case !supplied:
		return treatment{does: drop}
	}
	return treatment{otherwise: j.home(c)}
}

// treatment decides about a column where the extract is anonymised.
func (a *Anonymise) treatment(j *job, t *extract.Table, c *schema.Column) treatment {
	supplied := t.Supplied[c.Index]
	if t.Schema == schema.Patients && t.Supplied[birthDate.Index] {
		switch {
		case a.BirthYear && (c == birthDate || c == birthPrecision), a.BirthYear && c == birthYear && supplied:
			return treatment{does: drop}
		case a.BirthYear && c == birthYear:
			return treatment{does: toYear}
		case c == birthDate || c == birthPrecision:
			return treatment{does: toMonth}
		}
	}
	what := byClass(c)
	if !supplied || what.does == drop {
		return treatment{does: drop}
	}
	out := treatment{does: what.does, form: what.form, words: j.words[c], otherwise: j.home(c), bounded: c.Type == schema.Decimal || c.Type == schema.Int}
	if what.does == toPseudonym {
		kind := kindOf(c)
		out.pseudonyms = newPseudonyms(a.Key.For(kind), c.Name == "nhs_number_key")
		if c != c.Table.Key {
			out.gone = j.people.gone[kind]
		}
	}
	return out
}

// The columns of when a patient was born.
var (
	birthDate      = schema.Patients.Column("birth_date")
	birthPrecision = schema.Patients.Column("birth_date_precision")
	birthYear      = schema.Patients.Column("birth_year")
)

// byClass decides by what the schema says of a column, and else by its name.
func byClass(c *schema.Column) decision {
	if d, ok := anonymised[c.String()]; ok {
		return d
	}
	d, named := anonymised[c.Name]
	switch {
	case c.Privacy == schema.FreeText || c.Privacy == schema.Direct:
		return decision{does: drop}
	case named && c.Type == schema.Text && c.Values == nil:
		return d
	case c.Type != schema.Text || c.Values != nil:
		return decision{}
	case isID(c):
		return decision{does: toPseudonym}
	}
	return decision{does: drop}
}

// isID reports whether a column holds ids: of its own rows, of those of another table,
// of a patient or of a member of staff.
func isID(c *schema.Column) bool {
	if c.Privacy == schema.Staff || c == c.Table.Patient || c == c.Table.Key {
		return true
	}
	return kindOf(c) != c.Name
}

// home is the practice of patients who name none, where others name theirs and no
// table says which there are: with the table that is written they would be of none.
func (j *job) home(c *schema.Column) []byte {
	if c != schema.Patients.Practice || j.x.Table(schema.Practice) != nil || !j.statesPractices() {
		return nil
	}
	if n := j.practices.Home(); n >= 0 {
		return []byte(j.practices.List[n].ID)
	}
	return nil
}

// district is the outward part of a postcode, upper case; nil where there is none.
func district(text []byte) []byte {
	var out []byte
	for i, b := range text {
		if b == ' ' {
			if i > 0 && len(out) >= 2 {
				break
			}
			continue
		}
		if 'a' <= b && b <= 'z' {
			b -= 'a' - 'A'
		}
		out = append(out, b)
	}
	if n := len(out); n >= 5 && inward(out[n-3:]) {
		out = out[:n-3]
	}
	if !outward(out) {
		return nil
	}
	return out
}

func inward(t []byte) bool { return digit(t[0]) && letter(t[1]) && letter(t[2]) }

// outward reports whether a text is one or two letters, a digit, and perhaps one
// more digit or letter.
func outward(t []byte) bool {
	n := 0
	for n < len(t) && n < 2 && letter(t[n]) {
		n++
	}
	if n == 0 || n >= len(t) || !digit(t[n]) {
		return false
	}
	rest := t[n+1:]
	return len(rest) == 0 || len(rest) == 1 && (digit(rest[0]) || letter(rest[0]))
}

func digit(b byte) bool  { return '0' <= b && b <= '9' }
func letter(b byte) bool { return 'A' <= b && b <= 'Z' }
