package run

import (
	"slices"

	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// gaps returns what the programs of plan.CountSystems counted in practice number i.
func (run *Run) gaps(i int) []state.Gap {
	type use struct {
		rule string
		at   int
	}
	found := map[use]*state.Gap{}
	for at := range run.plan.Programs {
		t := run.tallies[at][i]
		if t.Numerator == 0 {
			continue
		}
		for _, r := range run.plan.Programs[at].Gaps {
			gap := found[use{r.Rule, r.At}]
			if gap == nil {
				gap = &state.Gap{Rule: r.Rule, List: r.List, Use: r.At, Noted: r.Noted, Coded: t.Denominator}
				found[use{r.Rule, r.At}] = gap
			}
			gap.Systems = append(gap.Systems, state.SystemCount{System: schema.CodeSystems[r.System].Name, Rows: t.Numerator})
		}
	}
	var out []state.Gap
	for _, gap := range found {
		slices.SortFunc(gap.Systems, func(a, b state.SystemCount) int { return systemAt(a.System) - systemAt(b.System) })
		out = append(out, *gap)
	}
	slices.SortFunc(out, state.CompareGaps)
	return out
}

func systemAt(name string) int {
	return slices.IndexFunc(schema.CodeSystems, func(c schema.CodeSystem) bool { return c.Name == name })
}
