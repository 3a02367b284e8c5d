package source

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// readSample reads a file that another program wrote, as text; a cell that is
// null is "(null)".
func readSample(t *testing.T, name string) (*File, [][]string) {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return readArrow(t, name, content)
}

func readArrow(t *testing.T, name string, content []byte) (f *File, rows [][]string) {
	t.Helper()
	f, err := openOne(t, name, content, Options{})
	require.NoError(t, err)
	for _, p := range f.Parts {
		for raw, err := range p.Scan(context.Background(), allColumns(f)) {
			require.NoError(t, err)
			for i := range raw.Rows {
				var row []string
				for _, c := range raw.Columns {
					row = append(row, c.Array.ValueStr(i))
				}
				rows = append(rows, row)
			}
		}
	}
	return f, rows
}

// Polars writes a checksum with each block of its LZ4 frames.
func TestArrowReadsLZ4FramesWithBlockChecksums(t *testing.T) {
	f, rows := readSample(t, "polars-lz4.arrow")
	require.Equal(t, "patient_id", f.Columns[0])
	require.Len(t, rows, 200)
}
