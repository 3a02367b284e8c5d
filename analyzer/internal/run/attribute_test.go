package run

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// Whose row it is, as the schema says: of two practices that both have a
// patient 1, a patient 2 that two rows of A carry, and 3 and 4 of one each.
func TestWhoseRowItIs(t *testing.T) {
	practice := enginetest.Rows(t, "practice", enginetest.Line{"practice_id"}, enginetest.Line{"A"}, enginetest.Line{"B"})
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"},
		enginetest.Line{"1", "A"}, enginetest.Line{"1", "B"}, enginetest.Line{"2", "A"}, enginetest.Line{"2", "A"}, enginetest.Line{"3", "A"}, enginetest.Line{"4", "B"})
	events := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "practice_id"},
		enginetest.Line{"e1", "1", "A"}, // A's
		enginetest.Line{"e2", "1", "B"}, // B's
		enginetest.Line{"e3", "1", "-"}, // one of two: an orphan of no practice
		enginetest.Line{"e4", "1", "C"}, // neither: an orphan of no practice
		enginetest.Line{"e5", "2", "A"}, // ambiguous: an orphan of A
		enginetest.Line{"e6", "3", "B"}, // A's, and a mismatch
		enginetest.Line{"e7", "3", "-"}, // A's
		enginetest.Line{"e8", "9", "B"}, // an orphan of B
		enginetest.Line{"e9", "4", "B"}) // B's
	g := expr.NewGraph()
	event := schema.Lookup("events")
	programs := []plan.Program{
		{ID: "a/all", Table: event, Where: g.Bool(true), Expect: g.Present(g.Gather(event.Walk("patient"), column(g, "patients", "patient_id")))},
		{ID: "b/patients", Table: schema.Lookup("patients"), Where: g.Bool(true)},
	}
	for _, dictionary := range []bool{false, true} {
		events.Dictionary = dictionary
		s := runOf(t, 2, programs, practice, patients, events).State(nil)
		require.Equal(t, tally(4, 3, 0, 0, 0), s.Practices[0].Tallies[0], "e1, e6, e7; e5 has no patient")
		require.Equal(t, tally(3, 2, 0, 0, 0), s.Practices[1].Tallies[0], "e2, e9; e8 has no patient")
		require.Equal(t, tally(2, 0, 0, 0, 0), s.Practices[0].Tallies[1])
		require.Equal(t, tally(2, 0, 0, 0, 0), s.Practices[1].Tallies[1])
		table := s.Tables[2]
		require.Equal(t, []int64{9, 0, 4, 1}, []int64{table.Rows, table.Rejected, table.Orphans, table.PracticeMismatch})
		require.EqualValues(t, 2, s.Tables[1].Rejected)
		require.EqualValues(t, 1, s.Tables[1].DuplicateIDs)
		require.Equal(t, []state.Position{{File: "patients", Record: 3}, {File: "patients", Record: 4}}, s.Tables[1].Faults[0].First)
	}
}
