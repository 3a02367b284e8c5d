package fairness

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/mapping"
	"paperlight/internal/fixture"
)

// docs/coverage.md is made of what the first form of each system gives, and of the
// exceptions; -update writes it.
func TestCoveragePageIsCurrent(t *testing.T) {
	judge, err := NewJudge()
	require.NoError(t, err)
	exceptions, err := LoadExceptions()
	require.NoError(t, err)
	systems, err := mapping.Systems()
	require.NoError(t, err)
	page := &Page{Titles: map[string]string{}, Exceptions: exceptions, CountsFaults: judge.CountsFaults}
	for _, s := range systems {
		page.Titles[s.ID] = s.Title
	}
	p := Practices()[0]
	p.Patients = 150 // what an extract gives does not depend on how much of it there is
	page.Canonical = made(t, judge, canonical(), p)
	for _, f := range Forms() {
		if f.Same == "" {
			page.Systems = append(page.Systems, made(t, judge, f, p))
		}
	}
	fixture.Golden(t, "../../docs/coverage.md", []byte(page.String()))
}

// made makes a practice in a form and judges it.
func made(t *testing.T, judge *Judge, f Form, p Practice) *Finding {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "made")
	require.NoError(t, f.Make(t.Context(), folder, p, judge.Catalogue))
	paths, err := f.Paths(folder)
	require.NoError(t, err)
	found, err := judge.Read(t.Context(), paths...)
	require.NoError(t, err, f.Name)
	return found
}
