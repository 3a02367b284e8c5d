package run

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
)

// What is drawn of the rows of each rule is what a sort of all of them by their hash
// gives, however the rows are divided, shuffled or shared out among workers.
func TestASampleIsOfTheRecordsAlone(t *testing.T) {
	t.Parallel()
	tables := town(t, 900)
	random := rand.New(rand.NewPCG(5, 6))
	ids := []string{"a/women", "b/coded", "c/treated", "d/practice"}
	of := Sampling{Key: []byte("key"), Each: 7, Practice: "B"}
	var want []Row
	for round := range 8 {
		if round > 1 {
			for _, m := range tables {
				random.Shuffle(len(m.Rows), func(i, j int) { m.Rows[i], m.Rows[j] = m.Rows[j], m.Rows[i] })
			}
		}
		divide(random, tables)
		run := runOf(t, 1+round%4, townRules(expr.NewGraph()), tables...)
		got, err := Sample(context.Background(), run, ids, of)
		require.NoError(t, err)
		if round == 0 {
			want = got
		}
		require.Equal(t, want, got)
	}
	run := runOf(t, 2, townRules(expr.NewGraph()), tables...)
	all := map[string][]Row{}
	require.NoError(t, Verdicts(context.Background(), run, ids[:3], func(r Row) error {
		side := map[Verdict]string{Numerator: "met", Failing: "failing", Unknown: "failing"}[r.Verdict]
		if r.Practice == "B" && side != "" {
			all[r.Rule+" "+side] = append(all[r.Rule+" "+side], r)
		}
		return nil
	}))
	seen := map[string]int{}
	for _, r := range want {
		side := "failing"
		if r.Verdict == Numerator {
			side = "met"
		}
		seen[r.Rule+" "+side]++
		require.True(t, slices.ContainsFunc(all[r.Rule+" "+side], func(other Row) bool {
			return other.Patient == r.Patient && other.Record == r.Record && other.Date == r.Date && other.Code == r.Code
		}), "%+v", r)
	}
	require.Len(t, seen, 6)
	for side, n := range seen {
		require.Equal(t, min(7, len(all[side])), n, side)
	}

	// Another key draws others; more of them begin with the same.
	other, err := Sample(context.Background(), run, ids, Sampling{Key: []byte("other"), Each: 7, Practice: "B"})
	require.NoError(t, err)
	require.NotEqual(t, want, other)
	more, err := Sample(context.Background(), run, ids, Sampling{Key: []byte("key"), Each: 1000, Practice: "B"})
	require.NoError(t, err)
	for rule, n := range map[string]int{"a/women": 0, "b/coded": 0} {
		first := func(rows []Row) Row {
			return rows[slices.IndexFunc(rows, func(r Row) bool { return r.Rule == rule })+n]
		}
		require.Equal(t, first(want), first(more))
	}
	count := map[string]int{}
	for _, r := range more {
		count[r.Rule+map[bool]string{true: " met", false: " failing"}[r.Verdict == Numerator]]++
	}
	for side, rows := range all {
		require.Equal(t, len(rows), count[side], side)
	}
	_, err = Sample(context.Background(), run, ids, Sampling{Each: 7, Practice: "nobody"})
	require.Error(t, err)
}

// Of rows that were not drawn nothing is allocated.
func TestASampleAllocatesNothingForARowThatIsNotDrawn(t *testing.T) {
	tables := town(t, 8000)
	run := runOf(t, 1, townRules(expr.NewGraph()), tables...)
	allocations := func(each int) float64 {
		return testing.AllocsPerRun(3, func() {
			_, err := Sample(context.Background(), run, []string{"b/coded"}, Sampling{Key: []byte("k"), Each: each, Practice: "A"})
			require.NoError(t, err)
		})
	}
	few, all := allocations(1), allocations(8000)
	require.Greater(t, all-few, 1000.0, "a row that is drawn is named")
	require.Less(t, few, 600.0, "thousands of rows were read")
}
