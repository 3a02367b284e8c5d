package report

import (
	"fmt"
	"strings"

	"paperlight/analyzer/figures"
)

// A reading says how one table was read.
type reading struct {
	// Extract names the extract, where there are several.
	Extract, Table, Rows string
	Faults               []string
	Count                int64
}

// readings are the tables that the extract holds, and what was wrong in them.
func readings(r *Report) []reading {
	if !r.several() {
		return readingsOf("", r.Extract.Tables)
	}
	var out []reading
	for i := range r.Extracts {
		out = append(out, readingsOf(r.extractName(i), r.Extracts[i].Tables)...)
	}
	return out
}

// label names the table, and its extract where there are several.
func (r *reading) label() string {
	if r.Extract == "" {
		return r.Table
	}
	return r.Extract + ": " + r.Table
}

func readingsOf(extract string, tables []Table) []reading {
	var out []reading
	for i := range tables {
		t := &tables[i]
		one := reading{Extract: extract, Table: spaced(t.Table), Rows: figures.Plural(t.Rows, "row", "rows"), Count: t.Rows}
		for _, c := range []struct {
			n         int64
			one, many string
		}{
			{t.Rejected, "row was left out", "rows were left out"},
			{t.Malformed, "cell could not be read", "cells could not be read"},
			{t.Orphans, "row belongs to a patient not in the extract", "rows belong to patients not in the extract"},
			{t.LeftOut, "more row is not read: it was deleted or replaced, or is another organisation's", "more rows are not read: they were deleted or replaced, or are another organisation's"},
			{t.PracticeMismatch, "row names another practice than its patient's", "rows name another practice than their patient's"},
		} {
			if c.n > 0 {
				one.Faults = append(one.Faults, sentence(figures.Plural(c.n, c.one, c.many)))
			}
		}
		if t.DuplicateIDs != nil && *t.DuplicateIDs > 0 {
			one.Faults = append(one.Faults, sentence(figures.Plural(*t.DuplicateIDs, "record id is used twice", "record ids are used twice")))
		}
		for j := range t.Faults {
			one.Faults = append(one.Faults, fault(&t.Faults[j]))
		}
		out = append(out, one)
	}
	return out
}

// Words says what was wrong, under a name for the column: "Sex: 1 value is not M,
// F, I or U".
func (f *Fault) Words(column string) string {
	if f.Column == "" {
		return figures.Plural(f.Count, "row was left out: a row needs ", "rows were left out: a row needs ") + f.Want
	}
	want := f.Want
	if choices, ok := strings.CutPrefix(want, "one of "); ok {
		want = either(strings.Split(choices, ", "))
	}
	return column + ": " + figures.Plural(f.Count, "value is not ", "values are not ") + want
}

// fault says what was wrong, and where first.
func fault(f *Fault) string {
	says := f.Words(capital(spaced(f.Column)))
	var at []string
	for _, p := range f.First {
		at = append(at, fmt.Sprintf("%s record %d", p.File, p.Record))
	}
	if len(at) == 0 {
		return sentence(says)
	}
	return sentence(says + "; first at " + strings.Join(at, ", "))
}

// provenance names what was read and with what, for the foot of a report.
func provenance(r *Report) string {
	parts := []string{r.Tool.Name + " " + r.Tool.Version}
	switch {
	case r.several():
		parts = append(parts, figures.Plural(int64(len(r.Extracts)), "extract", "extracts"))
	case r.Extract.Name != "":
		parts = append(parts, "extract "+r.Extract.Name)
	}
	if r.Extract.System != "" {
		parts = append(parts, "system "+r.Extract.System)
	}
	if r.Extract.SHA256 != "" {
		parts = append(parts, "SHA-256 "+r.Extract.SHA256)
	}
	if r.Scheme.ID != "" {
		parts = append(parts, "scheme "+r.Scheme.ID+" "+r.Scheme.Version)
	}
	parts = append(parts, "rules "+r.Rules.Version)
	return strings.Join(parts, "; ") + "."
}
