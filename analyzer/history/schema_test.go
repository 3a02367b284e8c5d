package history

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A history of an earlier version becomes one of this, or stays what it is.
func TestAnEarlierVersionIsMigrated(t *testing.T) {
	h, file := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 30)}))
	now := len(steps)
	require.Error(t, migrate(t.Context(), h.db, now, slices.Concat(steps, []string{"CREATE TABLE more (a) STRICT; CREATE TABLE more (a)"})))
	other, err := Open(file)
	require.NoError(t, err, "a step that fails changes nothing")
	require.NoError(t, other.Close())
	require.NoError(t, migrate(t.Context(), h.db, now, slices.Concat(steps, []string{"ALTER TABLE runs ADD COLUMN more TEXT", "CREATE TABLE more (a INTEGER) STRICT"})))
	var version int
	require.NoError(t, h.db.QueryRow("PRAGMA user_version").Scan(&version))
	require.Equal(t, now+2, version)
	require.Equal(t, 30, rows(t, h, "findings"))
	runs, err := h.Runs("A81001")
	require.NoError(t, err)
	require.Len(t, runs, 1)
	_, err = Open(file)
	require.ErrorContains(t, err, "newer version")
}
