package run

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

func textOf(g *expr.Graph, s string) *expr.Node {
	return g.Const(expr.Value{Type: schema.Text, Text: s})
}

func column(g *expr.Graph, table, name string) *expr.Node {
	return g.Column(schema.Lookup(table).Column(name))
}

func is(g *expr.Graph, table, name, value string) *expr.Node {
	return g.Strict(expr.OpEq, schema.Bool, column(g, table, name), textOf(g, value))
}

// runOf carries out the programs over the tables with so many workers.
func runOf(t *testing.T, jobs int, programs []plan.Program, tables ...*extract.Memory) *Run {
	t.Helper()
	x := extract.InMemory("test", tables...)
	asOf := enginetest.Day("2026-03-31")
	practices, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	plan, err := plan.New(programs, x)
	require.NoError(t, err)
	run, err := New(context.Background(), plan, x, practices, Options{Jobs: jobs})
	require.NoError(t, err)
	return run
}

func tally(den, num, unknown, excluded, undetermined int64) state.Tally {
	return state.Tally{Denominator: den, Numerator: num, Unknown: unknown, Excluded: excluded, Undetermined: undetermined}
}

func TestRowRule(t *testing.T) {
	g := expr.NewGraph()
	rule := plan.Program{ID: "a/coded", Table: schema.Lookup("medications"), Where: is(g, "medications", "status", "active"), Expect: g.Present(column(g, "medications", "dmd_code"))}
	for _, jobs := range []int{1, 3} {
		tables := enginetest.Clinic(t)
		tables[1].Parts = [][]int{{1, 2}, {5}}
		s := runOf(t, jobs, []plan.Program{rule}, tables...).State(nil)
		// m1 and the second m3 are coded, m2 is not; m5 is nobody's and counts under no practice.
		require.Equal(t, []state.Tally{tally(3, 2, 0, 0, 1)}, s.Practices[0].Tallies)
		require.EqualValues(t, state.TableState{Table: schema.Lookup("medications"), Rows: 8, Rejected: 2, Orphans: 1, DuplicateIDs: 1,
			Absent: s.Tables[1].Absent, Faults: s.Tables[1].Faults}, s.Tables[1])
		require.Equal(t, []state.Position{{File: "medications", Record: 6}, {File: "medications", Record: 7}}, s.Tables[1].Faults[0].First)
	}
}

// Rows are counted by day under their own practice, by however many workers;
// those without a day, of the future or of more than a hundred years ago count
// by no day.
func TestRowsCountedByDay(t *testing.T) {
	g := expr.NewGraph()
	p := plan.Program{ID: "r/days", Table: schema.Lookup("events"), Where: is(g, "events", "code_system", "sct"),
		Exclude: is(g, "events", "code", "x"), Date: column(g, "events", "event_date")}
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"ann", "A"}, enginetest.Line{"bob", "B"})
	practice := enginetest.Rows(t, "practice", enginetest.Line{"practice_id"}, enginetest.Line{"A"}, enginetest.Line{"B"}, enginetest.Line{"C"})
	var lines [][]string
	for i := range 300 {
		lines = append(lines, enginetest.Line{[]string{"ann", "bob"}[i%2], "sct", "y", []string{"2026-03-01", "2026-03-31", "2020-02-29"}[i%3]})
	}
	for _, date := range []string{"-", "?", "2026-04-01", "1926-03-31"} {
		lines = append(lines, enginetest.Line{"ann", "sct", "y", date})
	}
	lines = append(lines, enginetest.Line{"ann", "sct", "y", "1926-04-01"}, enginetest.Line{"ann", "sct", "x", "2026-03-01"}, enginetest.Line{"ann", "read2", "y", "2026-03-01"},
		enginetest.Line{"ann", "-", "y", "2026-03-01"}, enginetest.Line{"zoe", "sct", "y", "2026-03-01"})
	want := func(more ...state.DayCount) []state.DayCount {
		return append(more, state.DayCount{Day: enginetest.Day("2020-02-29"), Count: 50}, state.DayCount{Day: enginetest.Day("2026-03-01"), Count: 50},
			state.DayCount{Day: enginetest.Day("2026-03-31"), Count: 50})
	}
	for jobs := 1; jobs <= 3; jobs++ {
		events := enginetest.Rows(t, "events", enginetest.Line{"patient_id", "code_system", "code", "event_date"}, lines...)
		events.Parts = [][]int{{70, 1}, {100}, {len(lines) - 171}}
		s := runOf(t, jobs, []plan.Program{p}, practice, patients, events).State(nil)
		require.Equal(t, []state.Days{{Rule: "r/days", Counts: want(state.DayCount{Day: enginetest.Day("1926-04-01"), Count: 1})}}, s.Practices[0].Days)
		require.EqualValues(t, 155, s.Practices[0].Tallies[0].Denominator, "those of no day count too")
		require.Equal(t, []state.Days{{Rule: "r/days", Counts: want()}}, s.Practices[1].Days)
		require.Empty(t, s.Practices[2].Days)
	}
}

// brokenPart stands for a mistake in what reads or evaluates rows.
type brokenPart struct{ extract.Part }

func (brokenPart) Scan(context.Context, []*schema.Column) iter.Seq2[*extract.Batch, error] {
	return func(func(*extract.Batch, error) bool) { panic("943 476 5919") }
}

// A panic is an error of ours, which says where in the program it was, in whose
// part of what table, and nothing of what was read.
func TestAPanicIsAnErrorOfOurs(t *testing.T) {
	for _, jobs := range []int{1, 3} {
		for _, table := range []*schema.Table{schema.Patients, schema.Medications} {
			g := expr.NewGraph()
			x := extract.InMemory("test", enginetest.Clinic(t)...)
			broken := x.Table(table)
			for i, p := range broken.Parts {
				broken.Parts[i] = brokenPart{p}
			}
			asOf := enginetest.Day("2026-03-31")
			found, err := practices.Find(t.Context(), x, &asOf)
			if err == nil {
				var made *plan.Plan
				made, err = plan.New([]plan.Program{{ID: "a/active", Table: schema.Medications, Where: is(g, "medications", "status", "active")}}, x)
				require.NoError(t, err)
				_, err = New(t.Context(), made, x, found, Options{Jobs: jobs})
			}
			var ours *crash.Error
			require.ErrorAs(t, err, &ours, table.Name)
			require.Contains(t, ours.Frames[0].Function, "brokenPart.Scan")
			require.Contains(t, err.Error(), table.Name)
			require.NotContains(t, err.Error(), "943")
		}
	}
}
