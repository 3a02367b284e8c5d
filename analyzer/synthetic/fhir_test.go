package synthetic

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A bundleOf is a bundle as a reader finds it.
type bundleOf struct {
	ResourceType, Type string
	Entry              []struct {
		Resource struct {
			ResourceType, ID, Intent string
			BasedOn                  []struct{ Reference string }
			Subject                  struct{ Reference string }
		}
	}
}

func bundles(t *testing.T, folder string) (out []bundleOf) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "patient-*.json"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var b bundleOf
		require.NoError(t, json.Unmarshal(text, &b))
		out = append(out, b)
	}
	return out
}

func TestFHIRHasABundleForEachPatient(t *testing.T) {
	folder, truth := generated(t, like("fhir"))
	all := bundles(t, folder)
	require.Len(t, all, int(truth.Rows["patients"]))
	count := map[string]int64{}
	for _, b := range all {
		require.Equal(t, "Bundle", b.ResourceType)
		patient, known := "", map[string]bool{}
		for _, e := range b.Entry {
			known[e.Resource.ResourceType+"/"+e.Resource.ID] = true
			count[e.Resource.ResourceType+e.Resource.Intent]++
			if e.Resource.ResourceType == "Patient" {
				patient = "Patient/" + e.Resource.ID
			}
		}
		for _, e := range b.Entry {
			if of := e.Resource.Subject.Reference; of != "" {
				require.Equal(t, patient, of)
			}
			for _, plan := range e.Resource.BasedOn {
				if e.Resource.ResourceType == "MedicationStatement" {
					require.True(t, known[plan.Reference], "a statement is about a plan of its bundle")
				}
			}
		}
	}
	require.Equal(t, truth.Rows["patients"], count["Patient"])
	require.Equal(t, truth.Rows["issues"], count["MedicationRequestorder"])
	require.Equal(t, truth.Rows["allergies"], count["AllergyIntolerance"])
	require.Equal(t, truth.Rows["problems"], count["Condition"])
	require.Equal(t, truth.Rows["consultations"], count["Encounter"])
}
