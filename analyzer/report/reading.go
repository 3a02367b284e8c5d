package report

import (
	"fmt"
	"strings"

	"paperlight/analyzer/figures"
)

// A reading says how one table was read.
type reading struct {
	Table, Rows string
	Faults      []string
	Count       int64
}

// readings are the tables that the extract holds, and what was wrong in them.
func readings(r *Report) []reading {
	var out []reading
	for i := range r.Extract.Tables {
		t := &r.Extract.Tables[i]
		one := reading{Table: spaced(t.Table), Rows: figures.Plural(t.Rows, "row", "rows"), Count: t.Rows}
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
	if r.Extract.Name != "" {
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
