package mapping

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/internal/fixture"
)

// key is the fixed key of tests.
var key = [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

func open(t *testing.T, o Options, paths ...string) *extract.Extract {
	t.Helper()
	o.Key = key
	x, err := Open(context.Background(), paths, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	return x
}

func supplied(tab *extract.Table) []*schema.Column {
	var cols []*schema.Column
	for i, yes := range tab.Supplied {
		if yes {
			cols = append(cols, tab.Schema.Columns[i])
		}
	}
	return cols
}

// read scans a table and returns its rows as text, "-" for null and "!" for
// malformed, each row after its file and record number. Every batch is held to
// the contract of extract.Batch.
func read(t *testing.T, tab *extract.Table, cols ...*schema.Column) (rows [][]string, positions []string) {
	t.Helper()
	if cols == nil {
		cols = supplied(tab)
	}
	numbers := map[uint64]string{}
	for _, p := range tab.Parts {
		for b, err := range p.Scan(context.Background(), cols) {
			require.NoError(t, err)
			checkBatch(t, b, cols, numbers)
			views := make([]extract.Vector, len(cols))
			for i := range cols {
				views[i], err = b.View(i)
				require.NoError(t, err)
			}
			for r := range b.Rows() {
				row := make([]string, len(cols))
				position := fmt.Sprintf("%s %d", b.File, b.RecordNumber(r))
				ragged := b.Ragged != nil && bitmap.Has(b.Ragged, r)
				if ragged {
					position += " ragged"
				}
				for i := range cols {
					row[i] = cellText(&views[i], b.Malformed[i], r)
					if row[i] == "-" && !ragged && p.NoNulls(cols[i]) {
						t.Fatalf("%s: a null where there is said to be none", cols[i])
					}
				}
				rows, positions = append(rows, row), append(positions, position)
			}
		}
	}
	return rows, positions
}

func cellText(v *extract.Vector, faults []uint64, r int) string {
	if !bitmap.Known(v.Known, r) {
		if faults != nil && bitmap.Has(faults, r) {
			return "!"
		}
		return "-"
	}
	switch {
	case v.Days != nil:
		return time.Unix(int64(v.Days[r])*86400, 0).UTC().Format(time.DateOnly)
	case v.Ints != nil:
		return fmt.Sprint(v.Ints[r])
	case v.Reals != nil:
		return fmt.Sprint(v.Reals[r])
	case v.Bits != nil:
		return fmt.Sprint(bitmap.Has(v.Bits, r))
	case v.Index != nil:
		return string(v.Entry(v.Index[r]))
	}
	return string(v.Entry(int32(r)))
}

// checkBatch holds a batch to its contract: types, lengths, padding, indexes
// in bounds, no empty text, no cell both known and malformed, a dictionary
// number always for the same entries.
func checkBatch(t *testing.T, b *extract.Batch, cols []*schema.Column, numbers map[uint64]string) {
	t.Helper()
	require.EqualValues(t, len(cols), b.Record.NumCols())
	require.LessOrEqual(t, b.Rows(), extract.MaxBatchRows)
	for i, c := range cols {
		a := b.Record.Column(i)
		require.Equal(t, b.Rows(), a.Len(), c)
		v, err := b.View(i)
		require.NoError(t, err, c)
		if c.Type != schema.Text {
			require.Equal(t, arrowTypes[c.Type], a.DataType(), c)
		}
		for k, buf := range a.Data().Buffers() {
			if buf != nil && (k == 0 || c.Type != schema.Text || v.Index != nil) {
				require.Zero(t, buf.Len()%8, c)
			}
		}
		for r := range b.Rows() {
			if fault := faultOf(&v, c, b.Malformed[i], r); fault != "" {
				t.Fatalf("%s: row %d: %s", c, r, fault)
			}
		}
		if number := b.Dictionaries[i]; number != 0 {
			now := string(v.Bytes)
			require.True(t, strings.HasPrefix(now, numbers[number]) || strings.HasPrefix(numbers[number], now), c)
			numbers[number] = now
		}
	}
}

// faultOf says what is wrong with a cell of a batch.
func faultOf(v *extract.Vector, c *schema.Column, faults []uint64, r int) string {
	known := bitmap.Known(v.Known, r)
	if known && faults != nil && bitmap.Has(faults, r) {
		return "known and malformed"
	}
	if c.Type != schema.Text {
		return ""
	}
	if v.Entries() == 0 {
		if known {
			return "a value without entries"
		}
		return ""
	}
	e := int32(r)
	if v.Index != nil {
		if e = v.Index[r]; e < 0 || int(e) >= v.Entries() {
			return "an index out of bounds"
		}
	}
	switch {
	case known && len(v.Entry(e)) == 0:
		return "empty text"
	case known && c.Values != nil && !slices.Contains(c.Values, string(v.Entry(e))):
		return "a value outside the list"
	}
	return ""
}

// notes are what check says of the files.
func notes(x *extract.Extract) []string { return append(x.Notes, extract.UnusedNotes(x.Unused)...) }

// dump writes an extract for a golden file.
func dump(t *testing.T, x *extract.Extract) string {
	var out strings.Builder
	fmt.Fprintf(&out, "system %s, format %s\n", x.System, x.Format)
	if x.HasReleaseDate {
		fmt.Fprintf(&out, "released %s\n", time.Unix(int64(x.ReleaseDate)*86400, 0).UTC().Format(time.DateOnly))
	}
	for _, n := range notes(x) {
		fmt.Fprintln(&out, "note:", n)
	}
	for _, tab := range x.Tables {
		fmt.Fprintf(&out, "\n%s", tab.Schema.Name)
		for _, c := range supplied(tab) {
			fmt.Fprint(&out, " | ", c.Name)
		}
		fmt.Fprintln(&out)
		rows, positions := read(t, tab)
		for i, row := range rows {
			fmt.Fprintf(&out, "%s | %s\n", positions[i], strings.Join(row, " | "))
		}
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	fixture.Golden(t, filepath.Join("testdata", "golden", name+".txt"), []byte(got))
}
