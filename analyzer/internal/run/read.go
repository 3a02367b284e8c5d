package run

import (
	"context"
	"fmt"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/state"
)

// Read reads every column of every table and runs no rule: the state says how the
// tables were read.
func Read(ctx context.Context, x *extract.Extract, o Options) (*state.State, error) {
	if o.AsOf == nil {
		o.AsOf = new(calendar.Day) // nothing depends on it
	}
	practices, err := practices.Find(ctx, x, o.AsOf)
	if err != nil {
		return nil, err
	}
	plan, err := plan.New(nil, x)
	if err != nil {
		return nil, fmt.Errorf("planning: %w", err)
	}
	o.everyColumn = true
	run, err := New(ctx, plan, x, practices, o)
	if err != nil {
		return nil, err
	}
	return run.State(nil), nil
}
