package run

import (
	"context"
	"iter"
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

// A countedPart counts how often it is read.
type countedPart struct {
	extract.Part
	read *atomic.Int64
	cols *[]*schema.Column // of the last time; nil where nobody asks
}

func (p countedPart) Scan(ctx context.Context, cols []*schema.Column) iter.Seq2[*extract.Batch, error] {
	p.read.Add(1)
	if p.cols != nil {
		*p.cols = cols
	}
	return p.Part.Scan(ctx, cols)
}

// A list reads only the parts in which a rule that it is of has failing rows.
func TestListsReadPartsWithFailingRows(t *testing.T) {
	g := expr.NewGraph()
	medications := schema.Lookup("medications")
	coded := plan.Program{ID: "a/coded", Table: medications, Where: g.Bool(true), Expect: g.Present(column(g, "medications", "dmd_code"))}
	active := plan.Program{ID: "a/active", Table: medications, Where: is(g, "medications", "status", "active"), Expect: g.Present(column(g, "medications", "dmd_code"))}
	table := enginetest.Rows(t, "medications", enginetest.Line{"medication_id", "patient_id", "dmd_code", "status"},
		enginetest.Line{"m1", "1", "7", "active"}, enginetest.Line{"m2", "1", "7", "active"},
		enginetest.Line{"m3", "1", "?", "ended"}, enginetest.Line{"m4", "1", "7", "active"},
		enginetest.Line{"m5", "1", "7", "?"}, enginetest.Line{"m6", "1", "7", "active"})
	table.Parts = [][]int{{2}, {1, 1}, {2}}
	x := extract.InMemory("x", enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"1"}), table)
	reads := make([]atomic.Int64, 3)
	parts := x.Table(medications).Parts
	for i := range parts {
		parts[i] = countedPart{Part: parts[i], read: &reads[i]}
	}
	asOf := enginetest.Day("2026-03-31")
	set, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	planned, err := plan.New([]plan.Program{coded, active}, x)
	require.NoError(t, err)
	run, err := New(context.Background(), planned, x, set, Options{Jobs: 2})
	require.NoError(t, err)
	listed := func(rule string, open ...string) (records []string, read []int64) {
		for i := range reads {
			reads[i].Store(0)
		}
		require.NoError(t, FailingRows(context.Background(), run, []string{rule}, open, func(r Row) error {
			records = append(records, r.Record)
			return nil
		}))
		for i := range reads {
			read = append(read, reads[i].Load())
		}
		return records, read
	}
	records, read := listed("a/coded")
	require.Equal(t, []string{"m3"}, records)
	require.Equal(t, []int64{0, 1, 0}, read)
	records, read = listed("a/active")
	require.Empty(t, records)
	require.Equal(t, []int64{0, 0, 0}, read)
	records, read = listed("a/active", "a/active")
	require.Equal(t, []string{"m5"}, records, "undetermined")
	require.Equal(t, []int64{0, 0, 1}, read)
}
