package fairness

import (
	"path/filepath"
	"runtime/debug"
	"strings"
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
	for _, p := range Practices() {
		folder := t.TempDir()
		read := func(f Form) *Finding {
			at := filepath.Join(folder, strings.ReplaceAll(f.Name, " ", "-"))
			require.NoError(t, f.Make(t.Context(), at, p, judge.Catalogue))
			paths, err := f.Paths(at)
			require.NoError(t, err)
			found, err := judge.Read(t.Context(), paths...)
			require.NoError(t, err, f.Name)
			return found
		}
		found := map[string]*Finding{"": read(canonical())}
		for _, f := range Forms() {
			found[f.Name] = read(f)
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
