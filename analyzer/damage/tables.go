package damage

import (
	"slices"

	"paperlight/analyzer/schema"
)

// tableDamages are what may happen to a table as a whole.
func tableDamages(x *Extract) []Damage {
	var out []Damage
	for _, t := range x.Tables {
		canonical := schema.Lookup(t.Name)
		if canonical == nil {
			continue
		}
		name := t.Name
		add := func(kind string, share int, apply func(*Extract) *Extract) {
			out = append(out, Damage{Kind: kind, Where: name, Share: share, Hits: []string{name}, Apply: apply})
		}
		// An answer given twice is the same answer, and rows under ids of their own
		// are other rows: no share of anything changes.
		harmless := func(kind string, share int, apply func(*Extract) *Extract) {
			add(kind, share, apply)
			out[len(out)-1].Harmless = true
		}
		add("emptied", 100, func(x *Extract) *Extract {
			t := x.Table(name)
			if t == nil || len(t.Rows) == 0 {
				return x
			}
			return x.with(&Table{Name: name, Columns: t.Columns})
		})
		add("dropped", 100, func(x *Extract) *Extract { return x.without(name) })
		for _, share := range shares {
			if canonical.Patient != nil {
				add("orphaned", share, func(x *Extract) *Extract {
					return change(x, name, "patient_id", share, func(_ []string, was string) (string, bool) { return "nobody-" + was, was != "" })
				})
			}
			twice := add
			if name == answersTable {
				twice = harmless
			}
			twice("repeated", share, func(x *Extract) *Extract { return repeat(x, name, share, "") })
			if canonical.Key != nil {
				harmless("repeated-anew", share, func(x *Extract) *Extract { return repeat(x, name, share, canonical.Key.Name) })
			}
			if required := firstRequired(canonical); required != "" {
				add("rejected", share, func(x *Extract) *Extract { return change(x, name, required, share, to("")) })
			}
		}
	}
	return out
}

// firstRequired is the column without which a row is a reject.
func firstRequired(t *schema.Table) string {
	at := slices.IndexFunc(t.Columns, func(c *schema.Column) bool { return c.Required })
	if at < 0 {
		return ""
	}
	return t.Columns[at].Name
}

// repeat gives a share of a table's rows a second time, with ids of their own
// where key names their column.
func repeat(x *Extract, table string, share int, key string) *Extract {
	t := x.Table(table)
	if t == nil {
		return x
	}
	at := -1
	if key != "" {
		if at = t.Column(key); at < 0 {
			return x
		}
	}
	out := &Table{Name: t.Name, Columns: t.Columns, Rows: slices.Clone(t.Rows)}
	for i, row := range t.Rows {
		if !chosen(table, i, share) {
			continue
		}
		if at >= 0 {
			row = slices.Clone(row)
			row[at] += "-again"
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == len(t.Rows) {
		return x
	}
	return x.with(out)
}
