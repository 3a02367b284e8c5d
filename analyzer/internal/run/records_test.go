package run

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// An id that two records of a patient carry leads to neither, also where the
// first of all records carries it.
func TestAnAmbiguousRecordLeadsNowhere(t *testing.T) {
	g := expr.NewGraph()
	table := schema.Lookup("medications")
	rule := plan.Program{ID: "a/linked", Table: table, Where: g.Bool(true), Expect: g.Present(g.Gather(table.Walk("indication"), column(g, "problems", "onset_date")))}
	for twice := range 4 { // which record's id comes twice
		problems := []enginetest.Line{{"x0", "ann", "2020-01-01"}, {"x1", "ann", "2020-01-01"}, {"x2", "ann", "2020-01-01"}, {"x3", "bob", "2020-01-01"}}
		again := append(enginetest.Line{}, problems[twice]...)
		problems = append(problems, again)
		var medications []enginetest.Line
		for i := range 200 {
			medications = append(medications, enginetest.Line{fmt.Sprint("m", i), []string{"ann", "ann", "ann", "bob"}[i%4], fmt.Sprint("x", i%4)})
		}
		for _, dictionary := range []bool{false, true} {
			for _, jobs := range []int{1, 2} {
				m := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "indication_problem_id"}, medications...)
				m.Dictionary, m.Parts = dictionary, [][]int{{1, 99}, {100}}
				s := runOf(t, jobs, []plan.Program{rule}, enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"ann"}, enginetest.Line{"bob"}),
					enginetest.Rows(t, "problems", enginetest.Line{"problem_id", "patient_id", "onset_date"}, problems...), m).State(nil)
				require.Equal(t, tally(200, 150, 0, 0, 0), s.Practices[0].Tallies[0], "record %d, dictionary %v, %d workers", twice, dictionary, jobs)
			}
		}
	}
}

// Orphans repeat nothing, and what an orphan's missing patient has is nothing,
// where few rows are looked at and where many are.
func TestOrphansRepeatNothing(t *testing.T) {
	g := expr.NewGraph()
	patients, medications := schema.Lookup("patients"), schema.Lookup("medications")
	for _, others := range []int{0, 100} { // rows of which the condition is false
		cond := is(g, "events", "code_system", "sct")
		repeated := g.Aggregate(expr.OpRepeated, patients.Walk("events"), cond, column(g, "events", "code"))
		programs := []plan.Program{
			{ID: "a/patients", Table: patients, Where: g.Bool(true), Expect: repeated},
			{ID: "b/rows", Table: medications, Where: g.Bool(true), Expect: g.Gather(medications.Walk("patient"), repeated)},
		}
		lines := []enginetest.Line{
			{"1", "ann", "sct", "x"}, {"2", "zoe", "sct", "x"}, {"3", "zoe", "sct", "x"}, {"4", "bob", "sct", "x"}, {"5", "bob", "sct", "y"}, {"6", "zoe", "sct", "y"},
			{"7", "cat", "sct", "z"}, {"8", "cat", "sct", "z"},
		}
		for i := range others {
			lines = append(lines, enginetest.Line{fmt.Sprint("o", i), "ann", "read2", "x"})
		}
		for _, parts := range [][][]int{{{len(lines)}}, {{3, len(lines) - 5}, {2}}} {
			for _, jobs := range []int{1, 2} {
				events := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "code_system", "code"}, lines...)
				events.Parts = parts
				s := runOf(t, jobs, programs, enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"ann"}, enginetest.Line{"bob"}, enginetest.Line{"cat"}), events,
					enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id"}, enginetest.Line{"1", "ann"}, enginetest.Line{"2", "zoe"}, enginetest.Line{"3", "cat"})).State(nil)
				require.Equal(t, tally(3, 1, 0, 0, 0), s.Practices[0].Tallies[0], "cat alone; %d others, %d workers", others, jobs)
				require.Equal(t, tally(2, 1, 0, 0, 0), s.Practices[0].Tallies[1], "zoe's counts under no practice; %d others, %d workers", others, jobs)
			}
		}
	}
}
