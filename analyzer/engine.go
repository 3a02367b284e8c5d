package analyzer

import (
	"context"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/run"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// What of the engine those outside need. Each is documented where it is declared.
type (
	Practices  = practices.Set
	Program    = plan.Program
	Plan       = plan.Plan
	Meter      = eval.Meter
	Span       = eval.Span
	Run        = run.Run
	RunOptions = run.Options
	Progress   = run.Progress
	Row        = run.Row
	Verdict    = run.Verdict
	Sampling   = run.Sampling
	Refusal    = practices.Refusal
)

// The verdicts that callers ask for.
const (
	Undetermined = run.Undetermined
	Failing      = run.Failing
	Outside      = run.Outside
	Excluded     = run.Excluded
	Numerator    = run.Numerator
	Unknown      = run.Unknown
)

// AsOf is practices.Find.
func AsOf(ctx context.Context, x *extract.Extract, override *calendar.Day) (*Practices, error) {
	return practices.Find(ctx, x, override)
}

// NewPlan is plan.New.
func NewPlan(programs []Program, x *extract.Extract) (*Plan, error) { return plan.New(programs, x) }

// NewRun is run.New.
func NewRun(ctx context.Context, plan *Plan, x *extract.Extract, practices *Practices, o RunOptions) (*Run, error) {
	return run.New(ctx, plan, x, practices, o)
}

// Read is run.Read.
func Read(ctx context.Context, x *extract.Extract, o RunOptions) (*state.State, error) {
	return run.Read(ctx, x, o)
}

// FailingRows is run.FailingRows.
func FailingRows(ctx context.Context, of *Run, ruleIDs, open []string, emit func(Row) error) error {
	return run.FailingRows(ctx, of, ruleIDs, open, emit)
}

// Verdicts is run.Verdicts.
func Verdicts(ctx context.Context, of *Run, ruleIDs []string, emit func(Row) error) error {
	return run.Verdicts(ctx, of, ruleIDs, emit)
}

// Sample is run.Sample.
func Sample(ctx context.Context, of *Run, ruleIDs []string, how Sampling) ([]Row, error) {
	return run.Sample(ctx, of, ruleIDs, how)
}

// Trace is run.Trace.
func Trace(ctx context.Context, of *Run, ruleIDs []string, patient string, columns []*schema.Column, emit func(Row) error) error {
	return run.Trace(ctx, of, ruleIDs, patient, columns, emit)
}

// Lower is plan.Lower.
func Lower(graph *expr.Graph, binding *expr.Binding, id string, table *schema.Table, checked *expr.Checked) (*Program, *expr.Lowered) {
	return plan.Lower(graph, binding, id, table, checked)
}
