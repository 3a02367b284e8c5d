package ruletest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// compare notes what differs from what the case wants, and reports whether
// nothing does.
func (t *tester) compare(a *Archive, c *Case, got *result, w way) bool {
	before := len(t.summary.Failures)
	if c.Want != nil {
		t.compareRows(a, c, got, w)
	}
	if got.meant != nil && len(t.summary.Failures) == before {
		t.compareMeaning(a, c, got)
	}
	if c.Totals != nil {
		t.compareTotals(a, c, got, w)
	}
	if got.outcomes != nil && len(t.summary.Failures) == before {
		t.compareCounts(a, c, got, w)
	}
	return len(t.summary.Failures) == before
}

func (t *tester) compareRows(a *Archive, c *Case, got *result, w way) {
	table := c.table(t.rule.Table)
	if got.outcomes == nil {
		t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name, Message: "the column want needs a row for every practice", Hint: "add them to practice.csv, or write a section -- " + c.Name + "/want --"})
		return
	}
	for row, want := range c.Want {
		if got.outcomes[row] != want {
			t.fail(Failure{File: a.File, Line: table.Lines[row], Case: c.Name,
				Message: fmt.Sprintf("%s%s: want %s, got %s", inWay(w), table.describe(row), want, got.outcomes[row])})
		}
	}
}

// compareMeaning holds the engine to the interpreter.
func (t *tester) compareMeaning(a *Archive, c *Case, got *result) {
	table := c.table(t.rule.Table)
	for row, meant := range got.meant {
		if got.outcomes[row] != meant {
			t.fail(Failure{File: a.File, Line: table.Lines[row], Case: c.Name,
				Message: fmt.Sprintf("%s: the rule means %s, and the engine says %s", table.describe(row), meant, got.outcomes[row]), Hint: "this is a fault of paperlight; please report it"})
		}
	}
}

// table returns the case's table, or nil.
func (c *Case) table(t *schema.Table) *Table {
	for _, have := range c.Tables {
		if have.Schema == t {
			return have
		}
	}
	return nil
}

// describe names a row by its place and id; cases are synthetic, so ids may be
// shown.
func (t *Table) describe(row int) string {
	return fmt.Sprintf("row %d of %s (%s)", row+1, t.Schema.Name, t.id(row))
}

func (t *Table) id(row int) string {
	for _, name := range []*schema.Column{t.Schema.Key, t.Schema.Patient, t.Schema.Practice} {
		if i := slices.Index(t.Columns, name); name != nil && i >= 0 && (!t.DerivedKey || name != t.Schema.Key) {
			return t.Rows[row][i].Text
		}
	}
	return "without an id"
}

// valueTolerance is how far a value may be from the one written in a case.
const valueTolerance = 1e-9

func (t *tester) compareTotals(a *Archive, c *Case, got *result, w way) {
	for _, name := range totalNames {
		if want, ok := c.Totals.Counts[name]; ok && got.counts[name] != want {
			t.fail(Failure{File: a.File, Line: c.Totals.Line, Case: c.Name, Message: fmt.Sprintf("%swant %s %d, got %d", inWay(w), name, want, got.counts[name])})
		}
	}
	if want := c.Totals.Days; want != nil && !maps.Equal(got.days, want) {
		t.fail(Failure{File: a.File, Line: c.Totals.Line, Case: c.Name, Message: fmt.Sprintf("%swant %s, got %s", inWay(w), daysText(want), daysText(got.days))})
	}
	switch want := c.Totals.Value; {
	case want == nil:
	case got.value == nil:
		t.fail(Failure{File: a.File, Line: c.Totals.Line, Case: c.Name, Message: fmt.Sprintf("%swant value %v, got none", inWay(w), *want)})
	case math.Abs(*got.value-*want) > valueTolerance:
		t.fail(Failure{File: a.File, Line: c.Totals.Line, Case: c.Name, Message: fmt.Sprintf("%swant value %v, got %v", inWay(w), *want, *got.value)})
	}
}

