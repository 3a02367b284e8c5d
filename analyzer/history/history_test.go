package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
)

// made is a new history in a folder of its own, and its path.
func made(t *testing.T) (*History, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a b%?#.history")
	key := Key{1, 2, 3}
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, os.WriteFile(KeyFile(file), []byte(key.Text()), 0o600))
	h, err := Make(file, key)
	require.NoError(t, err)
	_, err = h.db.Exec("PRAGMA synchronous = off") // nobody pulls the plug of a test
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	return h, file
}

// day is a day of 2026, counted from the first.
func day(n int) time.Time { return time.Date(2026, 1, n, 9, 0, 0, 0, time.UTC) }

// ran is what a run on a day found of practice A81001: by rule the records.
func ran(h *History, n int, records map[string][]string) Addition {
	a := Addition{At: day(n), Practice: "A81001",
		Report: &report.Report{Level: report.Practice, SchemaVersion: report.SchemaVersion, Rules: report.RuleSet{SHA256: "abc"}, Practices: []report.PracticeReport{
			{PracticeID: "A81001", ODSCode: "A81001", Name: "Example Surgery", AsOf: day(n).Format(time.DateOnly), Requirements: []report.Requirement{},
				Accreditations: []report.Accreditation{{ID: "data-quality", Title: "Data quality", Verdict: report.NotReady}}},
			{PracticeID: "B82002", AsOf: day(n).Format(time.DateOnly)},
		}},
		State: &state.State{Practices: []state.PracticeState{{ID: "A81001"}, {ID: "B82002"}}}}
	for rule, of := range records {
		f := Found{Rule: rule, Digest: "00", Listed: true}
		for _, record := range of {
			handle, _ := h.Handle(a.Practice, rule, "p", record)
			f.Handles = append(f.Handles, handle)
		}
		a.Found = append(a.Found, f)
	}
	return a
}

// add adds runs, each by itself, and returns the last.
func add(t *testing.T, h *History, runs ...Addition) Added {
	t.Helper()
	var out Added
	for _, run := range runs {
		a, err := h.Begin(context.Background())
		require.NoError(t, err)
		out, err = a.Add(run)
		require.NoError(t, err)
		require.NoError(t, a.Commit())
	}
	return out
}

// records are so many, from the first on.
func records(first, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint(first+i))
	}
	return out
}

func TestWhatBecameOfRecordsFromRunToRun(t *testing.T) {
	h, _ := made(t)
	for n, step := range []struct {
		records []string
		want    *Moved
	}{
		{records(0, 30), nil},
		{records(5, 30), &Moved{New: 5, Fixed: 5, StillOpen: 25}},
		{records(0, 40), &Moved{New: 5, StillOpen: 30, Reopened: 5}},
		{nil, &Moved{Fixed: 40}},
		{records(0, 1), &Moved{Reopened: 1}},
	} {
		added := add(t, h, ran(h, n+1, map[string][]string{"allergy/coded": step.records}))
		m, err := h.Movement(added.Run)
		require.NoError(t, err)
		require.Equal(t, step.want, m.Rules[0].Moved, "run %d", n+1)
		require.EqualValues(t, len(step.records), m.Rules[0].Found)
	}
	m, err := h.Between(1, 3)
	require.NoError(t, err)
	require.Equal(t, &Moved{New: 10, StillOpen: 30}, m.Rules[0].Moved)
}

func TestARecordIsNotFixedByARuleThatWasNotJudged(t *testing.T) {
	h, _ := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 5), "a/two": records(0, 5)}),
		ran(h, 2, map[string][]string{"a/one": records(0, 5)}))
	added := add(t, h, ran(h, 3, map[string][]string{"a/one": records(0, 5), "a/two": records(1, 5)}))
	m, err := h.Movement(added.Run)
	require.NoError(t, err)
	require.Equal(t, &Moved{New: 1, Fixed: 1, StillOpen: 4}, m.Rules[1].Moved)
	require.EqualValues(t, 1, m.Rules[1].Before, "the run that judged it last")
	m, err = h.Between(1, 2)
	require.NoError(t, err)
	require.Len(t, m.Rules, 1, "of the other nothing is known")
}

