package expr

import (
	"slices"

	"paperlight/analyzer/schema"
)

// A frame is a row in scope: the rule's own, or a loop's.
type frame struct {
	table *schema.Table
	name  string // the loop variable; empty for the rule's own row
	// outer is the frame that encloses the loop in the text; nil for the
	// rule's own row.
	outer *frame
	// The loop's rows are relation of the row that path leads to from anchor.
	anchor   *frame
	path     []*schema.Relation
	relation *schema.Relation
}

// A place is a row or a list as the text names it: from the row of a frame
// along path, and for a list along many at last.
type place struct {
	frame *frame
	path  []*schema.Relation
	many  *schema.Relation
}

func (p place) table() *schema.Table {
	if n := len(p.path); n > 0 {
		return p.path[n-1].To
	}
	return p.frame.table
}

// reach returns the steps from the row of f to the row of p, each to one row.
// It fails where there is no such way: the rows of a list know their patient
// and practice, but not the row of another list that a loop stands on.
func (f *frame) reach(p place) ([]*schema.Relation, bool) {
	if f == p.frame {
		return p.path, true
	}
	steps := p.path
	if p.frame.table == schema.Practice {
		return append([]*schema.Relation{f.table.Walk("practice")}, steps...), true
	}
	if len(steps) > 0 && steps[0].To == schema.Practice {
		return append([]*schema.Relation{f.table.Walk("practice")}, steps[1:]...), true
	}
	if own := f.table.Walk("patient"); own != nil && f.samePatient(p.frame) {
		switch {
		case p.frame.table == schema.Patients:
			return append([]*schema.Relation{own}, steps...), true
		case len(steps) > 0 && steps[0].To == schema.Patients:
			return append([]*schema.Relation{own}, steps[1:]...), true
		}
	}
	return nil, false
}

// samePatient reports whether the rows of f belong to the patient of the row
// of outer: every step from outer to f stays within one patient.
func (f *frame) samePatient(outer *frame) bool {
	for ; f != outer; f = f.anchor {
		if f == nil || f.anchor == nil {
			return false
		}
		if f.relation.OfPractice || slices.ContainsFunc(f.path, func(r *schema.Relation) bool { return r.To == schema.Practice }) {
			return false
		}
	}
	return true
}

// names lists what may be written as a plain name in f, for suggestions.
func (f *frame) names(l *Language) []string {
	var out []string
	for ; f != nil; f = f.outer {
		if f.name != "" {
			out = append(out, f.name)
			continue
		}
		out = append(out, l.fields(f.table)...)
		out = append(out, "as_of")
	}
	return out
}

// fields lists the columns, definitions and relations of a table.
func (l *Language) fields(t *schema.Table) []string {
	var out []string
	for _, c := range t.Columns {
		if c.Privacy != schema.Direct {
			out = append(out, c.Name)
		}
	}
	for name := range l.definitions[t] {
		out = append(out, name)
	}
	for _, r := range schema.Relations {
		if r.From == t {
			out = append(out, r.Name)
		}
	}
	slices.Sort(out)
	return out
}
