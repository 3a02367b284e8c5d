package history

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
)

// ofOther is a run of another practice.
func ofOther(h *History, n int, records map[string][]string) Addition {
	a := ran(h, n, records)
	a.Practice = "B82002"
	a.Report.Practices[0], a.Report.Practices[1] = a.Report.Practices[1], a.Report.Practices[0]
	a.State.Practices = []state.PracticeState{{ID: "B82002"}}
	a.Report.Practices[0].Name = "Surgery that goes"
	a.Report.Practices[0].Accreditations = []report.Accreditation{}
	return a
}

func rows(t *testing.T, h *History, table string) (n int) {
	t.Helper()
	require.NoError(t, h.db.QueryRow("SELECT count(*) FROM "+table).Scan(&n))
	return n
}

func TestOnePracticeIsErased(t *testing.T) {
	h, file := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 30)}), ofOther(h, 1, map[string][]string{"a/one": records(0, 500), "a/two": records(0, 500)}))
	one, _ := h.Handle("A81001", "a/one", "p", "0")
	require.NoError(t, h.SetTriage("A81001", "a/one", []Handle{one}, Triage{State: Done}))
	require.NoError(t, h.SetTriage("B82002", "a/one", []Handle{one}, Triage{State: Done, Owner: "QQQQ"}), "records of ran are those of A81001")
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, bytes.Contains(before, []byte("Surgery that goes")) && bytes.Contains(before, []byte("QQQQ")))
	require.NoError(t, h.Erase("B82002"))
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Less(t, len(after), len(before))
	for _, gone := range []string{"Surgery that goes", "B82002", "QQQQ"} {
		require.False(t, bytes.Contains(after, []byte(gone)), "%s is still in the file", gone)
	}
	practices, err := h.Practices()
	require.NoError(t, err)
	require.Len(t, practices, 1)
	require.Equal(t, []int{30, 1}, []int{rows(t, h, "findings"), rows(t, h, "triage")})
	require.NoError(t, h.Erase("none"))
}

func TestRunsBeforeADayAreErased(t *testing.T) {
	h, _ := made(t)
	for n := range 5 {
		add(t, h, ran(h, n+1, map[string][]string{"a/one": records(n, 30)}))
	}
	gone, _ := h.Handle("A81001", "a/one", "p", "0")
	stays, _ := h.Handle("A81001", "a/one", "p", "33")
	_, err := h.db.Exec("INSERT INTO triage VALUES (1, 1, ?, 'done', '', '', 0, 1)", int64(gone))
	require.NoError(t, err)
	require.NoError(t, h.SetTriage("A81001", "a/one", []Handle{stays}, Triage{State: Done}))
	require.NoError(t, h.EraseBefore("2026-01-04"))
	runs, err := h.Runs("A81001")
	require.NoError(t, err)
	require.Equal(t, []int64{5, 4}, []int64{runs[0].ID, runs[1].ID})
	require.Zero(t, runs[1].Before, "the first that is left")
	require.Equal(t, []int{31, 1}, []int{rows(t, h, "findings"), rows(t, h, "triage")}, "3 to 32 of run 4 and 4 to 33 of run 5")
	m, err := h.Movement(4)
	require.NoError(t, err)
	require.Nil(t, m.Rules[0].Moved)
	m, err = h.Between(4, 5)
	require.NoError(t, err)
	require.Equal(t, &Moved{New: 1, Fixed: 1, StillOpen: 29}, m.Rules[0].Moved)
	added := add(t, h, ran(h, 9, map[string][]string{"a/one": records(4, 30)}))
	require.EqualValues(t, 6, added.Run, "a number is never given twice")
}

func TestAllIsErased(t *testing.T) {
	h, _ := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 30)}), ofOther(h, 1, map[string][]string{"a/one": records(0, 30)}))
	require.NoError(t, h.EraseAll())
	for _, table := range []string{"runs", "practices", "verdicts", "counts", "findings", "triage"} {
		require.Zero(t, rows(t, h, table), table)
	}
}
