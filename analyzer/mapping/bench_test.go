package mapping

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// BenchmarkMedications measures what conversion adds to decoding: the same
// columns of a CSV file raw and canonical.
func BenchmarkMedications(b *testing.B) {
	const rows = 200_000
	dir := b.TempDir()
	var text strings.Builder
	text.WriteString("medication_id,patient_id,practice_id,dmd_code,prescription_type,status,start_date,last_issue_date,dosage_text,quantity\n")
	for i := range rows {
		fmt.Fprintf(&text, "M%d,%010d,P1,%d,%s,active,20%02d-0%d-1%d,2025-11-%02d,%d to be taken daily,%d\n", i, i/8,
			3000000000000000+i%900, []string{"acute", "repeat"}[i%2], i%25, 1+i%9, i%10, 1+i%28, i%4, i%100)
	}
	require.NoError(b, os.WriteFile(filepath.Join(dir, "patients.csv"), []byte("patient_id\n1\n"), 0o644))
	require.NoError(b, os.WriteFile(filepath.Join(dir, "medications.csv"), []byte(text.String()), 0o644))
	x, err := Open(context.Background(), []string{dir}, Options{})
	require.NoError(b, err)
	defer func() { require.NoError(b, x.Close()) }()
	tab := x.Table(schema.Lookup("medications"))
	cols := supplied(tab)
	b.Run("raw", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		for b.Loop() {
			for _, p := range tab.Parts {
				for _, err := range p.(*part).raw.Scan(context.Background(), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
					require.NoError(b, err)
				}
			}
		}
	})
	scan := func(cols ...*schema.Column) func(*testing.B) {
		return func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				scanAll(b, tab, cols)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		}
	}
	b.Run("canonical", scan(cols...))
	for _, c := range cols {
		b.Run(c.Name, scan(c))
	}
}

func scanAll(b *testing.B, tab *extract.Table, cols []*schema.Column) {
	for _, p := range tab.Parts {
		for _, err := range p.Scan(context.Background(), cols) {
			require.NoError(b, err)
		}
	}
}
