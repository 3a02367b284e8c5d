package analyzer

import (
	"context"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
)

// What of the engine those outside need to know.
type (
	// Practices are those of an extract, and as of when each is judged.
	Practices = practices.Set
	// Declaration is one answer of a practice to one question.
	Declaration = practices.Declaration
	// Program is a rule as the engine runs it.
	Program = plan.Program
	// Plan says in which order the tables are read for a list of programs.
	Plan = plan.Plan
	// Meter notes what a run spends its time on, Span by Span.
	Meter = eval.Meter
	Span  = eval.Span
	// Refusal is the error of an extract that cannot be judged.
	Refusal = practices.Refusal
)

// AsOf finds the practices of an extract and the as-of date of each, which
// override, in days since 1970-01-01, replaces where it is not nil.
func AsOf(ctx context.Context, x *extract.Extract, override *int32) (*Practices, error) {
	return practices.Find(ctx, x, override)
}

// NewPlan orders the tables of an extract for programs of one graph.
func NewPlan(programs []Program, x *extract.Extract) (*Plan, error) { return plan.New(programs, x) }

// Lower adds a rule to the graph. The program is nil where the extract cannot
// supply what the rule reads; Lowered.Missing says what that is.
func Lower(graph *expr.Graph, binding *expr.Binding, id string, table *schema.Table, checked *expr.Checked) (*Program, *expr.Lowered) {
	return plan.Lower(graph, binding, id, table, checked)
}