// An id is that of its practice, though another one has it for a code.
func TestAPracticeIsNotTakenForAnotherWithItsIDForACode(t *testing.T) {
	h, _ := made(t)
	other := ran(h, 1, map[string][]string{"a/one": records(0, 3)})
	other.Practice = "1"
	other.Report.Practices[0].PracticeID, other.State.Practices[0].ID = "1", "1" // its code is A81001
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 5)}), other)
	runs, err := h.Runs("A81001")
	require.NoError(t, err)
	require.Len(t, runs, 1)
	require.Equal(t, "A81001", runs[0].Practice)
	require.NoError(t, h.Erase("A81001"))
	runs, err = h.Runs("A81001")
	require.NoError(t, err)
	require.Equal(t, "1", runs[0].Practice, "by its code, which is the id of no practice now")
}

// A run of a day that was mistyped, in which nothing could be judged, holds up none.
func TestARunThatJudgedNothingHoldsUpNone(t *testing.T) {
	h, _ := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 5)}), ran(h, 300, nil))
	added := add(t, h, ran(h, 2, map[string][]string{"a/one": records(1, 5)}))
	m, err := h.Movement(added.Run)
	require.NoError(t, err)
	require.Equal(t, &Moved{New: 1, Fixed: 1, StillOpen: 4}, m.Rules[0].Moved)
	a, err := h.Begin(t.Context())
	require.NoError(t, err)
	defer a.Rollback()
	_, err = a.Add(ran(h, 1, map[string][]string{"a/one": records(2, 5)}))
	require.ErrorContains(t, err, "later run of the practice, as of 2026-01-02")
}

func TestRecordsWithNewIDsAreNotLinked(t *testing.T) {
	h, _ := made(t)
	rule := func(of []string) map[string][]string { return map[string][]string{"a/one": of} }
	for n, step := range []struct {
		records []string
		linked  bool
	}{
		{records(0, 100), true}, {records(1000, 100), false}, {records(1000, 30), true}, {records(1016, 30), false},
		{records(1016, 19), true}, {records(2000, 200), true}, {records(3000, 19), true},
	} {
		added := add(t, h, ran(h, n+1, rule(step.records)))
		require.Equal(t, step.linked, added.Linked, "run %d", n+1)
		m, err := h.Movement(added.Run)
		require.NoError(t, err)
		require.Equal(t, step.linked && n > 0, m.Rules[0].Moved != nil, "nothing is said to be fixed")
	}
	m, err := h.Between(1, 3)
	require.NoError(t, err)
	require.False(t, m.Linked)
	require.Nil(t, m.Total())
}

func TestWhatWasSaidOfARecordStaysWithIt(t *testing.T) {
	h, _ := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 30)}))
	of := func(n int) []Handle {
		handle, ok := h.Handle("A81001", "a/one", "p", fmt.Sprint(n))
		require.True(t, ok)
		return []Handle{handle}
	}
	say := func(n int, tr Triage) {
		tr.At = day(1)
		require.NoError(t, h.SetTriage("A81001", "a/one", of(n), tr))
	}
	say(0, Triage{State: Done})
	say(1, Triage{State: Done, Owner: "AB"})
	say(2, Triage{State: Accepted, Reason: "declined"})
	say(3, Triage{State: ToDo, Owner: "clinician"})
	say(4, Triage{State: Done})
	say(4, Triage{State: ToDo})
	added := add(t, h, ran(h, 2, map[string][]string{"a/one": records(1, 29)}))
	said, err := h.Triage("A81001", "a/one")
	require.NoError(t, err)
	require.Equal(t, map[Handle]Triage{
		of(0)[0]: {State: Done, At: day(1), Run: 1},
		of(1)[0]: {State: Reopened, Owner: "AB", At: day(2), Run: 2},
		of(2)[0]: {State: Accepted, Reason: "declined", At: day(1), Run: 1},
		of(3)[0]: {State: ToDo, Owner: "clinician", At: day(1), Run: 1},
	}, said)
	m, err := h.Movement(added.Run)
	require.NoError(t, err)
	require.Equal(t, &Moved{Fixed: 1, StillOpen: 28, Reopened: 1}, m.Rules[0].Moved)
	require.EqualValues(t, 29, m.Rules[0].Found, "what is accepted counts as before")
	err = h.SetTriage("A81001", "a/one", append(of(5), of(0)...), Triage{State: Done})
	require.ErrorContains(t, err, "does not list this record")
	said, err = h.Triage("A81001", "a/one")
	require.NoError(t, err)
	require.Len(t, said, 4, "all or none")
}

