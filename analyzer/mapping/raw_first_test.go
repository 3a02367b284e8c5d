package mapping

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/source"
)

// columnCells are values as a column of a type.
func columnCells(t *testing.T, typ arrow.DataType, values ...any) *cells {
	c := new(cells)
	require.NoError(t, c.set(&source.RawColumn{Array: build(typ, values...)}, len(values)))
	return c
}

// A dictionary's texts are looked at once, but for those of which it counts how often
// they come.
func TestLookAtDictionary(t *testing.T) {
	values := []any{"NULL", "H33..", nil, "NULL", "H33..", "12.0", "", "H33..", nil, "NULL"}
	for _, dates := range []bool{false, true} {
		looked := func(typ arrow.DataType) (counts *wordColumn, times int) {
			counts = wordCounts{}.of("code", true)
			look{dates: dates, at: func(cell []byte) { counts.add(cell); times++ }}.all(columnCells(t, typ, values...), nil)
			return counts, times
		}
		plain, rows := looked(arrow.BinaryTypes.String)
		coded, times := looked(textDictionary)
		require.Equal(t, map[string]int{"NULL": 3}, plain.words)
		require.Equal(t, plain, coded)
		require.Len(t, values, rows)
		if dates {
			require.Equal(t, rows, times)
		} else {
			require.Equal(t, rows-2, times)
		}
	}
}

// The first cells are kept as they come; columns of long texts are not.
func TestKeepFirst(t *testing.T) {
	r := rows{n: 3, cells: []cells{
		*columnCells(t, textDictionary, " a", nil, "bb"),
		*columnCells(t, arrow.BinaryTypes.String, "x", strings.Repeat("y", keptBytes), "z"),
		*columnCells(t, arrow.BinaryTypes.String, "", "c", "d"),
	}}
	kept := keepFirst(&r, []int{4, 5, 7})
	require.Equal(t, 3, kept.rows)
	require.Len(t, kept.columns, 2)
	for column, want := range map[int][]string{4: {" a", "", "bb"}, 7: {"", "c", "d"}} {
		for i, cell := range want {
			require.Equal(t, cell, string(kept.columns[column].at(i)))
		}
	}
	require.Equal(t, []int{mostSampled, mostSampled, 400, leastSampled}, []int{SampleRows(0), SampleRows(20), SampleRows(50), SampleRows(500)})
}
