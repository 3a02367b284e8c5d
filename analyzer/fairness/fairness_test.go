package fairness

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAPracticeIsJudgedAlikeInEveryForm makes practices in each form and holds
// what is made of them to what is made of the canonical tables. What differs must
// be explained, and what is explained must differ.
func TestAPracticeIsJudgedAlikeInEveryForm(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	judge, err := NewJudge()
	require.NoError(t, err)
	exceptions, err := LoadExceptions()
	require.NoError(t, err)
	for n, p := range Practices() {
		found := map[string]*Finding{"": made(t, judge, canonical(), p)}
		for _, f := range Forms() {
			if n > 0 && f.Same != "" && f.deltas == 0 {
				continue // once is enough for the ways of writing the same
			}
			found[f.Name] = made(t, judge, f, p)
			for _, d := range Compare(found[f.Same], found[f.Name], judge.CountsFaults) {
				d.Practice, d.Form = p.Name, f.Name
				if f.Same != "" {
					t.Errorf("differs from %s: %s", f.Same, d)
				} else if !exceptions.Explains(d) {
					t.Error(d)
				}
			}
		}
	}
	require.Empty(t, exceptions.Unused(), "exceptions that nothing needs: take them out of exceptions.yaml")
}
