package synthetic

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

func TestOMOPColumnsStandAsPublished(t *testing.T) {
	text, err := os.ReadFile(fixture.Shared(t, "reference", "formats.md"))
	require.NoError(t, err)
	for _, table := range omopTables {
		if table.name == "procedure_occurrence" { // not in that list
			continue
		}
		m := regexp.MustCompile(`(?m)^- \*\*` + table.name + `\*\*: ([^.\n]*)\.`).FindStringSubmatch(string(text))
		require.NotNil(t, m, table.name)
		require.Equal(t, published(m[1]), published(table.columns), table.name)
	}
}

func TestOMOPCodesAreConcepts(t *testing.T) {
	folder, truth := generated(t, like("omop"))
	concepts := by(rowsOf(t, folder, "concept.csv"), "concept_id")
	people := by(rowsOf(t, folder, "person.csv"), "person_id")
	require.Len(t, people, int(truth.Rows["patients"]))
	drugs := rowsOf(t, folder, "drug_exposure")
	require.Len(t, drugs, int(truth.Rows["issues"]))
	for _, d := range drugs {
		require.Contains(t, people, d["person_id"])
		require.Equal(t, omopPrescription, d["drug_type_concept_id"])
		if d["drug_source_value"] == "" {
			require.Equal(t, "0", d["drug_concept_id"])
			continue
		}
		require.Equal(t, "dm+d", concepts[d["drug_concept_id"]]["vocabulary_id"])
		require.Equal(t, d["drug_source_value"], concepts[d["drug_concept_id"]]["concept_code"])
	}
	conditions := rowsOf(t, folder, "condition_occurrence")
	require.Len(t, conditions, int(truth.Rows["problems"]))
	for _, c := range conditions {
		require.Equal(t, c["condition_source_value"], concepts[c["condition_concept_id"]]["concept_code"])
	}
}

func TestOMOPPeopleBelongToTheirPractice(t *testing.T) {
	folder, truth := generated(t, like("omop"))
	of := map[string]int64{}
	for _, p := range rowsOf(t, folder, "person.csv") {
		of[p["care_site_id"]]++
	}
	for i, p := range truth.Practices {
		require.Equal(t, p.Patients, of[strconv.Itoa(i+1)], p.PracticeID)
	}
	require.Equal(t, "2026-03-31", rowsOf(t, folder, "cdm_source")[0]["source_release_date"])
}
