package run

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
)

// runKeeping is a run that keeps so many bytes of failing rows; none below 0.
func runKeeping(t *testing.T, jobs, most int, programs []plan.Program, x *extract.Extract) *Run {
	t.Helper()
	asOf := enginetest.Day("2026-03-31")
	set, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	for i := range programs {
		programs[i].Listed = most >= 0
	}
	planned, err := plan.New(programs, x)
	require.NoError(t, err)
	run, err := New(context.Background(), planned, x, set, Options{Jobs: jobs, kept: most})
	require.NoError(t, err)
	return run
}

func listedRows(t *testing.T, run *Run, ids, open []string) (rows []Row) {
	t.Helper()
	require.NoError(t, FailingRows(context.Background(), run, ids, open, func(r Row) error {
		rows = append(rows, r)
		return nil
	}))
	return rows
}

// A list is the same whether its rows were kept while they were counted, were too many
// for that, or none was: however the rows are divided and shared among workers.
func TestListsOfKeptRows(t *testing.T) {
	tables := town(t, 400)
	random := rand.New(rand.NewPCG(7, 8))
	rules := func(g *expr.Graph) []plan.Program {
		active, coded := is(g, "medications", "status", "active"), g.Present(column(g, "medications", "dmd_code"))
		started := column(g, "medications", "start_date")
		return append(townRules(g),
			plan.Program{ID: "e/both", Table: schema.Medications, Where: g.Bool(true), Expect: g.And(active, coded), Reasons: []*expr.Node{active, coded}},
			plan.Program{ID: "f/dated", Table: schema.Medications, Where: coded, Expect: g.Strict(expr.OpLt, schema.Bool, started, g.Const(expr.Value{Type: schema.Date, Int: 200}))})
	}
	lists := [][]string{{"b/coded"}, {"f/dated"}, {"a/women", "b/coded", "c/treated", "d/practice", "e/both", "f/dated"}}
	for round := range 6 {
		divide(random, tables)
		x := extract.InMemory("x", tables...)
		read := runKeeping(t, 1, -1, rules(expr.NewGraph()), x)
		for _, most := range []int{0, 1, 20_000} {
			run := runKeeping(t, 1+round%3, most, rules(expr.NewGraph()), x)
			for _, ids := range lists {
				for _, open := range [][]string{nil, {"b/coded"}} {
					want, got := listedRows(t, read, ids, open), listedRows(t, run, ids, open)
					require.NotEmpty(t, want)
					require.Len(t, got, len(want), "%v, %v open, %d bytes", ids, open, most)
					for i := range want {
						require.Equal(t, want[i], got[i], "%v, %v open, %d bytes", ids, open, most)
					}
				}
			}
		}
	}
}

// Where memory does not suffice, the rule with the most rows gives its own up.
func TestTheRuleWithMostRowsGivesUp(t *testing.T) {
	k := newKeptRows(3, 100)
	for at := range 3 {
		k.begin(at, 0)
	}
	k.take(0, 60)
	k.take(1, 30)
	require.True(t, k.keeps(0))
	k.take(2, 20)
	require.Equal(t, []bool{false, true, true}, []bool{k.keeps(0), k.keeps(1), k.keeps(2)})
	k.take(0, 1000)
	k.put(0, 0, &keptPart{rows: make([]keptRow, 1)})
	require.Empty(t, k.of[0].parts)
	require.Equal(t, 50, k.bytes)
}

// A list of kept rows reads what of them was not kept, and nothing else.
func TestListsReadWhatWasNotKept(t *testing.T) {
	people := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"1"}, enginetest.Line{"2"})
	lines := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "status", "dmd_code", "start_date"},
		enginetest.Line{"m1", "1", "active", "7", "2020-01-01"}, enginetest.Line{"m2", "2", "ended", "8", "2021-01-01"},
		enginetest.Line{"m3", "1", "ended", "9", "?"}, enginetest.Line{"m4", "3", "ended", "9", "?"})
	lines.Parts = [][]int{{1}, {1, 2}}
	for _, c := range []struct {
		name string
		also string // a column that the rule reads beside the status
		want []string
	}{
		{"the code and the date were not read", "status", []string{"dmd_code", "start_date"}},
		{"the code was read", "dmd_code", []string{"start_date"}},
		{"the date was read", "start_date", []string{"dmd_code"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := expr.NewGraph()
			expect := g.And(is(g, "medications", "status", "active"), g.Present(column(g, "medications", c.also)))
			x := extract.InMemory("x", people, lines)
			var read atomic.Int64
			var cols []*schema.Column
			parts := x.Table(schema.Medications).Parts
			for i := range parts {
				parts[i] = countedPart{Part: parts[i], read: &read, cols: &cols}
			}
			run := runKeeping(t, 1, 0, []plan.Program{{ID: "a/active", Table: schema.Medications, Where: g.Bool(true), Expect: expect}}, x)
			before := read.Load()
			rows := listedRows(t, run, []string{"a/active"}, nil)
			var names, records []string
			for _, c := range cols {
				names = append(names, c.Name)
			}
			for _, r := range rows {
				records = append(records, r.Patient+" "+r.Record+" "+r.Code)
			}
			require.Equal(t, []string{"2 m2 8", "1 m3 9"}, records[:2])
			require.True(t, rows[0].HasDate)
			require.False(t, rows[1].HasDate)
			require.Equal(t, c.want, names)
			require.Equal(t, int64(1), read.Load()-before, "the first part has no failing row")
		})
	}
}
