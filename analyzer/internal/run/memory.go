package run

import (
	"fmt"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// checkEstimate refuses a pass that would take more memory than the limit, before
// it allocates. What depends on numbers of rows that are not known beforehand is
// left to checkMemory, after the pass.
func (run *Run) checkEstimate(p *plan.Pass) error {
	limit := run.options.MemoryLimit
	if limit <= 0 {
		return nil
	}
	need := run.memoryUsed()
	if p.Table == schema.Patients && !p.Memory {
		var patients int64
		for _, part := range run.x.Table(p.Table).Parts {
			if _, rows := part.Size(); rows > 0 {
				patients += rows
			}
		}
		need += patients * bytesAPatient
		for _, n := range p.Materialise {
			need += patients * valueBits(n) / 8
		}
	}
	for _, l := range p.Links {
		if plan.ByID(l.Relation) {
			continue // as many as there are keys, which is not known
		}
		bits := int64(0)
		for _, n := range l.Nodes {
			bits += factBits(n, run.plan.Widths[n])
		}
		need += int64(run.rowsOf(l.Relation.From)) * bits / 8 * int64(run.options.jobs())
	}
	for _, n := range p.Matches {
		if n.Op == expr.OpRepeatFilter {
			need += cohort.FilterBytes(run.rowsEstimate(p.Table), run.patients)
		}
	}
	if need > limit {
		return overLimit(need, limit)
	}
	return nil
}

// bytesAPatient is what numbering a patient takes: its id of 16 bytes and its
// place until the index is built, the index at a load of two thirds and the hashes
// in order, its practice.
const bytesAPatient = 20 + 30 + 8 + 4

// valueBits is what a materialised value takes.
func valueBits(n *expr.Node) int64 {
	bits := map[schema.Type]int64{schema.Bool: 1, schema.Date: 32, schema.Int: 64, schema.Decimal: 64, schema.Text: 32 + 8*16}[n.Type]
	if n.MaybeUnknown {
		bits++
	}
	return bits
}

// factBits is what the state of an aggregate takes for a group.
func factBits(n *expr.Node, width int) int64 {
	switch n.Op {
	case expr.OpExists, expr.OpRepeated:
		return 2
	case expr.OpDays:
		return vector.DayWords * 64
	case expr.OpCount:
		return int64(width) * 8
	case expr.OpSum:
		return 64 + 1
	}
	return 32 + 8 + 32 // a date, what is true on it, and how often
}

// checkMemory refuses to go on once the facts exceed the limit.
func (run *Run) checkMemory() error {
	if limit := run.options.MemoryLimit; limit > 0 && run.memoryUsed() > limit {
		return overLimit(run.memoryUsed(), limit)
	}
	return nil
}

// memoryUsed is what stays in memory from pass to pass, in bytes.
func (run *Run) memoryUsed() int64 {
	used := int64(len(run.patientPractice))*4 + run.MatchBytes()
	if run.ids != nil {
		used += run.ids.Bytes()
	}
	for _, h := range run.Columns {
		used += h.Size()
	}
	for _, r := range run.Repeats {
		used += r.Bytes()
	}
	for _, f := range run.Filters {
		used += f.Bytes()
	}
	for _, practices := range run.days {
		for _, days := range practices {
			used += int64(cap(days)) * 4
		}
	}
	seen := map[*eval.KeyedFacts]bool{}
	for _, k := range run.Keyed {
		if seen[k] {
			continue
		}
		seen[k] = true
		used += k.Keys.Bytes()
		for _, h := range k.Columns {
			used += h.Size()
		}
	}
	return used
}

func overLimit(used, limit int64) error {
	return &practices.Refusal{Limit: true, Message: fmt.Sprintf("the facts about patients take %d MiB, more than the limit of %d MiB", (used+1<<20-1)>>20, limit>>20),
		Hint: "raise --memory, or check fewer practices at a time"}
}
