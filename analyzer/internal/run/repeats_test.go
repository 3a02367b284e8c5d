package run

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// The rows of a member of staff are of many patients: they repeat one another
// in the practice, whoever they are about.
func TestRowsOfStaffRepeatAcrossPatients(t *testing.T) {
	g := expr.NewGraph()
	staff := schema.Lookup("staff")
	consultations := staff.Walk("consultations")
	rule := plan.Program{ID: "a/twice", Table: staff, Where: g.Bool(true),
		Expect: g.Aggregate(expr.OpRepeated, consultations, g.Bool(true), column(g, "consultations", "consultation_date"))}
	for _, jobs := range []int{1, 2} {
		s := runOf(t, jobs, []plan.Program{rule},
			enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"ann"}, enginetest.Line{"bob"}),
			enginetest.Rows(t, "staff", enginetest.Line{"staff_code"}, enginetest.Line{"x"}, enginetest.Line{"y"}, enginetest.Line{"z"}),
			enginetest.Rows(t, "consultations", enginetest.Line{"consultation_id", "patient_id", "clinician_code", "consultation_date"},
				enginetest.Line{"1", "ann", "x", "2026-01-01"}, enginetest.Line{"2", "bob", "x", "2026-01-01"},
				enginetest.Line{"3", "ann", "y", "2026-01-01"}, enginetest.Line{"4", "bob", "y", "2026-01-02"},
				enginetest.Line{"5", "bob", "z", "2026-01-01"})).State(nil)
		require.Equal(t, tally(3, 1, 0, 0, 0), s.Practices[0].Tallies[0], "x alone")
	}
}
