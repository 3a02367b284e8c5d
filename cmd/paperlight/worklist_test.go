package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWorklistsReplaceOnlyWorklists(t *testing.T) {
	target := filepath.Join(t.TempDir(), "lists")
	write := func(patient string) {
		w, err := newWorklists(target)
		require.NoError(t, err)
		defer w.abandon()
		require.NoError(t, w.open("allergy/coded"))
		require.NoError(t, w.add("allergy/coded", "P1", patient, "=a", 20543, true))
		require.NoError(t, w.commit())
	}
	write("p1")
	write("p2")
	f, err := os.Open(filepath.Join(target, "allergy--coded.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"practice_id", "patient_id", "record_id", "date"}, {"P1", "p2", "'=a", "2026-03-31"}}, rows)

	require.NoError(t, os.WriteFile(filepath.Join(target, "letter.docx"), nil, 0o600))
	_, err = newWorklists(target)
	require.ErrorContains(t, err, "holds other files")
	entries, err := os.ReadDir(filepath.Dir(target))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside the folder")
}

func TestAbandonedWorklistsLeaveNothing(t *testing.T) {
	parent := t.TempDir()
	w, err := newWorklists(filepath.Join(parent, "lists"))
	require.NoError(t, err)
	require.NoError(t, w.open("allergy/coded"))
	w.abandon()
	entries, err := os.ReadDir(parent)
	require.NoError(t, err)
	require.Empty(t, entries)
}
