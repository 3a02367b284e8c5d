package run

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// Record ids are one thing for one patient and another for the next: what an
// entry of a dictionary led to is of use to the same patient alone.
func TestRecordsMeetAlikeWithAndWithoutDictionaries(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pick := func(format string, of int) string {
		if random.IntN(8) == 0 {
			return "-"
		}
		return fmt.Sprintf(format, random.IntN(of))
	}
	var people, problems, medications []enginetest.Line
	for i := range 40 {
		people = append(people, enginetest.Line{fmt.Sprint("p", i)})
	}
	for i := range 60 {
		problems = append(problems, enginetest.Line{fmt.Sprint("x", i%13), pick("p%d", 42), pick("2020-01-1%d", 10)})
	}
	for i := range 900 {
		medications = append(medications, enginetest.Line{fmt.Sprint("m", i), fmt.Sprint("p", i/23), pick("x%d", 15), "2020-01-15"})
	}
	g := expr.NewGraph()
	table := schema.Lookup("medications")
	problem := table.Walk("indication")
	require.NotNil(t, problem)
	onset := column(g, "problems", "onset_date")
	rule := plan.Program{ID: "a/linked", Table: table, Where: g.Gather(problem, g.Present(onset)),
		Expect: g.Strict(expr.OpLt, schema.Bool, g.Gather(problem, onset), column(g, "medications", "start_date"))}
	var want []any
	for _, dictionary := range []bool{false, true} {
		for _, batches := range [][]int{{900}, {10, 90, 300, 500}} {
			m := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "indication_problem_id", "start_date"}, medications...)
			m.Dictionary, m.Parts = dictionary, [][]int{batches}
			s := runOf(t, 1, []plan.Program{rule}, enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, people...),
				enginetest.Rows(t, "problems", enginetest.Line{"problem_id", "patient_id", "onset_date"}, problems...), m).State(nil)
			got := s.Practices[0].Tallies[0]
			require.Positive(t, got.Numerator)
			require.Less(t, got.Numerator, got.Denominator)
			want = append(want, got)
			require.Equal(t, want[0], got, "dictionary %v, batches %v", dictionary, batches)
		}
	}
}
