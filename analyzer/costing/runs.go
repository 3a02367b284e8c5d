package costing

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// decode measures the reading of the files of each table, by processor time,
// with the fixed work before and after each.
func (b *Bench) decode(ctx context.Context, c *Costs) error {
	times := make([][]float64, len(c.Tables))
	fixed := newCalibration(b.options.Clock)
	rounds := b.options.Rounds + 1
	for round := range rounds {
		for i, t := range b.x.Tables {
			b.step("decoding", round*len(b.x.Tables)+i, rounds*len(b.x.Tables))
			columns := b.columns.Columns(t.Schema)
			if len(columns) == 0 { // what is needed of it was read beforehand
				continue
			}
			runtime.GC()
			around := fixed.times(nil)
			before := b.options.CPU()
			if err := scan(ctx, t, columns, b.alive); err != nil {
				return err
			}
			took := float64(b.options.CPU() - before)
			around = fixed.times(around)
			if round == 0 {
				continue // memory is fresh, which costs
			}
			times[i] = append(times[i], took)
			c.Tables[i].DecodeSamples = append(c.Tables[i].DecodeSamples, took/median(around))
		}
	}
	for i := range c.Tables {
		t := &c.Tables[i]
		t.Decode = median(times[i])
		c.Decode += t.Decode
		if seconds := t.Decode / 1e9; seconds > 0 {
			t.DecodeRows, t.DecodeMegabytes = float64(t.Rows)/seconds, float64(t.Bytes)/1e6/seconds
		}
		if seconds := (t.Decode + t.Place + t.Rules) / 1e9; seconds > 0 {
			t.WholeRows = float64(t.Rows) / seconds
		}
	}
	return nil
}

// scan reads the columns of all rows and drops them.
func scan(ctx context.Context, t *extract.Table, columns []*schema.Column, alive func()) error {
	for _, p := range t.Parts {
		for _, err := range p.Scan(ctx, columns) {
			if err != nil {
				return err
			}
			alive()
		}
	}
	return nil
}

// leaveOut leaves the rules that would save most out in turn: a run with all,
// one without the first, one with all, one without the second, and so on. What
// a run saved is taken against the mean of the runs before and after it.
func (b *Bench) leaveOut(ctx context.Context, c *Costs) error {
	var costliest []*RuleCost
	for i := range c.Costs {
		costliest = append(costliest, &c.Costs[i])
	}
	slices.SortStableFunc(costliest, func(x, y *RuleCost) int {
		switch {
		case x.own > y.own:
			return -1
		case x.own < y.own:
			return 1
		}
		return 0
	})
	return b.savings(ctx, costliest[:min(b.options.LeaveOut, len(costliest))])
}

// savings measures what runs without each of the rules save.
func (b *Bench) savings(ctx context.Context, costs []*RuleCost) error {
	if len(costs) == 0 {
		return nil
	}
	plans := make([]*analyzer.Plan, len(costs))
	for i, cost := range costs {
		rest := slices.DeleteFunc(slices.Clone(b.programs), func(p analyzer.Program) bool { return p.ID == cost.Rule })
		var err error
		if plans[i], err = analyzer.NewPlan(rest, &b.columns.Extract); err != nil {
			return fmt.Errorf("planning: %w", err)
		}
	}
	saved := make([][]float64, len(costs))
	last, err := b.cpu(ctx, b.plan)
	if err != nil {
		return err
	}
	for round := range b.options.Rounds {
		for i, plan := range plans {
			b.step("leaving rules out", round*len(plans)+i, b.options.Rounds*len(plans))
			without, err := b.cpu(ctx, plan)
			if err != nil {
				return err
			}
			with, err := b.cpu(ctx, b.plan)
			if err != nil {
				return err
			}
			saved[i] = append(saved[i], (last+with)/2-without)
			last = with
		}
	}
	for i, cost := range costs {
		cost.Measured = &Saving{Row: median(saved[i]) / float64(max(1, cost.Rows)), Chance: positive(saved[i])}
	}
	return nil
}

// cpu is the processor time that the plan takes.
func (b *Bench) cpu(ctx context.Context, plan *analyzer.Plan) (float64, error) {
	runtime.GC()
	before := b.options.CPU()
	_, err := b.run(ctx, plan, nil)
	return float64(b.options.CPU() - before), err
}
