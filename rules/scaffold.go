package rules

import (
	"fmt"
	"strings"

	"paperlight/analyzer/schema"
)

// A Draft is one file of a new rule. Name is relative, with slashes.
type Draft struct{ Name, Text string }

// Scaffold returns the page and the cases of a new rule over a table, with a code
// for it (see FreeCode). They load; the last row of the case is wrong on purpose, so
// that the rule cannot be mistaken for a finished one, and Lint names what its author
// has to write.
func Scaffold(id, code string, table *schema.Table) ([]Draft, error) {
	if !idForm.MatchString(id) {
		return nil, fmt.Errorf("want an id of small letters, digits and hyphens, such as medication/four-repeats-reviewed")
	}
	set, name, _ := strings.Cut(id, "/")
	for _, taken := range []string{"codelists", "schemes", "identifier", "testdata"} {
		if set == taken {
			return nil, fmt.Errorf("the set cannot be called %s: that folder holds something else", taken)
		}
	}
	column := firstOptional(table)
	if column == nil {
		return nil, fmt.Errorf("a rule cannot ask for a column of %s, which are always there; write one on practice", table.Name)
	}
	where, about := `"true"`, "every row"
	switch {
	case table.Name == "patients":
		where, about = "registered", "registered patients"
	case table.Patient != nil:
		where, about = "patient.registered", "the rows of registered patients"
	}
	title := strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "-", " ")
	page := fmt.Sprintf(pageDraft, id, title, code, table.Name, where, column.Name, about, column.Name)
	return []Draft{
		{id + ".md", page},
		{set + "/testdata/" + name + ".txtar", casesDraft(table, column)},
	}, nil
}

// firstOptional returns a column that a row may lack, for the draft to ask for,
// or nil. An extract that has the column outgoing has to fill it.
func firstOptional(t *schema.Table) *schema.Column {
	for _, c := range t.Columns {
		if c == schema.Practice.Column("outgoing") {
			continue
		}
		if !c.Required && !c.Virtual && c.Privacy != schema.Direct && c != t.Patient && c != t.Practice && c != t.Key && c.Derived == "" {
			return c
		}
	}
	return nil
}

const pageDraft = `---
id: %s
title: %s
code: %s
dimension: completeness            # conformance, completeness, plausibility or timeliness
table: %s
where: %s
expect: has(%s)
threshold: 90%%
threshold_from: Our own default. ` + draftFrom + `
published: false
evidence: data                     # or data_or_declared, with declares: and a key
owner: practice                    # practice, clinician, supplier, pcse or file
fix: ` + draftFix + `
---
## What it measures

Of %s, those with %s. ` + draftMeasures + `

## Why it matters

` + draftMatters + `

## How to put it right

` + draftRight + `

## History

First version.
`

// casesDraft returns a case with a good row, a bad row and one whose outcome is
// wrong on purpose.
func casesDraft(t *schema.Table, column *schema.Column) string {
	var b strings.Builder
	b.WriteString("as_of: 2026-03-31\n\n" + draftCase + " boundary dates, empty cells, what is left out. Its\nlast row is wrong on purpose, so that the rule fails until you have. A table that the\nrule reads needs its header line even where it has no rows.\n\n")
	if t.Name == "practice" {
		fmt.Fprintf(&b, "-- first case/practice.csv --\npractice_id, %[1]s, want\nA81001, %[2]s, numerator\nA81002, , failing\nA81003, , numerator\n-- first case/patients.csv --\npatient_id, practice_id\np1, A81001\n", column.Name, sample(column))
		return b.String()
	}
	b.WriteString("-- first case/registrations.csv --\n")
	if t.Name == "registrations" {
		b.WriteString("patient_id, reg_type, start_date, end_date, want\np1, regular, 2020-01-01, , numerator\np2, temporary, 2020-01-01, , outside\np3, regular, 2020-01-01, , failing\n")
		b.WriteString("-- first case/patients.csv --\npatient_id\np1\np2\np3\n")
		return b.String()
	}
	b.WriteString("patient_id, reg_type, start_date, end_date\np1, regular, 2020-01-01,\np2, regular, 2020-01-01,\np3, regular, 2020-01-01,\n")
	if t.Name == "patients" {
		fmt.Fprintf(&b, "-- first case/patients.csv --\npatient_id, %s, want\np1, %s, numerator\np2, , failing\np3, , numerator\n", column.Name, sample(column))
		return b.String()
	}
	if t.Side { // a practice has one line of a figure
		b.WriteString("-- first case/patients.csv --\npatient_id, practice_id\np{1..3}, A{81001..81003}\n-- first case/practice.csv --\npractice_id\nA{81001..81003}\n")
	} else {
		b.WriteString("-- first case/patients.csv --\npatient_id\np1\np2\np3\n")
	}
	var names, values []string
	for _, c := range t.Columns {
		switch {
		case c.Required && c == t.Practice && t.Side:
			names, values = append(names, c.Name), append(values, "")
		case c.Required && c == t.Practice:
			b.WriteString("-- first case/practice.csv --\npractice_id\nA81001\n")
			names, values = append(names, c.Name), append(values, "A81001")
		case c.Required && c != t.Patient:
			names, values = append(names, c.Name), append(values, sample(c))
		}
	}
	fmt.Fprintf(&b, "-- first case/%s.csv --\n", t.Name)
	patient := ""
	if t.Patient != nil {
		patient = "patient_id, "
	}
	fmt.Fprintf(&b, "%s%s, %s, want\n", patient, strings.Join(names, ", "), column.Name)
	for i, row := range [][2]string{{sample(column), "numerator"}, {"", "failing"}, {"", "numerator"}} {
		own := append([]string{}, values...)
		for j, name := range names {
			if t.Key != nil && name == t.Key.Name {
				own[j] = fmt.Sprintf("r%d", i+1)
			}
			if t.Side && name == t.Practice.Name {
				own[j] = fmt.Sprintf("A%d", 81001+i)
			}
		}
		if t.Patient != nil {
			own = append([]string{fmt.Sprintf("p%d", i+1)}, own...)
		}
		fmt.Fprintf(&b, "%s, %s, %s\n", strings.Join(own, ", "), row[0], row[1])
	}
	return b.String()
}

// sample returns a value that column c may have.
func sample(c *schema.Column) string {
	switch {
	case len(c.Values) > 0:
		return c.Values[0]
	case c.Type == schema.Date:
		return "2026-01-31"
	case c.Type == schema.Int || c.Type == schema.Decimal:
		return "1"
	case c.Type == schema.Bool:
		return "true"
	}
	return "x1"
}
