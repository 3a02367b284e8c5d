package eval

import (
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/state"
)

// Condition is a program over the evaluator's batch, as the kernels take it.
func (e *Evaluator) Condition(p *plan.Program) kernel.Condition {
	c := kernel.Condition{Where: e.Value(p.Where).Bools()}
	if p.Exclude != nil {
		c.Exclude = e.Value(p.Exclude).Bools()
	}
	if p.Expect != nil {
		c.Expect = e.Value(p.Expect).Bools()
	}
	return c
}

// AddCounts adds the counts of a worker to the tallies, by practice.
func AddCounts(to []state.Tally, from []kernel.Counts) {
	for i, c := range from {
		to[i].Denominator += c.Denominator
		to[i].Numerator += c.Numerator
		to[i].Unknown += c.Unknown
		to[i].Excluded += c.Excluded
		to[i].Undetermined += c.Undetermined
	}
}
