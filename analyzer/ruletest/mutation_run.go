package ruletest

import (
	"context"
	"maps"
	"math"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// everything is the binding of an extract that supplies all there is, of
// practices whose as-of dates differ. Conditions that are equal under it mean
// the same on every extract.
func everything(lists map[string]*expr.Codelist) *expr.Binding {
	return &expr.Binding{
		Supplies: func(*schema.Column) bool { return true },
		HasTable: func(*schema.Table) bool { return true },
		Lists:    lists,
	}
}

// readAll takes the counts of each program from a run, as read does for one.
func readAll(run *analyzer.Run, programs []analyzer.Program, results []result) {
	s := run.State(nil)
	for k := range results {
		results[k].counts = map[string]int64{}
		for _, p := range s.Practices {
			results[k].tally(p.Tallies[slices.Index(s.Rules, programs[k].ID)], programs[k].Expect == nil)
			results[k].addDays(slices.DeleteFunc(slices.Clone(p.Days), func(d state.Days) bool { return d.Rule != programs[k].ID }))
		}
	}
}

// listAll takes the outcome of each row for each program from one run.
func listAll(ctx context.Context, run *analyzer.Run, programs []analyzer.Program, results []result, c *Case, places []int) error {
	ids := make([]string, len(programs))
	at := map[string]int{}
	for k := range programs {
		ids[k] = programs[k].ID
		at[ids[k]] = k
		results[k].outcomes = make([]Outcome, len(places))
		for i := range results[k].outcomes {
			results[k].outcomes[i] = Outside
		}
	}
	return analyzer.Verdicts(ctx, run, ids, func(r analyzer.Row) error {
		k := at[r.Rule]
		results[k].take(r, &programs[k], c, places)
		return nil
	})
}

// wanted reports whether the result is what the case wants.
func (out *result) wanted(c *Case) bool {
	if c.Want != nil && !slices.Equal(out.outcomes, c.Want) {
		return false
	}
	if c.Totals == nil {
		return true
	}
	for name, want := range c.Totals.Counts {
		if out.counts[name] != want {
			return false
		}
	}
	if c.Totals.Days != nil && !maps.Equal(out.days, c.Totals.Days) {
		return false
	}
	want := c.Totals.Value
	return want == nil || out.value != nil && math.Abs(*out.value-*want) <= valueTolerance
}

// shortened keeps the name of a change readable.
func shortened(s string) string {
	const longest = 90
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-3]) + "..."
	}
	return s
}
