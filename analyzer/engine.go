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

// What of the engine those outside need to know.
type (
	// Practices are those of an extract, and as of when each is judged.
	Practices = practices.Set
	// Program is a rule as the engine runs it.
	Program = plan.Program
	// Plan says in which order the tables are read for a list of programs.
	Plan = plan.Plan
	// Meter records what a run spends its time on, Span by Span.
	Meter = eval.Meter
	Span  = eval.Span
	// Run is a plan carried out over an extract, with the facts that worklists
	// need.
	Run = run.Run
	// RunOptions say how a run is done. The zero RunOptions are good.
	RunOptions = run.Options
	// Progress is how far a run has come.
	Progress = run.Progress
	// Row says which record a Verdict is about.
	Row = run.Row
	// Verdict is what a rule makes of one row.
	Verdict = run.Verdict
	// Refusal is the error of an extract that cannot be judged.
	Refusal = practices.Refusal
)

// AsOf finds the practices of an extract and the as-of date of each, which
// override replaces where it is not nil.
func AsOf(ctx context.Context, x *extract.Extract, override *calendar.Day) (*Practices, error) {
	return practices.Find(ctx, x, override)
}

// NewPlan orders the tables of an extract for programs of one graph.
func NewPlan(programs []Program, x *extract.Extract) (*Plan, error) { return plan.New(programs, x) }

// NewRun carries out the plan. The extract must stay open while the Run is
// used.
func NewRun(ctx context.Context, plan *Plan, x *extract.Extract, practices *Practices, o RunOptions) (*Run, error) {
	return run.New(ctx, plan, x, practices, o)
}

// Read reads every column of every table and runs no rule: the state says how the
// tables were read.
func Read(ctx context.Context, x *extract.Extract, o RunOptions) (*state.State, error) {
	return run.Read(ctx, x, o)
}

// FailingRows calls emit for every record that fails one of the rules, in an
// order that neither workers nor batches change; see run.FailingRows.
func FailingRows(ctx context.Context, of *Run, ruleIDs, open []string, emit func(Row) error) error {
	return run.FailingRows(ctx, of, ruleIDs, open, emit)
}

// Verdicts calls emit for every record of the rules' tables, in the order of
// FailingRows.
func Verdicts(ctx context.Context, of *Run, ruleIDs []string, emit func(Row) error) error {
	return run.Verdicts(ctx, of, ruleIDs, emit)
}

// Lower adds a rule to the graph. The program is nil where the extract cannot
// supply what the rule reads; Lowered.Missing says what that is.
func Lower(graph *expr.Graph, binding *expr.Binding, id string, table *schema.Table, checked *expr.Checked) (*Program, *expr.Lowered) {
	return plan.Lower(graph, binding, id, table, checked)
}

// The verdicts on a row. Unknown is a failing row whose expectation is unknown;
// Outside is a row that where is not true of, a reject, or no practice's row.
const (
	Outside      = run.Outside
	Undetermined = run.Undetermined
	Excluded     = run.Excluded
	Numerator    = run.Numerator
	Failing      = run.Failing
	Unknown      = run.Unknown
)
