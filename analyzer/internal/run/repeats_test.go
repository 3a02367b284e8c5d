package run

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// Earlier repeats are told in one pass where the rows of each patient lie together, and in
// three where they do not: with the same result, however the parts are cut.
func TestEarlierRepeatsInAnyOrder(t *testing.T) {
	g := expr.NewGraph()
	medications := schema.Lookup("medications")
	repeats := g.RepeatsEarlier(schema.Lookup("patients").Walk("medications"), is(g, "medications", "status", "active"),
		column(g, "medications", "medication_id"), column(g, "medications", "dmd_code"), column(g, "medications", "start_date"))
	rule := plan.Program{ID: "a/once", Table: medications, Where: g.Bool(true), Expect: g.Not(repeats)}
	type row struct{ id, patient, code, date, status string }
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 120 {
		patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"})
		var rows []row
		for p := range 9 {
			patients.Rows = append(patients.Rows, []extract.Cell{extract.TextCell(fmt.Sprint(p))})
			for range r.IntN(12) {
				rows = append(rows, row{fmt.Sprint("m", r.IntN(40)), fmt.Sprint(p), []string{"1", "2", "?"}[r.IntN(3)], []string{"2026-01-01", "2026-01-02", "-"}[r.IntN(3)], []string{"active", "ended"}[r.IntN(2)]})
			}
		}
		switch trial % 3 {
		case 1:
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		case 2:
			rows = append(rows, row{"m0", "99", "1", "2026-01-01", "active"}) // nobody's
			if n := len(rows); n > 4 {
				rows[0], rows[n-2] = rows[n-2], rows[0] // two patients' rows lie apart
			}
		}
		var want []string
		for i, x := range rows {
			for _, y := range rows {
				if x.patient != "99" && y.patient == x.patient && y.code == x.code && y.date == x.date && y.status == "active" && y.id < x.id {
					want = append(want, fmt.Sprint(i+1))
					break
				}
			}
		}
		table := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "dmd_code", "start_date", "status"})
		for _, x := range rows {
			cells := []extract.Cell{extract.TextCell(x.id), extract.TextCell(x.patient), {}, {}, extract.TextCell(x.status)}
			if x.code != "?" {
				cells[2] = extract.TextCell(x.code)
			}
			if x.date != "-" {
				cells[3] = extract.Cell{Known: true, Int: int64(enginetest.Day(x.date))}
			}
			table.Rows = append(table.Rows, cells)
		}
		table.Parts = cutAtRandom(r, len(rows))
		run := runOf(t, 1+trial%3, []plan.Program{rule}, patients, table)
		var got []string
		require.NoError(t, FailingRows(context.Background(), run, []string{"a/once"}, nil, func(r Row) error {
			got = append(got, fmt.Sprint(r.Position.Record))
			return nil
		}))
		require.ElementsMatch(t, want, got, "trial %d: %v", trial, rows)
		if trial%3 == 0 {
			require.True(t, run.RepeatsKnown(repeats), "rows that come by patient take one pass")
		}
	}
}

// A number whose bits are what stands for nothing in hashes is no repeat of nothing.
func TestHashesThatCollideAreNoRepeats(t *testing.T) {
	g := expr.NewGraph()
	events := schema.Lookup("events")
	repeats := g.RepeatsEarlier(schema.Lookup("patients").Walk("events"), g.Bool(true), column(g, "events", "event_id"), column(g, "events", "code"), column(g, "events", "value"))
	rule := plan.Program{ID: "a/once", Table: events, Where: g.Bool(true), Expect: g.Not(repeats)}
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"1"}, enginetest.Line{"2"}, enginetest.Line{"3"})
	for _, parts := range [][][]int{{{6}}, {{1, 1, 1, 1, 1, 1}}, {{3, 3}}, {{3}, {3}}, {{1}, {1}, {4}}} {
		table := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "code", "value"})
		for i, patient := range []string{"1", "1", "2", "2", "3", "3"} {
			row := []extract.Cell{extract.TextCell(fmt.Sprint("e", i)), extract.TextCell(patient), extract.TextCell("7"), {}}
			if i%2 == 1 {
				row[3] = extract.RealCell(math.Float64frombits(eval.NullHash))
			}
			table.Rows = append(table.Rows, row)
		}
		table.Parts = parts
		s := runOf(t, 2, []plan.Program{rule}, patients, table).State(nil)
		require.Equal(t, tally(6, 6, 0, 0, 0), s.Practices[0].Tallies[0], "%v", parts)
	}
}

// cutAtRandom cuts n rows into parts of batches.
func cutAtRandom(r *rand.Rand, n int) (parts [][]int) {
	for n > 0 {
		var part []int
		for rows := 1 + r.IntN(n); rows > 0; {
			batch := 1 + r.IntN(rows)
			part = append(part, batch)
			rows, n = rows-batch, n-batch
		}
		parts = append(parts, part)
	}
	return parts
}
