package history

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a history says of any runs is what the lists of records themselves say.
func TestMovementsAreThoseOfTheRecords(t *testing.T) {
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 2))
		h, _ := made(t)
		var listed []map[string]map[string]bool // by run and rule
		ever := map[string]map[string]bool{}
		done := map[string]map[string]bool{}
		for n := range 8 {
			found, sets := map[string][]string{}, map[string]map[string]bool{}
			for _, rule := range []string{"a/one", "a/two", "b/one"} {
				if r.IntN(5) == 0 {
					continue // it could not be judged
				}
				found[rule], sets[rule] = []string{}, map[string]bool{}
				for i := range 15 { // fewer than can be told to be new
					if record := fmt.Sprint(i); r.IntN(3) > 0 {
						found[rule], sets[rule][record] = append(found[rule], record), true
					}
				}
			}
			run := add(t, h, ran(h, n+1, found)).Run
			m, err := h.Movement(run)
			require.NoError(t, err)
			require.Len(t, m.Rules, len(sets))
			for _, of := range m.Rules {
				want, was := moved(listed, of.Rule, sets[of.Rule], ever[of.Rule], done[of.Rule])
				require.EqualValues(t, was, of.Before)
				require.Equal(t, want, of.Moved, "seed %d, run %d, %s", seed, run, of.Rule)
			}
			for rule, set := range sets {
				if ever[rule] == nil {
					ever[rule], done[rule] = map[string]bool{}, map[string]bool{}
				}
				for record := range set {
					ever[rule][record] = true
					delete(done[rule], record) // it was reopened
					if r.IntN(6) == 0 {
						handle, _ := h.Handle("A81001", rule, "p", record)
						require.NoError(t, h.SetTriage("A81001", rule, []Handle{handle}, Triage{State: Done}))
						done[rule][record] = true
					}
				}
			}
			listed = append(listed, sets)
			requireBetween(t, h, listed, n)
		}
	}
}

// moved is the movement of a rule, and the run that it is against.
func moved(before []map[string]map[string]bool, rule string, is, ever, done map[string]bool) (*Moved, int) {
	for at := len(before) - 1; at >= 0; at-- {
		was, judged := before[at][rule]
		if !judged {
			continue
		}
		m := &Moved{}
		for record := range is {
			switch {
			case done[record] || ever[record] && !was[record]:
				m.Reopened++
			case was[record]:
				m.StillOpen++
			default:
				m.New++
			}
		}
		for record := range was {
			if !is[record] {
				m.Fixed++
			}
		}
		return m, at + 1
	}
	return nil, 0
}

// requireBetween compares the last run with each before.
func requireBetween(t *testing.T, h *History, listed []map[string]map[string]bool, last int) {
	t.Helper()
	for before := range last {
		m, err := h.Between(int64(before)+1, int64(last)+1)
		require.NoError(t, err)
		for _, of := range m.Rules {
			was, judged := listed[before][of.Rule]
			if !judged {
				require.Nil(t, of.Moved)
				continue
			}
			want := &Moved{}
			for record := range listed[last][of.Rule] {
				if was[record] {
					want.StillOpen++
				} else {
					want.New++
				}
			}
			want.Fixed = int64(len(was)) - want.StillOpen
			require.Equal(t, want, of.Moved, "%d to %d", before+1, last+1)
		}
	}
}

// A practice of 12,000 patients lists some 110,000 records; these are some of them, of which
// a tenth changes from run to run. So 24 runs of it stay below 20 MB.
func TestTheFileStaysSmall(t *testing.T) {
	h, file := made(t)
	const listed = 4_000
	for n := range keptRuns {
		add(t, h, ran(h, n+1, map[string][]string{"a/one": records(n*listed/10, listed)}))
	}
	st, err := os.Stat(file)
	require.NoError(t, err)
	require.Less(t, st.Size(), int64(500_000))
	whole := st.Size()
	for n := range 24 { // and where ids are made anew each time, what nothing can be told by goes
		add(t, h, ran(h, 100+n, map[string][]string{"a/one": records((1000+n)*listed, listed)}))
	}
	st, err = os.Stat(file)
	require.NoError(t, err)
	require.Less(t, st.Size(), 2*whole)
}

// Runs stay when the handles of long ago go.
func TestHandlesOfLongAgoGo(t *testing.T) {
	h, _ := made(t)
	for n := range keptRuns + 3 {
		add(t, h, ran(h, n+1, map[string][]string{"a/one": records(n, 30)}))
	}
	require.Equal(t, 30+keptRuns-1, rows(t, h, "findings"))
	m, err := h.Between(3, keptRuns+3)
	require.NoError(t, err)
	require.False(t, m.Linked, "nobody can tell any more")
	m, err = h.Between(4, keptRuns+3)
	require.NoError(t, err)
	require.Equal(t, &Moved{New: 23, Fixed: 23, StillOpen: 7}, m.Rules[0].Moved)
	points, err := h.Trend("A81001")
	require.NoError(t, err)
	require.Len(t, points, keptRuns+3)
	require.Equal(t, &Moved{New: 1, Fixed: 1, StillOpen: 29}, points[1].Moved)
}
