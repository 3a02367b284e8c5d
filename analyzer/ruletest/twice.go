package ruletest

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// twice runs the case as two practices that are alike, in one extract, and
// each alone. Practices that carry the same ids must not touch each other: the
// counts double, and the merged states of both are the state of the extract.
func (t *tester) twice(ctx context.Context, a *Archive, c *Case, whole *result) {
	fail := func(format string, args ...any) {
		t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name, Message: "as two practices that are alike: " + fmt.Sprintf(format, args...)})
	}
	first, second := c.as("-1"), c.as("-2")
	var states []*state.State
	var results []*result
	for _, part := range []*Case{first, second, first.with(second)} {
		t.summary.Runs++
		got, err := t.measure(ctx, a, part, way{jobs: 2, dictionary: true, constant: true})
		if err != nil {
			fail("cannot be run: %v", err)
			return
		}
		states, results = append(states, got.state), append(results, got)
	}
	one, both := results[0], results[2]
	if !whole.reading() {
		one = whole
	}
	for _, name := range totalNames {
		if both.counts[name] != 2*one.counts[name] {
			fail("%s is counted %d, and %d in one of them", name, both.counts[name], one.counts[name])
		}
	}
	for _, order := range [][2]*state.State{{states[0], states[1]}, {states[1], states[0]}} {
		merged, err := state.Merge(order[0], order[1])
		if err != nil {
			fail("the states of each do not merge: %v", err)
			return
		}
		if !slices.EqualFunc(merged.Practices, states[2].Practices, samePractice) {
			fail("the merged states of each are not the state of both")
		}
	}
}

func samePractice(a, b state.PracticeState) bool {
	return a.ID == b.ID && a.AsOf == b.AsOf && slices.Equal(a.Tallies, b.Tallies) && slices.Equal(a.Rows, b.Rows) &&
		slices.EqualFunc(a.Days, b.Days, func(x, y state.Days) bool { return x.Rule == y.Rule && slices.Equal(x.Counts, y.Counts) })
}

// with returns the rows of both cases as one.
func (c *Case) with(o *Case) *Case {
	out := &Case{Name: c.Name, AsOf: c.AsOf, Line: c.Line}
	for i, t := range c.Tables {
		both := *t
		both.Rows = slices.Concat(t.Rows, o.Tables[i].Rows)
		out.Tables = append(out.Tables, &both)
	}
	return out
}

// as returns the case with its practices renamed and every row saying to which
// it belongs. Rows that belong to none are left out: an extract of one
// practice counts them as read of that one, an extract of two of neither.
func (c *Case) as(suffix string) *Case {
	out := &Case{Name: c.Name, AsOf: c.AsOf, Line: c.Line}
	homes := c.homes()
	for _, t := range c.Tables {
		named := &Table{Schema: t.Schema, Columns: t.Columns, Lines: t.Lines, DerivedKey: t.DerivedKey}
		at := slices.Index(t.Columns, t.Schema.Practice)
		if at < 0 {
			at = len(t.Columns)
			named.Columns = append(slices.Clone(t.Columns), t.Schema.Practice)
		}
		patient := slices.Index(t.Columns, t.Schema.Patient)
		for _, row := range t.Rows {
			cells := append(slices.Clone(row), make([]extract.Cell, len(named.Columns)-len(row))...)
			practice := cells[at].Text
			switch {
			case cells[at].Known:
			case t.Schema.Patient == nil || t.Schema == schema.Patients:
				practice = homes[""]
			case patient >= 0 && cells[patient].Known:
				practice = homes[cells[patient].Text]
			}
			if practice != "" {
				cells[at] = extract.TextCell(practice + suffix)
				named.Rows = append(named.Rows, cells)
			}
		}
		out.Tables = append(out.Tables, named)
	}
	return out
}

// homes returns the practice of each patient who has just one record, by
// patient id; under "" the practice of rows that name none.
func (c *Case) homes() map[string]string {
	homes := map[string]string{"": "unknown"}
	for _, t := range c.Tables {
		if t.Schema == schema.Practice {
			homes[""] = ""
			if len(t.Rows) == 1 {
				homes[""] = t.Rows[0][slices.Index(t.Columns, t.Schema.Key)].Text
			}
		}
	}
	for _, t := range c.Tables {
		if t.Schema != schema.Patients {
			continue
		}
		seen := map[string]bool{}
		key, at := slices.Index(t.Columns, t.Schema.Key), slices.Index(t.Columns, t.Schema.Practice)
		for _, row := range t.Rows {
			id := row[key].Text
			if id == "" {
				continue
			}
			if homes[id] = homes[""]; at >= 0 && row[at].Known {
				homes[id] = row[at].Text
			}
			if seen[id] {
				homes[id] = "" // whose rows they are cannot be told
			}
			seen[id] = true
		}
	}
	return homes
}
