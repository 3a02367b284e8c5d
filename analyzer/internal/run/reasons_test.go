package run

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// A failing row says which parts of what is expected are false and which unknown,
// whether its table is read or in memory.
func TestListedRowsSayWhatIsWrong(t *testing.T) {
	people := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id", "sex"},
		enginetest.Line{"p1", "A", "F"}, enginetest.Line{"p2", "A", "M"}, enginetest.Line{"p3", "A", ""})
	medications := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "status", "dmd_code"},
		enginetest.Line{"m1", "p1", "active", "0012"}, enginetest.Line{"m2", "p2", "", "12e5"}, enginetest.Line{"m3", "p3", "ended", ""})
	g := expr.NewGraph()
	active, coded := is(g, "medications", "status", "active"), g.Present(column(g, "medications", "dmd_code"))
	woman := is(g, "patients", "sex", "F")
	has := g.Aggregate(expr.OpExists, schema.Patients.Walk("medications"), active)
	hers := g.Gather(schema.Medications.Walk("patient"), woman)
	programs := []plan.Program{
		{ID: "a/drug", Table: schema.Medications, Where: g.Bool(true), Expect: g.And(active, coded, hers), Reasons: []*expr.Node{active, coded, hers}},
		{ID: "b/person", Table: schema.Patients, Where: g.Bool(true), Expect: g.And(woman, has), Reasons: []*expr.Node{woman, has}},
	}
	type reasons struct {
		record, code  string
		unmet, untold uint64
	}
	var got []reasons
	run := runOf(t, 1, programs, people, medications)
	require.NoError(t, FailingRows(context.Background(), run, []string{"a/drug", "b/person"}, nil, func(r Row) error {
		got = append(got, reasons{r.Record, r.Code, r.Unmet, r.Untold})
		return nil
	}))
	require.Equal(t, []reasons{
		{"p2", "", 0b01, 0b10}, {"p3", "", 0b10, 0b01},
		{"m2", "12e5", 0b100, 0b001}, {"m3", "", 0b011, 0b100},
	}, got)
}