// daysText lists days and how many rows are of each.
func daysText(days map[calendar.Day]int64) string {
	var out []string
	for _, day := range slices.Sorted(maps.Keys(days)) {
		out = append(out, fmt.Sprintf("day %s %d", day, days[day]))
	}
	if len(out) == 0 {
		return "no day"
	}
	return strings.Join(out, ", ")
}

// compareCounts holds the counts to the outcomes of the rows.
func (t *tester) compareCounts(a *Archive, c *Case, got *result, w way) {
	rows := map[Outcome]int64{}
	for _, o := range got.outcomes {
		rows[o]++
	}
	for _, k := range []struct {
		name string
		want int64
	}{
		{"denominator", rows[Numerator] + rows[Failing] + rows[Unknown]}, {"numerator", rows[Numerator]},
		{"unknown", rows[Unknown]}, {"excluded", rows[Excluded]}, {"undetermined", rows[Undetermined]},
	} {
		if got.counts[k.name] != k.want {
			t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name,
				Message: fmt.Sprintf("%s%s is counted %d, and %d rows have that outcome", inWay(w), k.name, got.counts[k.name], k.want)})
		}
	}
}

// withhold runs a case without a column that the rule reads: the rule must
// become not assessable, unless it may do without the column.
func (t *tester) withhold(ctx context.Context, a *Archive, c *Case, whole *result, column *schema.Column) {
	if column.Required || column.Virtual {
		return
	}
	t.summary.Runs++
	got, err := t.measure(ctx, a, c.without(column), way{name: "whole", jobs: 1, constant: true})
	switch {
	case err != nil:
		t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name, Message: fmt.Sprintf("without %s it cannot be run: %v", column, err)})
	case len(got.missing) > 0:
		names := strings.Split(strings.Join(got.missing, " or "), " or ")
		if !slices.Contains(names, column.String()) && slices.ContainsFunc(names, c.supplies) {
			t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name,
				Message: fmt.Sprintf("without %s the rule says that it misses %s", column, strings.Join(got.missing, ", "))})
		}
	case !t.optional(column) && slices.Equal(got.notes, whole.notes):
		t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name,
			Message: fmt.Sprintf("without %s the rule is judged all the same", column), Hint: "a column that may be absent stands under optional:"})
	}
}

// supplies reports whether the case gives a column, as table.column. Where a
// column is withheld that stood in for others, those are missed instead.
func (c *Case) supplies(name string) bool {
	return slices.ContainsFunc(c.Tables, func(t *Table) bool {
		return slices.ContainsFunc(t.Columns, func(column *schema.Column) bool { return column.String() == name })
	})
}

// optional reports whether the rule, or a definition, may do without a column.
func (t *tester) optional(c *schema.Column) bool {
	names := func(own *schema.Table, names []string) bool {
		return slices.Contains(names, c.String()) || own == c.Table && slices.Contains(names, c.Name)
	}
	s := &t.rule.Source
	if names(s.Table, s.Optional) || slices.ContainsFunc(s.OneOf, func(group []string) bool { return names(s.Table, group) }) {
		return true
	}
	for _, d := range t.catalogue.Definitions {
		for _, alternative := range d.Alternatives {
			if names(d.Table, alternative.Optional) {
				return true
			}
		}
	}
	return false
}

// coverage asks that the cases show records that are good and records that
// fail. What is only listed has no good records, and an answer no records.
func (t *tester) coverage(a *Archive) {
	if t.rule.Info || t.rule.Checked == nil || len(t.summary.Failures) > 0 {
		return
	}
	var met, failed bool
	for _, c := range a.Cases {
		met = met || slices.Contains(c.Want, Numerator)
		failed = failed || slices.Contains(c.Want, Failing) || slices.Contains(c.Want, Unknown)
		if c.Totals == nil {
			continue
		}
		numerator, known := c.Totals.Counts["numerator"]
		met = met || numerator > 0
		failed = failed || known && numerator < c.Totals.Counts["denominator"]
	}
	switch {
	case !met:
		t.fail(Failure{File: a.File, Message: "no case shows a record that is good", Hint: "add a row with want numerator"})
	case !failed:
		t.fail(Failure{File: a.File, Message: "no case shows a record that fails", Hint: "add a row with want failing"})
	}
}
