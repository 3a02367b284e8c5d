package exprtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/schema"
)

// The generator is worth what it reaches: every operator, every kind of row.
func TestGeneratorReachesEverything(t *testing.T) {
	language, err := exprtest.Language()
	require.NoError(t, err)
	graph, read := expr.NewGraph(), map[*schema.Table]bool{}
	seen := map[string]int{}
	for seed := range uint64(400) {
		g := exprtest.New(language, seed)
		data := g.Data()
		binding := g.Binding(data)
		for range 4 {
			checked, err := language.Check(g.Rule(binding))
			if err != nil {
				continue
			}
			lowered := checked.Lower(graph, binding)
			if len(lowered.Missing) > 0 {
				seen["not assessable"]++
			}
		}
		count := func(what string, is bool) {
			if is {
				seen[what]++
			}
		}
		count("one as-of date", binding.AsOf != nil)
		count("several practices", len(data.Tables["practice"]) > 1)
		count("no patients", len(data.Tables["patients"]) == 0)
		patients := map[any]int{}
		for _, row := range data.Tables["patients"] {
			patients[row["patient_id"].Value]++
			count("repeated patient", patients[row["patient_id"].Value] == 2)
			count("no patient id", row["patient_id"].Value == nil)
		}
		for _, table := range exprtest.Tables {
			_, present := data.Tables[table.Name]
			count("absent table", !present)
			for _, row := range data.Tables[table.Name] {
				if table.Patient != nil && table.Name != "patients" {
					count("orphan", patients[row["patient_id"].Value] == 0)
				}
				for _, cell := range row {
					count("malformed cell", cell.Malformed)
				}
			}
		}
	}
	ops := map[expr.Op]int{}
	for _, n := range graph.Nodes {
		ops[n.Op]++
		if n.Space != nil {
			read[n.Space] = true
		}
	}
	for op := expr.OpConst; op <= expr.OpPoissonOutside; op++ {
		require.Positive(t, ops[op], "operator %d", op)
	}
	for _, table := range exprtest.Tables {
		require.True(t, read[table], table.Name)
	}
	for _, what := range []string{"not assessable", "one as-of date", "several practices", "no patients", "repeated patient", "no patient id", "absent table", "orphan", "malformed cell"} {
		require.Greater(t, seen[what], 4, what)
	}
}

func TestEqualSeedsGiveEqualRules(t *testing.T) {
	language, err := exprtest.Language()
	require.NoError(t, err)
	generate := func() (any, any) {
		g := exprtest.New(language, 17)
		data := g.Data()
		binding := g.Binding(data)
		return data, g.Rule(binding)
	}
	data, rule := generate()
	again, ruleAgain := generate()
	require.Equal(t, data, again)
	require.Equal(t, rule, ruleAgain)
}
