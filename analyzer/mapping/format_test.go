package mapping

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	written "paperlight/analyzer/canonical"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/synthetic"
)

// TestFormatsGiveTheSameRows reads one synthetic extract from CSV, Parquet and
// Arrow.
func TestFormatsGiveTheSameRows(t *testing.T) {
	want := map[string][][]string{}
	for _, format := range written.Formats {
		dir := filepath.Join(t.TempDir(), "extract")
		_, err := synthetic.Generate(context.Background(), dir, synthetic.Options{
			Seed: 5, Practices: 2, Patients: 60, AsOf: 20543, Format: format, GroupRows: 128,
			PerPatient: map[string]float64{"medications": 4, "issues": 1, "allergies": 1, "events": 4, "problems": 2, "consultations": 2, "documents": 1, "results": 2},
		})
		require.NoError(t, err)
		x := open(t, Options{}, dir)
		require.Equal(t, format, x.Format)
		require.NotEmpty(t, x.Tables)
		for _, tab := range x.Tables {
			rows, _ := read(t, tab)
			if _, have := want[tab.Schema.Name]; !have {
				want[tab.Schema.Name] = rows
			}
			require.Equal(t, want[tab.Schema.Name], rows, "%s of %s", tab.Schema.Name, format)
			checkEachAlone(t, tab, rows)
		}
	}
}

// checkEachAlone reads each column by itself: what is asked for beside it must
// not matter.
func checkEachAlone(t *testing.T, tab *extract.Table, rows [][]string) {
	t.Helper()
	for i, c := range supplied(tab) {
		alone, _ := read(t, tab, c)
		require.Len(t, alone, len(rows))
		for r := range alone {
			if rows[r][i] != alone[r][0] {
				t.Fatalf("%s alone: row %d is %s, not %s", c, r, alone[r][0], rows[r][i])
			}
		}
	}
}
