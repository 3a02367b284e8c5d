package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a person wrote for DuckDB counts what the SQL made from the rules does,
// and what paperlight does.
func TestHandwrittenFormsCountWhatPaperlightCounts(t *testing.T) {
	peer(t, "@duckdb/node-api")
	paperlight := product(t)
	for _, format := range []string{"parquet", "csv"} {
		folder := filepath.Join(t.TempDir(), format)
		require.NoError(t, makePractices(t.Context(), paperlight, folder, format, 15, 3, 120))
		want := found(t, &process{name: "paperlight", argv: checkArgs(paperlight, loads["records"], folder), answers: fromReport})
		require.Len(t, want, 10)
		s, err := generated(t.Context(), loads["records"], mustForm("joined"), folder, format, "")
		require.NoError(t, err)
		p, err := node(s, filepath.Join(t.TempDir(), "generated"))
		require.NoError(t, err)
		require.NoError(t, want.differ(found(t, p)), "generated")
		tables := found(t, &process{name: "paperlight", argv: checkArgs(paperlight, loads["intake"], folder), answers: intake})
		require.Len(t, tables, 11)
		for _, form := range handForms("intake") {
			t.Run(format+"/"+form, func(t *testing.T) {
				p, err := handwritten(node, form, folder, format, t.TempDir(), "")
				require.NoError(t, err)
				require.NoError(t, tables.differ(found(t, p)))
			})
		}
		for _, form := range handForms("records") {
			t.Run(format+"/"+form, func(t *testing.T) {
				p, err := handwritten(node, form, folder, format, t.TempDir(), "")
				require.NoError(t, err)
				require.NoError(t, want.differ(found(t, p)))
			})
		}
	}
}
