package plan

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// Lower adds a rule to the graph. The program is nil where the extract cannot
// supply what the rule reads; Lowered.Missing says what that is.
func Lower(graph *expr.Graph, binding *expr.Binding, id string, table *schema.Table, checked *expr.Checked) (*Program, *expr.Lowered) {
	low := checked.Lower(graph, binding)
	if len(low.Missing) > 0 {
		return nil, low
	}
	p := &Program{ID: id, Table: table, Where: low.Where, Exclude: low.Exclude, Expect: low.Expect, Value: low.Value, Date: low.Date}
	if p.Where == nil {
		p.Where = graph.Bool(true)
	}
	return p, low
}
