package plan

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A match is worked out for the rows in which conditions beside it, of the row's own
// cells, leave it to decide; never for fewer.
func TestDemands(t *testing.T) {
	g := expr.NewGraph()
	events := schema.Lookup("events")
	col := func(name string) *expr.Node { return g.Column(events.Column(name)) }
	matched := g.Match(schema.Patients.Walk("events"), events, g.Present(col("unit")), nil, []*expr.Node{col("event_date")}, []*expr.Node{col("event_date")})
	set := matched.Args[0]
	coded, valued, typed := g.Present(col("code")), g.Present(col("value")), g.Present(col("event_type"))
	program := func(where, expect *expr.Node) Program {
		return Program{ID: "a/b", Table: events, Where: where, Expect: expect}
	}
	of := func(programs ...Program) Demand {
		nodes := 0
		for i := range programs {
			expr.Walk(func(n *expr.Node) { nodes = max(nodes, n.ID+1) }, programs[i].Roots()...)
		}
		return demands(programs, nodes)[set]
	}
	require.Equal(t, Demand{{{coded, false}}}, of(program(coded, matched)))
	require.Equal(t, Demand{{{coded, false}, {valued, false}}}, of(program(coded, g.And(valued, matched))))
	require.Equal(t, Demand{{{coded, false}, {valued, true}}}, of(program(coded, g.Or(valued, g.Not(matched)))))
	require.Equal(t, Demand{{{coded, false}}, {{typed, false}}}, of(program(coded, matched), program(typed, matched)))
	require.True(t, of(program(coded, matched), program(matched, typed)).all(), "what a rule is about decides for every row")
	require.True(t, of(program(g.Bool(true), matched)).all())
	home := g.Gather(events.Walk("patient"), g.Present(g.Column(schema.Patients.Column("sex"))))
	require.Equal(t, Demand{{{valued, false}}}, of(program(home, g.And(valued, matched))), "what a patient tells is not asked")
	var many []Program
	for _, name := range []string{"code", "value", "unit", "event_type", "event_date", "recorded_date", "consultation_id", "problem_id", "clinician_code"} {
		many = append(many, program(g.Present(col(name)), matched))
	}
	require.True(t, of(many...).all(), "more ways than are worth telling apart")
}
