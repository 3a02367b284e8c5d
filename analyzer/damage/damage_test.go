package damage

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

var (
	full = flag.Bool("full", false, "do every damage to every practice, and pairs of damages, and print the figures")
	each = flag.Int("each", 0, "instead of the usual sample, this many of each kind of damage to each table of each practice; print the figures")
	only = flag.String("practice", "", "damage this practice of the list alone")
)

const (
	seed         = 20260331
	pairsOfEach  = 120 // of each practice
	exceptionsIn = "testdata/damage-exceptions.yaml"
)

// TestDamageNeverHelps does each kind of damage to each table, to one practice
// that is ready and to one that is not; -full does all of it.
func TestDamageNeverHelps(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or two")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	exceptions := readExceptions(t)
	judge, err := NewJudge()
	require.NoError(t, err)
	practices, err := LoadPractices()
	require.NoError(t, err)
	workers := runtime.GOMAXPROCS(0)
	var matrices []*Matrix
	for n, p := range practices.List {
		if *only != "" && *only != p.Name {
			continue
		}
		for _, form := range Forms() {
			start := time.Now()
			m, err := NewMatrix(t.Context(), judge, practices, p, form, t.TempDir())
			require.NoError(t, err)
			isWhatItSays(t, m)
			damages := chosenFor(m, practices, n)
			worst, err := m.Run(t.Context(), damages, workers)
			require.NoError(t, err)
			if *full || *each > 0 {
				pairs := pairsOfEach
				if !*full {
					pairs = len(damages) / 20
				}
				require.NoError(t, m.RunPairs(t.Context(), worst, damages, pairs, seed, workers))
				t.Logf("%s as %s: %d damages in %s", p.Name, form.Name, m.runs.Load(), time.Since(start).Round(time.Second))
			}
			matrices = append(matrices, m)
		}
	}
	s := Summarise(matrices, exceptions)
	if *full || *each > 0 {
		s.Write(os.Stdout)
	}
	if *full && *only == "" {
		require.Empty(t, exceptions.held(s), "properties that hold now: take them out of %s", exceptionsIn)
		require.Empty(t, exceptions.unused(), "exceptions that nothing needs any more: take them out of %s", exceptionsIn)
	}
	for i := range s.Violations {
		if v := &s.Violations[i]; !exceptions.open(v.Property) {
			t.Error(v.String())
		}
	}
}

// isWhatItSays holds a practice to being ready, or not: what is ready cannot be
// shown to stay out of it.
func isWhatItSays(t *testing.T, m *Matrix) {
	t.Helper()
	bad := 0
	for _, r := range m.Whole.Readings {
		if m.Practice.Ready {
			require.True(t, good(r.Verdict), "%s is %s for %s/%s", m.Practice.Name, r.Verdict, r.Scheme, r.Accreditation)
		} else if r.Verdict == report.NotReady {
			bad++
		}
	}
	require.True(t, m.Practice.Ready || bad > 0, "%s is not ready for nothing", m.Practice.Name)
}

// chosenFor returns the damages to do to practice number n.
func chosenFor(m *Matrix, practices *Practices, n int) []Damage {
	all := m.All()
	switch {
	case *full:
		return all
	case *each > 0:
		return Sample(all, *each, seed, 0, 1)
	}
	alike, place := 0, 0 // of those that are as ready as this one
	for i, p := range practices.List {
		if p.Ready == m.Practice.Ready {
			if i < n {
				place++
			}
			alike++
		}
	}
	return Sample(all, 1, seed, place, alike)
}

func readExceptions(t *testing.T) *Exceptions {
	t.Helper()
	text, err := os.ReadFile(exceptionsIn)
	require.NoError(t, err)
	e, err := ParseExceptions(text)
	require.NoError(t, err)
	return e
}
