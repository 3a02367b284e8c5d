package mapping

import (
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// Some side tables say what the numbers in other tables stand for: without it they are no
// codes at all. What an expression falls back to is for numbers that such a table does
// not know, and would make local codes of all of them where the table itself is absent.

// lacks reports whether a lookup is read from a side table that is needed, and that gave
// nothing.
func (r *resolver) lacks(name string) bool {
	declared := r.system.Lookups[name]
	if declared == nil {
		return false
	}
	for other, l := range r.system.Lookups {
		if l.Needed != "" && l.From == declared.From && r.lookups[other] != nil && r.lookups[other].len() == 0 {
			return true
		}
	}
	return false
}

// without reports whether the expression is read through a side table that is needed and
// absent: neither it nor what comes after it has a value.
func (r *resolver) without(e *Expression) bool {
	out := false
	if e != nil {
		e.uses(func(name, _ string) { out = out || r.lacks(name) })
	}
	return out
}

// missing are the side tables that are needed and absent, and what is not read for it.
func (b *bindings) missing(r *resolver) (out []extract.Missing) {
	for _, name := range sortedKeys(b.system.Lookups) {
		declared := b.system.Lookups[name]
		if declared.Needed == "" || !r.lacks(name) {
			continue
		}
		m := extract.Missing{File: declared.Needed, Empty: len(b.files[declared.From]) > 0}
		for _, t := range schema.Tables {
			m.Costs = append(m.Costs, b.costs(r, t, declared.From)...)
		}
		if len(m.Costs) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// costs are the columns of a table that are read through a side table; the table alone
// where which rows it has is told through it.
func (b *bindings) costs(r *resolver, t *schema.Table, side string) (out []string) {
	for _, target := range b.system.Tables[t.Name] {
		through := func(reads func(func(name, column string))) (is bool) {
			reads(func(name, _ string) { is = is || b.system.Lookups[name] != nil && b.system.Lookups[name].From == side })
			return is
		}
		if len(b.files[target.From]) == 0 {
			continue
		}
		if _, told := r.filter(b, b.files[target.From][0], target.Where); !told && through(target.Where.uses) {
			return []string{t.Name}
		}
		for _, c := range t.Columns {
			e := target.Columns[c.Name]
			if e != nil && through(e.uses) && !slices.Contains(out, c.String()) {
				out = append(out, c.String())
			}
		}
	}
	return out
}
