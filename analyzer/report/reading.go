package report

import (
	"fmt"
	"strings"
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
		one := reading{Table: strings.ReplaceAll(t.Table, "_", " "), Rows: plural(t.Rows, "row", "rows"), Count: t.Rows}
		for _, c := range []struct {
			n         int64
			one, many string
		}{
			{t.Rejected, "row left out", "rows left out"},
			{t.Malformed, "cell could not be read", "cells could not be read"},
			{t.Orphans, "row of an unknown patient", "rows of unknown patients"},
			{t.PracticeMismatch, "row names another practice than its patient's", "rows name another practice than their patient's"},
		} {
			if c.n > 0 {
				one.Faults = append(one.Faults, sentence(plural(c.n, c.one, c.many)))
			}
		}
		if t.DuplicateIDs != nil && *t.DuplicateIDs > 0 {
			one.Faults = append(one.Faults, sentence(plural(*t.DuplicateIDs, "record id used again", "record ids used again")))
		}
		for j := range t.Faults {
			one.Faults = append(one.Faults, fault(&t.Faults[j]))
		}
		out = append(out, one)
	}
	return out
}

func fault(f *Fault) string {
	subject := strings.ReplaceAll(f.Column, "_", " ")
	if subject == "" {
		subject = "rows"
	}
	out := fmt.Sprintf("%s: %s, want %s", capital(subject), plural(f.Count, "time", "times"), f.Want)
	var at []string
	for _, p := range f.First {
		at = append(at, fmt.Sprintf("%s record %d", p.File, p.Record))
	}
	if len(at) > 0 {
		out += "; first at " + strings.Join(at, ", ")
	}
	return sentence(out)
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