func TestNothingThatSomeoneTypedIsKept(t *testing.T) {
	h, _ := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 1)}))
	handle, _ := h.Handle("A81001", "a/one", "p", "0")
	for _, wrong := range []Triage{
		{State: "asleep"}, {State: ""}, {State: Reopened}, {State: Accepted}, {State: Accepted, Reason: "because Mrs Jones said so"}, {State: Done, Reason: "right"},
		{State: ToDo, Owner: "Mrs Jones"}, {State: ToDo, Owner: "ABCDE"}, {State: ToDo, Owner: "ab"}, {State: ToDo, Owner: "Practice"}, {State: ToDo, Owner: "É"},
	} {
		require.Error(t, h.SetTriage("A81001", "a/one", []Handle{handle}, wrong), "%+v", wrong)
	}
	for _, owner := range append([]string{"A", "ABCD"}, Owners...) {
		require.NoError(t, h.SetTriage("A81001", "a/one", []Handle{handle}, Triage{State: ToDo, Owner: owner}))
	}
	for _, r := range Reasons {
		require.NoError(t, h.SetTriage("A81001", "a/one", []Handle{handle}, Triage{State: Accepted, Reason: r.ID}))
	}
}

func TestTheSameRunIsAddedOnce(t *testing.T) {
	h, _ := made(t)
	first := ran(h, 1, map[string][]string{"a/one": records(0, 3), "a/two": records(0, 3)})
	added := add(t, h, first)
	first.At = day(9)
	again := add(t, h, first)
	require.Equal(t, Added{Run: added.Run, Repeated: true, Linked: true}, again)
	other := ran(h, 1, map[string][]string{"a/one": records(0, 3), "a/two": records(1, 3)})
	require.False(t, add(t, h, other).Repeated, "one record is another")
	a, err := h.Begin(context.Background())
	require.NoError(t, err)
	defer a.Rollback()
	_, err = a.Add(ran(h, 0, nil))
	require.ErrorContains(t, err, "later run of the practice, as of 2026-01-01")
}

func TestARunIsReadAsItWasAdded(t *testing.T) {
	h, file := made(t)
	run := ran(h, 1, map[string][]string{"a/one": records(0, 3)})
	score := int64(9150)
	run.Report.Practices[0].Accreditations[0].Score = &score
	add(t, h, run, ran(h, 2, map[string][]string{"a/one": records(0, 2)}))
	for _, open := range []func(string) (*History, error){Open, OpenUnkeyed} {
		other, err := open(file)
		require.NoError(t, err)
		runs, err := other.Runs("A81001")
		require.NoError(t, err)
		require.Len(t, runs, 2)
		require.Equal(t, Run{ID: 1, At: day(1), Practice: "A81001", Name: "Example Surgery", AsOf: "2026-01-01", RulesSHA256: "abc", Linked: true,
			Verdicts: []Verdict{{"data-quality", "Data quality", report.NotReady, &score, nil}}}, runs[1])
		r, err := other.Report(1)
		require.NoError(t, err)
		require.Equal(t, run.Report.Practices[:1], r.Practices, "of the practice alone")
		s, err := other.State(1)
		require.NoError(t, err)
		require.Len(t, s.Practices, 1)
		practices, err := other.Practices()
		require.NoError(t, err)
		require.Equal(t, []Practice{{ID: "A81001", ODSCode: "A81001", Name: "Example Surgery", Runs: 2, Last: 2, LastAt: day(2), AsOf: "2026-01-02"}}, practices)
		points, err := other.Trend("A81001")
		require.NoError(t, err)
		require.EqualValues(t, []int64{3, 2}, []int64{*points[0].Open, *points[1].Open})
		_, err = other.Report(3)
		require.ErrorContains(t, err, "no run 3")
		require.NoError(t, other.Close())
	}
}

func TestAHandleTellsRecordsApartAndNothingElse(t *testing.T) {
	k := Key{7}
	seen := map[Handle]bool{}
	for _, of := range [][4]string{{"a", "b", "c", "d"}, {"ab", "", "c", "d"}, {"a", "b", "cd", "d"}, {"a", "b", "", "cd"}, {"b", "a", "c", "d"}} {
		handle, ok := k.Handle(of[0], of[1], of[2], of[3])
		require.True(t, ok)
		require.False(t, seen[handle])
		seen[handle] = true
		other, _ := (Key{8}).Handle(of[0], of[1], of[2], of[3])
		require.NotEqual(t, handle, other)
	}
	_, ok := k.Handle("a", "b", "c", "")
	require.False(t, ok, "a record without an id has none")
}

func TestWithoutAFileThereIsNoHistory(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	var ours *Error
	require.True(t, errors.As(err, &ours))
}
