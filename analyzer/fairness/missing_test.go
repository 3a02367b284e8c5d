package fairness

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A list of codes that was left behind is no fault of the practice: nothing fails for
// want of it, and nothing passes either.
func TestAMissingListOfCodesFailsNothing(t *testing.T) {
	for _, c := range []struct{ form, file, absent string }{
		{"emis 8.2", "*Coding_ClinicalCode*", "events.code"},
		{"emis 8.2", "*Coding_DrugCode*", "issues.dmd_code"},
		{"omop", "concept.csv", "events.code"},
		{"cprd aurum", "EMISMedicalDictionary.txt", "events.code"},
		{"cprd aurum", "EMISProductDictionary.txt", "issues.dmd_code"},
	} {
		t.Run(c.form+" without "+c.file, func(t *testing.T) {
			x := trailOf(t, c.form)
			files, err := filepath.Glob(filepath.Join(x.folder, c.file))
			require.NoError(t, err)
			require.Len(t, files, 1)
			require.NoError(t, os.Remove(files[0]))
			now, err := x.judge.Read(t.Context(), x.folder)
			require.NoError(t, err)
			require.True(t, now.lacks(c.absent))
			for _, d := range Compare(x.was, now, x.judge.CountsFaults) {
				if d.Kind != NotAssessable && (d.Worse || len(d.Moves) > 0) {
					t.Error(d)
				}
			}
		})
	}
}
