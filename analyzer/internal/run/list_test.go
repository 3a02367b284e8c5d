package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// town is two practices of so many patients, each with a medication or two.
func town(t *testing.T, patients int) []*extract.Memory {
	people := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id", "sex"})
	medications := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "status", "dmd_code", "start_date"})
	random := rand.New(rand.NewPCG(1, 2))
	for i := range patients {
		id := extract.TextCell(fmt.Sprintf("p%d", i))
		sex := extract.TextCell([]string{"F", "M", ""}[random.IntN(3)])
		people.Rows = append(people.Rows, []extract.Cell{id, extract.TextCell([]string{"A", "B"}[i%2]), sex})
		for j := range random.IntN(3) {
			medications.Rows = append(medications.Rows, []extract.Cell{extract.TextCell(fmt.Sprintf("m%d-%d", i, j)), id,
				extract.TextCell([]string{"active", "ended", ""}[random.IntN(3)]), extract.TextCell([]string{"", "1"}[random.IntN(2)]), extract.IntCell(int64(i))})
		}
	}
	return []*extract.Memory{people, medications}
}

func townRules(g *expr.Graph) []plan.Program {
	patients, medications := schema.Lookup("patients"), schema.Lookup("medications")
	active := is(g, "medications", "status", "active")
	coded := g.Present(column(g, "medications", "dmd_code"))
	has := g.Aggregate(expr.OpExists, patients.Walk("medications"), active)
	return []plan.Program{
		{ID: "b/coded", Table: medications, Where: active, Expect: coded},
		{ID: "a/women", Table: medications, Where: g.And(coded, g.Gather(medications.Walk("patient"), g.IsTrue(has))),
			Expect: g.Gather(medications.Walk("patient"), is(g, "patients", "sex", "F"))},
		{ID: "c/treated", Table: patients, Where: g.Present(column(g, "patients", "sex")), Expect: has},
		{ID: "d/practice", Table: schema.Lookup("practice"), Where: g.Bool(true)},
	}
}

// divide cuts the rows of every table into parts and batches at random.
func divide(random *rand.Rand, tables []*extract.Memory) {
	for _, m := range tables {
		m.Parts = nil
		for left := len(m.Rows); left > 0; {
			var part []int
			for left > 0 && (len(part) == 0 || random.IntN(3) > 0) {
				n := 1 + random.IntN(min(left, 150))
				part, left = append(part, n), left-n
			}
			m.Parts = append(m.Parts, part)
		}
	}
}

func TestWorklistsAreTheFailingRowsInOrder(t *testing.T) {
	tables := town(t, 700)
	random := rand.New(rand.NewPCG(3, 4))
	ids := []string{"a/women", "b/coded", "c/treated", "d/practice"}
	var want []Row
	for round := range 6 {
		divide(random, tables)
		run := runOf(t, 1+round%3, townRules(expr.NewGraph()), tables...)
		var got []Row
		require.NoError(t, FailingRows(context.Background(), run, ids, nil, func(r Row) error { got = append(got, r); return nil }))
		if round == 0 {
			want = got
		}
		require.Equal(t, want, got, "however the rows are divided")
		failing := map[string]int64{}
		for _, r := range got {
			failing[r.Rule+" "+r.Practice]++
		}
		s := run.State(nil)
		for _, p := range s.Practices {
			for i, id := range s.Rules {
				require.Equal(t, p.Tallies[i].Denominator-p.Tallies[i].Numerator, failing[id+" "+p.ID], "%s of %s", id, p.ID)
			}
		}
	}
	require.Equal(t, Row{Rule: "d/practice", Table: schema.Practice, Practice: "A", Record: "A", Position: state.Position{File: "practice", Record: 1}, Verdict: Failing}, want[0])
	for _, r := range want {
		if r.Rule == "b/coded" {
			require.True(t, r.HasDate)
			require.Equal(t, fmt.Sprintf("p%d", r.Date), r.Patient, "the date is the medication's start")
			require.Equal(t, tables[1].Rows[r.Position.Record-1][0].Text, r.Record)
		}
	}
	// Of rules that are open, those that nobody can tell of come too.
	open := map[string]int64{}
	run := runOf(t, 2, townRules(expr.NewGraph()), tables...)
	require.NoError(t, FailingRows(context.Background(), run, ids, ids[:2], func(r Row) error {
		if r.Verdict == Undetermined {
			open[r.Rule+" "+r.Practice]++
		}
		return nil
	}))
	require.NotEmpty(t, open)
	s := run.State(nil)
	for _, p := range s.Practices {
		for i, id := range s.Rules {
			want := p.Tallies[i].Undetermined
			if id != ids[0] && id != ids[1] {
				want = 0
			}
			require.Equal(t, want, open[id+" "+p.ID], "%s of %s", id, p.ID)
		}
	}
	stopped := errors.New("disk full")
	run = runOf(t, 2, townRules(expr.NewGraph()), tables...)
	require.ErrorIs(t, FailingRows(context.Background(), run, ids, nil, func(Row) error { return stopped }), stopped)
}

// However rows are divided, ordered and shared among workers, the state is the
// same.
func TestStateDependsOnTheRowsAlone(t *testing.T) {
	tables := town(t, 500)
	random := rand.New(rand.NewPCG(5, 6))
	var want []byte
	for round := range 12 {
		divide(random, tables)
		if round > 6 {
			for _, m := range tables {
				random.Shuffle(len(m.Rows), func(i, j int) { m.Rows[i], m.Rows[j] = m.Rows[j], m.Rows[i] })
			}
		}
		tables[1].Dictionary = round%2 == 0
		got, err := runOf(t, 1+round%4, townRules(expr.NewGraph()), tables...).State(nil).Marshal()
		require.NoError(t, err)
		if round == 0 {
			want = got
		}
		require.Equal(t, string(want), string(got))
	}
}

// The states of the practices alone merge into the state of both.
func TestSplitByPracticeIsTheWhole(t *testing.T) {
	tables := town(t, 300)
	whole := runOf(t, 2, townRules(expr.NewGraph()), tables...).State(nil)
	var merged *state.State
	for _, practice := range []string{"B", "A"} {
		of := map[string]bool{}
		var share []*extract.Memory
		for i, m := range tables {
			part := &extract.Memory{Schema: m.Schema, Columns: m.Columns}
			for _, r := range m.Rows {
				if i == 0 && r[1].Text == practice {
					of[r[0].Text] = true
				}
				if of[r[i].Text] {
					part.Rows = append(part.Rows, r)
				}
			}
			share = append(share, part)
		}
		s := runOf(t, 1, townRules(expr.NewGraph()), share...).State(nil)
		var err error
		merged, err = state.Merge(merged, s)
		require.NoError(t, err)
	}
	require.Equal(t, whole, merged)
}
