package damage

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

var fairTo = flag.String("fair-to", "", "a folder to leave the extracts of the fair practices in, as CSV")

// TestFairVerdicts holds the published schemes to what a fair assessor says of
// practices that are out of the ordinary; fair.yaml tells why.
func TestFairVerdicts(t *testing.T) {
	judge, err := NewJudge()
	require.NoError(t, err)
	fair, err := loadFair()
	require.NoError(t, err)
	for i := range fair.Practices {
		p := &fair.Practices[i]
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			x, err := fair.make(t.Context(), p, filepath.Join(t.TempDir(), "made"), judge.Catalogue)
			require.NoError(t, err)
			folder := t.TempDir()
			if *fairTo != "" {
				require.NoError(t, os.MkdirAll(*fairTo, 0o700))
				folder = filepath.Join(*fairTo, p.Name)
			}
			made, err := Forms()[0].keep(folder, x)
			require.NoError(t, err)
			files, err := made.files(folder, x)
			require.NoError(t, err)
			outcome := judge.Outcome(t.Context(), files)
			require.NoError(t, outcome.Fault)
			require.False(t, outcome.Refused)
			agrees(t, p, outcome)
		})
	}
}

// agrees holds every verdict, and the statuses of the rules that are named, to
// what a fair assessor says.
func agrees(t *testing.T, p *FairPractice, outcome *Outcome) {
	t.Helper()
	opinions, ofRules := 0, 0
	for _, of := range p.Fair {
		opinions += len(of)
	}
	for _, of := range p.Rules {
		ofRules += len(of)
	}
	require.Equal(t, opinions, len(outcome.Readings), "an opinion for every accreditation of every scheme")
	seen := map[string]bool{}
	for i := range outcome.Readings {
		r := &outcome.Readings[i]
		opinion, ok := p.Fair[r.Scheme][r.Accreditation]
		require.True(t, ok, "no opinion of %s/%s", r.Scheme, r.Accreditation)
		require.NotEmpty(t, opinion.Why)
		assert.Equal(t, opinion.Verdict, r.Verdict, "%s/%s: %s %v %v", r.Scheme, r.Accreditation, opinion.Why, r.BlockersFailed, shortOf(r))
		for rule, of := range p.Rules[r.Scheme] {
			if status := r.status(rule); status != "" {
				seen[r.Scheme+" "+rule] = true
				assert.Equal(t, of.Status, status, "%s/%s: %s: %s", r.Scheme, r.Accreditation, rule, of.Why)
			}
		}
	}
	assert.Len(t, seen, ofRules, "every rule that is named is judged: %v", seen)
}

// shortOf are the rules that keep a reading from ready.
func shortOf(r *Reading) []string {
	var out []string
	for i := range r.Standings {
		if s := r.Standings[i].Status; s == report.Failed || s == report.NotAssessable {
			out = append(out, r.Standings[i].Rule)
		}
	}
	return out
}
