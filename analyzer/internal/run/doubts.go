package run

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/state"
)

// doubts returns what lines that cannot be used leave open in practice q, for each
// rule that reads their list.
func (run *Run) doubts(q int) []state.Doubt {
	open := run.practices.Doubts(q)
	if len(open) == 0 {
		return nil
	}
	var out []state.Doubt
	for i := range run.plan.Programs {
		p := &run.plan.Programs[i]
		if p.ID == "" || p.Aside {
			continue
		}
		reads := map[string]bool{p.Table.Name: true}
		expr.Walk(func(n *expr.Node) {
			if n.Space != nil {
				reads[n.Space.Name] = true
			}
		}, p.Roots()...)
		for _, d := range open {
			if reads[d.Table] {
				d.Rule = p.ID
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, state.CompareDoubts)
	return out
}
